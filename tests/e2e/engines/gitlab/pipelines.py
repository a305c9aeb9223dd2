"""A pipeline's jobs and what each of them waits for; the rules are those of GitLab's processing, job by job."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from engines import Job, Run

from .configuration import Configuration, JobSpec
from .events import Event

# How GitLab's states are called in a Run.
STATUS = {
    "created": "skipped", "pending": "skipped", "skipped": "skipped", "manual": "waiting", "waiting_for_resource": "waiting",
    "running": "skipped", "success": "success", "failed": "failure", "canceled": "cancelled",
}  # fmt: skip
DONE = ("success", "failed", "canceled", "skipped")
# What a newer pipeline may cancel: one that waits for a person is not among them.
ALIVE = ("created", "pending", "waiting_for_resource", "running")


@dataclass(eq=False)
class State:
    """One job of one pipeline."""

    spec: JobSpec
    manual: bool
    job: Job
    state: str = "created"
    # A person has pressed its button.
    played: bool = False
    # Its place among all deployments; given when the jobs before it are done.
    deployment: int | None = None
    began: bool = False
    artifacts: Path | None = None

    def become(self, state: str, message: str | None = None) -> None:
        """The next state, as the page of the job shows it."""
        self.state = state
        self.job.status = STATUS[state]
        if message is not None:
            self.job.log = f"{self.job.log}\n{message}".strip()


@dataclass(eq=False)
class Pipeline:
    """What one event started."""

    id: int
    iid: int
    event: Event
    configuration: Configuration
    variables: dict[str, str]
    folder: Path
    states: dict[str, State] = field(default_factory=dict)
    run: Run = None  # type: ignore[assignment]
    # Held by whoever runs its jobs: a newer pipeline that arrives meanwhile must not run them too.
    lock: threading.Lock = field(default_factory=threading.Lock)

    def before(self, state: State) -> list[State]:
        """The jobs that one waits for: those it needs, or all of the stages before its own."""
        if state.spec.needs is not None:
            return [self.states[need.job] for need in state.spec.needs if need.job in self.states]
        stages = self.configuration.stages
        earlier = stages[: stages.index(state.spec.stage)]
        return [other for other in self.states.values() if other.spec.stage in earlier]

    def settle(self, next_deployment) -> None:
        """Moves on whatever the jobs before it allow, until nothing moves."""
        moved = True
        while moved:
            moved = False
            for state in self.states.values():
                if state.state == "created" and all(other.state in DONE for other in self.before(state)):
                    self._process(state, next_deployment)
                    moved = True

    def _process(self, state: State, next_deployment) -> None:
        if any(other.state != "success" for other in self.before(state)):
            state.become("skipped")
            return
        if state.spec.environment and state.deployment is None:
            state.deployment = next_deployment()
        state.become("manual" if state.manual and not state.played else "pending")

    def ready(self) -> State | None:
        """The first job that may start, as far as its pipeline knows."""
        return next((state for state in self.states.values() if state.state in ("pending", "waiting_for_resource")), None)

    @property
    def alive(self) -> bool:
        return any(state.state in ALIVE for state in self.states.values())

    @property
    def committed(self) -> bool:
        """A job that must not be interrupted has started: a newer pipeline leaves this one alone."""
        return any(state.began and not state.spec.interruptible for state in self.states.values())

    def missing_needs(self) -> list[str]:
        """Jobs that are needed but not in the pipeline, which is then not made."""
        return [
            f"'{state.spec.name}' job needs '{need.job}' job, but '{need.job}' does not exist in the pipeline"
            for state in self.states.values()
            for need in state.spec.needs or []
            if need.job not in self.states and not need.optional
        ]

    def retry(self) -> None:
        """What the button "Retry" does: what is not green runs again; of a green pipeline, every job that has run.

        GitLab has no button for all jobs of a green one: this is a person who retries them one by one, in order.
        """
        red = [state for state in self.states.values() if state.state in ("failed", "canceled")]
        again = red + [state for state in self.states.values() if state.state == "skipped"] if red else list(self.states.values())
        run = Run(self.run.id, dict(self.run.jobs), self.run.context)
        for state in again:
            # One that waits for a person goes on waiting.
            if state.state != "manual":
                state.job = run.jobs[state.spec.name] = Job(state.spec.name, environment=state.spec.environment)
                state.deployment, state.began = None, False
                state.become("created")
        self.run = run
