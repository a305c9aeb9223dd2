"""Turns CloudFormation's properties into the arguments of an AWS operation, by botocore's model of it."""

from __future__ import annotations

import json
from typing import Any, Mapping

from ...base import HarnessError


def operation_name(client: Any, method: str) -> str:
    """`put_bucket_policy` -> `PutBucketPolicy`."""
    return client.meta.method_to_api_mapping[method]


def members(client: Any, method: str) -> Mapping[str, Any]:
    """The input members of an operation."""
    shape = client.meta.service_model.operation_model(operation_name(client, method)).input_shape
    return shape.members if shape else {}


def member(names: Mapping[str, Any], prop: str, renames: Mapping[str, str]) -> str | None:
    """The member that a property goes to: the renamed one, or the one that differs in case alone."""
    wanted = renames.get(prop, prop).lower()
    return next((name for name in names if name.lower() == wanted), None)


def arguments(
    client: Any, method: str, properties: Mapping[str, Any], renames: Mapping[str, str], kind: str
) -> dict[str, Any]:
    """Arguments for the operation; a property without a counterpart is an error of the harness."""
    return _structure(members(client, method), properties, renames, f"{kind} in {method}")


def _structure(names: Mapping[str, Any], value: Mapping[str, Any], renames: Mapping[str, str], path: str) -> dict:
    result = {}
    for prop, item in value.items():
        name = member(names, prop, renames)
        if name is None:
            raise HarnessError(f"{path}: the property {prop} has no counterpart there")
        result[name] = convert(names[name], item, renames, f"{path}.{prop}")
    return result


def convert(shape: Any, value: Any, renames: Mapping[str, str], path: str) -> Any:
    """One value in the form that the shape wants."""
    kind = shape.type_name
    if kind == "structure" and isinstance(value, Mapping):
        return _structure(shape.members, value, renames, path)
    if kind == "list":
        items = value if isinstance(value, list) else [value]
        return [convert(shape.member, item, renames, path) for item in items]
    if kind == "map":
        return {key: convert(shape.value, item, renames, path) for key, item in pairs(value, path)}
    if kind == "string":
        return text(value)
    if kind in ("integer", "long"):
        return int(value)
    if kind in ("float", "double"):
        return float(value)
    if kind == "boolean":
        return value if isinstance(value, bool) else str(value).lower() == "true"
    if kind == "blob":
        return text(value).encode()
    raise HarnessError(f"{path}: cannot make a {kind} of {value!r}")


def pairs(value: Any, path: str) -> list[tuple[str, Any]]:
    """Key and value of what is a map to the API: CloudFormation writes it as a map or as a list of pairs."""
    if isinstance(value, Mapping):
        return list(value.items())
    if isinstance(value, list) and all("Value" in item and ("Key" in item or "Name" in item) for item in value):
        return [(item.get("Key", item.get("Name")), item["Value"]) for item in value]
    raise HarnessError(f"{path}: cannot make a map of {value!r}")


def text(value: Any) -> str:
    """A text; documents become JSON."""
    if isinstance(value, (Mapping, list)):
        return json.dumps(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
