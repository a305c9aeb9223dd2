"""Gives a template's parameters their values: defaults, previous values, types and constraints."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Callable

from ..base import HarnessError
from .template import invalid

HIDDEN = "****"
DECLARATION = {
    "Type", "Default", "Description", "AllowedValues", "AllowedPattern", "ConstraintDescription",
    "MinLength", "MaxLength", "MinValue", "MaxValue", "NoEcho",
}  # fmt: skip
SSM = re.compile(r"AWS::SSM::Parameter::Value<(.+)>")


@dataclass
class Parameter:
    """One parameter with the value that a person gave and what it stands for."""

    key: str
    text: str
    value: Any
    hidden: bool
    resolved: str | None = None  # what the named SSM parameter held

    def shown(self) -> dict[str, str]:
        """As DescribeStacks shows it."""
        answer = {"ParameterKey": self.key, "ParameterValue": HIDDEN if self.hidden else self.text}
        if self.resolved is not None:
            answer["ResolvedValue"] = self.resolved
        return answer


def resolve(
    declared: dict[str, Any],
    given: list[dict[str, Any]],
    previous: dict[str, Parameter],
    fetch: Callable[[str], str],
) -> dict[str, Parameter]:
    """Every declared parameter with its value, or the refusal that CloudFormation would answer."""
    texts = _texts(declared, given, previous)
    missing = [key for key in declared if key not in texts]
    if missing:
        raise invalid(f"Parameters: [{', '.join(missing)}] must have values")
    return {key: _parameter(key, declared[key], texts[key], fetch) for key in declared}


def _texts(declared: dict, given: list[dict], previous: dict[str, Parameter]) -> dict[str, str]:
    keys = [one["ParameterKey"] for one in given]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise invalid(f"Parameters: [{', '.join(twice)}] are duplicated")
    unknown = [key for key in keys if key not in declared]
    if unknown:
        raise invalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    texts = {key: _plain(one["Default"]) for key, one in declared.items() if "Default" in one}
    for one in given:
        key = one["ParameterKey"]
        if not one.get("UsePreviousValue"):
            texts[key] = one.get("ParameterValue", "")
        elif key not in previous:
            raise invalid(
                f"Invalid input for parameter key {key}. "
                "Cannot specify usePreviousValue as true for a parameter key not in the previous template"
            )
        else:
            texts[key] = previous[key].text
    return texts


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _parameter(key: str, declaration: dict, text: str, fetch: Callable[[str], str]) -> Parameter:
    unknown = sorted(set(declaration) - DECLARATION)
    if unknown:
        raise invalid(f"Invalid template parameter property '{unknown[0]}'")
    kind, resolved = declaration.get("Type", "String"), None
    content = text
    ssm = SSM.fullmatch(kind)
    if ssm:
        kind, content = ssm.group(1), fetch(text)
        resolved = content
    value = _typed(key, kind, content)
    for one in [text] if ssm or not isinstance(value, list) else value:
        _check(key, kind, declaration, one)
    hidden = _plain(declaration.get("NoEcho", False)).lower() == "true"
    return Parameter(key, text, value, hidden, resolved)


def _typed(key: str, kind: str, text: str) -> Any:
    if kind == "Number":
        return _number(key, text)
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        # An empty text is a list of one empty text.
        items = [item.strip() for item in text.split(",")]
        return [_number(key, item) for item in items] if kind == "List<Number>" else items
    if kind == "String" or kind.startswith("AWS::"):
        return text
    raise HarnessError(f"the parameter type {kind} is not emulated")


def _number(key: str, text: str) -> str:
    try:
        float(text)
    except ValueError:
        raise invalid(f"Parameter '{key}' must be a number") from None
    return text  # CloudFormation keeps numbers as the texts they came as


def _check(key: str, kind: str, declaration: dict, text: str) -> None:
    problem = next((message for wrong, message in _rules(key, kind, declaration, text) if wrong), None)
    if problem is None:
        return
    reason = declaration.get("ConstraintDescription")
    raise invalid(f"Parameter {key} failed to satisfy constraint: {reason}" if reason else problem)


def _rules(key: str, kind: str, declaration: dict, text: str) -> list[tuple[bool, str]]:
    rules = []
    if "AllowedValues" in declaration:
        allowed = [_plain(one) for one in declaration["AllowedValues"]]
        rules.append((text not in allowed, f"Parameter '{key}' must be one of AllowedValues"))
    if "AllowedPattern" in declaration:
        pattern = declaration["AllowedPattern"]
        rules.append((re.fullmatch(pattern, text) is None, f"Parameter '{key}' must match pattern {pattern}"))
    if "MinLength" in declaration:
        least = int(declaration["MinLength"])
        rules.append((len(text) < least, f"Parameter '{key}' must contain at least {least} characters"))
    if "MaxLength" in declaration:
        most = int(declaration["MaxLength"])
        rules.append((len(text) > most, f"Parameter '{key}' must contain at most {most} characters"))
    if "MinValue" in declaration:
        least = declaration["MinValue"]
        rules.append((float(text) < float(least), f"Parameter '{key}' must be a number not less than {least}"))
    if "MaxValue" in declaration:
        most = declaration["MaxValue"]
        rules.append((float(text) > float(most), f"Parameter '{key}' must be a number not greater than {most}"))
    return rules
