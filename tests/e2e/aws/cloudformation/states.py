"""The states of stacks and change sets; every move is a row of cloudformation.transitions.tsv."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from ..base import HarnessError

TABLE = Path(__file__).with_name("cloudformation.transitions.tsv")


@cache
def transitions() -> dict[tuple[str, str], str]:
    """(state, event) -> next state."""
    with TABLE.open(newline="") as file:
        return {(row["from"], row["event"]): row["to"] for row in csv.DictReader(file, delimiter="\t")}


def allows(state: str, event: str) -> bool:
    """Whether the event may happen in that state."""
    return (state, event) in transitions()


def after(state: str, event: str) -> str:
    """The state that follows; a move that no row knows is an error of the harness."""
    if not allows(state, event):
        raise HarnessError(f"no row of {TABLE.name} lets {event!r} happen in {state}")
    return transitions()[(state, event)]
