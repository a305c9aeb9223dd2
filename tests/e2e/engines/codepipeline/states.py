"""The answers of CodePipeline's API about executions: what GetPipelineState and its kin show."""

from __future__ import annotations

from typing import Any

from .executions import Execution


def state_of(pipeline: Any) -> dict:
    """GetPipelineState: of each stage the newest execution that came to it, and those that wait before it."""
    stages = [_stage(stage, pipeline.executions) for stage in pipeline.definition["stages"]]
    return {
        "pipelineName": pipeline.name,
        "pipelineVersion": pipeline.definition["version"],
        "stageStates": stages,
        "created": pipeline.created,
        "updated": pipeline.updated,
    }


def _stage(stage: dict, executions: list[Execution]) -> dict:
    name = stage["name"]
    came = [one for one in executions if name in one.stages and one.stages[name].status != "-"]
    waiting = [one for one in executions if one.waits and one.stage["name"] == name]
    latest = came[-1] if came else None
    state: dict[str, Any] = {
        "stageName": name,
        "inboundTransitionState": {"enabled": True},
        "actionStates": [_action(action["name"], latest, name) for action in stage["actions"]],
    }
    if waiting:
        inbound = [{"pipelineExecutionId": one.id, "status": "InProgress"} for one in waiting]
        state |= {"inboundExecution": inbound[0], "inboundExecutions": inbound}
    if latest:
        state["latestExecution"] = {"pipelineExecutionId": latest.id, "status": latest.stages[name].status}
    return state


def _action(name: str, latest: Execution | None, stage: str) -> dict:
    run = latest.stages[stage].actions.get(name) if latest else None
    if run is None or run.status == "-":
        return {"actionName": name}
    found: dict[str, Any] = {"status": run.status, "lastStatusChange": run.since}
    for key, value in (("summary", run.summary), ("externalExecutionId", run.external), ("token", run.token)):
        if value:
            found[key] = value
    return {"actionName": name, "latestExecution": found}


def details(execution: Execution) -> dict:
    """GetPipelineExecution."""
    revisions = [
        {"name": name, "revisionId": location.revision}
        for name, location in execution.artifacts.items()
        if location.revision
    ]
    return {
        "pipelineName": execution.definition["name"],
        "pipelineVersion": execution.version,
        "pipelineExecutionId": execution.id,
        "status": execution.status,
        "artifactRevisions": revisions,
        "trigger": {"triggerType": execution.trigger, "triggerDetail": execution.detail},
        "executionMode": execution.definition.get("executionMode", "SUPERSEDED"),
        "executionType": "STANDARD",
    }


def summary(execution: Execution) -> dict:
    """One entry of ListPipelineExecutions."""
    return {
        "pipelineExecutionId": execution.id,
        "status": execution.status,
        "startTime": execution.started,
        "lastUpdateTime": execution.started,
        "trigger": {"triggerType": execution.trigger, "triggerDetail": execution.detail},
        "executionMode": execution.definition.get("executionMode", "SUPERSEDED"),
        "executionType": "STANDARD",
    }
