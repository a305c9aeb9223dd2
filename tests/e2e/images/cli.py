"""What `docker` does on the machine of a job: build, tag, login, logout and push, by buildah. Any other flag is an error."""

from __future__ import annotations

import base64
import json
import os
import re
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from images import builder  # noqa: E402

ECR = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com")
CONFIGURATION = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker") / "config.json"
BUILD_FLAGS = {"--platform": "linux/amd64", "--provenance": "false", "--sbom": "false", "--file": None, "--tag": None}
SHORT = {"-f": "--file", "-t": "--tag", "-u": "--username"}


class Refused(Exception):
    """Ends the command; the text is what docker would print."""


def options(arguments: list[str], known: dict[str, str | None], flags: tuple = ()) -> tuple[dict, list[str]]:
    """Takes options from the rest. `known` names those with a value, and the one value that is supported, if only one is."""
    found: dict[str, list[str]] = {}
    rest: list[str] = []
    left = list(arguments)
    while left:
        word, equals, value = left.pop(0).partition("=")
        name = SHORT.get(word, word)
        if name in flags and not equals:
            found[name] = [""]
        elif name in known:
            value = value if equals else (left.pop(0) if left else "")
            if known[name] not in (None, value):
                raise Refused(f"the harness's docker supports {name}={known[name]} only, not {value!r}")
            found.setdefault(name, []).append(value)
        elif word.startswith("-"):
            raise Refused(f"unknown flag: {word}")
        else:
            rest.append(word + equals + value)
    return found, rest


def build(arguments: list[str]) -> None:
    """docker build --platform linux/amd64 --provenance=false --sbom=false --file F --tag T CONTEXT"""
    found, rest = options(arguments, BUILD_FLAGS)
    if len(rest) != 1:
        raise Refused('"docker build" requires exactly 1 argument.')
    for name in ("--provenance", "--sbom"):
        if name not in found:
            raise Refused(f"without {name}=false docker attaches attestations, which the harness cannot make")
    context = Path(rest[0])
    file = Path(found.get("--file", [str(context / "Dockerfile")])[-1])
    if not file.is_file():
        raise Refused(f"failed to read dockerfile: open {file.name}: no such file or directory")
    builder.build(file, context, found.get("--tag", []), registry_ports()["registry"])


def tag(arguments: list[str]) -> None:
    """docker tag SOURCE TARGET"""
    _, rest = options(arguments, {})
    if len(rest) != 2:
        raise Refused('"docker tag" requires exactly 2 arguments.')
    builder.buildah("tag", builder.stored(rest[0]), builder.stored(rest[1]))


def login(arguments: list[str]) -> None:
    """docker login --username AWS --password-stdin REGISTRY"""
    found, rest = options(arguments, {"--username": "AWS"}, ("--password-stdin",))
    if "--password-stdin" not in found or len(rest) != 1:
        raise Refused("the harness's docker login takes --username AWS --password-stdin REGISTRY")
    host = rest[0].removeprefix("https://").rstrip("/")
    password = sys.stdin.read().strip()
    secret = base64.b64encode(f"AWS:{password}".encode()).decode()
    try:
        authenticate(ecr_port(host), secret)
    except urllib.error.HTTPError as error:
        reason = f"login attempt to https://{host}/v2/ failed with status: {error.code} {error.reason}"
        raise Refused(f"Error response from daemon: {reason}") from error
    keep({**logins(), host: {"auth": secret}})
    print("Login Succeeded")


def authenticate(port: int, secret: str) -> None:
    """Asks the registry whether it takes the login; raises its refusal."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v2/", headers={"Authorization": f"Basic {secret}"})
    urllib.request.urlopen(request, timeout=60).close()


def logout(arguments: list[str]) -> None:
    """docker logout REGISTRY"""
    _, rest = options(arguments, {})
    keep({host: login for host, login in logins().items() if host not in rest})
    print("Removing login credentials for", *rest)


def push(arguments: list[str]) -> None:
    """docker push NAME:TAG"""
    _, rest = options(arguments, {})
    if len(rest) != 1:
        raise Refused('"docker push" requires exactly 1 argument.')
    host, _, _ = rest[0].partition("/")
    port = ecr_port(host)
    if host not in logins():
        raise Refused("no basic auth credentials")
    name = rest[0] if ":" in rest[0].rsplit("/", 1)[-1] else rest[0] + ":latest"
    try:
        authenticate(port, logins()[host]["auth"])
    except urllib.error.HTTPError as error:
        refusal = json.load(error)["errors"][0]
        raise Refused(f"{refusal['code'].lower()}: {refusal['message']}") from error
    secret = base64.b64decode(logins()[host]["auth"]).decode()
    with tempfile.NamedTemporaryFile() as digest:
        target = f"docker://127.0.0.1:{port}/{name}"
        how = ["--creds", secret, "--tls-verify=false", "--format", "v2s2", "--digestfile", digest.name]
        builder.buildah("push", *how, builder.stored(name), target)
        print(f"The push refers to repository [{name.rsplit(':', 1)[0]}]")
        print(f"{name.rsplit(':', 1)[1]}: digest: {Path(digest.name).read_text().strip()}")


def ecr_port(host: str) -> int:
    """Where the registry of that name listens; names outside ECR cannot be reached."""
    if not ECR.fullmatch(host):
        raise Refused(f"the harness has no registry {host}: only ECR's")
    return registry_ports()["ecr"]


def registry_ports() -> dict[str, int]:
    """The ports of this test's registries, asked of the emulated AWS."""
    door = os.environ.get("AWS_ENDPOINT_URL")
    if not door:
        raise Refused("AWS_ENDPOINT_URL is not set: the harness's docker finds its registry there")
    with urllib.request.urlopen(f"{door}/_site/registry.harness/ports", timeout=60) as answer:
        return json.load(answer)


def logins() -> dict[str, dict]:
    """What `docker login` kept in this HOME."""
    return json.loads(CONFIGURATION.read_text())["auths"] if CONFIGURATION.exists() else {}


def keep(found: dict[str, dict]) -> None:
    CONFIGURATION.parent.mkdir(parents=True, exist_ok=True)
    CONFIGURATION.write_text(json.dumps({"auths": found}))
    CONFIGURATION.chmod(0o600)


COMMANDS = {"build": build, "tag": tag, "login": login, "logout": logout, "push": push}


def main(arguments: list[str]) -> int:
    """Runs one command; the code that docker would end with."""
    if not arguments or arguments[0] not in COMMANDS:
        print(f"the harness's docker has no command {' '.join(arguments[:1])!r}", file=sys.stderr)
        return 125
    try:
        COMMANDS[arguments[0]](arguments[1:])
    except (Refused, builder.Failed) as refusal:
        print(refusal, file=sys.stderr)
        return 125 if str(refusal).startswith(("unknown flag", "the harness")) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
