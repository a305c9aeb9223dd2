"""The stand-ins of the actions: each does what the real one does by its contract, with the rights of the job that calls it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from engines import HarnessError
from engines.github import contract


class Failed(Exception):
    """The action ends red, with this as its last line."""


@dataclass
class Call:
    """One call of an action by a step, and what it answers."""

    name: str
    inputs: dict[str, str]
    environment: dict[str, str]
    state: dict[str, str]
    folder: Path
    # The job that calls: its run, its permissions, its environment (engines.github.runs.JobRun).
    job: object
    site: object
    outputs: dict[str, str] = field(default_factory=dict)
    exports: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    masks: list[str] = field(default_factory=list)

    def only(self, *implemented: str) -> None:
        """An input that the stand-in ignores would be silently unproven."""
        defaults = contract.ACTIONS[self.name].defaults
        for name, value in self.inputs.items():
            if name not in implemented and name != "token" and value not in ("", defaults[name]):
                raise HarnessError(f"the stand-in of {self.name} does not know {name}: {value}")

    def flag(self, name: str) -> bool:
        value = self.inputs[name].strip()
        if value not in ("", "true", "True", "TRUE", "false", "False", "FALSE"):
            raise Failed(f'Input does not meet YAML 1.2 "Core Schema" specification: {name}')
        return value.lower() == "true"

    def which(self, command: str) -> Path | None:
        """Where the job's own PATH has a command."""
        for folder in self.environment["PATH"].split(":"):
            if os.access(Path(folder) / command, os.X_OK):
                return Path(folder) / command
        return None


@dataclass(frozen=True)
class StandIn:
    """What an action does in its step, and after the job."""

    main: Callable[[Call], None]
    post: Callable[[Call], None] | None = None


def stand_ins() -> dict[str, StandIn]:
    """By the name of the action; imported late, as each of them imports this module."""
    from engines.github.actions import artifacts, aws, checkout, runtimes

    return {
        "actions/checkout": StandIn(checkout.main, checkout.post),
        "actions/setup-node": StandIn(runtimes.node, runtimes.save),
        "actions/setup-python": StandIn(runtimes.python, runtimes.save),
        "actions/setup-go": StandIn(runtimes.go, runtimes.save),
        "actions/upload-artifact": StandIn(artifacts.upload),
        "actions/download-artifact": StandIn(artifacts.download),
        "aws-actions/configure-aws-credentials": StandIn(aws.configure),
        "aws-actions/setup-sam": StandIn(runtimes.sam),
    }


def named(action: str, given: dict[str, str]) -> dict[str, str]:
    """INPUT_SOME-NAME -> some-name; a name that action.yml does not have is an error of the harness or of the workflow."""
    known = {name.upper().replace(" ", "_"): name for name in contract.ACTIONS[action].defaults}
    if unknown := set(given) - set(known):
        raise HarnessError(f"{action} was given {', '.join(sorted(unknown))}, which it does not have")
    return {name: given.get(upper, "") for upper, name in known.items()}


def perform(told: dict, job, site) -> dict:
    """Answers one call of a step (runner/call.js)."""
    name = told["action"]
    inputs = named(name, told["inputs"])
    call = Call(name, inputs, told["env"], told["state"], Path(told["folder"]), job, site)
    stand_in, failure = stand_ins()[name], None
    try:
        (stand_in.main if told["phase"] == "main" else stand_in.post)(call)
    except Failed as error:
        failure = str(error)
    said = ("outputs", "exports", "paths", "lines", "masks", "state")
    return {key: getattr(call, key) for key in said} | {"failure": failure}
