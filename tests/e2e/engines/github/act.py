"""Runs one job in act, without Docker and without a network, and reads back what became of it."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Callable

import tools
from engines import HarnessError
from engines.github.actlog import SILENT, Outcome, take

# Real time that a job may take before the harness gives up; GitHub's own limit is counted by the cloud's clock.
LIMIT_SECONDS = float(os.environ.get("PIPEWRIGHT_E2E_JOB_SECONDS", "300"))


def program() -> str:
    """Where act is: beside the other installed tools, or on the PATH."""
    installed = tools.INSTALLED / "bin" / "act"
    found = str(installed) if installed.exists() else shutil.which("act")
    if found is None:
        raise HarnessError("act is not installed")
    return found


# The variables that act writes anew for each step, so that it evaluates them once and not twice.
RENEWED = {
    f"GITHUB_{name}" for name in "REF REF_NAME REF_TYPE HEAD_REF BASE_REF SHA ACTOR REPOSITORY RUN_ID RUN_NUMBER RUN_ATTEMPT".split()
}


def literal(value: str) -> str:
    """act evaluates expressions in every variable of the environment, GitHub in none: a hostile name must stay what it is."""
    return value.replace("${{", "${{ '${{' }}")


def variable(name: str, value: str) -> str:
    """A variable that arrives as it is."""
    return literal(value) if name in RENEWED else literal(literal(value))


class Act:
    """One process of act, which can be killed while it works."""

    def __init__(self, folder: Path, *, workflow: str, event: str, payload: dict, actor: str, token: str):
        self.folder = folder
        self.workspace = folder / "work"
        self.workspace.mkdir(parents=True)
        (folder / "home").mkdir()
        (folder / "workflow.yml").write_text(workflow)
        (folder / "event.json").write_text(json.dumps(payload))
        self.arguments = [
            program(), event, "--json", "--rm", "-W", str(folder / "workflow.yml"), "-C", str(self.workspace),
            "-e", str(folder / "event.json"), "-a", literal(actor), "-s", f"GITHUB_TOKEN={token}", "-P", "ubuntu-24.04=-self-hosted",
            "--no-skip-checkout", "--no-cache-server", "--action-cache-path", str(folder / "act"), "--action-offline-mode",
            "--env-file", "/dev/null", "--secret-file", "/dev/null", "--var-file", "/dev/null", "--input-file", "/dev/null",
        ]  # fmt: skip
        self.tracking = f"harness_{os.getpid()}_{folder.name}"
        self.process: subprocess.Popen | None = None
        self.cancelled = ""
        self.ended = False

    def run(
        self, environment: dict[str, str], *, context: dict[str, str], variables: dict[str, str], actions: dict[str, Path],
        watch: Callable[[Act, dict], None] = lambda act, line: None, tick: Callable[[Act], None] = lambda act: None,
    ) -> Outcome:  # fmt: skip
        """`environment`: of the machine. `context`: what GitHub adds. `watch` sees each line of act, `tick` each moment."""
        arguments = self.arguments + [f"--local-repository={uses}={folder}" for uses, folder in actions.items()]
        arguments += [f"--env={name}={variable(name, value)}" for name, value in (context | {"RUNNER_TRACKING_ID": self.tracking}).items()]
        arguments += [f"--var={name}={value}" for name, value in variables.items()]
        machine = {name: variable(name, value) for name, value in environment.items()}
        machine |= {"HOME": str(self.folder / "home"), "ACT_DISABLE_VERSION_CHECK": "1"}
        self.process = subprocess.Popen(
            arguments, env=machine, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            return self._follow(watch, tick)
        finally:
            self.process.kill()
            self.process.wait()
            self._kill_steps()
            shutil.rmtree(self.folder / "act", ignore_errors=True)

    def cancel(self, why: str) -> None:
        """As GitHub ends a job: the step that works is stopped, and only steps that ask for it still run. Callable from any thread."""
        if self.process is None or self.cancelled or self.process.poll() is not None:
            return
        self.cancelled = why
        self.process.send_signal(signal.SIGINT)

    def _follow(self, watch, tick) -> Outcome:
        lines: queue.Queue[bytes | None] = queue.Queue()
        threading.Thread(target=_pump, args=(self.process.stdout, lines), daemon=True).start()
        outcome, deadline = Outcome(), time.monotonic() + LIMIT_SECONDS
        while True:
            try:
                line = lines.get(timeout=0.05)
            except queue.Empty:
                line = b""
            if line is None:
                break
            if line:
                self._read(line, outcome, watch)
            tick(self)
            if time.monotonic() > deadline:
                raise HarnessError(f"a job took more than {LIMIT_SECONDS} s of real time:\n{outcome.log[-3000:]}")
        return self._judged(outcome)

    def _read(self, raw: bytes, outcome: Outcome, watch) -> None:
        try:
            line = json.loads(raw)
        except ValueError:
            if not SILENT.match(text := raw.decode(errors="replace")):
                outcome.lines.append(text)
            return
        if "jobID" not in line and line.get("level") == "error":
            outcome.lines.append(str(line["msg"]))
        if "jobID" in line:
            take(line, outcome)
            watch(self, line)
            if str(line["msg"]).startswith("Result condition keepStepRunning=false"):
                self._kill_steps()

    def _judged(self, outcome: Outcome) -> Outcome:
        code = self.process.wait(timeout=10)
        if self.cancelled:
            outcome.result = "cancelled"
            outcome.lines.append(f"Error: {self.cancelled}")
        elif code and outcome.result != "failure":
            raise HarnessError(f"act ended with {code}:\n{outcome.log[-3000:]}")
        return outcome

    def _kill_steps(self) -> None:
        """What a step started and left behind, found by the mark that GitHub's runner uses too."""
        mark = f"RUNNER_TRACKING_ID={self.tracking}".encode()
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if mark in (entry / "environ").read_bytes().split(b"\0"):
                        os.kill(int(entry.name), signal.SIGKILL)
                except OSError:
                    continue


def _pump(stream, lines: queue.Queue) -> None:
    for line in stream:
        lines.put(line)
    lines.put(None)
