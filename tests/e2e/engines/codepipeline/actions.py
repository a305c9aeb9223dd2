"""The actions of a pipeline: source, build and approval, each done as the pipeline's role."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta
from typing import Any, Callable

from botocore.exceptions import ClientError

from aws.base import AwsError
from engines import Host

from . import connections
from .builder import Builder
from .builds import Location
from .executions import ActionFailed, ActionRun, Execution
from .pipeline_sources import bring, location_in
from .session import Session, not_the_harness, take
from .table import rules

# A week, unless the action says less (action structure reference of the manual approval action).
_APPROVAL_MINUTES = 7 * 24 * 60
_VARIABLE = re.compile(r"#\{(\w+)\.(\w+)\}")


class Actions:
    """Does the actions of one account and region's pipelines."""

    def __init__(self, cloud: Any, host: Host, builder: Builder, starts: Callable[[str, bool], int]):
        """`starts(name, deploys)` is called when an action starts; its place in the order of all."""
        self.cloud, self.host, self.builder, self._starts = cloud, host, builder, starts

    def do(self, pipeline: Any, execution: Execution, action: dict, run: ActionRun) -> None:
        """Runs an action to its end, or an approval to the point where a person is needed."""
        run.go("started")
        deploys = execution.stage["name"].startswith("Deploy-")
        run.since, run.started = self.cloud.clock.now(), self._starts(action["name"], deploys)
        kind = action["actionTypeId"]
        try:
            if kind["provider"] == "Manual":
                self._ask(pipeline, execution, action, run)
                return
            session = self._session(pipeline, execution)
            if kind["category"] == "Source":
                bring(session, self.host, pipeline, execution, action, run)
            else:
                self._build(session, pipeline, execution, action, run)
            run.go("succeeded")
        except (ActionFailed, AwsError, ClientError, connections.ConnectionRefused) as error:
            not_the_harness(error)
            run.summary = str(error)
            run.log += f"\n{error}"
            run.go("failed")
        run.since = self.cloud.clock.now()

    def _session(self, pipeline: Any, execution: Execution) -> Session:
        region = pipeline.arn.split(":")[3]
        try:
            return take(self.cloud, execution.definition["roleArn"], "codepipeline", execution.id, region)
        except AwsError as error:
            raise ActionFailed(f"CodePipeline is not authorized to perform AssumeRole on the role: {error.message}") from error

    # Approvals.

    def _ask(self, pipeline: Any, execution: Execution, action: dict, run: ActionRun) -> None:
        run.token = str(uuid.uuid4())
        message = self._resolved(execution, action).get("CustomData", "")
        run.log = f"{message}\nWaits for somebody with codepipeline:PutApprovalResult on {pipeline.arn}"

    def answered(self, action: dict, run: ActionRun) -> bool:
        """Goes on with an answer, or with the end of the time for one; whether there was either."""
        minutes = action.get("timeoutInMinutes", _APPROVAL_MINUTES)
        late = self.cloud.clock.now() - run.since > timedelta(minutes=minutes)
        event = run.answer or ("its time is over" if late else "")
        if not event:
            return False
        ended = rules("codepipeline").go("approval", run.status, event)
        run.go("succeeded" if ended == "Succeeded" else "failed")
        run.log += f"\n{event}: {run.summary}"
        run.since = self.cloud.clock.now()
        return True

    # Builds.

    def _build(self, session: Session, pipeline: Any, execution: Execution, action: dict, run: ActionRun) -> None:
        settings = self._resolved(execution, action)
        client = session.client("codebuild")
        given = json.loads(settings.get("EnvironmentVariables", "[]"))
        extra = {"environmentVariablesOverride": given} if given else {}
        id = client.start_build(projectName=settings["ProjectName"], **extra)["build"]["id"]
        run.external = id
        build = self.cloud.state("codebuild", session.principal.account, session.region).build(id)
        self._hand_over(session, pipeline, execution, action, build)
        self.builder.run(build, session.region)
        run.log, run.stopped = "\n".join(build.log), build.stop
        seen = client.batch_get_builds(ids=[id])["builds"][0]
        outputs = build.outputs.items()
        execution.artifacts |= {name: self._versioned(session, location) for name, location in outputs}
        exported = seen.get("exportedEnvironmentVariables", [])
        run.variables = {each["name"]: each["value"] for each in exported}
        if seen["buildStatus"] != "SUCCEEDED":
            raise ActionFailed(f"Build terminated with state: {seen['buildStatus']}")

    def _hand_over(self, session: Session, pipeline: Any, execution: Execution, action: dict, build: Any) -> None:
        names = [each["name"] for each in action["inputArtifacts"]]
        primary = action["configuration"].get("PrimarySource", names[0])
        ordered = [primary, *(name for name in names if name != primary)]
        build.inputs = {name: execution.artifacts[name] for name in ordered}
        build.outputs = {each["name"]: location_in(pipeline, each["name"]) for each in action.get("outputArtifacts", [])}
        build.data["initiator"] = f"codepipeline/{pipeline.name}"
        first = build.inputs[primary]
        build.data["sourceVersion"] = f"arn:aws:s3:::{first.bucket}/{first.key}"

    def _versioned(self, session: Session, location: Location) -> Location:
        """The version that the build put, as CodeBuild tells CodePipeline."""
        found = self.cloud.client(self.cloud.administrator(session.principal.account), "s3", session.region)
        try:
            version = found.head_object(Bucket=location.bucket, Key=location.key).get("VersionId")
        except ClientError:
            return location
        return Location(location.bucket, location.key, version)

    @staticmethod
    def _resolved(execution: Execution, action: dict) -> dict[str, str]:
        """The configuration with the variables of earlier actions filled in."""
        spaces = {
            one["namespace"]: execution.action(stage["name"], one["name"]).variables
            for stage in execution.definition["stages"]
            for one in stage["actions"]
            if "namespace" in one
        }

        def value(found: re.Match) -> str:
            space, name = found.groups()
            if name not in spaces.get(space, {}):
                raise ActionFailed(f"Unresolvable variable {found[0]}")
            return spaces[space][name]

        return {key: _VARIABLE.sub(value, text) for key, text in action.get("configuration", {}).items()}
