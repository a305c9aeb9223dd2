"""What AWS's own resource schemas (the copies that cfn-lint ships) say about a type and its properties."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import cfnlint

from ..base import HarnessError
from .intrinsics import LATER

FOLDER = Path(cfnlint.__file__).parent / "data" / "schemas"


class Invalid(Exception):
    """The properties do not fit the schema; the text is CloudFormation's."""


@cache
def _types() -> dict[str, str]:
    return json.loads((FOLDER / "providers" / "us-east-1.json").read_text())


@cache
def of(kind: str) -> "Schema":
    """The schema of a type; an unknown one is an error of the harness or of the template, so none is a yes."""
    if kind not in _types():
        raise HarnessError(f"AWS has no schema for {kind}")
    return Schema(json.loads((FOLDER / "resources" / f"{_types()[kind]}.json").read_text()))


def known(kind: str) -> bool:
    """Whether AWS has such a type."""
    return kind in _types()


class Schema:
    """One type's schema."""

    def __init__(self, data: dict[str, Any]):
        self.data = data
        self.properties: dict[str, Any] = data["properties"]

    def _paths(self, key: str) -> list[str]:
        return [path.removeprefix("/properties/") for path in self.data.get(key, [])]

    @property
    def system_tags(self) -> bool:
        """Whether CloudFormation adds its aws:cloudformation:* tags."""
        return bool(self.data.get("tagging", {}).get("cloudFormationSystemTags"))

    @property
    def tags(self) -> str | None:
        """The property that holds tags, if the type has any."""
        tagging = self.data.get("tagging", {})
        if tagging.get("taggable") is False:
            return None
        path = tagging.get("tagProperty", "/properties/Tags").removeprefix("/properties/")
        return path if path in self.properties else None

    def replaces(self, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
        """The changed properties that need a new physical resource."""
        return [path for path in self._paths("createOnlyProperties") if _at(before, path) != _at(after, path)]

    def check(self, properties: dict[str, Any]) -> dict[str, Any]:
        """The properties with each scalar in the schema's type; raises what CloudFormation's validation says."""
        for path in self._paths("readOnlyProperties"):
            if "/" not in path and path in properties:
                raise Invalid(f"Encountered readonly properties [/properties/{path}]")
        missing = [name for name in self.data.get("required", []) if name not in properties]
        if missing:
            raise Invalid(f"#: required key [{missing[0]}] not found")
        return self._object(properties, self.data, "#")

    def _resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            schema = self.data["definitions"][schema["$ref"].rsplit("/", 1)[-1]]
        return schema

    def _object(self, value: dict, schema: dict, path: str) -> dict:
        known_names = schema.get("properties", {})
        free = not known_names or schema.get("additionalProperties") not in (False,) or "patternProperties" in schema
        extra = [name for name in value if name not in known_names]
        if extra and not free:
            raise Invalid(f"{path}: extraneous key [{extra[0]}] is not permitted")
        return {name: self._value(item, known_names.get(name, {}), f"{path}/{name}") for name, item in value.items()}

    def _value(self, value: Any, schema: dict[str, Any], path: str) -> Any:
        schema = self._resolve(schema)
        if value is LATER:
            return value
        kind = schema.get("type")
        if isinstance(value, dict):
            if kind in ("array", "integer", "number", "boolean") or (kind == "string"):
                raise Invalid(f"{path}: expected type: {kind.title()}, found: JSONObject")
            return self._object(value, schema, path)
        if isinstance(value, list):
            if kind in ("object", "string", "integer", "boolean"):
                raise Invalid(f"{path}: expected type: {kind.title()}, found: JSONArray")
            return [self._value(item, schema.get("items", {}), f"{path}/{index}") for index, item in enumerate(value)]
        return _scalar(value, schema, path)


def _scalar(value: Any, schema: dict[str, Any], path: str) -> Any:
    kind = schema.get("type")
    if kind in ("object", "array"):
        raise Invalid(f"{path}: expected type: JSON{kind.title()}, found: {type(value).__name__.title()}")
    if kind == "string" and not isinstance(value, str):
        value = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    try:
        if kind == "integer" and not isinstance(value, bool):
            value = int(value)
        if kind == "number":
            value = float(value) if "." in str(value) else int(value)
    except ValueError:
        raise Invalid(f"{path}: expected type: {kind.title()}, found: String") from None
    if kind == "boolean" and isinstance(value, str):
        if value.lower() not in ("true", "false"):
            raise Invalid(f"{path}: expected type: Boolean, found: String")
        value = value.lower() == "true"
    if "enum" in schema and value not in schema["enum"]:
        raise Invalid(f"{path}: {value} is not a valid enum value")
    return value


def _at(properties: Any, path: str) -> Any:
    for part in path.split("/"):
        if not isinstance(properties, dict):
            return None
        properties = properties.get(part)
    return properties
