"""Finds what the functions of a template refer to."""

from __future__ import annotations

import re
from typing import Any

from ..base import AwsError

PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


def function_of(node: Any) -> str | None:
    """The name of the function that this node is, if it is one."""
    if isinstance(node, dict) and len(node) == 1:
        name = next(iter(node))
        if name == "Ref" or (isinstance(name, str) and name.startswith("Fn::")):
            return name
    return None


def references(node: Any) -> list[str]:
    """The names that Ref, Fn::GetAtt and Fn::Sub mention, anywhere below."""
    return list(dict.fromkeys(_references(node)))


def _references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [name for item in node for name in _references(item)]
    if not isinstance(node, dict):
        return []
    name = function_of(node)
    if name == "Ref":
        return [node["Ref"]]
    if name == "Fn::GetAtt":
        return [attribute_parts(node[name])[0]]
    found = []
    if name == "Fn::Sub":
        text, own = node[name] if isinstance(node[name], list) else (node[name], {})
        found = [key.split(".")[0] for key in placeholders(text) if key not in own]
    return found + [one for value in node.values() for one in _references(value)]


def placeholders(text: str) -> list[str]:
    """The names between `${` and `}`, without the literal `${!...}`."""
    return [key for key in PLACEHOLDER.findall(text) if not key.startswith("!")]


def attribute_parts(value: Any) -> tuple[str, Any]:
    """Resource and attribute of a Fn::GetAtt."""
    if isinstance(value, str):
        value = value.split(".", 1)
    if len(value) < 2:
        raise template_error("Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute")
    return value[0], value[1]


def template_error(message: str) -> AwsError:
    """The refusal of a function that cannot be evaluated."""
    return AwsError("ValidationError", f"Template error: {message}")
