"""What a build image holds: the PATH of a build is made of exactly the commands that its image has, found on this machine."""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path

from engines import HarnessError, Tools

TABLE = Path(__file__).resolve().parent / "images.tsv"
# A container without privileges has the client of Docker, and no daemon to talk to.
_NO_DAEMON = """#!/bin/sh
echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?" >&2
exit 1
"""
# The image has it and this machine has not: the harness must say so instead of letting the build go red.
_ABSENT = """#!/bin/sh
echo {name} >> "{marker}"
exit 127
"""
# A wrapper instead of a link: some programs look for their library beside the name they were called by.
_WRAPPER = """#!/bin/sh
exec "{program}" "$@"
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

    def path(self, folder: Path, tools: Tools, privileged: bool, marker: Path) -> str:
        """Fills a folder with the commands; what a build may find, in the order of the image."""
        folder.mkdir(parents=True)
        for name in sorted(self.commands - {"python", "python3", "pip", "pip3"}):
            self._put(folder / name, tools, privileged, marker)
        return str(folder)

    def _put(self, target: Path, tools: Tools, privileged: bool, marker: Path) -> None:
        name = target.name
        system = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
        if name == "docker" and not privileged:
            _script(target, _NO_DAEMON)
        elif name in tools.commands:
            _script(target, _WRAPPER.format(program=tools.commands[name]))
        elif system:
            target.symlink_to(system)
        else:
            _script(target, _ABSENT.format(name=name, marker=marker))


def python(home: Path, tools: Tools, version: str | None) -> str:
    """A Python of its own for one build, as the image's pyenv would give it: `pip install` puts programs on the PATH."""
    virtual = home / ".pyenv"
    program = tools.commands.get(f"python{version}") if version else None
    program = program or tools.environment.get("PIPEWRIGHT_E2E_PYTHON") or _newest(tools)
    uv = tools.commands.get("uv") or shutil.which("uv")
    if uv is None:
        raise HarnessError("the tools hold no uv to make a Python with")
    made = os.spawnve(
        os.P_WAIT, str(uv), ["uv", "venv", "--quiet", "--seed", "--python", str(program), str(virtual)],
        {**tools.environment, "PATH": "/usr/bin:/bin", "HOME": str(home)},
    )  # fmt: skip
    if made:
        raise HarnessError(f"uv could not make a Python from {program}")
    return str(virtual / "bin")


def _newest(tools: Tools) -> Path:
    held = [name for name in tools.commands if name.startswith("python3.")]
    if not held:
        raise HarnessError("the tools hold no Python")
    return tools.commands[max(held, key=lambda name: int(name.removeprefix("python3.")))]


def _script(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)
