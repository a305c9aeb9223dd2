"""The rules of a service as a table (from, event, to, source) that the code takes its steps from, so that the two cannot drift apart."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

from engines import HarnessError

HERE = Path(__file__).resolve().parent


class Table:
    """One `<service>.transitions.tsv`. States are written `machine:state`, such as `build:IN_PROGRESS`."""

    def __init__(self, path: Path):
        self.name = path.name.split(".")[0]
        self._rows: dict[tuple[str, str], tuple[str, str]] = {}
        with path.open() as file:
            for row in csv.DictReader(file, delimiter="\t"):
                key = (row["from"], row["event"])
                if key in self._rows or not row["source"]:
                    raise HarnessError(f"{path.name}: {key} stands there twice or has no source")
                self._rows[key] = (row["to"], row["source"])

    def go(self, machine: str, state: str, event: str) -> str:
        """The state that the event leads to; a step that no row names is an error of the harness."""
        found = self._rows.get((f"{machine}:{state}", event))
        if found is None:
            raise HarnessError(f"{self.name}: no row says what {event!r} does to {machine}:{state}")
        return found[0].partition(":")[2]

    def allows(self, machine: str, state: str, event: str) -> bool:
        """Whether a row names that step: what is refused with the service's own error where it does not."""
        return (f"{machine}:{state}", event) in self._rows

    @property
    def rows(self) -> list[tuple[str, str, str, str]]:
        """All rows: from, event, to, source."""
        return [(*key, *value) for key, value in self._rows.items()]


@lru_cache
def rules(name: str) -> Table:
    """The table of `codebuild` or `codepipeline`."""
    return Table(HERE / f"{name}.transitions.tsv")
