"""The resource types that the engine can make: one row each; a type without a row is an error of the harness."""

from __future__ import annotations

from ...base import HarnessError
from . import delivery, ecs, events, iam, lambda_, s3, storage
from .base import Row

ROWS: dict[str, Row] = {
    row.type: row for module in (iam, s3, storage, delivery, ecs, lambda_, events) for row in module.ROWS
}


def row(kind: str) -> Row:
    """The row of a type."""
    if kind not in ROWS:
        raise HarnessError(f"the resource type {kind} is not emulated")
    return ROWS[kind]
