"""CodePipeline's API: pipelines and what a person may do with their executions; engines/codepipeline moves them on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engines.codepipeline.declarations import checked
from engines.codepipeline.executions import Execution, new_execution, retry
from engines.codepipeline.states import details, state_of, summary
from engines.codepipeline.table import rules

from ..base import AwsError, Call, HarnessError
from .regional import Regional


@dataclass
class Pipeline:
    """A pipeline, and its executions in the order in which they started."""

    definition: dict[str, Any]
    arn: str
    created: Any
    updated: Any
    tags: list[dict] = field(default_factory=list)
    executions: list[Execution] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.definition["name"]

    @property
    def mode(self) -> str:
        return self.definition.get("executionMode", "SUPERSEDED")

    def start(self, trigger: str, detail: str, now: Any, revisions: dict | None = None) -> Execution:
        """A new execution, in front of the first stage."""
        execution = new_execution(self.definition, self.definition["version"], trigger, detail, now)
        execution.revisions = revisions or {}
        self.executions.append(execution)
        return execution


class State:
    """The pipelines of one account and region."""

    def __init__(self, cloud: Any, account: str, region: str):
        self.account, self.region = account, region
        self.pipelines: dict[str, Pipeline] = {}

    def pipeline(self, name: str) -> Pipeline:
        """By its name; refused where there is none."""
        if name not in self.pipelines:
            raise AwsError("PipelineNotFoundException", f"Account '{self.account}' does not have a pipeline with name '{name}'")
        return self.pipelines[name]

    def execution(self, name: str, id: str) -> Execution:
        """By its id; refused where there is none."""
        found = [one for one in self.pipeline(name).executions if one.id == id]
        if not found:
            raise AwsError("PipelineExecutionNotFoundException", f"Pipeline {name} has no execution {id}")
        return found[0]


class CodePipeline(Regional):
    """The operations that people, EventBridge and CloudFormation use."""

    name = "codepipeline"
    State = State

    def everywhere(self) -> list[State]:
        """The states of all accounts and regions that were used."""
        return list(self._states.values())

    def create_pipeline(self, call: Call) -> dict:
        """A new pipeline starts at once, with the newest commit of its branch."""
        here, definition = self.here(call), call.params["pipeline"]
        if definition["name"] in here.pipelines:
            raise AwsError("PipelineNameInUseException", f"A pipeline with the name '{definition['name']}' already exists")
        checked(definition)
        now = self.cloud.clock.now()
        arn = f"arn:aws:codepipeline:{call.region}:{call.account}:{definition['name']}"
        pipeline = Pipeline({**definition, "version": 1}, arn, now, now, call.params.get("tags") or [])
        here.pipelines[pipeline.name] = pipeline
        pipeline.start("CreatePipeline", call.principal.arn, now)
        return {"pipeline": pipeline.definition, "tags": pipeline.tags}

    def update_pipeline(self, call: Call) -> dict:
        """Executions that run go on with the declaration they began with; an update starts nothing."""
        definition = call.params["pipeline"]
        pipeline = self.here(call).pipeline(definition["name"])
        checked(definition)
        pipeline.definition = {**definition, "version": pipeline.definition["version"] + 1}
        pipeline.updated = self.cloud.clock.now()
        return {"pipeline": pipeline.definition}

    def get_pipeline(self, call: Call) -> dict:
        pipeline = self.here(call).pipeline(call.params["name"])
        metadata = {"pipelineArn": pipeline.arn, "created": pipeline.created, "updated": pipeline.updated}
        return {"pipeline": pipeline.definition, "metadata": metadata}

    def delete_pipeline(self, call: Call) -> dict:
        """Also of one that is not there."""
        self.here(call).pipelines.pop(call.params["name"], None)
        return {}

    def list_pipelines(self, call: Call) -> dict:
        found = self.here(call).pipelines.values()
        return {"pipelines": [{"name": one.name, "created": one.created, "updated": one.updated} for one in found]}

    def start_pipeline_execution(self, call: Call) -> dict:
        if call.params.get("variables"):
            raise HarnessError("variables of a pipeline are not known here")
        pipeline = self.here(call).pipeline(call.params["name"])
        revisions = {}
        for each in call.params.get("sourceRevisions") or []:
            if each["revisionType"] != "COMMIT_ID":
                raise HarnessError(f"the revision type {each['revisionType']} is not known here")
            revisions[each["actionName"]] = {"commit": each["revisionValue"]}
        by_rule = "events.amazonaws.com" in call.principal.via or call.principal.arn.endswith("/eventbridge")
        trigger = "CloudWatchEvent" if by_rule else "StartPipelineExecution"
        execution = pipeline.start(trigger, call.principal.arn, self.cloud.clock.now(), revisions)
        return {"pipelineExecutionId": execution.id}

    def get_pipeline_state(self, call: Call) -> dict:
        return state_of(self.here(call).pipeline(call.params["name"]))

    def get_pipeline_execution(self, call: Call) -> dict:
        found = self.here(call).execution(call.params["pipelineName"], call.params["pipelineExecutionId"])
        return {"pipelineExecution": details(found)}

    def list_pipeline_executions(self, call: Call) -> dict:
        pipeline = self.here(call).pipeline(call.params["pipelineName"])
        return {"pipelineExecutionSummaries": [summary(one) for one in reversed(pipeline.executions)]}

    def put_approval_result(self, call: Call) -> dict:
        """The answer is kept; the engine goes on with it."""
        pipeline = self.here(call).pipeline(call.params["pipelineName"])
        stage, name = call.params["stageName"], call.params["actionName"]
        holders = [one for one in pipeline.executions if stage in one.stages and name in one.stages[stage].actions]
        if not holders:
            raise AwsError("ActionNotFoundException", f"{pipeline.name} has no action {name} in {stage}")
        waiting = [one.action(stage, name) for one in holders if one.action(stage, name).token == call.params["token"]]
        if not waiting:
            raise AwsError("InvalidApprovalTokenException", "Invalid approval token")
        answer = call.params["result"]["status"]
        if waiting[0].answer or not rules("codepipeline").allows("approval", waiting[0].status, answer):
            raise AwsError("ApprovalAlreadyCompletedException", "The approval action has already been approved or rejected")
        waiting[0].answer = answer
        waiting[0].summary = call.params["result"]["summary"]
        return {"approvedAt": self.cloud.clock.now()}

    def retry_stage_execution(self, call: Call) -> dict:
        """Only of the newest execution that came to the stage."""
        pipeline = self.here(call).pipeline(call.params["pipelineName"])
        execution = self.here(call).execution(pipeline.name, call.params["pipelineExecutionId"])
        stage = call.params["stageName"]
        if stage not in execution.stages:
            raise AwsError("StageNotFoundException", f"{pipeline.name} has no stage {stage}")
        came = [one for one in pipeline.executions if stage in one.stages and one.stages[stage].status != "-"]
        if came and came[-1] is not execution:
            raise AwsError("NotLatestPipelineExecutionException", f"{execution.id} is not the latest execution of {stage}")
        if not rules("codepipeline").allows("stage", execution.stages[stage].status, "RetryStageExecution"):
            raise AwsError("StageNotRetryableException", f"The stage {stage} is {execution.stages[stage].status}")
        retry(execution, stage, call.params["retryMode"])
        return {"pipelineExecutionId": execution.id}

    def stop_pipeline_execution(self, call: Call) -> dict:
        """The engine runs one action at a time, so nothing is in progress but approvals: they are abandoned."""
        execution = self.here(call).execution(call.params["pipelineName"], call.params["pipelineExecutionId"])
        if not rules("codepipeline").allows("execution", execution.status, "StopPipelineExecution"):
            raise AwsError("PipelineExecutionNotStoppableException", f"The execution is {execution.status}")
        if execution.inside:
            for action in execution.run.actions.values():
                if action.status == "InProgress":
                    action.go("abandoned")
            execution.run.go("StopPipelineExecution")
        execution.go("StopPipelineExecution")
        return {"pipelineExecutionId": execution.id}

    def resource_policy(self, arn: str) -> None:
        """Pipelines have none."""

    def resource_tags(self, arn: str) -> dict[str, str]:
        """The tags of a pipeline."""
        parts = arn.split(":")
        pipeline = self.state(parts[4], parts[3]).pipelines.get(parts[5].split("/")[0])
        return {tag["key"]: tag["value"] for tag in pipeline.tags} if pipeline else {}
