"""What a person sees of an execution: a job per action, with its status and its log."""

from __future__ import annotations

from collections import Counter
from typing import Any

from engines import Job, Run

from .executions import ActionRun, Execution

_STATUS = {"-": "skipped", "InProgress": "waiting", "Succeeded": "success", "Failed": "failure", "Abandoned": "cancelled"}
_DEPLOY = "Deploy-"


def environment_of(stage: str) -> str | None:
    """The environment that a stage deploys to: what follows `Deploy-` in its name."""
    return stage.removeprefix(_DEPLOY) if stage.startswith(_DEPLOY) else None


def names(definition: dict) -> dict[tuple[str, str], str]:
    """Stage and action -> the job's name: the action's, and its stage's where two stages have one of that name."""
    pairs = [(stage["name"], action["name"]) for stage in definition["stages"] for action in stage["actions"]]
    count = Counter(action for _, action in pairs)
    return {(stage, action): action if count[action] == 1 else f"{action} ({stage})" for stage, action in pairs}


def refresh(run: Run, pipeline: Any, execution: Execution) -> Run:
    """Brings the jobs of a run up to what the execution is."""
    run.context |= {"pipeline": pipeline.name, "status": execution.status, "trigger": execution.trigger}
    holder = _holder(pipeline, execution)
    for (stage, action), name in names(execution.definition).items():
        found = execution.action(stage, action)
        job = run.jobs.setdefault(name, Job(name, environment=environment_of(stage)))
        job.status = "cancelled" if found.stopped and found.status == "Failed" else _STATUS[found.status]
        job.log, job.started = _log(found), found.started
        if execution.waits and execution.stage["name"] == stage:
            job.status = "waiting"
            job.log = f"Waits in front of the stage {stage}" + (f", which {holder} holds" if holder else "")
    return run


def _log(found: ActionRun) -> str:
    """The summary stands last, as on the page of the action."""
    return found.log if found.summary in found.log else f"{found.log}\n{found.summary}"


def _holder(pipeline: Any, execution: Execution) -> str | None:
    inside = [one.id for one in pipeline.executions if one.inside and one.position == execution.position]
    return inside[0] if execution.waits and inside else None


def takes(execution: Execution, branch: str, commit: str) -> bool:
    """Whether an execution that no event started takes that commit of that branch, or has taken it."""
    source = execution.definition["stages"][0]["actions"][0]
    taken = execution.revisions.get(source["name"], {}).get("commit", commit)
    return source["configuration"].get("BranchName") == branch and taken == commit
