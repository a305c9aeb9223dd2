"""Moves a stack along its table in the name of an operation."""

from __future__ import annotations

from .work import Steps


def move(steps: Steps, event: str, reason: str | None) -> None:
    """Takes the row and writes the event at the cloud's time."""
    steps.stack.move(event, reason, steps.engine.cloud.clock.now(), steps.token)
