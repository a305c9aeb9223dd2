"""What ECS keeps of one account and region, and the failures that a test prepares in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from images.container import Container

from ...base import AwsError
from ..machine import Machine

HERE = Path(__file__).parent
DEPLOYMENT = Machine(HERE / "ecs-deployment.transitions.tsv")
SERVICE = Machine(HERE / "ecs-service.transitions.tsv")
TASK = Machine(HERE / "ecs-task.transitions.tsv")
FINISHED = {"SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"}


@dataclass
class Cluster:
    """A cluster; those of Express Mode are Fargate's."""

    name: str
    arn: str
    status: str = "ACTIVE"
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class Revision:
    """One configuration of a service, and the digest that its image named when the tasks were started."""

    arn: str
    number: int
    configuration: dict
    created: datetime
    digest: str | None = None
    container: Container | None = None  # one process answers for all tasks of the revision

    @property
    def image(self) -> str:
        return self.configuration["primaryContainer"]["image"]


@dataclass
class Task:
    """One task of a revision."""

    arn: str
    revision: Revision
    created: datetime
    status: str = "none"
    reason: str | None = None
    code: str | None = None
    exit_code: int | None = None
    stopped: datetime | None = None

    def happens(self, event: str) -> None:
        self.status = TASK.next(self.status, event)


@dataclass
class Deployment:
    """One rollout: from the revision that ran before to the target."""

    arn: str
    target: Revision
    source: Revision | None
    created: datetime
    status: str = "none"
    reason: str | None = None
    started: datetime | None = None
    finished: datetime | None = None
    plan: "Plan | None" = None

    def happens(self, event: str, now: datetime, reason: str | None = None) -> None:
        """Moves on as the table says."""
        self.status = DEPLOYMENT.next(self.status, event)
        self.reason = reason or self.reason
        if self.status in FINISHED:
            self.finished = now

    @property
    def open(self) -> bool:
        return self.status not in FINISHED


@dataclass
class Plan:
    """What a test wants of a rollout: why it fails, how that is noticed, and whether the way back works."""

    reason: str
    digest: str | None = None  # only a rollout of this one
    by: str = "tasks"  # or alarm: the canary's error rate
    exit_code: int | None = 1
    rollback_fails: bool = False
    never_ends: bool = False
    times: int = 1


@dataclass
class ExpressService:
    """An Express Mode service with everything that was ever rolled out."""

    name: str
    arn: str
    cluster: Cluster
    infrastructure_role: str
    host: str
    created: datetime
    status: str = "none"
    tags: dict[str, str] = field(default_factory=dict)
    revisions: list[Revision] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    running: Revision | None = None  # what visitors meet
    updated: datetime | None = None

    def happens(self, event: str) -> None:
        self.status = SERVICE.next(self.status, event)

    def tasks_of(self, revision: Revision, status: str) -> int:
        """How many tasks of a revision are in that state."""
        return sum(task.revision is revision and task.status == status for task in self.tasks)


class State:
    """One account in one region."""

    def __init__(self, cloud: Any, account: str, region: str):
        self.cloud, self.account, self.region = cloud, account, region
        self.clusters: dict[str, Cluster] = {}
        self.services: list[ExpressService] = []
        self.plans: list[Plan] = []
        self.answers: dict[str, int] = {}

    def next_rollout(self, fails: str, **more: Any) -> Plan:
        """Prepares a failure. `fails` is why the last task stopped, or for by="alarm" which alarm rang; see Plan."""
        plan = Plan(fails, **more)
        self.plans.append(plan)
        return plan

    def answer(self, digest: str, status: int) -> None:
        """From now on the load balancer answers for that version with this status, whatever its container says."""
        self.answers[digest] = status

    def running(self, name: str, cluster: str = "default") -> str | None:
        """For tests: the digest that visitors of a service meet, or None."""
        service = self.find(name, cluster)
        return service.running.digest if service and service.running else None

    def cluster(self, name: str) -> Cluster:
        """The cluster of a name or an ARN, or ECS's refusal."""
        found = self.clusters.get(name.rsplit("/", 1)[-1])
        if found is None:
            raise AwsError("ClusterNotFoundException", "Cluster not found.")
        return found

    def find(self, service: str, cluster: str = "default") -> ExpressService | None:
        """The newest service of a name or an ARN."""
        name, cluster = service.rsplit("/", 1)[-1], cluster.rsplit("/", 1)[-1]
        if service.startswith("arn:"):
            cluster = service.split("/")[-2]
        found = [one for one in self.services if one.name == name and one.cluster.name == cluster]
        return found[-1] if found else None

    def take_plan(self, digest: str | None) -> Plan | None:
        """The failure prepared for a rollout of that digest; it counts as used."""
        for plan in self.plans:
            if plan.times and plan.digest in (None, digest):
                plan.times -= 1
                return plan
        return None
