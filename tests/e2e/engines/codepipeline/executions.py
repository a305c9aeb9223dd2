"""Executions of a pipeline: which stage each one holds, what its actions did, and the steps that the table allows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .builds import Location
from .table import rules


class ActionFailed(Exception):
    """The action ends as Failed, with this summary."""


@dataclass
class ActionRun:
    """One action of one execution."""

    status: str = "-"
    summary: str = ""
    log: str = ""
    # The build's id; an approval's token.
    external: str = ""
    token: str = ""
    # An answer that a person gave to an approval, until the engine comes by.
    answer: str = ""
    since: datetime | None = None
    started: int = 0
    stopped: bool = False
    variables: dict[str, str] = field(default_factory=dict)

    def go(self, event: str) -> None:
        """A step of the table."""
        self.status = rules("codepipeline").go("action", self.status, event)


@dataclass
class StageRun:
    """One stage of one execution."""

    status: str = "-"
    actions: dict[str, ActionRun] = field(default_factory=dict)

    def go(self, event: str) -> None:
        """A step of the table."""
        self.status = rules("codepipeline").go("stage", self.status, event)


@dataclass
class Execution:
    """One execution. It keeps the definition that its pipeline had when it started."""

    id: str
    definition: dict[str, Any]
    version: int
    trigger: str
    detail: str
    started: datetime
    # Source action -> commit and branch that the event named.
    revisions: dict[str, dict[str, str]] = field(default_factory=dict)
    status: str = "InProgress"
    # The number of the stage that it is in, or waits in front of.
    position: int = 0
    stages: dict[str, StageRun] = field(default_factory=dict)
    artifacts: dict[str, Location] = field(default_factory=dict)

    @property
    def stage(self) -> dict[str, Any]:
        """The declaration of the stage that it is in or waits for."""
        return self.definition["stages"][self.position]

    @property
    def run(self) -> StageRun:
        """What it did in that stage."""
        return self.stages[self.stage["name"]]

    @property
    def inside(self) -> bool:
        """Whether it holds its stage's lock."""
        return self.status == "InProgress" and self.run.status == "InProgress"

    @property
    def waits(self) -> bool:
        """Whether it stands in front of a stage."""
        return self.status == "InProgress" and self.run.status == "-"

    def go(self, event: str) -> None:
        """A step of the table."""
        self.status = rules("codepipeline").go("execution", self.status, event)

    def action(self, stage: str, name: str) -> ActionRun:
        """What an action did in it."""
        return self.stages[stage].actions[name]


def new_execution(definition: dict, version: int, trigger: str, detail: str, now: datetime) -> Execution:
    """An execution that waits in front of the first stage."""
    execution = Execution(str(uuid.uuid4()), definition, version, trigger, detail, now)
    execution.status = rules("codepipeline").go("execution", "-", trigger)
    for stage in definition["stages"]:
        execution.stages[stage["name"]] = StageRun(actions={one["name"]: ActionRun() for one in stage["actions"]})
    return execution


def retry(execution: Execution, stage: str, mode: str) -> None:
    """RetryStageExecution: the failed actions, or all of the stage, begin anew."""
    run = execution.stages[stage]
    run.go("RetryStageExecution")
    execution.go("RetryStageExecution")
    for action in run.actions.values():
        if action.status != "-":
            action.go(mode)
        if action.status == "-":
            action.summary = action.log = action.external = action.token = action.answer = ""
            action.stopped = False
