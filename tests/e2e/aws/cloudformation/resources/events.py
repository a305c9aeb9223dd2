"""What calls a function, and what moves its traffic: rules, HTTP and REST APIs, CodeDeploy."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
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
class FromBody(Row):
    """An API that an OpenAPI document describes: imported, and put again when it changes."""

    importing: str = ""
    putting: str = ""

    def make(self, work: Work) -> None:
        """By the document where there is one."""
        if "Body" not in work.properties:
            return super().make(work)
        self._with_body(self.importing, {}).make(work)
        wanted = work.properties.get("Tags")
        if self.tagging and (wanted or work.tags):
            tags.change(work, self.tagging, self.service, self.type, {}, self.call)

    def change(self, work: Work, before: dict[str, Any], tags_before: dict[str, str]) -> None:
        """The whole document again."""
        if work.properties.get("Body") != before.get("Body"):
            body = self._body(work.properties["Body"])
            self.call(work, self.putting, {**self._key(work, self.key), **body})
        super().change(work, {**before, "Body": work.properties.get("Body")}, tags_before)

    def _with_body(self, method: str, extra: dict[str, Any]) -> Row:
        fields = {name: getattr(self, name) for name in Row.__dataclass_fields__}
        return replace(Row(**fields), create=method, **extra)

    def _body(self, document: Any) -> dict[str, Any]:
        return {"Body": json.dumps(document)}


@dataclass(frozen=True)
class RestApi(FromBody):
    """The same for REST, whose operations want bytes."""

    def _body(self, document: Any) -> dict[str, Any]:
        return {"body": json.dumps(document).encode(), "mode": "overwrite"}


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
        read="describe_rule", update="put_rule", delete="delete_rule",
        attributes={"Arn": "r.Arn", "RuleName": "id"},
        lists=(Members("Targets", "put_targets", "remove_targets", identity=lambda one: one["Id"],
                       add_arguments=_target, remove_arguments=lambda one: {"Ids": [one["Id"]]}),),
        sweep=(("list_targets_by_rule", "Targets[]", "remove_targets", lambda one: {"Ids": [one["Id"]]}),),
        tagging=Tagging("ResourceARN", "t.Arn", keys="TagKeys"),
    ),
    FromBody(
        type="AWS::ApiGatewayV2::Api", service="apigatewayv2", create="create_api", id="a.ApiId", key=API,
        importing="import_api", putting="reimport_api", read="get_api", update="update_api", delete="delete_api",
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
        importing="import_rest_api", putting="put_rest_api", read="get_rest_api", delete="delete_rest_api",
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
