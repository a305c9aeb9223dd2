"""A run of the workflow and its jobs, with where each of them stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Callable

from engines import Job, Run
from engines.github.events import Event
from engines.github.permissions import granted
from engines.github.workflow import JobSpec, Workflow

DONE = ("success", "failure", "skipped", "cancelled")


@dataclass(eq=False)
class JobRun:
    """One job of one attempt of a run."""

    spec: JobSpec
    run: WorkflowRun
    now: Callable[[], datetime]
    # new, queued (in its concurrency group), approval (a person is asked), or one of DONE
    state: str = "new"
    group: str | None = None
    environment: str | None = None
    approved: bool = False
    summary: str = ""

    @property
    def permissions(self) -> dict[str, str]:
        return granted(self.run.workflow, self.spec, self.run.event)

    @property
    def seen(self) -> Job:
        """What the outside sees of it."""
        return self.run.seen.jobs[self.spec.id]

    @property
    def ready(self) -> bool:
        """All that it needs is over."""
        return self.state not in DONE and all(self.run.jobs[need].state in DONE for need in self.spec.needs)

    def end(self, state: str, line: str = "") -> None:
        self.state = self.seen.status = state
        self.seen.log += f"{line}\n" if line else ""

    def wait(self, state: str, line: str) -> None:
        """Held; the page of the job says why."""
        self.state, self.seen.status, self.seen.log = state, "waiting", f"{line}\n"


@dataclass(eq=False)
class WorkflowRun:
    """All attempts of a run share its id and its number."""

    id: str
    number: int
    event: Event
    workflow: Workflow
    attempt: int = 1
    group: str | None = None
    # Whether its concurrency group has let it in.
    admitted: bool = False
    jobs: dict[str, JobRun] = field(default_factory=dict)
    seen: Run = field(default_factory=lambda: Run(""))

    def begin(self, now: Callable[[], datetime], only: set[str] | None = None) -> None:
        """A first or further attempt: all jobs, or those that are run again."""
        for spec in self.workflow.jobs.values():
            if only is None or spec.id in only:
                self.jobs[spec.id] = JobRun(spec, self, now)
                self.seen.jobs[spec.id] = Job(spec.id, environment=spec.environment)

    @property
    def over(self) -> bool:
        return all(job.state in DONE for job in self.jobs.values())

    @property
    def conclusion(self) -> str | None:
        states = {job.state for job in self.jobs.values()}
        if not self.over:
            return None
        return next((state for state in ("failure", "cancelled", "success") if state in states), "skipped")

    def as_json(self, repository: str) -> dict:
        """GET /repos/{owner}/{repo}/actions/runs/{run_id}"""
        return {
            "id": int(self.id), "name": self.workflow.name, "run_number": self.number, "run_attempt": self.attempt,
            "event": self.event.name, "status": "completed" if self.over else "in_progress", "conclusion": self.conclusion,
            "head_branch": self.event.head_branch, "head_sha": self.event.head_sha, "path": ".github/workflows/pipeline.yml",
            "actor": {"login": self.event.actor}, "repository": {"full_name": repository},
            "head_repository": {"full_name": repository if not self.event.fork else f"mallory/{repository.split('/')[1]}"},
            "html_url": f"https://github.com/{repository}/actions/runs/{self.id}",
        }  # fmt: skip
