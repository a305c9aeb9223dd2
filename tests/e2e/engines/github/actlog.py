"""Reads the log that act writes as JSON, and tells it in the words of GitHub's own log."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# What act says of itself: it would push the real last lines of a job out of sight.
SILENT = re.compile(
    r"LocalRepositoryCache |  (\u2705|\u274c)  |\u2b50 Run (Set up job|Complete job|Pre |Post )|Cleaning up container|\U0001f3c1"
    r"|Error: Job '|Reevaluate condition|Result condition"
)
# How act and GitHub say the same.
WORDS = ((re.compile(r"^\u2b50 Run Main "), "Run "), (re.compile(r"^exit status (\d+)$"), r"Error: Process completed with exit code \1."))


@dataclass
class Outcome:
    """What a run of act left behind."""

    result: str = "skipped"
    lines: list[str] = field(default_factory=list)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)
    summary: str = ""

    @property
    def log(self) -> str:
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in self.lines)


def _in_githubs_words(line: dict, text: str) -> str:
    if not line.get("raw_output"):
        for pattern, words in WORDS:
            text = pattern.sub(words, text)
    return text


def take(line: dict, outcome: Outcome) -> None:
    """One line of act's JSON log."""
    if outcome.result == "skipped":
        outcome.result = "failure"  # it has begun; only its own last line makes it a success
    text, command, step = ANSI.sub("", str(line["msg"])).replace("\r", ""), line.get("command"), (line.get("stepID") or [""])[0]
    if command == "set-output":
        outcome.outputs.setdefault(step, {})[line["name"]] = line["arg"]
    elif command == "summary":
        outcome.summary += line["content"]
    elif command in ("error", "warning"):
        outcome.lines.append(f"{command.capitalize()}: {line['arg']}")
    elif command is None and not SILENT.match(text):
        outcome.lines.append(_in_githubs_words(line, text))
    if line.get("stepResult") == "success" and line.get("stage") == "Main":
        outcome.passed.add(step)
    if "jobResult" in line:
        outcome.result = line["jobResult"]
