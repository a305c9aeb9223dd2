"""The few types that the door, the service stubs and the tests share."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any


class HarnessError(Exception):
    """The harness met something it does not know; never to be taken for an answer of AWS."""


class AwsError(Exception):
    """An error that AWS itself would answer; raised by stubs, serialised by the door."""

    def __init__(self, code: str, message: str, status: int = 400, **fields: Any):
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status
        self.fields = fields  # further members of the error's shape
        for name, value in fields.items():
            setattr(self, name, value)


class Clock:
    """The cloud's own time: it starts at the real one and is moved on by `advance`, never by waiting."""

    def __init__(self) -> None:
        self._advanced = timedelta()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The present moment, with its zone (UTC)."""
        return datetime.now(timezone.utc) + self._advanced

    def advance(self, seconds: float) -> datetime:
        """Lets `seconds` pass at once; answers the new present."""
        with self._lock:
            self._advanced += timedelta(seconds=seconds)
        return self.now()


@dataclass(frozen=True)
class Credentials:
    """What a client signs with; `token` and `expires` only where they are a session's."""

    access_key: str
    secret_key: str
    token: str | None = None
    expires: datetime | None = None


@dataclass(frozen=True)
class Principal:
    """Who calls. `arn` is what GetCallerIdentity says, `iam_arn` what aws:PrincipalArn holds (the role's own ARN)."""

    kind: str  # user, role, service or anonymous
    account: str
    arn: str
    iam_arn: str
    user_id: str = ""
    expires: datetime | None = None
    documents: tuple = ()  # policies that are not stored in IAM: the administrator's
    session_policies: tuple = ()  # what the caller of AssumeRole narrowed the session to
    tags: tuple = ()  # (key, value) pairs of the session
    via: tuple = ()  # AWS services that made the call on the principal's behalf

    @property
    def name(self) -> str:
        """The role's or user's name without its path."""
        return self.iam_arn.rsplit("/", 1)[-1]


@dataclass
class Call:
    """One request as the door understood it. `error` is the code answered, or None."""

    service: str
    operation: str
    params: dict[str, Any]
    principal: Principal
    account: str
    region: str
    time: datetime
    credentials: Credentials | None = None
    request: Any = None  # moto.core.request.Request: headers, path, body
    error: str | None = None
    message: str | None = None
    status: int = 200
    answer: dict[str, Any] | None = None  # the output's members as botocore reads them
    actions: list[str] = field(default_factory=list)  # the IAM actions that were asked for

    def __str__(self) -> str:
        return f"{self.principal.arn} {self.service}:{self.operation} {self.region} -> {self.error or self.status}"


class Service:
    """A stub of one AWS service: one instance per Cloud, one method per operation, named in snake_case.

    `handle` is called with the service's lock held, unless the class sets
    `concurrent = True` (a stub whose operations call the door again, such as
    CloudFormation, must, and then locks for itself).
    """

    name = ""  # botocore's service name
    concurrent = False

    def __init__(self, cloud: Any):
        self.cloud = cloud
        self.lock = threading.RLock()

    def handle(self, call: Call) -> dict[str, Any]:
        """Answers one call; an operation without a method is an error of the harness."""
        method = getattr(self, snake_case(call.operation), None)
        if method is None:
            raise HarnessError(f"the stub of {self.name} has no operation {call.operation}")
        return method(call) or {}

    def resource_policy(self, arn: str) -> Any:
        """The resource-based policy of one of the service's resources (JSON text or document), or None."""
        return None

    def resource_tags(self, arn: str) -> dict[str, str] | None:
        """The tags of one of the service's resources, for aws:ResourceTag conditions; None: the stub keeps none."""
        return None


def snake_case(operation: str) -> str:
    """`CreateApp` -> `create_app`, `ListMFADevices` -> `list_mfa_devices`."""
    spaced = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", operation)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", spaced).lower()
