"""Reads a template, YAML with every short form or JSON, and refuses one that CloudFormation would refuse unread."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from ..base import AwsError
from .references import references

SECTIONS = {
    "AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings",
    "Conditions", "Transform", "Resources", "Outputs", "Globals", "Hooks",
}  # fmt: skip
ATTRIBUTES = {
    "Type", "Properties", "DependsOn", "Condition", "Metadata", "CreationPolicy",
    "UpdatePolicy", "DeletionPolicy", "UpdateReplacePolicy",
}  # fmt: skip
POLICIES = {"Delete", "Retain", "RetainExceptOnCreate", "Snapshot"}
LOGICAL_ID = re.compile(r"[A-Za-z0-9]+")


def invalid(message: str) -> AwsError:
    """The error of nearly every refusal."""
    return AwsError("ValidationError", message)


class _Loader(yaml.SafeLoader):
    """Dates stay strings, aliases are refused, `!X` becomes `Fn::X`."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise invalid("Template format error: YAML aliases are not allowed in CloudFormation templates")
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    twice = [key for key in keys if keys.count(key) > 1]
    if twice:
        raise invalid(f"Template format error: YAML not well-formed. (duplicate key {twice[0]})")
    return {key: loader.construct_object(value, deep=True) for key, (_, value) in zip(keys, node.value)}


_Loader.add_multi_constructor("!", _short_form)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def load(text: str) -> dict[str, Any]:
    """The template as plain data, long forms only."""
    if text.lstrip().startswith("{"):
        try:
            template = json.loads(text)
        except json.JSONDecodeError:
            raise invalid("Template format error: JSON not well-formed.") from None
    else:
        try:
            template = yaml.load(text, _Loader)  # noqa: S506: a safe loader of our own
        except yaml.YAMLError as problem:
            mark = getattr(problem, "problem_mark", None)
            place = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
            raise invalid(f"Template format error: YAML not well-formed.{place}") from None
    if not isinstance(template, dict):
        raise invalid("Template format error: unsupported structure.")
    return template


def check(template: dict[str, Any]) -> None:
    """Refuses what CloudFormation refuses before it looks at a single resource."""
    unknown = sorted(set(template) - SECTIONS)
    if unknown:
        raise invalid(f"Invalid template property or properties [{', '.join(unknown)}]")
    if template.get("AWSTemplateFormatVersion", "2010-09-09") != "2010-09-09":
        raise invalid("Template format error: 2010-09-09 is the only supported value.")
    resources = template.get("Resources")
    if not isinstance(resources, dict) or not resources:
        raise invalid("Template format error: At least one Resources member must be defined.")
    for logical, resource in resources.items():
        _check_resource(logical, resource)
    if "Transform" not in template:  # a transform may make what is referred to
        _check_references(template)


def _check_resource(logical: str, resource: Any) -> None:
    if not LOGICAL_ID.fullmatch(str(logical)):
        raise invalid(f"Template format error: Resource name {logical} is non alphanumeric.")
    if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
        raise invalid(f"Template format error: [/Resources/{logical}] Every Resources object must contain a Type member.")
    unknown = sorted(set(resource) - ATTRIBUTES)
    if unknown:
        raise invalid(f"Invalid template resource property '{unknown[0]}'")
    for attribute in ("DeletionPolicy", "UpdateReplacePolicy"):
        value = resource.get(attribute, "Delete")
        if isinstance(value, str) and value not in POLICIES:
            raise invalid(f"Template format error: Unrecognized {attribute} {value} for resource {logical}")
    if resource.get("UpdateReplacePolicy") == "RetainExceptOnCreate":
        raise invalid(f"Template format error: Unrecognized UpdateReplacePolicy RetainExceptOnCreate for resource {logical}")


def _check_references(template: dict[str, Any]) -> None:
    resources, parameters = template["Resources"], template.get("Parameters") or {}
    for block in ("Resources", "Outputs"):
        missing = []
        for part in (template.get(block) or {}).values():
            for name in references(part):
                if name not in resources and name not in parameters and "::" not in name:
                    missing.append(name)
        if missing:
            names = ", ".join(dict.fromkeys(missing))
            raise invalid(
                f"Template format error: Unresolved resource dependencies [{names}] in the {block} block of the template"
            )
    for logical, resource in resources.items():
        for name in depends_on(resource):
            if name not in resources:
                raise invalid(
                    f"Template format error: Unresolved resource dependencies [{name}] in the Resources block of the template"
                )
        name = resource.get("Condition")
        if name is not None and name not in (template.get("Conditions") or {}):
            raise invalid(
                f"Template format error: Unresolved condition dependency {name} in the Resources block of the template"
            )


def depends_on(resource: dict[str, Any]) -> list[str]:
    """DependsOn as a list."""
    names = resource.get("DependsOn") or []
    return [names] if isinstance(names, str) else list(names)


def dump(template: dict[str, Any]) -> str:
    """A template as JSON."""
    return json.dumps(template, default=str)
