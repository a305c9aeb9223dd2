"""The routes of an HTTP API: read out of its OpenAPI document, and found for a request.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-open-api.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...base import AwsError, HarnessError

INTEGRATION = "x-amazon-apigateway-integration"
FUNCTION = re.compile(r"arn:aws:lambda:[^:]+:\d{12}:function:[^/]+")
KNOWN = {INTEGRATION, "responses", "parameters", "isDefaultRoute", "security"}


@dataclass(frozen=True)
class Route:
    """One route and the function behind it."""

    method: str  # GET, ANY, ...
    path: str  # /notes/{id}, /{proxy+} or $default
    function: str  # its ARN, perhaps with a qualifier

    @property
    def key(self) -> str:
        return self.path if self.path == "$default" else f"{self.method} {self.path}"

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """The path parameters, or None where the route is not for that request."""
        if self.method not in ("ANY", method):
            return None
        if self.path == "$default":
            return {}
        parts = re.split(r"(\{[\w.-]+\+?\})", self.path)
        pattern = "".join(_pattern(part) for part in parts)
        found = re.fullmatch(pattern, path)
        names = [part.strip("{}+") for part in parts if part.startswith("{")]
        return dict(zip(names, found.groups())) if found else None

    @property
    def rank(self) -> tuple:
        """Full matches come first, greedy ones later, $default last; a method before ANY."""
        return (self.path == "$default", "+}" in self.path, "{" in self.path, self.method == "ANY", -len(self.path))


def _pattern(part: str) -> str:
    if part.startswith("{"):
        return "(.+)" if part.endswith("+}") else "([^/]+)"
    return re.escape(part)


def of_document(document: dict) -> list[Route]:
    """All routes of an OpenAPI document."""
    routes = []
    for path, methods in document.get("paths", {}).items():
        for method, details in methods.items():
            unknown = set(details) - KNOWN
            if unknown or details.get("security"):
                raise HarnessError(f"the route {method} {path} has something unknown: {sorted(unknown) or 'security'}")
            routes.append(_route(path, method, details.get(INTEGRATION)))
    return routes


def _route(path: str, method: str, integration: dict | None) -> Route:
    if integration is None:
        raise AwsError("BadRequestException", f"No integration defined for the route {method.upper()} {path}")
    if integration.get("type") not in ("aws_proxy", "AWS_PROXY") or integration.get("payloadFormatVersion") != "2.0":
        raise HarnessError(f"the harness knows integrations with Lambda by payload 2.0 only: {integration}")
    function = FUNCTION.search(integration["uri"])
    if function is None:
        raise AwsError("BadRequestException", f"Invalid integration URI specified: {integration['uri']}")
    method = "ANY" if method in ("x-amazon-apigateway-any-method", "any") else method.upper()
    return Route(method, "$default" if path in ("/$default", "$default") else path, function[0])


def find(routes: list[Route], method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The most specific route for a request, with its path parameters."""
    for route in sorted(routes, key=lambda one: one.rank):
        parameters = route.match(method, path)
        if parameters is not None:
            return route, parameters
    return None
