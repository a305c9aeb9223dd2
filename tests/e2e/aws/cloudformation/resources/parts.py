"""The parts that rows of resource types are made of, and what a handler is given to work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Mapping

import jmespath

from ..model import Resource, Stack


class Failed(Exception):
    """A resource could not be made, changed or deleted; the text is the event's reason."""


@dataclass
class Work:
    """One resource's turn: what it is to become, and clients that hold the stack's credentials."""

    cloud: Any
    stack: Stack
    resource: Resource
    properties: dict[str, Any]
    client: Callable[[str], Any]
    tags: dict[str, str]  # of the stack, and CloudFormation's own where the type takes them
    generate: Callable[[int, bool], str]  # a name of at most so many characters
    options: Any = None  # the engine, for its switches

    def facts(self, **more: Any) -> dict[str, Any]:
        """What the expressions of a row can name."""
        id = self.resource.physical or ""
        return {
            "id": id, "tail": id.rsplit("/", 1)[-1], "last": id.rsplit(":", 1)[-1], "p": self.properties,
            "t": self.resource.attributes, "account": self.stack.account, "region": self.stack.region, **more,
        }  # fmt: skip


def evaluate(expression: Any, facts: Mapping[str, Any]) -> Any:
    """A text after `=` is formatted, any other text is JMESPath; what is no text stands for itself."""
    if not isinstance(expression, str):
        return expression
    return expression[1:].format(**facts) if expression.startswith("=") else jmespath.search(expression, facts)


@dataclass(frozen=True)
class Aspect:
    """A property that an operation of its own sets."""

    property: str
    put: str
    argument: str | None = None  # the argument that takes the value; None: the value's own members are arguments
    remove: str | None = None
    convert: Callable[[Any], Any] | None = None
    in_create: bool = False  # the create operation takes it too
    key: Mapping[str, Any] | None = None  # another key than the row's


@dataclass(frozen=True)
class Members:
    """A property that is a list whose items are added and removed one by one."""

    property: str
    add: str
    remove: str
    identity: Callable[[Any], Any] = lambda item: item
    add_arguments: Callable[[Any], dict] = lambda item: {}
    remove_arguments: Callable[[Any], dict] = lambda item: {}
    in_create: bool = False


@dataclass(frozen=True)
class Tagging:
    """The operations that change tags later, and how they name the resource."""

    key: str
    arn: str
    add: str = "tag_resource"
    remove: str = "untag_resource"
    keys: str = "tagKeys"
