"""CodeBuild, CodePipeline, CodeConnections and Amplify."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...base import HarnessError
from .base import Row
from .parts import Aspect, Tagging, Work

BRANCH = {"appId": "p.AppId", "branchName": "p.BranchName"}
PROJECT = {"name": "id"}


@dataclass(frozen=True)
class Project(Row):
    """A build project; its trigger is a webhook, which is an object of its own."""

    def make(self, work: Work) -> None:
        """Project first, webhook after."""
        super().make(work)
        if self._wants(work.properties):
            self._webhook(work, "create_webhook")

    def change(self, work: Work, before: dict[str, Any], tags_before: dict[str, str]) -> None:
        """The webhook is made, changed or deleted as the trigger says."""
        super().change(work, before, tags_before)
        had, wants = self._wants(before), self._wants(work.properties)
        if wants and before.get("Triggers") != work.properties.get("Triggers"):
            self._webhook(work, "update_webhook" if had else "create_webhook")
        elif had and not wants:
            self.call(work, "delete_webhook", {"projectName": work.resource.physical}, quiet=True)

    def remove(self, work: Work) -> None:
        """The webhook goes first."""
        if self._wants(work.properties):
            self.call(work, "delete_webhook", {"projectName": work.resource.physical}, quiet=True)
        super().remove(work)

    @staticmethod
    def _wants(properties: dict[str, Any]) -> bool:
        return bool((properties.get("Triggers") or {}).get("Webhook"))

    def _webhook(self, work: Work, method: str) -> None:
        trigger = {key: value for key, value in work.properties["Triggers"].items() if key != "Webhook"}
        arguments = self._inner(work, work.client(self.service), method, trigger)
        self.call(work, method, {"projectName": work.resource.physical, **arguments})


def _refuse_secret(value: Any) -> Any:
    raise HarnessError("AWS::Amplify: BasicAuthConfig is not emulated")


ROWS = [
    Project(
        type="AWS::CodeBuild::Project", service="codebuild", name="Name", limit=150,
        create="create_project", id="p.Name", key=PROJECT, read="batch_get_projects", read_key={"names": "[id]"}, found="r.projects",
        update="update_project", delete="delete_project", ignored=("Triggers",),
        attributes={"Arn": "r.projects[0].arn", "Id": "id"},
    ),
    Row(
        type="AWS::CodePipeline::Pipeline", service="codepipeline", name="Name", limit=100, wrap="pipeline",
        create="create_pipeline", id="p.Name", key={"name": "id"}, read="get_pipeline",
        update="update_pipeline", update_key={}, delete="delete_pipeline",
        also_read=("get_pipeline_state",), ignored=("RestartExecutionOnUpdate",),
        attributes={"Version": "to_string(r.pipeline.version)"},
        tagging=Tagging("resourceArn", "=arn:aws:codepipeline:{region}:{account}:{id}"),
    ),
    Row(
        type="AWS::CodeConnections::Connection", service="codeconnections",
        create="create_connection", id="a.ConnectionArn", key={"ConnectionArn": "id"},
        read="get_connection", delete="delete_connection",
        attributes={"ConnectionArn": "id", "ConnectionStatus": "r.Connection.ConnectionStatus",
                    "OwnerAccountId": "r.Connection.OwnerAccountId"},
        tagging=Tagging("ResourceArn", "id", keys="TagKeys"),
    ),
    Row(
        type="AWS::Amplify::App", service="amplify", create="create_app", id="a.app.appArn",
        key={"appId": "tail"}, read="get_app", update="update_app",
        delete="delete_app", renames={"IAMServiceRole": "iamServiceRoleArn"},
        attributes={"AppId": "r.app.appId", "AppName": "r.app.name", "Arn": "id", "DefaultDomain": "r.app.defaultDomain"},
        aspects=(Aspect("BasicAuthConfig", "update_app", convert=_refuse_secret),),
        tagging=Tagging("resourceArn", "id"),
    ),
    Row(
        type="AWS::Amplify::Branch", service="amplify", create="create_branch", id="a.branch.branchArn",
        key=BRANCH, read="get_branch", update="update_branch", update_key={}, delete="delete_branch",
        attributes={"Arn": "id", "BranchName": "r.branch.branchName"},
        aspects=(Aspect("BasicAuthConfig", "update_branch", convert=_refuse_secret),),
        tagging=Tagging("resourceArn", "id"),
    ),
]  # fmt: skip
