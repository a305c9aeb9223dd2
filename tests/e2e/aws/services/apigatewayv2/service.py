"""The operations on HTTP APIs and their stages; each API is a host of the cloud."""

from __future__ import annotations

import json
import string
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ...base import AwsError, Call, HarnessError
from ..regional import Regional, identifier
from . import code, routes
from .invoke import Gateway
from .shown import shown, stage_shown

API = {"Name", "Description", "Version", "DisableExecuteApiEndpoint", "ProtocolType"}
STAGE = {"ApiId", "StageName", "AutoDeploy", "Description", "DefaultRouteSettings", "RouteSettings", "Tags"}
DOCUMENT = {"openapi", "info", "paths", "tags", "x-amazon-apigateway-importexport-version"}


@dataclass
class Stage:
    """What is published of an API; with autoDeploy it follows every change."""

    name: str
    settings: dict
    created: datetime
    routes: list[routes.Route] = field(default_factory=list)


@dataclass
class Api:
    """An HTTP API."""

    id: str
    region: str
    account: str
    settings: dict
    created: datetime
    routes: list[routes.Route] = field(default_factory=list)
    stages: dict[str, Stage] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return f"{self.id}.execute-api.{self.region}.amazonaws.com"

    def stage(self, name: str) -> Stage:
        """The stage of that name."""
        if name not in self.stages:
            raise AwsError("NotFoundException", "Invalid stage identifier specified", 404)
        return self.stages[name]

    def publish(self) -> None:
        """Brings the stages up to date that deploy by themselves."""
        for stage in self.stages.values():
            if stage.settings.get("AutoDeploy"):
                stage.routes = self.routes


class State:
    """The APIs of one account and region, by id."""

    def __init__(self, cloud: Any, account: str, region: str):
        self.cloud, self.account, self.region = cloud, account, region
        self.apis: dict[str, Api] = {}


class HttpApis(Regional):
    """The stub."""

    name = "apigatewayv2"
    State = State

    def __init__(self, cloud: Any):
        super().__init__(cloud)
        for operation in ("CreateFunction", "UpdateFunctionCode"):
            cloud.faults.add("lambda", operation, times=None, effect=lambda call: code.check(cloud, call))

    def create_api(self, call: Call) -> dict:
        return shown(self._make(call, self._kept(call.params, API | {"Tags"}), []))

    def import_api(self, call: Call) -> dict:
        settings, found = self._document(call)
        return shown(self._make(call, settings, found))

    def _make(self, call: Call, settings: dict, found: list[routes.Route]) -> Api:
        if settings.get("ProtocolType", "HTTP") != "HTTP":
            raise HarnessError("the stub of apigatewayv2 knows HTTP APIs only")
        key = identifier(10, string.ascii_lowercase + string.digits)
        api = Api(key, call.region, call.account, settings, call.time, found, tags=settings.pop("Tags", {}))
        self.here(call).apis[key] = api
        gateway = Gateway(self.cloud, api)
        self.cloud.sites[api.host] = gateway
        return api

    def _document(self, call: Call) -> tuple[dict, list[routes.Route]]:
        document = json.loads(call.params["Body"])
        unknown = set(document) - DOCUMENT
        if unknown:
            raise HarnessError(f"the OpenAPI document has something unknown: {sorted(unknown)}")
        info = document.get("info", {})
        tags = {one["name"]: one.get("x-amazon-apigateway-tag-value", "") for one in document.get("tags", [])}
        return {"Name": info.get("title", ""), "Version": str(info.get("version", "")), "Tags": tags}, routes.of_document(document)

    def reimport_api(self, call: Call) -> dict:
        api = self._api(call)
        settings, api.routes = self._document(call)
        api.tags |= settings.pop("Tags")
        api.settings |= settings
        api.publish()
        return shown(api)

    def get_api(self, call: Call) -> dict:
        return shown(self._api(call))

    def get_apis(self, call: Call) -> dict:
        return {"Items": [shown(api) for api in self.here(call).apis.values()]}

    def update_api(self, call: Call) -> dict:
        api = self._api(call)
        api.settings |= self._kept({key: value for key, value in call.params.items() if key != "ApiId"}, API)
        return shown(api)

    def delete_api(self, call: Call) -> dict:
        api = self._api(call)
        del self.here(call).apis[api.id]
        del self.cloud.sites[api.host]
        return {}

    def _api(self, call: Call) -> Api:
        found = self.here(call).apis.get(call.params["ApiId"])
        if found is None:
            raise AwsError("NotFoundException", f"Invalid API identifier specified {call.account}:{call.params['ApiId']}", 404)
        return found

    @staticmethod
    def _kept(given: dict, known: set[str]) -> dict:
        unknown = set(given) - known
        if unknown:
            raise HarnessError(f"the stub of apigatewayv2 does not know {', '.join(sorted(unknown))}")
        return dict(given)

    def get_routes(self, call: Call) -> dict:
        found = self._api(call).routes
        return {"Items": [{"RouteId": str(at), "RouteKey": route.key} for at, route in enumerate(found)]}

    def create_stage(self, call: Call) -> dict:
        api, name = self._api(call), call.params["StageName"]
        if name in api.stages:
            raise AwsError("ConflictException", "Stage already exists", 409)
        api.stages[name] = Stage(name, self._kept(call.params, STAGE), call.time)
        api.publish()
        return stage_shown(api.stages[name])

    def get_stage(self, call: Call) -> dict:
        return stage_shown(self._api(call).stage(call.params["StageName"]))

    def update_stage(self, call: Call) -> dict:
        api = self._api(call)
        stage = api.stage(call.params["StageName"])
        stage.settings |= self._kept(call.params, STAGE)
        api.publish()
        return stage_shown(stage)

    def delete_stage(self, call: Call) -> dict:
        api = self._api(call)
        del api.stages[api.stage(call.params["StageName"]).name]
        return {}

    def tag_resource(self, call: Call) -> dict:
        self._tags(call).update(call.params["Tags"])
        return {}

    def untag_resource(self, call: Call) -> dict:
        for key in call.params["TagKeys"]:
            self._tags(call).pop(key, None)
        return {}

    def get_tags(self, call: Call) -> dict:
        return {"Tags": self._tags(call)}

    def _tags(self, call: Call) -> dict[str, str]:
        parts = call.params["ResourceArn"].split("/apis/")[1].split("/stages/")
        api = self.here(call).apis.get(parts[0])
        if api is None:
            raise AwsError("NotFoundException", "Invalid API identifier specified", 404)
        return api.stage(parts[1]).settings.setdefault("Tags", {}) if len(parts) == 2 else api.tags
