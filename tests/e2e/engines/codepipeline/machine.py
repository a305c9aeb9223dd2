"""The container of one build: a folder, a PATH of what the image holds, and commands that hand their exported variables on."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import time
from pathlib import Path
from typing import Callable

from engines import HarnessError, Tools

from . import images
from .table import rules

# Real minutes of one command, whatever the cloud's clock says: a harness that hangs is a bug of the harness.
LIMIT_SECONDS = 900
# CodeBuild's agent keeps /codebuild/output/tmp/env.sh between the commands; linPEAS reads it there.
# That only exported variables and the folder are carried over is the stricter reading of the documents.
_SCRIPT = """cd "$(cat {state}/dir)" || exit 1
set -a
. {state}/env
set +a
{command}
_codebuild_last_exit=$?
{keep} > {state}/env
pwd > {state}/dir
exit $_codebuild_last_exit
"""
# What of a command reaches the next one, by the table.
_KEEP = {"lost": "export -p"}
_ABSENT = re.compile(r"^harness: (\S+) is absent from this machine$", re.M)
_MISSING = re.compile(r"(?:^|: )([\w.+-]+): (?:command )?not found$", re.M)


class Interrupted(Exception):
    """The build is over although its command was not: TIMED_OUT or STOPPED."""


class Machine:
    """Runs the commands of one build, one after the other."""

    def __init__(self, folder: Path, tools: Tools, image: images.Image, privileged: bool):
        self.home = folder / "root"
        self.source = folder / "src"
        self._state = folder / "tmp"
        for each in (self.home, self.source, self._state):
            each.mkdir(parents=True)
        self._tools = tools
        self._pythons = folder / "bin"
        self.path = str(image.commands_in(folder.parent / "images", tools, privileged))
        self.shell = "sh"
        # Asked again and again while a command runs: the word with which the build ends, or None.
        self.ended: Callable[[], str | None] = lambda: None

    def set_python(self, version: str) -> None:
        """The Python that `runtime-versions` chose, or the image's own."""
        self.path = f"{images.python(self.home, self._pythons, self._tools, version)}:{self.path}"

    def start(self, variables: dict[str, str]) -> None:
        """The environment of the first command; later ones get what it exported."""
        mine = {"HOME": str(self.home), "PATH": self.path, "PWD": str(self.source)}
        everything = self._tools.environment | variables | mine
        lines = [f"export {name}={shlex.quote(value)}" for name, value in everything.items()]
        (self._state / "env").write_text("\n".join(lines) + "\n")
        (self._state / "dir").write_text(str(self.source))

    def export(self, name: str, value: str) -> None:
        """Sets a variable for the commands that follow, as CodeBuild does with CODEBUILD_BUILD_SUCCEEDING."""
        with (self._state / "env").open("a") as file:
            file.write(f"export {name}={shlex.quote(value)}\n")

    def run(self, command: str) -> tuple[int, str]:
        """One command: its exit code, and what it printed."""
        script = self._state / "script.sh"
        keep = _KEEP[rules("codebuild").go("command", "ended", "other variable, function or option")]
        script.write_text(_SCRIPT.format(state=shlex.quote(str(self._state)), command=command, keep=keep))
        output = self._state / "output"
        with output.open("w") as file:
            process = subprocess.Popen(
                [f"/bin/{self.shell}", str(script)],
                stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
                env={"PATH": self.path}, cwd=self.source, start_new_session=True,
            )  # fmt: skip
            word = self._wait(process)
        text = output.read_text(errors="replace")
        absent = _ABSENT.search(text)
        if absent:
            raise HarnessError(f"the image holds {absent[1]}, and this machine does not")
        if word:
            raise Interrupted(word, text)
        return process.returncode, text

    def _wait(self, process: subprocess.Popen) -> str | None:
        """Until the command ends, or the build before it; nothing that it started outlives it."""
        start = time.monotonic()
        word = None
        while process.poll() is None and word is None:
            word = self.ended()
            if time.monotonic() - start > LIMIT_SECONDS:
                kill(process)
                raise HarnessError(f"a command ran for {LIMIT_SECONDS} real seconds: {process.args}")
            time.sleep(0.02)
        kill(process)
        return word

    def variable(self, name: str) -> str | None:
        """The value that the commands so far gave a variable."""
        asked = f'. {shlex.quote(str(self._state / "env"))}; printf "%s" "${{{name}-}}"'
        command = [f"/bin/{self.shell}", "-c", asked]
        return subprocess.run(command, capture_output=True, text=True, check=True, env={}).stdout

    @staticmethod
    def missing(text: str) -> list[str]:
        """The commands that a shell did not find, by what it printed."""
        return _MISSING.findall(text)


def kill(process: subprocess.Popen) -> None:
    """Ends a command and all that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
