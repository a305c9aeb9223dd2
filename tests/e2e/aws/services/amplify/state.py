"""What Amplify keeps of one account and region, and the failures that a test prepares in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ...base import AwsError
from ..machine import Machine
from .site import Published

JOB = Machine(Path(__file__).parent / "amplify-job.transitions.tsv")
FINISHED = {"SUCCEED", "FAILED", "CANCELLED"}
# https://docs.aws.amazon.com/amplify/latest/APIReference/API_StartDeployment.html
START_WITHIN = timedelta(hours=8)
# A job that is being stopped is stopped after that much of the cloud's time, looked at or not.
STOPS_WITHIN = timedelta(seconds=10)


@dataclass
class Plan:
    """What a test wants of the next job."""

    reason: str = "failed"
    never_ends: bool = False


@dataclass
class Job:
    """One deployment of a branch."""

    id: str
    arn: str
    created: datetime
    secret: str  # of the upload's address
    status: str = "none"
    started: datetime | None = None
    ended: datetime | None = None
    archive: bytes | None = None
    reason: str = ""
    plan: Plan | None = None
    stopping: datetime | None = None

    def happens(self, event: str, now: datetime, reason: str = "") -> None:
        """Moves on as the table says."""
        self.status = JOB.next(self.status, event)
        self.reason = reason or self.reason
        if self.status in FINISHED:
            self.ended = now

    @property
    def open(self) -> bool:
        return self.status not in FINISHED


@dataclass
class Branch:
    """A place to deploy to."""

    name: str
    arn: str
    created: datetime
    settings: dict
    tags: dict[str, str]
    jobs: list[Job] = field(default_factory=list)
    published: Published | None = None
    active_job: str = "0"

    def job(self, key: str) -> Job:
        """The job of an id."""
        found = next((job for job in self.jobs if job.id == key), None)
        if found is None:
            raise AwsError("NotFoundException", f"The specified job {key} for branch {self.name} does not exist.", 404)
        return found


@dataclass
class App:
    """An app: its settings and branches."""

    id: str
    arn: str
    created: datetime
    settings: dict
    tags: dict[str, str]
    branches: dict[str, Branch] = field(default_factory=dict)

    @property
    def domain(self) -> str:
        return f"{self.id}.amplifyapp.com"

    def branch(self, name: str) -> Branch:
        """The branch of a name."""
        if name not in self.branches:
            raise AwsError("NotFoundException", f"No branch {name} found in app {self.id}.", 404)
        return self.branches[name]


class State:
    """One account in one region."""

    def __init__(self, cloud: Any, account: str, region: str):
        self.cloud, self.account, self.region = cloud, account, region
        self.apps: dict[str, App] = {}
        self.plans: list[Plan] = []
        self.answers: dict[str, int] = {}

    def next_job(self, fails: str = "failed", never_ends: bool = False) -> None:
        """Prepares a failure: the next job that is started ends as FAILED, or never."""
        self.plans.append(Plan(fails, never_ends))

    def answer(self, sha256: str, status: int) -> None:
        """From now on a site made of the zip with that SHA-256 answers every request with this status."""
        self.answers[sha256] = status

    def published(self, branch: str) -> Published | None:
        """For tests: what is served on the branch of that name, in whichever app; has .sha256 and .files."""
        found = [app.branches[branch] for app in self.apps.values() if branch in app.branches]
        return found[-1].published if found else None

    def app(self, key: str) -> App:
        """The app of an id."""
        if key not in self.apps:
            raise AwsError("NotFoundException", f"App {key} not found.", 404)
        return self.apps[key]
