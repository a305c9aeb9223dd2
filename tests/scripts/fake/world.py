"""The one world all fake programs share: a JSON file, a log of every call, and never a yes to what is not known."""
import fcntl
import json
import os
import re
import sys

FOLDER = os.environ["FAKE_WORLD"]


class Refused(Exception):
    """A call no script may make. It is also written down, so that the test fails though a script looked away."""


class Failed(Exception):
    """What the real program would have answered: a message on stderr and an exit status."""

    def __init__(self, message, code=254):
        super().__init__(message)
        self.code = code


def refuse(message):
    raise Refused(message)


def place(*names):
    return os.path.join(FOLDER, *names)


def play(program, act):
    """Runs one call: the state is saved before its answer is printed, so that the next call finds it."""
    call = [program, *sys.argv[1:]]
    with open(place("lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with open(place("calls"), "a", encoding="utf-8") as log:
            log.write(json.dumps(call) + "\n")
        with open(place("world.json"), encoding="utf-8") as file:
            state = json.load(file)
        code, out, err = 0, "", ""
        try:
            out = act(state, sys.argv[1:]) or ""
        except Failed as failure:
            code, err = failure.code, f"\n{failure}\n"
        except Exception as cause:  # pylint: disable=broad-except
            code, err = 97, f"fake {program}: {type(cause).__name__}: {cause}\n"
            with open(place("refused"), "a", encoding="utf-8") as log:
                log.write(f"{err}  {json.dumps(call)}\n")
        with open(place("world.json"), "w", encoding="utf-8") as file:
            json.dump(state, file, indent=1)
    sys.stderr.write(err)
    sys.stdout.write(out)
    sys.exit(code)


def options(words, spec):
    """Reads options. In the spec `name=` takes a value, `name?` may be left out, `name!` is a flag, `name*` a list."""
    kinds = {"--" + word[:-1]: word[-1] for word in spec.split()}
    found, words = {}, list(words)
    while words:
        name = words.pop(0)
        if name not in kinds or name in found:
            refuse(f"the option {name}")
        if kinds[name] == "!":
            found[name] = True
        elif kinds[name] == "*":
            found[name] = []
            while words and not words[0].startswith("--"):
                found[name].append(words.pop(0))
        else:
            found[name] = words.pop(0)
    for name, kind in kinds.items():
        if kind in "=!*" and name not in found:
            refuse(f"{name} is missing")
    return {name[2:]: value for name, value in found.items()}


def answer(document, known, given):
    """Answers a --query. Only the queries that the scripts ask are known, each with what JMESPath makes of it."""
    for pattern, pick in known.items():
        match = re.fullmatch(pattern, given["query"])
        if match:
            value = pick(document, *match.groups())
            return render(value) if given["output"] == "text" else json.dumps(value, indent=4) + "\n"
    return refuse("the query " + given["query"])


def render(value):
    """The text output of the AWS CLI."""
    if isinstance(value, list):
        return "\t".join("None" if item is None else str(item) for item in value) + "\n" if value else ""
    return ("None" if value is None else str(value)) + "\n"


def read(path):
    with open(path, "rb") as file:
        return file.read()


def object_of(address):
    """Where an object of a bucket lies."""
    return place("objects", address.removeprefix("s3://"))
