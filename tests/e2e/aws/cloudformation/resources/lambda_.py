"""Lambda: functions, versions, aliases, permissions and URLs."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

from .base import Row
from .parts import Aspect, Failed, Tagging, Work

POLLS = 60
FUNCTION = {"FunctionName": "id"}


@dataclass(frozen=True)
class Function(Row):
    """Code and configuration are changed by two operations, and each is awaited."""

    def make(self, work: Work) -> None:
        """Source text becomes a zip file."""
        work.properties = {**work.properties, "Code": _zipped(work.properties["Code"], work.properties)}
        super().make(work)
        self._settled(work)

    def change(self, work: Work, before: dict[str, Any], tags_before: dict[str, str]) -> None:
        """The code first."""
        key, code = {"FunctionName": work.resource.physical}, work.properties["Code"]
        architectures = work.properties.get("Architectures")
        if code != before["Code"] or architectures != before.get("Architectures"):
            arguments = {**_zipped(code, work.properties), **({"Architectures": architectures} if architectures else {})}
            self.call(work, "update_function_code", {**key, **arguments})
            self._settled(work)
        same = {name: work.properties.get(name) for name in ("Code", "Architectures") if name in work.properties}
        plain = {name: value for name, value in before.items() if name not in ("Code", "Architectures")}
        super().change(work, {**plain, **same}, tags_before)
        self._settled(work)

    def _settled(self, work: Work) -> None:
        for _ in range(POLLS):
            state = self.call(work, "get_function", {"FunctionName": work.resource.physical})["Configuration"]
            if state.get("State", "Active") == "Failed" or state.get("LastUpdateStatus") == "Failed":
                raise Failed(state.get("StateReason") or state.get("LastUpdateStatusReason") or "the function failed")
            if state.get("State", "Active") == "Active" and state.get("LastUpdateStatus", "Successful") == "Successful":
                return
            work.cloud.clock.advance(5)
        raise Failed("Exceeded attempts to wait for the function")


def _zipped(code: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    if "ZipFile" not in code:
        return dict(code)
    name = "index.js" if str(properties.get("Runtime", "")).startswith("nodejs") else "index.py"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), code["ZipFile"])
    return {"ZipFile": content.getvalue()}


@dataclass(frozen=True)
class Alias(Row):
    """With an UpdatePolicy, CodeDeploy moves the alias, and the stack waits for it."""

    def change(self, work: Work, before: dict[str, Any], tags_before: dict[str, str]) -> None:
        """By CodeDeploy or directly."""
        policy = work.resource.template.get("UpdatePolicy", {}).get("CodeDeployLambdaAliasUpdate")
        if policy and work.properties["FunctionVersion"] != before["FunctionVersion"]:
            self._deploy(work, policy, before)
            before = {**before, "FunctionVersion": work.properties["FunctionVersion"]}
        super().change(work, before, tags_before)

    def _deploy(self, work: Work, policy: dict[str, Any], before: dict[str, Any]) -> None:
        properties = {
            "Name": work.properties["FunctionName"].split(":function:")[-1].split(":")[0], "Alias": work.properties["Name"],
            "CurrentVersion": before["FunctionVersion"], "TargetVersion": work.properties["FunctionVersion"],
        }  # fmt: skip
        hooks = [{key.removesuffix("Hook"): policy[key]} for key in ("BeforeAllowTrafficHook", "AfterAllowTrafficHook") if key in policy]
        content = {
            "version": 0.0, "Hooks": hooks,
            "Resources": [{work.resource.logical: {"Type": "AWS::Lambda::Function", "Properties": properties}}],
        }  # fmt: skip
        client = work.client("codedeploy")
        started = client.create_deployment(
            applicationName=policy["ApplicationName"], deploymentGroupName=policy["DeploymentGroupName"],
            revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": json.dumps(content)}},
        )  # fmt: skip
        await_deployment(work, client, started["deploymentId"])


def await_deployment(work: Work, client: Any, id: str) -> None:
    """Polls CodeDeploy until the deployment has ended, four hours of the cloud's time at most."""
    for _ in range(4 * 60):
        info = client.get_deployment(deploymentId=id)["deploymentInfo"]
        if info["status"] == "Succeeded":
            return
        if info["status"] in ("Failed", "Stopped"):
            detail = info.get("errorInformation", {}).get("message", "")
            raise Failed(f"Update to alias failed: Rollback successful for deployment {id}. {detail}".strip())
        work.cloud.clock.advance(60)
    raise Failed(f"Deployment {id} did not end")


ROWS = [
    Function(
        type="AWS::Lambda::Function", service="lambda", name="FunctionName",
        create="create_function", id="p.FunctionName", key=FUNCTION, read="get_function",
        update="update_function_configuration", delete="delete_function",
        attributes={"Arn": "r.Configuration.FunctionArn"},
        aspects=(
            Aspect("ReservedConcurrentExecutions", "put_function_concurrency", "ReservedConcurrentExecutions",
                   remove="delete_function_concurrency"),
            Aspect("RecursiveLoop", "put_function_recursion_config", "RecursiveLoop"),
        ),
        tagging=Tagging("Resource", "t.Arn", keys="TagKeys"),
    ),
    Row(
        type="AWS::Lambda::Version", service="lambda", create="publish_version", id="a.FunctionArn",
        key={"FunctionName": "id"}, read="get_function_configuration", delete="delete_function",
        attributes={"Version": "r.Version", "FunctionArn": "id"},
    ),
    Alias(
        type="AWS::Lambda::Alias", service="lambda", create="create_alias", id="a.AliasArn",
        key={"FunctionName": "p.FunctionName", "Name": "p.Name"}, read="get_alias",
        update="update_alias", update_key={}, delete="delete_alias", attributes={"AliasArn": "id"},
    ),
    Row(
        type="AWS::Lambda::Permission", service="lambda", create="add_permission", id="p.StatementId",
        name="StatementId", limit=100, key={"FunctionName": "p.FunctionName", "StatementId": "id"},
        delete="remove_permission", attributes={"Id": "id"},
    ),
    Row(
        type="AWS::Lambda::Url", service="lambda", create="create_function_url_config", id="a.FunctionArn",
        # moto would answer a mode that Lambda does not have where none is given.
        extra={"InvokeMode": "p.InvokeMode || 'BUFFERED'"}, renames={"TargetFunctionArn": "FunctionName"},
        key={"FunctionName": "p.TargetFunctionArn", "Qualifier": "p.Qualifier"},
        read="get_function_url_config", update="update_function_url_config", update_key={}, delete="delete_function_url_config",
        attributes={"FunctionUrl": "r.FunctionUrl", "FunctionArn": "id"},
    ),
    Row(
        type="AWS::Lambda::EventInvokeConfig", service="lambda", create="put_function_event_invoke_config",
        id="a.FunctionArn", key={"FunctionName": "p.FunctionName", "Qualifier": "p.Qualifier"},
        update="put_function_event_invoke_config", update_key={}, delete="delete_function_event_invoke_config",
    ),
    Row(
        type="AWS::Lambda::EventSourceMapping", service="lambda", create="create_event_source_mapping", id="a.UUID",
        key={"UUID": "id"}, read="get_event_source_mapping", update="update_event_source_mapping",
        delete="delete_event_source_mapping", attributes={"Id": "id", "EventSourceMappingArn": "r.EventSourceMappingArn"},
        tagging=Tagging("Resource", "t.EventSourceMappingArn", keys="TagKeys"),
    ),
]  # fmt: skip
