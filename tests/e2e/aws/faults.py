"""Failures that a test plants: the next call that matches meets one instead of, or before, its answer."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, Callable

from .base import AwsError, Call


@dataclass
class Fault:
    """One planted failure. `hits` counts how often it was met, so that a test can assert it was."""

    service: str
    operation: str  # `*` is any
    times: int | None  # None: for ever
    when: Callable[[Call], bool]
    error: tuple | None
    effect: Callable[[Call], Any] | None
    hits: int = 0

    def matches(self, call: Call) -> bool:
        """Whether this fault waits for that call."""
        left = self.times is None or self.hits < self.times
        return left and self.service == call.service and self.operation in ("*", call.operation) and self.when(call)


class Faults:
    """The faults of one Cloud, looked at after authorisation and before the service."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(
        self,
        service: str,
        operation: str,
        *,
        times: int | None = 1,
        when: Callable[[Call], bool] = lambda call: True,
        error: tuple | None = None,
        effect: Callable[[Call], Any] | None = None,
    ) -> Fault:
        """Plants one: `error=(code, message[, status])` is answered, `effect(call)` is run.

        An effect that returns a dict answers in the service's place; one that returns None lets the call go on.
        """
        if (error is None) == (effect is None):
            raise ValueError("give either error or effect")
        fault = Fault(service, operation, times, when, error, effect)
        with self._lock:
            self._faults.append(fault)
        return fault

    def apply(self, call: Call) -> dict | None:
        """Meets the faults that match, in their order, up to the first that answers or refuses; None when none does."""
        for fault in self._faults[:]:
            with self._lock:
                if not fault.matches(call):
                    continue
                fault.hits += 1
            if fault.error is not None:
                raise AwsError(*fault.error)
            answer = fault.effect(call)
            if answer is not None:
                return answer
        return None
