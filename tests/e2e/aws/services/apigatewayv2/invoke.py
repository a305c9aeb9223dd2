"""A visit of an HTTP API: the route, the function's permission, its event, and what its answer means.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ... import moto
from ...authorise import known_key
from ...base import Principal
from ...iam import Policies, Question, allowed
from . import routes
from .runner import Failed, run

Answer = tuple[int, dict[str, str], bytes]
BROKEN: Answer = (500, {"Content-Type": "application/json"}, b'{"message":"Internal Server Error"}')
NOT_FOUND: Answer = (404, {"Content-Type": "application/json"}, b'{"message":"Not Found"}')
GATEWAY = "apigateway.amazonaws.com"


class Gateway:
    """The host of one API. `failures` says why visits ended in a 500."""

    takes_request = True

    def __init__(self, cloud: Any, api: Any):
        self.cloud, self.api = cloud, api
        self.failures: list[str] = []

    def __call__(self, path: str, headers: dict, request: Any = None) -> Answer:
        """A request; without `request` it is a GET."""
        method = request.method if request is not None else "GET"
        body = request.get_data() if request is not None else b""
        stage, inner = self._stage(urlsplit(path).path)
        found = stage and routes.find(stage.routes, method, unquote(inner))
        if not found:
            return NOT_FOUND
        route, parameters = found
        event = self._event(route, stage, method, path, headers, parameters, body)
        try:
            return answer(run(self.cloud, self._function(route, stage, method, inner), event))
        except Failed as failure:
            self.failures.append(str(failure))
            return BROKEN

    def _stage(self, path: str) -> tuple[Any, str]:
        """The stage that a path begins with, or $default, and the rest of the path."""
        first, _, rest = path.lstrip("/").partition("/")
        if first in self.api.stages:
            return self.api.stages[first], "/" + rest
        return self.api.stages.get("$default"), path

    def _function(self, route: routes.Route, stage: Any, method: str, path: str) -> Any:
        """Moto's function behind a route, which must let this API in."""
        _, _, _, region, account, _, name, *qualifier = route.function.split(":")
        functions = moto.backend("lambda", account, region)
        try:
            function = functions.get_function(name, qualifier[0] if qualifier else None)
        except Exception as error:  # moto's own kinds of "not found"
            raise Failed(f"there is no function {route.function}") from error
        source = f"arn:aws:execute-api:{self.api.region}:{self.api.account}:{self.api.id}/{stage.name}/{method}{path}"
        context = {"aws:sourcearn": [source], "aws:sourceaccount": [self.api.account]}
        question = Question("lambda:InvokeFunction", route.function, context, lambda key: key in context or known_key(key))
        document = {"Statement": function.policy.statements}
        caller = Principal("service", account, GATEWAY, GATEWAY)
        if not allowed(caller, Policies(resource=document), question, True)[0]:
            raise Failed(f"{name} does not let {source} invoke it")
        return function

    def _event(self, route: Any, stage: Any, method: str, path: str, headers: dict, parameters: dict, body: bytes) -> dict:
        parts = urlsplit(path)
        http = {"method": method, "path": parts.path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "e2e"}
        event = {
            "version": "2.0",
            "routeKey": route.key,
            "rawPath": parts.path,
            "rawQueryString": parts.query,
            "headers": {name.lower(): value for name, value in headers.items()} | {"host": self.api.host},
            "requestContext": self._context(route, stage, http),
            "isBase64Encoded": bool(body),
        }
        more = {"queryStringParameters": dict(parse_qsl(parts.query)), "pathParameters": parameters}
        more["body"] = base64.b64encode(body).decode()
        return event | {key: value for key, value in more.items() if value}

    def _context(self, route: Any, stage: Any, http: dict) -> dict:
        now = self.cloud.clock.now()
        return {
            "accountId": self.api.account,
            "apiId": self.api.id,
            "domainName": self.api.host,
            "domainPrefix": self.api.id,
            "http": http,
            "requestId": "e2e",
            "routeKey": route.key,
            "stage": stage.name,
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now.timestamp() * 1000),
        }


def answer(result: Any) -> Answer:
    """What an HTTP API makes of the function's result; one without a statusCode is a JSON body."""
    if not isinstance(result, dict) or "statusCode" not in result:
        return 200, {"Content-Type": "application/json"}, json.dumps(result).encode()
    body = result.get("body") or ""
    content = base64.b64decode(body) if result.get("isBase64Encoded") else str(body).encode()
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    return int(result["statusCode"]), headers | {name: str(value) for name, value in (result.get("headers") or {}).items()}, content
