"""Compares a stack with a wish: what would be added, changed, replaced or taken away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from . import schema, scope
from .intrinsics import LATER
from .model import Stack, Wish
from .template import invalid

KEPT_ATTRIBUTES = ("Metadata", "CreationPolicy", "UpdatePolicy", "DeletionPolicy", "UpdateReplacePolicy")


@dataclass
class Change:
    """One line of a change set."""

    action: str  # Add, Modify or Remove
    logical: str
    type: str
    physical: str | None = None
    replacement: str | None = None  # True, False or Conditional
    scopes: list[str] = field(default_factory=list)
    properties: list[str] = field(default_factory=list)  # the names of those that change
    wanted: dict[str, Any] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """As DescribeChangeSet shows it."""
        answer: dict[str, Any] = {
            "Action": self.action, "LogicalResourceId": self.logical, "ResourceType": self.type, "Scope": self.scopes,
            "Details": [self._detail(name) for name in self.properties],
        }  # fmt: skip
        if self.physical:
            answer["PhysicalResourceId"] = self.physical
        if self.replacement:
            answer["Replacement"] = self.replacement
        return {"Type": "Resource", "ResourceChange": answer}

    def _detail(self, name: str) -> dict[str, Any]:
        recreation = {"True": "Always", "Conditional": "Conditionally"}.get(self.replacement or "", "Never")
        target = {"Attribute": "Properties", "Name": name, "RequiresRecreation": recreation}
        dynamic = _has_later(self.wanted.get(name))
        return {"Target": target, "Evaluation": "Dynamic" if dynamic else "Static", "ChangeSource": "DirectModification"}


def _has_later(value: Any) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    return any(map(_has_later, value)) if isinstance(value, list) else value is LATER


def compare(engine: Any, stack: Stack, wish: Wish) -> list[Change]:
    """All changes, those to make first; raises what CloudFormation refuses while it compares."""
    active, later = scope.active_resources(engine, stack, wish), set()
    resolve, changes = scope.resolver(engine, stack, wish, later.__contains__), []
    for logical, resource in active.items():
        wanted = scope.wanted_properties(resolve, resource)
        present = stack.resources.get(logical)
        if present is None or present.physical is None:
            later.add(logical)
            changes.append(Change("Add", logical, resource["Type"], wanted=wanted))
            continue
        if resource["Type"] != present.type:
            raise invalid(
                "Update of resource type is not permitted. The new template modifies resource type "
                f"of the following resources: [{logical}]"
            )
        change = _modify(present, resource, wanted, engine.tags_of(stack, wish, logical, resource["Type"]))
        if change is not None:
            changes.append(change)
            if change.replacement == "True":
                later.add(logical)
    for logical, present in stack.resources.items():
        if logical not in active:
            changes.append(Change("Remove", logical, present.type, present.physical))
    return changes


def _modify(present: Any, resource: dict[str, Any], wanted: dict[str, Any], tags: dict[str, str]) -> Change | None:
    before = present.properties
    names = sorted(name for name in before.keys() | wanted.keys() if before.get(name) != wanted.get(name))
    scopes = ["Properties"] if names else []
    scopes += ["Tags"] if tags != present.tags else []
    scopes += [name for name in KEPT_ATTRIBUTES if resource.get(name) != present.template.get(name)]
    if not scopes:
        return None
    replaced = bool(schema.of(present.type).replaces(before, wanted))
    return Change(
        "Modify", present.logical, resource["Type"], present.physical, str(replaced), scopes, names, wanted
    )


def changes_anything(engine: Any, stack: Stack, wish: Wish, changes: list[Change]) -> bool:
    """Whether CloudFormation would have anything to do; outputs count, descriptions do not."""
    if changes or stack.current is None:
        return True
    return scope.outputs(engine, stack, wish) != stack.outputs
