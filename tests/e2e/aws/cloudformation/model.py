"""What the engine remembers: stacks, their resources, events and change sets."""

from __future__ import annotations

import copy
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Iterator

from . import states
from .parameters import Parameter


@dataclass
class Resource:
    """One resource of a stack, as it is now."""

    logical: str
    type: str
    properties: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    physical: str | None = None
    generated: str | None = None  # the name that it got, where the template gives none
    status: str = "CREATE_IN_PROGRESS"
    reason: str | None = None
    time: datetime | None = None
    template: dict[str, Any] = field(default_factory=dict)  # its part of the template, for its attributes
    made_by: str = ""  # the operation that created it
    tags: dict[str, str] = field(default_factory=dict)  # the stack's and CloudFormation's own that it got

    def copy(self) -> "Resource":
        """A picture of it to go back to."""
        return copy.deepcopy(self)

    def policy(self, attribute: str) -> str:
        """DeletionPolicy or UpdateReplacePolicy."""
        return self.template.get(attribute, "Delete")


@dataclass
class Event:
    """One line of a stack's history."""

    logical: str
    physical: str
    type: str
    status: str
    reason: str | None
    time: datetime
    token: str | None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass
class Wish:
    """What a stack is to become: the input of a create or an update."""

    text: str  # the template as it was given
    template: dict[str, Any]  # after the transforms
    parameters: dict[str, Parameter]
    tags: dict[str, str]
    role: str | None
    capabilities: list[str]
    token: str | None = None
    on_failure: str = "ROLLBACK"  # ROLLBACK, DELETE or DO_NOTHING
    retain_except_on_create: bool = False
    transforms: list[str] = field(default_factory=list)


@dataclass
class Stack:
    """One stack, alive or deleted."""

    name: str
    id: str
    account: str
    region: str
    created: datetime
    status: str = "none"
    reason: str | None = None
    updated: datetime | None = None
    deleted: datetime | None = None
    current: Wish | None = None
    resources: dict[str, Resource] = field(default_factory=dict)
    outputs: list[dict[str, Any]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    change_sets: dict[str, "ChangeSet"] = field(default_factory=dict)
    role: str | None = None
    protected: bool = False
    work: Iterator | None = None  # the operation that is under way
    polls_left: int | None = None  # how often it is still looked at before it goes on
    cancelled: bool = False
    undo: Any = None  # what a failed rollback still has to put back

    def move(self, event: str, reason: str | None, now: datetime, token: str | None = None) -> None:
        """Takes the row of the table and writes the event."""
        self.status = states.after(self.status, event)
        self.reason = reason
        self.log(self.name, self.id, "AWS::CloudFormation::Stack", self.status, reason, now, token)

    def log(
        self, logical: str, physical: str | None, kind: str, status: str,
        reason: str | None, now: datetime, token: str | None,
    ) -> None:  # fmt: skip
        """Adds one event."""
        self.events.append(Event(logical, physical or "", kind, status, reason, now, token))


@dataclass
class ChangeSet:
    """A wish, compared with its stack."""

    name: str
    id: str
    kind: str  # CREATE or UPDATE
    wish: Wish
    created: datetime
    description: str | None
    status: str = "CREATE_IN_PROGRESS"
    execution: str = "UNAVAILABLE"
    reason: str | None = None
    changes: list[dict[str, Any]] = field(default_factory=list)
    # What the early validation found: logical id, type, reason.
    problems: list[tuple[str, str, str]] = field(default_factory=list)

    def move(self, event: str, reason: str | None = None) -> None:
        """Takes the row of the table."""
        state = f"ChangeSet {self.execution if event in ('done', 'failed') and 'EXECUTE' in self.execution else self.status}"
        after = states.after(state, event).removeprefix("ChangeSet ")
        if after.startswith("EXECUTE"):
            self.execution = after
        else:
            self.status, self.reason = after, reason
            self.execution = "AVAILABLE" if after == "CREATE_COMPLETE" else "UNAVAILABLE"
