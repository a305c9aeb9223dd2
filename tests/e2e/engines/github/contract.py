"""Holds every `uses:` and every expression of a workflow against what the actions and act really have."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from engines import HarnessError
from engines.github.workflow import JobSpec, Workflow

HERE = Path(__file__).parent
# What act's `github` context holds; another property would silently be empty there.
GITHUB = set(
    "event event_path event_name workflow run_id run_number run_attempt actor repository sha ref ref_name ref_type head_ref base_ref "
    "token workspace action job repository_owner server_url api_url".split()
)
USES = re.compile(r"^\s*(?:- )?uses:\s*(\S+?)(?:\s+#\s*(\S+))?\s*$", re.M)
OUTPUT = re.compile(r"steps\.([\w-]+)\.outputs\.([\w-]+)")


@dataclass
class Action:
    """What one action.yml says."""

    name: str
    tag: str
    sha: str
    read_at: str
    required: set[str] = field(default_factory=set)
    defaults: dict[str, str] = field(default_factory=dict)
    outputs: set[str] = field(default_factory=set)

    @property
    def uses(self) -> str:
        return f"{self.name}@{self.sha}"


def load() -> dict[str, Action]:
    """The table of all actions that the harness can stand in for."""
    actions: dict[str, Action] = {}
    for line in (HERE / "actions.tsv").read_text().splitlines():
        kind, *rest = line.split("\t")
        if kind == "action":
            actions[rest[0]] = Action(*rest)
        elif kind == "in":
            action = actions[rest[0]]
            action.defaults[rest[1]] = rest[3]
            action.required |= {rest[1]} if rest[2] == "*" else set()
        elif kind == "out":
            actions[rest[0]].outputs.add(rest[1])
    return actions


ACTIONS = load()


def write_actions(folder: Path, with_post: set[str]) -> dict[str, Path]:
    """A folder for each action, as act wants it; uses -> folder. `with_post`: those that do something after the job."""
    folders = {}
    for action in ACTIONS.values():
        own = folder / action.name.replace("/", "--")
        own.mkdir(parents=True)
        inputs = {name: {"default": default} if default else {"description": name} for name, default in action.defaults.items()}
        phases = ("main", "post") if action.name in with_post else ("main",)
        runs = {"using": "node24"} | {phase: f"{phase}.js" for phase in phases}
        (own / "action.yml").write_text(json.dumps({"name": action.name, "inputs": inputs, "runs": runs}))
        for phase in phases:
            (own / f"{phase}.js").write_text(f"process.env.HARNESS_PHASE = '{phase}';\nrequire('{HERE / 'runner' / 'call.js'}');\n")
        folders[action.uses] = own
    return folders


def check(workflow: Workflow) -> None:
    """Everything that can be seen without running: pins, inputs, references."""
    for uses, comment in USES.findall(workflow.text):
        _check_pin(uses, comment)
    for job in workflow.jobs.values():
        for step in job.raw["steps"]:
            if "uses" in step:
                _check_inputs(step)
        _check_references(job, workflow)


def action_of(step: dict) -> Action:
    return ACTIONS[step["uses"].split("@")[0]]


def _check_pin(uses: str, comment: str) -> None:
    name, _, sha = uses.partition("@")
    action = ACTIONS.get(name)
    if action is None:
        raise HarnessError(f"the harness has nothing in the place of {name}")
    if (sha, comment) != (action.sha, action.tag):
        raise HarnessError(f"{uses} # {comment}: the harness knows {action.uses} # {action.tag}")


def _check_inputs(step: dict) -> None:
    action, given = action_of(step), step.get("with", {})
    if unknown := set(given) - set(action.defaults):
        raise HarnessError(f"{action.name} has no input {', '.join(sorted(unknown))}")
    if missing := {name for name in action.required if given.get(name) in (None, "")}:
        raise HarnessError(f"{action.name} needs the input {', '.join(sorted(missing))}")


def _check_references(job: JobSpec, workflow: Workflow) -> None:
    whole = json.dumps(job.raw)
    if job.condition and "${{" not in job.condition:
        whole += "${{ " + job.condition + " }}"
    text = " ".join(re.findall(r"\$\{\{.*?\}\}", whole) + [str(step.get("if", "")) for step in job.raw["steps"]])
    if unknown := set(re.findall(r"\bgithub\.(\w+)", text)) - GITHUB:
        raise HarnessError(f"act does not know github.{', github.'.join(sorted(unknown))}")
    if re.search(r"\b(needs|matrix|strategy)\.", text) or set(re.findall(r"\bsecrets\.(\w+)", text)) - {"GITHUB_TOKEN"}:
        raise HarnessError(f"{job.id} uses a context that the harness does not have: {text}")
    inputs = workflow.on.get("workflow_dispatch", {}).get("inputs", {})
    if unknown := set(re.findall(r"\binputs\.([\w-]+)", text)) - set(inputs):
        raise HarnessError(f"{job.id}: workflow_dispatch has no input {', '.join(sorted(unknown))}")
    _check_steps(job, text)


def _check_steps(job: JobSpec, text: str) -> None:
    by_id = {step["id"]: step for step in job.raw["steps"] if "id" in step}
    if unknown := set(re.findall(r"\bsteps\.([\w-]+)", text)) - set(by_id):
        raise HarnessError(f"{job.id} refers to the steps {', '.join(sorted(unknown))}, which are not there")
    for step, output in OUTPUT.findall(text):
        if "uses" in by_id[step] and output not in action_of(by_id[step]).outputs:
            raise HarnessError(f"{job.id}: {by_id[step]['uses']} has no output {output}")


def check_outputs(job: JobSpec, given: dict[str, dict[str, str]], passed: set[str]) -> None:
    """After the run: an action gives only what it has, and what a later step reads was really written."""
    by_id = {step["id"]: step for step in job.raw["steps"] if "id" in step}
    for step, outputs in given.items():
        if step in by_id and "uses" in by_id[step] and (unknown := set(outputs) - action_of(by_id[step]).outputs):
            raise HarnessError(f"the stand-in of {by_id[step]['uses']} gave {unknown}, which the action does not have")
    for step, output in OUTPUT.findall(json.dumps(job.raw)):
        if step in passed and output not in given.get(step, {}):
            raise HarnessError(f"{job.id} reads steps.{step}.outputs.{output}, which that step did not produce")
