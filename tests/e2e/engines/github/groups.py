"""Concurrency groups: one holder at a time, and who waits behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Hashable

# How many may wait with `queue: max` (docs.github.com, "Control the concurrency of workflows and jobs").
MOST = 100


@dataclass
class Groups:
    """Group (its name without case) -> holders in their order: the first one works, the others wait."""

    lines: dict[str, list[Hashable]] = field(default_factory=dict)

    def enter(self, group: str, holder: Hashable, *, cancel: bool, queue_all: bool) -> list[Hashable]:
        """Takes a place in the line, once; answers who is cancelled by that."""
        line = self.lines.setdefault(group.lower(), [])
        if holder in line:
            return []
        working, waiting = line[:1], line[1:]
        if cancel:
            gone = working + waiting
        elif queue_all:
            gone = [holder] if len(waiting) >= MOST else []
        else:
            gone = waiting
        line[:] = [each for each in [*line, holder] if each not in gone]
        return gone

    def holds(self, group: str, holder: Hashable) -> bool:
        """Whether it is its turn."""
        return self.lines.get(group.lower(), [])[:1] == [holder]

    def busy(self, group: str, holder: Hashable) -> bool:
        """Whether another one stands before it, now or when it would enter."""
        line = self.lines.get(group.lower(), [])
        return bool(line) and line[0] != holder

    def leave(self, holder: Hashable) -> None:
        """Done, refused or cancelled."""
        for line in self.lines.values():
            if holder in line:
                line.remove(holder)
