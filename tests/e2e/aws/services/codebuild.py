"""CodeBuild's API: projects, webhooks and builds; the builds are run by engines/codepipeline."""

from __future__ import annotations

import secrets
from typing import Any

from engines.codepipeline.builds import Build, new_build
from engines.codepipeline.connections import ConnectionRefused, use
from engines.codepipeline.projects import checked, repository_of
from engines.codepipeline.table import rules
from engines.codepipeline.webhooks import EVENTS

from ..base import AwsError, Call, HarnessError
from .regional import Regional

# What StartBuild may change here; another override would be passed over silently.
_OVERRIDES = {"projectName", "sourceVersion", "environmentVariablesOverride", "idempotencyToken"}


class State:
    """The projects and builds of one account and region."""

    def __init__(self, cloud: Any, account: str, region: str):
        self.account, self.region = account, region
        self.projects: dict[str, dict] = {}
        self.builds: dict[str, Build] = {}
        self.numbers: dict[str, int] = {}

    def project(self, name: str) -> dict:
        """By its name; refused where there is none."""
        if name not in self.projects:
            raise AwsError("ResourceNotFoundException", f"Project cannot be found: {name}")
        return self.projects[name]

    def build(self, id: str) -> Build:
        """By its id; refused where there is none."""
        if id not in self.builds:
            raise AwsError("ResourceNotFoundException", f"Build cannot be found: {id}")
        return self.builds[id]

    def start(self, name: str, initiator: str, now: Any, event: str = "StartBuild") -> Build:
        """A new build of a project, waiting to be run."""
        number = self.numbers[name] = self.numbers.get(name, 0) + 1
        build = new_build(self.project(name), number, initiator, now, event)
        self.builds[build.id] = build
        return build


class CodeBuild(Regional):
    """The operations that pipelines, people and CloudFormation use."""

    name = "codebuild"
    State = State

    def everywhere(self) -> list[State]:
        """The states of all accounts and regions that were used."""
        return list(self._states.values())

    def create_project(self, call: Call) -> dict:
        here = self.here(call)
        if call.params["name"] in here.projects:
            raise AwsError("ResourceAlreadyExistsException", f"Project already exists: {self._arn(call)}")
        project = self._filled(call, {"created": self.cloud.clock.now()})
        here.projects[project["name"]] = project
        return {"project": project}

    def update_project(self, call: Call) -> dict:
        here = self.here(call)
        old = here.project(call.params["name"])
        project = self._filled(call, old)
        here.projects[project["name"]] = project
        return {"project": project}

    def _filled(self, call: Call, old: dict) -> dict:
        """The project with the defaults of the service."""
        project = {**old, **{name: value for name, value in call.params.items() if value is not None}}
        defaults = {
            "arn": self._arn(call),
            "timeoutInMinutes": 60,
            "queuedTimeoutInMinutes": 480,
            "encryptionKey": f"arn:aws:kms:{call.region}:{call.account}:alias/aws/s3",
        }
        checked(self.cloud, call, project)
        return defaults | project | {"lastModified": self.cloud.clock.now()}

    @staticmethod
    def _arn(call: Call) -> str:
        return f"arn:aws:codebuild:{call.region}:{call.account}:project/{call.params['name']}"

    def delete_project(self, call: Call) -> dict:
        """Also of one that is not there; its webhook goes with it."""
        self.here(call).projects.pop(call.params["name"], None)
        return {}

    def batch_get_projects(self, call: Call) -> dict:
        here = self.here(call)
        found = {name.rsplit("/", 1)[-1]: name for name in call.params["names"]}
        lost = [given for name, given in found.items() if name not in here.projects]
        known = [here.projects[name] for name in found if name in here.projects]
        return {"projects": known} | ({"projectsNotFound": lost} if lost else {})

    def list_projects(self, call: Call) -> dict:
        return {"projects": sorted(self.here(call).projects)}

    def create_webhook(self, call: Call) -> dict:
        project = self.here(call).project(call.params["projectName"])
        if "webhook" in project:
            raise AwsError("ResourceAlreadyExistsException", f"Webhook already exists for project {project['name']}")
        self._check_webhook(call, project)
        url = f"https://codebuild.{call.region}.amazonaws.com/webhooks?t={secrets.token_hex(16)}"
        kept = {name: value for name, value in call.params.items() if name != "projectName" and value is not None}
        project["webhook"] = {"url": project["source"]["location"], "payloadUrl": url, **kept}
        return {"webhook": project["webhook"]}

    def _check_webhook(self, call: Call, project: dict) -> None:
        source = project["source"]
        known = EVENTS.get(source["type"])
        if known is None:
            raise AwsError("InvalidInputException", f"Webhook is not supported for {source['type']} source type")
        for group in call.params.get("filterGroups", []):
            events = [word.strip() for each in group if each["type"] == "EVENT" for word in each["pattern"].split(",")]
            if not events or set(events) - known:
                raise AwsError("InvalidInputException", f"Invalid webhook filter: EVENT {events} for {source['type']}")
        self._reach(call, project)

    def _reach(self, call: Call, project: dict) -> None:
        """The webhook is made at the host, over the project's connection and as its role."""
        auth = project["source"].get("auth", {})
        if auth.get("type") != "CODECONNECTIONS":
            raise HarnessError("a webhook without a connection is not known here")
        role = self.cloud.assume(project["serviceRole"], "codebuild.amazonaws.com", "AWSCodeBuild")
        principal = self.cloud.principal(role)
        try:
            actions = ["GetConnection", "GetConnectionToken"]
            use(self.cloud, principal, call.region, auth["resource"], actions, repository_of(project))
        except ConnectionRefused as refused:
            rules("codebuild").go("webhook", "asked for", "its connection is not accepted, or its role may not use it")
            raise AwsError("OAuthProviderException", f"Failed to create webhook. {refused}") from refused

    def update_webhook(self, call: Call) -> dict:
        project = self.here(call).project(call.params["projectName"])
        if "webhook" not in project:
            raise AwsError("ResourceNotFoundException", f"Webhook for project {project['name']} does not exist")
        self._check_webhook(call, project)
        kept = {name: value for name, value in call.params.items() if name != "projectName" and value is not None}
        project["webhook"] = {**project["webhook"], **kept}
        return {"webhook": project["webhook"]}

    def delete_webhook(self, call: Call) -> dict:
        if self.here(call).project(call.params["projectName"]).pop("webhook", None) is None:
            raise AwsError("ResourceNotFoundException", "Webhook does not exist")
        return {}

    def start_build(self, call: Call) -> dict:
        unknown = {name for name, value in call.params.items() if value is not None} - _OVERRIDES
        if unknown:
            raise HarnessError(f"StartBuild with {sorted(unknown)} is not known here")
        initiator = call.principal.arn.split(":", 5)[-1].removeprefix("assumed-role/").removeprefix("user/")
        build = self.here(call).start(call.params["projectName"], initiator, self.cloud.clock.now())
        build.variables = list(call.params.get("environmentVariablesOverride") or [])
        if call.params.get("sourceVersion"):
            build.data["sourceVersion"] = call.params["sourceVersion"]
        return {"build": build.data}

    def retry_build(self, call: Call) -> dict:
        here = self.here(call)
        old = here.build(call.params["id"])
        build = here.start(old.project["name"], old.data["initiator"], self.cloud.clock.now(), "RetryBuild")
        build.webhook, build.variables = old.webhook, old.variables
        build.data |= {key: old.data[key] for key in ("sourceVersion",) if key in old.data}
        return {"build": build.data}

    def stop_build(self, call: Call) -> dict:
        build = self.here(call).build(call.params["id"])
        if rules("codebuild").allows("build", build.status, "StopBuild"):
            build.stop = True
        return {"build": build.data}

    def batch_get_builds(self, call: Call) -> dict:
        here = self.here(call)
        ids = call.params["ids"]
        found = [here.builds[id].data for id in ids if id in here.builds]
        lost = [id for id in ids if id not in here.builds]
        return {"builds": found} | ({"buildsNotFound": lost} if lost else {})

    def list_builds_for_project(self, call: Call) -> dict:
        project = self.here(call).project(call.params["projectName"])["name"]
        ids = [id for id, build in self.here(call).builds.items() if build.project["name"] == project]
        return {"ids": ids[::-1]}

    def resource_policy(self, arn: str) -> None:
        """Projects have none here."""

    def resource_tags(self, arn: str) -> dict[str, str]:
        """The tags of a project."""
        name = arn.rsplit("/", 1)[-1]
        parts = arn.split(":")
        project = self.state(parts[4], parts[3]).projects.get(name, {})
        return {tag["key"]: tag["value"] for tag in project.get("tags", [])}
