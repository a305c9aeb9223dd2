"""Writes docs/src/proof.md from what a run of the harness really executed, and says when the page in the repository is another."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from cells import CELLS

HERE = Path(__file__).resolve().parent
ENGINES = {
    "github": "act 0.2.87",
    "gitlab": "gitlab-ci-local 4.75.1",
    "codebuild": "our own runner of CodePipeline and CodeBuild",
}


@dataclass(frozen=True)
class Deed:
    """One executed test: the cell it belongs to (or the part of the harness), what it showed, and how long it took."""

    cell: str
    what: str
    seconds: float


def page(deeds: list[Deed]) -> str:
    """The whole page, as Markdown."""
    intro = (HERE / "proof-introduction.md").read_text()
    return "\n".join([intro, *_summary(deeds), "", *_executed(deeds), *_harness(deeds), *_unproven(), ""])


def missing(deeds: list[Deed]) -> list[str]:
    """The cells that are offered and were not executed."""
    done = {deed.cell for deed in deeds}
    return [cell.name for cell in CELLS if cell.name not in done]


def without_times(text: str) -> str:
    """A page with the run times left out: they are another on every machine."""
    return re.sub(r"\| *[0-9.]+ s *\|$", "| |", text, flags=re.M)


def _by_cell(deeds: list[Deed]) -> dict[str, list[Deed]]:
    found: dict[str, list[Deed]] = defaultdict(list)
    for deed in deeds:
        found[deed.cell].append(deed)
    return found


def _summary(deeds: list[Deed]) -> list[str]:
    lines = ["## Cell by cell", "", "| kind | target | CI | engine | executed tests | run time |", "|---|---|---|---|---|---|"]
    found = _by_cell(deeds)
    for cell in CELLS:
        mine = found[cell.name]
        seconds = sum(deed.seconds for deed in mine)
        lines.append(f"| {cell.kind} | {cell.target} | {cell.ci} | {ENGINES[cell.ci]} | {len(mine)} | {seconds:.0f} s |")
    return lines


def _executed(deeds: list[Deed]) -> list[str]:
    """What was executed, and in which cells."""
    cells = {cell.name for cell in CELLS}
    where: dict[str, set[str]] = defaultdict(set)
    for deed in deeds:
        if deed.cell in cells:
            where[deed.what].add(deed.cell)
    lines = ["## What was executed", "", "| what | cells |", "|---|---|"]
    lines += [f"| {what} | {_names(where[what])} |" for what in sorted(where)]
    return [*lines, ""]


def _names(cells: set[str]) -> str:
    return f"all {len(CELLS)}" if len(cells) == len(CELLS) else ", ".join(sorted(cells))


def _harness(deeds: list[Deed]) -> list[str]:
    """The proofs of the harness itself: that it says no where AWS and the CIs do."""
    cells = {cell.name for cell in CELLS}
    counts: dict[str, int] = defaultdict(int)
    for deed in deeds:
        if deed.cell not in cells:
            counts[deed.cell] += 1
    lines = ["## The harness itself", "", "| part | tests |", "|---|---|"]
    return [*lines, *(f"| {part} | {counts[part]} |" for part in sorted(counts)), ""]


def _unproven() -> list[str]:
    """What no run here can prove: the file of known limits, and each transition for which no document was found."""
    lines = ["## What the emulators cannot prove", "", "| about | what is not proven |", "|---|---|"]
    with (HERE / "unproven.tsv").open() as file:
        lines += [f"| {row['about']} | {row['what']} |" for row in csv.DictReader(file, delimiter="\t")]
    for table in sorted(HERE.rglob("*.transitions.tsv")):
        lines += [f"| {table.name.split('.')[0]} | {row} |" for row in _unsourced(table)]
    return lines


def _unsourced(table: Path) -> list[str]:
    with table.open() as file:
        rows = list(csv.reader((line for line in file if not line.startswith("#")), delimiter="\t"))
    return [" → ".join(row[:-1]) for row in rows[1:] if row and row[-1].strip() == "unproven"]
