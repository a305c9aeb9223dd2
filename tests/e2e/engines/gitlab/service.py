"""What GitLab does between an event and the end of its pipeline: which jobs there are, their order, their tokens, their end."""

from __future__ import annotations

import threading
from typing import Callable

from engines import Engine, Run

from . import creation, work
from .events import Event
from .local import Process
from .pipelines import Pipeline, State

NOT_PLAYABLE = (
    "This deployment job does not run automatically and must be started manually, "
    "but it's older than the latest deployment, and therefore can't run."
)


class Service(Engine):
    """The part of the engine that no person sees."""

    def __init__(self, cloud, host, tools, folder):
        super().__init__(cloud, host, tools, folder)
        # Settings, CI/CD, General pipelines, "Prevent outdated deployment jobs": on in a new project.
        self.prevent_outdated = True
        self.pipelines: list[Pipeline] = []
        # Jobs at work: more than one while a newer pipeline runs in the midst of an older one's job.
        self.working: list[tuple[State, Process]] = []
        # What a test wants to happen while a job works, each once: which job, and the deed.
        self.plans: list[tuple[Callable[[str], bool], Callable[[Process], None]]] = []
        self._numbers: dict[str, int] = {"pipeline": 5_000_000, "job": 9_000_000}
        # Environment -> the deployment and the commit that it runs.
        self.deployed: dict[str, tuple[int, str]] = {}
        self._resources: dict[str, State] = {}
        self._counting = threading.Lock()

    def number(self, what: str) -> int:
        """The next number of its kind; GitLab counts pipelines of a project, all pipelines, jobs and deployments apart."""
        with self._counting:
            self._numbers[what] = self._numbers.get(what, 0) + 1
            return self._numbers[what]

    def hear(self, event: Event) -> Run | None:
        """Makes the pipeline of an event, if it has one, and runs it as far as it goes."""
        folder = self.folder / "pipelines" / str(self.number("pipeline"))
        pipeline = creation.create(event, self.host, folder, self.number)
        if pipeline is None:
            return None
        self._cancel_redundant(pipeline)
        self.pipelines.append(pipeline)
        self.advance(pipeline)
        return pipeline.run

    def advance(self, pipeline: Pipeline) -> None:
        """Runs jobs until none can go on without a person, or without a resource that another pipeline holds."""
        if not pipeline.lock.acquire(blocking=False):
            return
        worked = False
        try:
            pipeline.settle(lambda: self.number("deployment"))
            while (state := pipeline.ready()) and self._obtain(state):
                worked = True
                work.perform(self, pipeline, state)
                self._resources.pop(state.spec.resource_group or "", None)
                pipeline.settle(lambda: self.number("deployment"))
        finally:
            pipeline.lock.release()
        if worked:
            self._wake(pipeline)

    def outdated(self, state: State, pipeline: Pipeline) -> bool:
        """Deployment#older_than_last_successful_deployment? of app/models/deployment.rb in gitlabhq/gitlabhq."""
        last = self.deployed.get(state.spec.environment or "")
        if not self.prevent_outdated or last is None or state.deployment is None:
            return False
        return pipeline.event.sha != last[1] and state.deployment < last[0]

    def _cancel_redundant(self, pipeline: Pipeline) -> None:
        """Ci::PipelineCreation::CancelRedundantPipelinesService, with its default, "conservative"."""
        for older in self.pipelines:
            same = (older.event.repository, older.event.ref_path) == (pipeline.event.repository, pipeline.event.ref_path)
            if same and older.alive and not older.committed and older.event.sha != pipeline.event.sha:
                for state in older.states.values():
                    if state.state in ("created", "pending", "waiting_for_resource"):
                        state.become("canceled", "Canceled: a newer pipeline makes this one redundant.")
                    elif state.state == "running":
                        self.kill(state)

    def kill(self, state: State) -> None:
        """Cancels a job that is at work."""
        for other, process in self.working:
            if other is state:
                process.kill("canceled")

    def plan(self, name: str) -> Callable[[Process], None] | None:
        """What is to happen while that job works, taken off the list; None where nothing is."""
        for each in self.plans:
            if each[0](name):
                self.plans.remove(each)
                return each[1]
        return None

    def close(self) -> None:
        """Ends whatever is still at work, as after a test that failed in the midst of a job."""
        for _, process in list(self.working):
            process.kill("canceled")

    def _obtain(self, state: State) -> bool:
        """One job of a resource group at a time, in all pipelines."""
        group = state.spec.resource_group
        if group is None or self._resources.setdefault(group, state) is state:
            return True
        if state.state != "waiting_for_resource":
            state.become("waiting_for_resource", f"This job is waiting for resource: {group}")
        return False

    def _wake(self, finished: Pipeline) -> None:
        """Pipelines that waited for what this one held go on, in their order."""
        for other in self.pipelines:
            if other is not finished and any(state.state == "waiting_for_resource" for state in other.states.values()):
                self.advance(other)
