"""A resource's tags: its own, over those of its stack, over CloudFormation's."""

from __future__ import annotations

from typing import Any, Mapping

from ...base import HarnessError
from . import shapes
from .parts import Tagging, Work, evaluate


def wanted(work: Work, kind: str) -> dict[str, str]:
    """All tags that the resource is to have."""
    own = work.properties.get("Tags") or {}
    return {**work.tags, **{key: str(value) for key, value in shapes.pairs(own, f"{kind}.Tags")}}


def create_arguments(work: Work, client: Any, method: str, kind: str) -> dict[str, Any]:
    """The tags as an argument of the create operation, where it takes any."""
    inputs = shapes.members(client, method)
    name = shapes.member(inputs, "Tags", {})
    tags = wanted(work, kind)
    return {name: in_shape(inputs[name], tags)} if name and tags else {}


def in_shape(shape: Any, tags: Mapping[str, str]) -> Any:
    """As a map, or as a list of pairs in the service's own case.

    CloudFormation hands its own tags over by a way of its own; where the public operation refuses such names, they are left out.
    """
    if shape.type_name == "map":
        return {name: content for name, content in tags.items() if _taken(shape.key, name)}
    key, value = sorted(shape.member.members, key=str.lower)
    names = shape.member.members[key]
    return [{key: name, value: content} for name, content in tags.items() if _taken(names, name)]


def _taken(shape: Any, name: str) -> bool:
    pattern = shape.metadata.get("pattern", "")
    return not (name.startswith("aws:") and "(?!aws:)" in pattern)


def change(work: Work, tagging: Tagging | None, service: str, kind: str, before: Mapping[str, str], call: Any) -> None:
    """Brings the tags from `before` to those wanted now."""
    after = wanted(work, kind)
    if after == before:
        return
    if tagging is None:
        raise HarnessError(f"{kind}: nothing here changes tags")
    key = {tagging.key: evaluate(tagging.arn, work.facts())}
    gone = [name for name in before if name not in after]
    if gone:
        call(work, tagging.remove, {**key, tagging.keys: gone})
    new = {name: value for name, value in after.items() if before.get(name) != value}
    if new:
        inputs = shapes.members(work.client(service), tagging.add)
        name = shapes.member(inputs, "Tags", {})
        call(work, tagging.add, {**key, name: in_shape(inputs[name], new)})
