"""Kills one job while it works, as a person does who presses Stop build in the midst of it."""

from __future__ import annotations

from typing import Any, Callable

from engines import HarnessError

# Calls after which nothing is other than before, and those of the services themselves.
_READS = ("Get", "List", "Describe", "Head", "BatchGet", "Assume", "Validate")
_OWN = ("StartBuild", "CreateLogStream", "CreateLogGroup", "PutLogEvents")


class Holder:
    """Waits for a job; a deployment is stopped after its first change at AWS, any other job in its first command."""

    def __init__(self, cloud: Any):
        self._cloud = cloud
        self._point: Callable[[str], bool] | None = None
        self._job, self._deploys, self._since, self._hit = "", False, 0, False

    def wait_for(self, point: Callable[[str], bool]) -> None:
        """The next job that `point` accepts is stopped, once."""
        self._point, self._hit = point, False

    def starts(self, job: str, deploys: bool) -> None:
        """A job starts to work."""
        self._job, self._deploys, self._since = job, deploys, len(self._cloud.calls)
        self._hit = self._hit or self._here()

    def _here(self) -> bool:
        return self._point is not None and self._point(self._job)

    def now(self) -> bool:
        """Asked while a command runs: whether it is to be stopped."""
        if not self._here() or (self._deploys and not self._changed()):
            return False
        self._point, self._hit = None, False
        return True

    def _changed(self) -> bool:
        calls = [call for call in self._cloud.calls[self._since :] if call.principal.kind == "role" and call.answer is not None]
        writes = [call for call in calls if not call.operation.startswith(_READS) and call.operation not in _OWN]
        return any(call.error is None for call in writes)

    def check(self) -> None:
        """A job that ended before it was stopped is a mistake of the test."""
        if self._hit:
            raise HarnessError(f"{self._job} ended before it could be stopped")
