"""What every engine has in common: the git host it listens to, the tools its jobs find, and what a run left behind."""

from __future__ import annotations

import subprocess
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable


class HarnessError(Exception):
    """The harness met something that it does not know how to do as the real service does it. Never a verdict on a pipeline."""


@dataclass
class Job:
    """One job (an action, in CodePipeline) of a run."""

    name: str
    # success, failure, skipped, cancelled, or waiting for a person
    status: str = "skipped"
    # What a person would read on the page of the job.
    log: str = ""
    environment: str | None = None
    # Its place in the order in which the jobs of a Cloud were started; 0 while it has not been.
    started: int = 0

    @property
    def last_lines(self) -> str:
        """The end of the log, where a red job has to say what happened and what to do."""
        return "\n".join(self.log.strip().splitlines()[-12:])


@dataclass
class Run:
    """One run of a pipeline: everything that one event started."""

    id: str
    jobs: dict[str, Job] = field(default_factory=dict)
    # What the engine needs to go on with it.
    context: dict = field(default_factory=dict)

    def status(self, name: str) -> str:
        return self.jobs[name].status

    def log(self, name: str) -> str:
        return self.jobs[name].log

    @property
    def red(self) -> list[Job]:
        return [job for job in self.jobs.values() if job.status in ("failure", "cancelled")]

    @property
    def waiting(self) -> list[Job]:
        return [job for job in self.jobs.values() if job.status == "waiting"]

    @property
    def green(self) -> bool:
        """Nothing failed and nothing waits: what the page of the run shows as passed."""
        return not self.red and not self.waiting and any(job.status == "success" for job in self.jobs.values())

    def describe(self) -> str:
        """For the message of an assertion."""
        lines = [f"{job.name}: {job.status}" for job in self.jobs.values()]
        return "\n".join(lines + [f"--- {job.name}\n{job.log[-4000:]}" for job in self.red])


@dataclass
class Rule:
    """The protection of one environment, as its settings page on the host shows it."""

    reviewers: list[str] = field(default_factory=list)
    branches: list[str] = field(default_factory=list)


@dataclass
class Host:
    """The git host: one bare repository and its settings."""

    # github, gitlab, bitbucket or codecommit
    provider: str
    # The path on the host, such as acme/shop.
    repository: str
    bare: Path
    # The one of the contributor who has no right to push.
    fork: Path | None = None
    default_branch: str = "main"
    owner_id: str = "90001"
    repository_id: str = "70001"
    # GitHub's subjects of repositories made since July 2026 carry the ids of owner and repository.
    immutable_subjects: bool = True
    private: bool = False
    environments: dict[str, Rule] = field(default_factory=dict)
    # CI variables of the project: name -> value (GitHub: vars, GitLab: CI/CD variables).
    variables: dict[str, str] = field(default_factory=dict)
    protected_branches: list[str] = field(default_factory=lambda: ["main"])

    def git(self, *arguments: str, folder: Path | None = None) -> str:
        """Runs git in the bare repository, or in another folder."""
        command = ["git", "-C", str(folder or self.bare), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise HarnessError(f"{' '.join(command)}: {done.stderr}")
        return done.stdout.strip()

    def commit(self, branch: str, folder: Path | None = None) -> str:
        """The commit that a branch or a tag points to."""
        # A branch may be named like an option.
        return self.git("rev-parse", "--verify", "--end-of-options", f"{branch}^{{commit}}", folder=folder)


@dataclass
class Tools:
    """What a job finds on its machine, and nothing of the machine of whoever runs the tests."""

    # PATH: the real commands, with our docker, curl and sleep before them.
    path: str
    # Only what a package manager needs to reach its registry and its cache.
    environment: dict[str, str]
    # Commands by name -> where they are, for engines that give a job only some of them.
    commands: dict[str, Path] = field(default_factory=dict)

    def environment_for(self, home: Path) -> dict[str, str]:
        """The whole environment of a job or a person whose HOME is that folder; what is not here does not leak in."""
        home.mkdir(parents=True, exist_ok=True)
        # `python3` and `pip` make this virtual environment at their first call: what a job installs is its own.
        path = f"{home}/.venv/bin:{self.path}"
        return self.environment | {"HOME": str(home), "PATH": path, "TMPDIR": str(_made(home / "tmp"))}


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


class Engine(ABC):
    """A CI service: it hears what happens on the host and runs what the repository says."""

    def __init__(self, cloud, host: Host, tools: Tools, folder: Path):
        """`folder` is the engine's own: work folders, artifacts, caches."""
        self.cloud = cloud
        self.host = host
        self.tools = tools
        self.folder = folder
        self._started = 0

    def next_start(self) -> int:
        """The place of the job that starts now in the order of all jobs."""
        self._started += 1
        return self._started

    @abstractmethod
    def push(self, branch: str, *, actor: str = "alice") -> Run | None:
        """What a push of that branch starts, run until nothing goes on without a person. None when nothing starts."""

    @abstractmethod
    def pull_request(self, branch: str, *, fork: bool = False, title: str = "A change", target: str = "main") -> Run | None:
        """What a pull or merge request from that branch starts."""

    @abstractmethod
    def tag(self, name: str) -> Run | None:
        """What a pushed tag starts."""

    @abstractmethod
    def approve(self, run: Run, environment: str) -> Run:
        """A person lets go what waits for that environment. The run that went on: another one where production is a run of its own."""

    @abstractmethod
    def rerun(self, run: Run) -> Run:
        """A person asks for the whole run again: the same commit, the same number."""

    def person(self) -> dict[str, str]:
        """What the shell of a person has beside `tools` to talk to this host's command line."""
        return {}

    def close(self) -> None:
        """Ends what the engine started."""

    def hold(self, point: Callable[[str], bool]) -> None:
        """From now on a job whose name `point` accepts is killed while it works, once: a cancelled run. Optional."""
        raise HarnessError(f"{type(self).__name__} cannot cancel yet")
