"""What calls a function, and what moves its traffic: rules, HTTP and REST APIs, CodeDeploy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from . import tags
from .base import Row
from .parts import Members, Tagging, Work

API = {"ApiId": "id"}
REST = {"restApiId": "id"}
GROUP = {"applicationName": "p.ApplicationName", "deploymentGroupName": "id"}


def _target(target: dict[str, Any]) -> dict[str, Any]:
    return {"Targets": [target]}


@dataclass(frozen=True)
class HttpApi(Row):
    """An HTTP API that an OpenAPI document describes.

    The real handler imports the document at once; moto has no ImportApi, so an empty API is made and takes it.
    """

    def make(self, work: Work) -> None:
        """Name and kind come from the document."""
        body = work.properties.get("Body")
        if body is None:
            return super().make(work)
        title = {"Name": body.get("info", {}).get("title", work.resource.logical), "ProtocolType": "HTTP"}
        work.properties = {**title, **{key: value for key, value in work.properties.items() if key != "Body"}}
        super().make(work)
        self._take(work, body)

    def change(self, work: Work, before: dict[str, Any], tags_before: dict[str, str]) -> None:
        """The whole document again."""
        body = work.properties.get("Body")
        if body != before.get("Body"):
            self._take(work, body)
        super().change(work, {**before, "Body": body}, tags_before)

    def _take(self, work: Work, body: Any) -> None:
        self.call(work, "reimport_api", {**self._key(work, self.key), "Body": json.dumps(body)})


@dataclass(frozen=True)
class RestApi(Row):
    """A REST API, with its document if it has one."""

    def make(self, work: Work) -> None:
        """Imported, then tagged."""
        body = work.properties.get("Body")
        if body is None:
            return super().make(work)
        answer = self.call(work, "import_rest_api", {"body": json.dumps(body).encode()})
        work.resource.physical = answer["id"]
        tags.change(work, self.tagging, self.service, self.type, {}, self.call)
        self.refresh(work, answer)

    def change(self, work: Work, before: dict[str, Any], tags_before: dict[str, str]) -> None:
        """The whole document again."""
        body = work.properties.get("Body")
        if body != before.get("Body"):
            arguments = {**self._key(work, self.key), "mode": "overwrite", "body": json.dumps(body).encode()}
            self.call(work, "put_rest_api", arguments)
        super().change(work, {**before, "Body": body}, tags_before)


@dataclass(frozen=True)
class RestStage(Row):
    """A stage moves to another deployment by a patch."""

    def change(self, work: Work, before: dict[str, Any], tags_before: dict[str, str]) -> None:
        """Only the deployment is emulated."""
        deployment = work.properties.get("DeploymentId")
        if deployment != before.get("DeploymentId"):
            patch = [{"op": "replace", "path": "/deploymentId", "value": deployment}]
            self.call(work, "update_stage", {**self._key(work, self.key), "patchOperations": patch})
        super().change(work, {**before, "DeploymentId": deployment}, tags_before)


ROWS = [
    Row(
        type="AWS::Events::Rule", service="events", name="Name", create="put_rule", id="p.Name", key={"Name": "id"},
        inner_key={"Rule": "id"}, read="describe_rule", update="put_rule", delete="delete_rule",
        attributes={"Arn": "r.Arn", "RuleName": "id"},
        lists=(Members("Targets", "put_targets", "remove_targets", identity=lambda one: one["Id"],
                       add_arguments=_target, remove_arguments=lambda one: {"Ids": [one["Id"]]}),),
        sweep=(("list_targets_by_rule", "Targets[]", "remove_targets", lambda one: {"Ids": [one["Id"]]}),),
        tagging=Tagging("ResourceARN", "t.Arn", keys="TagKeys"),
    ),
    HttpApi(
        type="AWS::ApiGatewayV2::Api", service="apigatewayv2", create="create_api", id="a.ApiId", key=API,
        read="get_api", update="update_api", delete="delete_api",
        attributes={"ApiId": "id", "ApiEndpoint": "r.ApiEndpoint"},
        tagging=Tagging("ResourceArn", "=arn:aws:apigateway:{region}::/apis/{id}", keys="TagKeys"),
    ),
    Row(
        type="AWS::ApiGatewayV2::Stage", service="apigatewayv2", create="create_stage", id="p.StageName",
        key={"ApiId": "p.ApiId", "StageName": "id"}, read="get_stage", update="update_stage", update_key={},
        delete="delete_stage",
        tagging=Tagging("ResourceArn", "=arn:aws:apigateway:{region}::/apis/{p[ApiId]}/stages/{id}", keys="TagKeys"),
    ),
    RestApi(
        type="AWS::ApiGateway::RestApi", service="apigateway", create="create_rest_api", id="a.id", key=REST,
        read="get_rest_api", delete="delete_rest_api",
        attributes={"RestApiId": "id", "RootResourceId": "r.rootResourceId"},
        tagging=Tagging("resourceArn", "=arn:aws:apigateway:{region}::/restapis/{id}"),
    ),
    Row(
        type="AWS::ApiGateway::Deployment", service="apigateway", create="create_deployment", id="a.id",
        key={"restApiId": "p.RestApiId", "deploymentId": "id"}, read="get_deployment", delete="delete_deployment",
        attributes={"DeploymentId": "id"},
    ),
    RestStage(
        type="AWS::ApiGateway::Stage", service="apigateway", create="create_stage", id="p.StageName",
        key={"restApiId": "p.RestApiId", "stageName": "id"}, read="get_stage", delete="delete_stage",
        tagging=Tagging("resourceArn", "=arn:aws:apigateway:{region}::/restapis/{p[RestApiId]}/stages/{id}"),
    ),
    Row(
        type="AWS::CodeDeploy::Application", service="codedeploy", name="ApplicationName", limit=100,
        create="create_application", id="p.ApplicationName", key={"applicationName": "id"}, read="get_application",
        delete="delete_application", gone=("ApplicationDoesNotExistException",),
        tagging=Tagging("ResourceArn", "=arn:aws:codedeploy:{region}:{account}:application:{id}", keys="TagKeys"),
    ),
    Row(
        type="AWS::CodeDeploy::DeploymentGroup", service="codedeploy", name="DeploymentGroupName", limit=100,
        create="create_deployment_group", id="p.DeploymentGroupName", key=GROUP, read="get_deployment_group",
        update="update_deployment_group", delete="delete_deployment_group",
        update_key={"applicationName": "p.ApplicationName", "currentDeploymentGroupName": "id"},
        renames={"AlarmConfiguration": "alarmConfiguration"},
        tagging=Tagging("ResourceArn", "=arn:aws:codedeploy:{region}:{account}:deploymentgroup:{p[ApplicationName]}/{id}",
                        keys="TagKeys"),
    ),
]  # fmt: skip
