"""What a build image holds: the PATH of a build is made of exactly the commands that its image has, found on this machine."""

from __future__ import annotations

import csv
import re
import shlex
import shutil
from pathlib import Path

from engines import HarnessError, Tools

TABLE = Path(__file__).resolve().parent / "images.tsv"
# A container without privileges has the client of Docker, and no daemon to talk to.
_NO_DAEMON = """#!/bin/sh
echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?" >&2
exit 1
"""
# Docker's daemon works with programs that the build does not see.
_DAEMON = """#!/bin/sh
PATH="$PATH:/usr/sbin:/usr/bin:/sbin:/bin" exec "{program}" "$@"
"""
# The image has it and this machine has not: the harness must say so instead of letting the build go red.
_ABSENT = """#!/bin/sh
echo "harness: {name} is absent from this machine" >&2
exit 127
"""
# A wrapper instead of a link: some programs look for their library beside the name they were called by.
_WRAPPER = """#!/bin/sh
exec "{program}" "$@"
"""
# One Python for the first call and for those that come at the same time.
_PYTHON = """#!/bin/sh
exec 9>"{virtual}.lock"
/usr/bin/flock 9
[ -x "{virtual}/bin/{name}" ] || {make} >&2 || exit
exec 9>&-
exec "{virtual}/bin/{name}" "$@"
"""


class Image:
    """One build image, as images.tsv has it."""

    def __init__(self, name: str):
        with TABLE.open() as file:
            rows = [row for row in csv.DictReader(file, delimiter="\t") if row["image"] == name]
        if not rows:
            raise HarnessError(f"nothing is known here of the build image {name}")
        self.name = name
        self.commands = {word for row in rows if row["what"] == "command" for word in row["names"].split()}
        self.runtimes = {row["what"]: row["names"].split() for row in rows if row["what"] != "command"}

    def version(self, runtime: str, wanted: str) -> tuple[str, bool]:
        """The version that `runtime-versions` picks, and whether it lies in the image: others are fetched at each build."""
        if runtime not in self.runtimes:
            raise HarnessError(f"{self.name}: nothing is known here of the runtime {runtime}")
        held = self.runtimes[runtime]
        version = held[0] if wanted == "latest" else wanted.removesuffix(".x")
        return version, version in held

    def commands_in(self, folder: Path, tools: Tools, privileged: bool) -> Path:
        """The folder with the commands of the image, filled by the first build that needs it."""
        found = folder / (re.sub("[/:]", "-", self.name) + ("-privileged" if privileged else ""))
        if not found.exists():
            found.mkdir(parents=True)
            for name in sorted(self.commands - {"python", "python3", "pip", "pip3"}):
                self._put(found / name, tools, privileged)
        return found

    @staticmethod
    def _put(target: Path, tools: Tools, privileged: bool) -> None:
        name = target.name
        system = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
        if name == "docker" and not privileged:
            _script(target, _NO_DAEMON)
        elif name in tools.commands:
            _script(target, (_DAEMON if name == "docker" else _WRAPPER).format(program=tools.commands[name]))
        elif system:
            target.symlink_to(system)
        else:
            _script(target, _ABSENT.format(name=name))


def python(home: Path, folder: Path, tools: Tools, version: str) -> str:
    """A Python of its own for one build, as the image's pyenv gives it: what `pip install` brings is on the PATH.

    It is made at the first call, because most builds have none.
    """
    folder.mkdir()
    virtual = home / ".pyenv"
    uv = tools.commands.get("uv")
    if uv is None:
        raise HarnessError("the tools hold no uv to make a Python with")
    program = tools.commands.get(f"python{version}") or tools.environment["PIPEWRIGHT_E2E_PYTHON"]
    caches = " ".join(f"{name}={shlex.quote(value)}" for name, value in tools.environment.items())
    make = f"/usr/bin/env -i HOME={home} PATH=/usr/bin:/bin {caches} {uv} venv --quiet --seed --python {program} {virtual}"
    for name in ("python", "python3", f"python{version}", "pip", "pip3"):
        _script(folder / name, _PYTHON.format(virtual=virtual, make=make, name=name))
    return f"{virtual}/bin:{folder}"


def _script(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)
