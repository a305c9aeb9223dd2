"""Rollouts: each time a client looks, one step further."""

from __future__ import annotations

from typing import Any

from images.container import NotHealthy

from ..regional import identifier
from .launch import CannotStart, Launch
from .state import Deployment, ExpressService, Plan, Revision, State, Task

HEX = "0123456789abcdef"
BREAKER = "Service deployment rolled back because the circuit breaker threshold was exceeded."
ALARM = "Service deployment rolled back because the alarm {} was in ALARM."
NOTHING = "The service deployment failed and there is no earlier service revision to roll back to: {}"
# The circuit breaker lets three tasks fail at least.
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
THRESHOLD = 3


class Rollout:
    """The open deployment of a service and what its next step is."""

    def __init__(self, state: State, service: ExpressService):
        self.state, self.service = state, service

    @property
    def now(self) -> Any:
        return self.state.cloud.clock.now()

    def begin(self, target: Revision) -> Deployment:
        """A new deployment; one that is still open gives way."""
        for old in self.service.deployments:
            if old.open:
                old.happens("superseded", self.now, "Service deployment was stopped because a new one was started.")
        self.service.revisions.append(target)
        arn = self.service.arn.replace(":service/", ":service-deployment/")
        made = Deployment(f"{arn}/{identifier(21)}", target, self.service.running, self.now)
        made.happens("created", self.now)
        self.service.deployments.append(made)
        return made

    def step(self) -> None:
        """What a look at the service finds: one transition of the open deployment, if there is one."""
        opened = [one for one in self.service.deployments if one.open]
        if opened:
            steps = {"PENDING": self._start, "IN_PROGRESS": self._judge, "ROLLBACK_REQUESTED": self._go_back}
            steps.get(opened[-1].status, self._restored)(opened[-1])
        elif self.service.status == "DRAINING":
            self._stop(None)
            self.service.running = None
            self.service.happens("tasks stopped")

    def _start(self, deployment: Deployment) -> None:
        deployment.started = self.now
        deployment.happens("started", self.now)

    def _judge(self, deployment: Deployment) -> None:
        """Are the new tasks healthy? A plan of the test has the last word."""
        target = deployment.target
        if deployment.plan:
            return deployment.happens("waiting", self.now)
        try:
            tasks, launch = self._pulled(target)
            plan = self.state.take_plan(target.digest)
            if plan and plan.never_ends:
                deployment.plan = plan
                return deployment.happens("waiting", self.now)
            if plan:
                return self._failed(deployment, plan)
            target.container = launch.run(target.digest)
        except CannotStart as failure:
            return self._failed(deployment, Plan(str(failure), exit_code=None))
        except NotHealthy as failure:
            return self._failed(deployment, Plan(str(failure), exit_code=failure.exit_code or 0))
        for task in tasks:
            task.happens("containers run")
        self.service.tasks += tasks
        self._stop(target)
        self.service.running = target
        deployment.happens("healthy", self.now)

    def _pulled(self, revision: Revision) -> tuple[list[Task], Launch]:
        """As many tasks as the service wants, each with everything that its container needs."""
        tasks = [self._task(revision) for _ in range((revision.configuration.get("scalingTarget") or {}).get("minTaskCount", 1))]
        for task in tasks:
            launch = Launch(self.state.cloud, revision, self.state.region, task.arn)
            revision.digest = launch.pull()
        return tasks, launch

    def _failed(self, deployment: Deployment, plan: Plan) -> None:
        """The new tasks stop; back to the revision before, where there is one."""
        deployment.plan = plan
        for _ in range(THRESHOLD if plan.by == "tasks" else 1):
            self._stopped_task(deployment.target, plan)
        event = "alarm" if plan.by == "alarm" else "tasks failed"
        reason = ALARM.format(plan.reason) if plan.by == "alarm" else BREAKER
        if deployment.source is None:
            deployment.happens(f"{event}, nothing before", self.now, NOTHING.format(plan.reason))
        else:
            deployment.happens(event, self.now, reason)

    def _go_back(self, deployment: Deployment) -> None:
        deployment.happens("started", self.now)

    def _restored(self, deployment: Deployment) -> None:
        """The old tasks never left during a canary; they are gone only if the test says so."""
        if deployment.plan and deployment.plan.rollback_fails:
            self._stop(None)
            self.service.running = None
            return deployment.happens("old version fails", self.now)
        self._stop(deployment.source)
        deployment.happens("old version runs", self.now)

    def _task(self, revision: Revision) -> Task:
        cluster = self.service.cluster
        arn = f"{cluster.arn.replace(':cluster/', ':task/')}/{identifier(32, HEX)}"
        task = Task(arn, revision, self.now)
        task.happens("launched")
        return task

    def _stopped_task(self, revision: Revision, plan: Plan) -> None:
        task = self._task(revision)
        never_ran = plan.exit_code is None
        if not never_ran:
            task.happens("containers run")
        task.happens("could not start" if never_ran else "stopped")
        task.reason, task.exit_code, task.stopped = plan.reason, plan.exit_code, self.now
        task.code = "TaskFailedToStart" if never_ran else "EssentialContainerExited"
        self.service.tasks.append(task)

    def _stop(self, keep: Revision | None) -> None:
        """Stops all tasks, and what answered for them, but those of one revision."""
        for revision in self.service.revisions:
            if revision is not keep and revision.container:
                revision.container.stop()
                revision.container = None
        for task in self.service.tasks:
            if task.status == "RUNNING" and task.revision is not keep:
                task.happens("stopped")
                task.code, task.stopped = "ServiceSchedulerInitiated", self.now
                task.reason = "Scaling activity initiated by (deployment)"
