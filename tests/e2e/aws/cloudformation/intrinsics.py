"""Evaluates intrinsic functions and conditions; what is only known later stays `LATER`."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any, Callable

from ..base import AwsError, HarnessError
from .references import PLACEHOLDER, attribute_parts, function_of, placeholders, template_error


class _Mark:
    def __init__(self, name: str):
        self.name = name

    def __repr__(self) -> str:
        return self.name

    def __deepcopy__(self, _: Any) -> "_Mark":
        return self


NO_VALUE = _Mark("AWS::NoValue")
LATER = _Mark("{{changeSet:KNOWN_AFTER_APPLY}}")


@dataclass
class Scope:
    """Everything that a function may look at."""

    parameters: dict[str, Any] = field(default_factory=dict)
    pseudo: dict[str, Any] = field(default_factory=dict)
    mappings: dict[str, Any] = field(default_factory=dict)
    conditions: dict[str, Any] = field(default_factory=dict)
    ref: Callable[[str], Any] = lambda name: LATER
    attribute: Callable[[str, str], Any] = lambda name, attribute: LATER
    imports: Callable[[str], Any] = lambda name: None
    zones: Callable[[str], Any] = lambda region: []


class Resolver:
    """Evaluates nodes of one template within one scope."""

    def __init__(self, scope: Scope):
        self.scope = scope
        self._conditions: dict[str, bool] = {}

    def value(self, node: Any) -> Any:
        """The node with every function replaced by its result; AWS::NoValue takes its key away."""
        if isinstance(node, list):
            return [item for item in map(self.value, node) if item is not NO_VALUE]
        name = function_of(node)
        if name is not None:
            return self._call(name, node[name])
        if isinstance(node, dict):
            pairs = ((key, self.value(item)) for key, item in node.items())
            return {key: item for key, item in pairs if item is not NO_VALUE}
        if isinstance(node, str) and "{{resolve:" in node:
            raise HarnessError(f"dynamic references are not emulated: {node}")
        return node

    def condition(self, name: str) -> bool:
        """Whether the named condition holds."""
        if name not in self.scope.conditions:
            raise template_error(f"Unresolved condition {name}")
        if name not in self._conditions:
            self._conditions[name] = self._test(self.scope.conditions[name])
        return self._conditions[name]

    def _test(self, node: Any) -> bool:
        (name, value), = node.items() if isinstance(node, dict) and len(node) == 1 else (("", None),)
        if name == "Condition":
            return self.condition(value)
        if name == "Fn::Equals":
            left, right = (_text(self.value(side)) for side in value)
            return left == right
        if name == "Fn::Not":
            return not self._test(value[0])
        if name == "Fn::And":
            return all([self._test(one) for one in value])
        if name == "Fn::Or":
            return any([self._test(one) for one in value])
        raise template_error(f"Conditions can only be boolean operations on parameters and other conditions: {node}")

    def _call(self, name: str, value: Any) -> Any:
        method = _FUNCTIONS.get(name)
        if method is None:
            raise HarnessError(f"the function {name} is not emulated")
        return method(self, value)

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self.scope.pseudo:
            return self.scope.pseudo[name]
        if name in self.scope.parameters:
            return self.scope.parameters[name]
        return self.scope.ref(name)

    def _get_att(self, value: Any) -> Any:
        logical, attribute = attribute_parts(value)
        return self.scope.attribute(logical, self.value(attribute))

    def _sub(self, value: Any) -> Any:
        text, own = (value[0], self.value(value[1])) if isinstance(value, list) else (value, {})
        known = {}
        for key in placeholders(text):
            if key in own:
                known[key] = own[key]
            elif "." in key and not key.startswith("AWS::"):
                known[key] = self._get_att(key)
            else:
                known[key] = self._ref(key)
        if any(item is LATER for item in known.values()):
            return LATER
        return PLACEHOLDER.sub(lambda match: self._placeholder(match.group(1), known), text)

    @staticmethod
    def _placeholder(key: str, known: dict[str, Any]) -> str:
        return "${" + key[1:] + "}" if key.startswith("!") else _text(known[key])

    def _join(self, value: Any) -> Any:
        separator, items = value[0], self.value(value[1])
        if items is LATER or LATER in items:
            return LATER
        if not isinstance(items, list):
            raise template_error("every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings")
        return separator.join(map(_text, items))

    def _select(self, value: Any) -> Any:
        index, items = int(self.value(value[0])), self.value(value[1])
        if items is LATER:
            return LATER
        if not 0 <= index < len(items):
            raise template_error(f"Fn::Select cannot select nonexistent value at index {index}")
        return items[index]

    def _split(self, value: Any) -> Any:
        text = self.value(value[1])
        return LATER if text is LATER else text.split(value[0])

    def _if(self, value: Any) -> Any:
        name, yes, no = value
        return self.value(yes if self.condition(name) else no)

    def _find_in_map(self, value: Any) -> Any:
        name, first, second = (self.value(one) for one in value[:3])
        try:
            return self.value(self.scope.mappings[name][_text(first)][_text(second)])
        except KeyError:
            raise template_error(f"Unable to get mapping for {name}::{first}::{second}") from None

    def _base64(self, value: Any) -> Any:
        text = self.value(value)
        return LATER if text is LATER else base64.b64encode(text.encode()).decode()

    def _get_azs(self, value: Any) -> Any:
        return self.scope.zones(self.value(value) or self.scope.pseudo["AWS::Region"])

    def _import_value(self, value: Any) -> Any:
        name = self.value(value)
        found = self.scope.imports(name)
        if found is None:
            raise AwsError("ValidationError", f"No export named {name} found.")
        return found


_FUNCTIONS: dict[str, Callable[[Resolver, Any], Any]] = {
    "Ref": Resolver._ref,
    "Fn::GetAtt": Resolver._get_att,
    "Fn::Sub": Resolver._sub,
    "Fn::Join": Resolver._join,
    "Fn::Select": Resolver._select,
    "Fn::Split": Resolver._split,
    "Fn::If": Resolver._if,
    "Fn::FindInMap": Resolver._find_in_map,
    "Fn::Base64": Resolver._base64,
    "Fn::GetAZs": Resolver._get_azs,
    "Fn::ImportValue": Resolver._import_value,
}


def _text(value: Any) -> str:
    """A scalar as CloudFormation writes it into a string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        raise template_error(f"a string is needed here, not {value!r}")
    return value if value is LATER else str(value)
