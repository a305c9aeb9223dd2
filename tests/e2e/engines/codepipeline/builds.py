"""One build as CodeBuild keeps it: what its API shows, and what only the service itself knows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .table import rules


@dataclass
class Build:
    """A build. `data` is the API's Build."""

    data: dict[str, Any]
    project: dict[str, Any]
    # What StartBuild changes for this build alone.
    overrides: dict[str, Any] = field(default_factory=dict)
    # CodePipeline's part: artifact name -> where it lies, the primary one first; and where outputs go.
    inputs: dict[str, "Location"] = field(default_factory=dict)
    outputs: dict[str, "Location"] = field(default_factory=dict)
    webhook: dict[str, str] = field(default_factory=dict)
    variables: list[dict] = field(default_factory=list)
    stop: bool = False
    log: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """`project:uuid`."""
        return self.data["id"]

    @property
    def status(self) -> str:
        """IN_PROGRESS, or how it ended."""
        return self.data["buildStatus"]

    def end(self, event: str, now: datetime) -> None:
        """The build's status changes by an event of the table."""
        self.data["buildStatus"] = rules("codebuild").go("build", self.status, event)
        self.data |= {"buildComplete": True, "endTime": now, "currentPhase": "COMPLETED"}

    def phase(self, name: str, now: datetime) -> dict:
        """A phase begins."""
        self.data["currentPhase"] = name
        entry = {"phaseType": name, "startTime": now}
        self.data["phases"].append(entry)
        return entry


@dataclass(frozen=True)
class Location:
    """Where an artifact lies, and the version that was put there."""

    bucket: str
    key: str
    version: str | None = None
    # The commit, for what a source action brought.
    revision: str = ""


def new_build(project: dict, number: int, initiator: str, now: datetime, event: str = "StartBuild") -> Build:
    """A build that waits to be run."""
    identity = uuid.uuid4()
    name = project["name"]
    data = {
        "id": f"{name}:{identity}",
        "arn": project["arn"].replace(":project/", ":build/") + f":{identity}",
        "buildNumber": number,
        "startTime": now,
        "currentPhase": "SUBMITTED",
        "buildStatus": rules("codebuild").go("build", "-", event),
        "projectName": name,
        "phases": [],
        "source": project["source"],
        "environment": project["environment"],
        "serviceRole": project["serviceRole"],
        "timeoutInMinutes": project["timeoutInMinutes"],
        "queuedTimeoutInMinutes": project["queuedTimeoutInMinutes"],
        "buildComplete": False,
        "initiator": initiator,
        "encryptionKey": project["encryptionKey"],
    }
    if "cache" in project:
        data["cache"] = project["cache"]
    return Build(data=data, project=project)
