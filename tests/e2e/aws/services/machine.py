"""Tables of transitions: what a stub may do with the state of a thing, read from the file that also says who claims it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..base import HarnessError

UNPROVEN = "unproven"


@dataclass(frozen=True)
class Transition:
    """One row: in this state, after this operation or event, that state follows; `source` says where AWS documents it."""

    state: str
    event: str
    to: str
    source: str


def read(path: Path) -> list[Transition]:
    """The rows of a `<stub>.transitions.tsv`; lines that begin with # are comments."""
    rows = []
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            cells = line.split("\t")
            if len(cells) != 4 or not all(cells):
                raise HarnessError(f"{path.name}: not four cells: {line}")
            rows.append(Transition(*cells))
    return rows


class Machine:
    """The states of one kind of thing. A transition that is not in its table is an error of the harness."""

    def __init__(self, path: Path):
        self.rows = read(path)
        self.name = path.name
        self._next = {(row.state, row.event): row.to for row in self.rows}
        if len(self._next) != len(self.rows):
            raise HarnessError(f"{path.name} has two rows for one state and event")

    def allows(self, state: str, event: str) -> bool:
        """Whether the table knows that event in that state: the service refuses what it does not."""
        return (state, event) in self._next

    def next(self, state: str, event: str) -> str:
        """The state that follows."""
        if not self.allows(state, event):
            raise HarnessError(f"{self.name} knows no {event} in the state {state}")
        return self._next[state, event]
