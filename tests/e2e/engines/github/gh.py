"""The `gh` command line: exactly the calls that pipewright prints or emits; any other one is an error of the harness."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field

from engines import HarnessError
from engines.github import api
from engines.github.workflow import PATH, Workflow

NO_TOKEN = "To get started with GitHub CLI, please run:  gh auth login\n"
NO_TOKEN_IN_JOB = (
    "gh: To use GitHub CLI in a GitHub Actions workflow, set the GH_TOKEN environment variable. Example:\n"
    "  env:\n    GH_TOKEN: ${{ github.token }}\n"
)


class Ended(Exception):
    """gh ends with this code and these words."""

    def __init__(self, code: int, error: str, out: str = ""):
        super().__init__(error)
        self.code, self.error, self.out = code, error, out


@dataclass
class Line:
    """A command line taken apart."""

    words: list[str] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    fields: list[tuple[str, str, bool]] = field(default_factory=list)


def run(engine, told: dict) -> dict:
    """One call of the shim: what it prints and how it ends."""
    arguments = told["arguments"]
    try:
        grant = _grant(engine, told["environment"])
        return {"code": 0, "out": _command(engine, grant, arguments, told), "error": ""}
    except Ended as end:
        return {"code": end.code, "out": end.out, "error": end.error}
    except api.Refused as refused:
        # Like the real one: the body is printed all the same, and the code is 1.
        out = json.dumps(refused.body) if arguments[0] == "api" else ""
        return {"code": 1, "out": out, "error": f"gh: {refused.message} (HTTP {refused.status})\n"}


def _grant(engine, environment: dict[str, str]):
    token = environment.get("GH_TOKEN") or environment.get("GITHUB_TOKEN")
    if not token:
        raise Ended(4, NO_TOKEN_IN_JOB if environment.get("GITHUB_ACTIONS") == "true" else NO_TOKEN)
    grant = engine.site.tokens.get(token)
    if grant is None:
        raise Ended(1, "gh: Bad credentials (HTTP 401)\n")
    return grant


def _command(engine, grant, arguments: list[str], told: dict) -> str:
    known = {
        ("auth", "status"): _auth_status, ("repo", "view"): _repo_view, ("repo", "create"): _repo_create,
        ("variable", "set"): _variable_set, ("run", "list"): _run_list, ("workflow", "run"): _workflow_run,
    }  # fmt: skip
    if arguments[:1] == ["api"]:
        return _api(engine, grant, arguments[1:], told)
    command = known.get(tuple(arguments[:2]))
    if command is None:
        raise HarnessError(f"gh {' '.join(arguments)}: the harness does not know that call")
    return command(engine, grant, arguments[2:], told)


def _auth_status(engine, grant, arguments: list[str], told: dict) -> str:
    _parse(arguments, set())
    return f"github.com\n  ✓ Logged in to github.com account {grant.login} (GH_TOKEN)\n"


def _repo_view(engine, grant, arguments: list[str], told: dict) -> str:
    line = _parse(arguments, {"--json", "--jq"})
    repository = _repository(engine, told)
    if "--json" not in line.options:
        return f"name:\t{repository}\n"
    if line.options["--json"] != "nameWithOwner":
        raise HarnessError(f"gh repo view --json {line.options['--json']}: unknown here")
    return _jq(line.options["--jq"], {"nameWithOwner": repository})


def _repo_create(engine, grant, arguments: list[str], told: dict) -> str:
    line = _parse(arguments, {"--source", "--remote"}, {"--private", "--public"})
    owner, name = engine.host.repository.split("/")
    if line.words != [name] or line.options["--source"] != ".":
        raise HarnessError(f"gh repo create {arguments}: the host has only {owner}/{name}")
    engine.host.private = "--private" in line.options
    address = f"https://github.com/{owner}/{name}.git"
    subprocess.run(["git", "-C", told["folder"], "remote", "add", line.options["--remote"], address], check=True)
    return f"https://github.com/{owner}/{name}\n"


def _variable_set(engine, grant, arguments: list[str], told: dict) -> str:
    line = _parse(arguments, {"--body"})
    _repository(engine, told)
    _only_a_person(grant)
    engine.host.variables[line.words[0]] = line.options["--body"]
    return ""


def _run_list(engine, grant, arguments: list[str], told: dict) -> str:
    """Newest first; the columns of the real one where no terminal is."""
    line = _parse(arguments, {"--workflow", "--event"})
    _repository(engine, told)
    rows = []
    for found in reversed(engine.site.runs.values()):
        if found.event.name == line.options.get("--event", found.event.name):
            status = ("completed", found.conclusion) if found.over else ("in_progress", "")
            title = found.event.payload.get("head_commit", {}).get("message", found.workflow.name).splitlines()[0]
            rows.append("\t".join([*status, title, found.workflow.name, found.event.head_branch, found.event.name, found.id]))
    return "".join(f"{row}\n" for row in rows)


def _workflow_run(engine, grant, arguments: list[str], told: dict) -> str:
    """Starts the workflow; its jobs run when the engine settles."""
    line = _parse(arguments, {"--ref"})
    _repository(engine, told)
    _only_a_person(grant)
    if line.words != [PATH.rpartition("/")[2]]:
        raise HarnessError(f"gh workflow run {line.words}: there is only {PATH}")
    branch = line.options.get("--ref", engine.host.default_branch)
    workflow = Workflow(engine.host.git("show", f"{branch}:{PATH}"))
    inputs = api.dispatch_inputs(workflow, {name: value for name, value, _ in line.fields})
    engine.start_later(inputs, branch, grant.login)
    return f"✓ Created workflow_dispatch event for {line.words[0]} at {branch}\n"


def _api(engine, grant, arguments: list[str], told: dict) -> str:
    line = _parse(arguments, {"--method", "--jq"})
    path = line.words[0]
    if "{owner}" in path or "{repo}" in path:
        owner, name = _repository(engine, told).split("/")
        path = path.replace("{owner}", owner).replace("{repo}", name)
    method = line.options.get("--method", "POST" if line.fields else "GET")
    answer = api.request(engine, grant, method, path, api.body(line.fields))
    return _jq(line.options["--jq"], answer) if "--jq" in line.options else json.dumps(answer)


def _parse(arguments: list[str], valued: set[str], flags: set[str] = frozenset()) -> Line:
    line, rest = Line(), list(arguments)
    while rest:
        word = rest.pop(0)
        if word in ("-f", "-F"):
            name, _, value = rest.pop(0).partition("=")
            line.fields.append((name, value, word == "-F"))
        elif word in valued:
            line.options[word] = rest.pop(0)
        elif word in flags:
            line.options[word] = ""
        elif word.startswith("-"):
            raise HarnessError(f"gh: the harness does not know {word} of {' '.join(arguments)}")
        else:
            line.words.append(word)
    return line


def _repository(engine, told: dict) -> str:
    """gh reads it from the remote of the folder that it is called in."""
    remote = subprocess.run(["git", "-C", told["folder"], "remote", "get-url", "origin"], capture_output=True, text=True, check=False)
    if remote.returncode and told["folder"] != str(engine.host.bare):
        raise Ended(1, "no git remotes found\n")
    return engine.host.repository


def _only_a_person(grant) -> None:
    if not grant.person:
        raise api.Refused(403, "Resource not accessible by integration")


def _jq(expression: str, value) -> str:
    """A null is an empty line, as gh prints it."""
    program = f'({expression}) | if . == null then "" else . end'
    done = subprocess.run(["jq", "-rc", program], input=json.dumps(value), capture_output=True, text=True, check=False)
    if done.returncode:
        raise Ended(1, done.stderr)
    return done.stdout
