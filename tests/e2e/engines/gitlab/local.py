"""Runs the real gitlab-ci-local 4.75.1: once to say which jobs there are, then once for each job."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

import tools as installed
from engines import HarnessError

from .machines import Machine

# No job of the proof takes longer; one that does waits for something that never comes.
WALL_SECONDS = 600
RUNNER = Path(__file__).parent / "runner"
PROGRAM = installed.CHECKERS / "gitlab-ci-local"
# What gitlab-ci-local would predefine although GitLab does not for every event.
EVENTFUL = ("CI_COMMIT_BRANCH",)
OPTIONS = ("--force-shell-executor", "--no-color", "--quiet=false", "--max-job-name-padding=0", "--no-fetch-includes")


class Refused(Exception):
    """gitlab-ci-local does not accept the file, as GitLab would not."""


@dataclass(eq=False)
class Process:
    """One job at work."""

    child: subprocess.Popen
    machine: Machine
    # Set by whoever ends it: cancelled, or failed by its timeout.
    ended: str | None = None
    _killed: bool = field(default=False, repr=False)

    def kill(self, ending: str) -> None:
        """Ends the job and all that it started, at once."""
        if self.ended is None and self.child.poll() is None:
            self.ended = ending
            os.killpg(self.child.pid, signal.SIGKILL)

    def log(self) -> str:
        """What the job has printed up to now; before it has, what gitlab-ci-local said."""
        files = [*(self.machine.state / "output").glob("*.log"), self.machine.folder / "runner.log"]
        return files[0].read_text(errors="replace")


def jobs(checkout: Path, state: Path, variables: dict[str, str]) -> list[dict]:
    """Every job of the file with its `when` for these variables, as gitlab-ci-local sees it."""
    command = [str(PROGRAM), "--list-json", *_options(checkout, state, variables)]
    done = subprocess.run(command, cwd=checkout, env=_environment(state), capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise Refused(done.stdout + done.stderr)
    return json.loads(done.stdout[done.stdout.index("[\n") :])


def start(machine: Machine, job: str, variables: dict[str, str]) -> Process:
    """Starts one job on its machine."""
    options = _options(machine.checkout, machine.state, variables)
    command = [str(PROGRAM), job, *options, "--no-needs", f"--container-executable={RUNNER / 'container'}"]
    environment = _environment(machine.state) | {"PIPEWRIGHT_MACHINE": str(machine.folder)}
    with (machine.folder / "runner.log").open("wb") as log:
        child = subprocess.Popen(
            command, cwd=machine.checkout, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )  # fmt: skip
    return Process(child, machine)


def wait(process: Process, look: Callable[[Process], None]) -> int:
    """Waits for a job; `look` is called meanwhile and may end it."""
    until = time.monotonic() + WALL_SECONDS
    while process.child.poll() is None:
        if time.monotonic() > until:
            process.kill("stuck")
            raise HarnessError(f"a job did not end in {WALL_SECONDS} seconds:\n{process.log()[-4000:]}")
        look(process)
        time.sleep(0.05)
    return process.child.returncode


def _options(checkout: Path, state: Path, variables: dict[str, str]) -> list[str]:
    state.mkdir(parents=True, exist_ok=True)
    unset = [f"--unset-variable={name}" for name in EVENTFUL if name not in variables]
    given = [f"--variable={name}={value}" for name, value in variables.items()]
    # It warns, in the midst of its answer, of whoever gives what it predefines itself.
    known = f"--ignore-predefined-vars={','.join(variables)}"
    return [*OPTIONS, f"--state-dir={os.path.relpath(state, checkout)}", known, *unset, *given]


def _environment(state: Path) -> dict[str, str]:
    """The runner's own environment; the job gets none of it but what its machine says."""
    home = state / "home"
    home.mkdir(exist_ok=True)
    (home / ".gitconfig").write_text("[safe]\n\tdirectory = *\n[user]\n\tname = runner\n\temail = runner@example.com\n")
    return {"PATH": f"{RUNNER}:/usr/local/bin:/usr/bin:/bin", "HOME": str(home), "NO_COLOR": "1", "LANG": "C.UTF-8"}
