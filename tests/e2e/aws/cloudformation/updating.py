"""The operation that changes a stack, and the way back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Iterator

from . import schema, scope
from .moves import move
from .creating import finished_outputs, kept
from .failures import Cancelled, Stopped
from .model import Resource, Wish
from .resources import row
from .work import Steps, deletion_order

NAMED = (
    "CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename {name} and update the stack again."
)


@dataclass
class Undo:
    """What a rollback puts back: newest last."""

    previous: Wish
    outputs: list[dict]
    id: str
    done: list[tuple[str, Resource | None]] = field(default_factory=list)  # logical id, what it was (None: nothing)
    surplus: list[Resource] = field(default_factory=list)  # physical resources that are not wanted any more
    removed: dict[str, Resource] = field(default_factory=dict)


def update(steps: Steps) -> Iterator[str]:
    """Adds and changes in the order of dependencies, then takes away what is no longer wanted."""
    stack = steps.stack
    undo = Undo(stack.current, stack.outputs, steps.id)
    stack.undo, stack.current = undo, steps.wish
    try:
        active = scope.active_resources(steps.engine, stack, steps.wish)
        for logical, template in active.items():
            yield logical
            if stack.cancelled:
                raise Cancelled
            _step(steps, undo, logical, template)
        undo.removed = {name: one for name, one in stack.resources.items() if name not in active}
        stack.outputs = finished_outputs(steps)
    except (Stopped, Cancelled) as failure:
        yield from _failed(steps, failure)
        return
    move(steps, "done", None)
    for resource in [*reversed(undo.surplus), *deletion_order(undo.removed)]:
        yield resource.logical
        _clean(steps, resource, "DeletionPolicy" if resource.logical in undo.removed else "UpdateReplacePolicy")
        if resource.logical in undo.removed:
            del stack.resources[resource.logical]
    stack.undo = None
    move(steps, "done", None)


def _clean(steps: Steps, resource: Resource, attribute: str) -> None:
    """A failed cleanup leaves the resource behind, and the stack is complete all the same."""
    if kept(steps, resource, False, attribute):
        steps.skip(resource)
        return
    try:
        steps.delete(resource)
    except Stopped:
        pass


def _step(steps: Steps, undo: Undo, logical: str, template: dict[str, Any]) -> None:
    stack = steps.stack
    present = stack.resources.get(logical)
    if present is None or present.physical is None:
        undo.done.append((logical, None))
        steps.make(logical, template)
        return
    with steps.failing(present, "UPDATE_FAILED"):
        properties = steps.wanted(template)
        tags = steps.engine.tags_of(stack, steps.wish, logical, template["Type"])
    if properties == present.properties and tags == present.tags:
        present.template = template
        return
    before = present.copy()
    undo.done.append((logical, before))
    if schema.of(present.type).replaces(present.properties, properties):
        _replace(steps, undo, present, template, properties)
    else:
        steps.change(present, template, properties, tags, before)


def _replace(steps: Steps, undo: Undo, present: Resource, template: dict, properties: dict) -> None:
    name = row(present.type).name
    reason = "Requested update requires the creation of a new physical resource; hence creating one."
    steps.event(present, "UPDATE_IN_PROGRESS", reason)
    own = properties.get(name) if name else None
    if own is not None and own == present.properties.get(name):
        steps.event(present, "UPDATE_FAILED", NAMED.format(name=own))
        raise Stopped(present.logical)
    old = present.copy()
    new = steps.make(present.logical, template)
    undo.surplus.append(old)
    new.status = "UPDATE_COMPLETE"


def _failed(steps: Steps, failure: Exception) -> Iterator[str]:
    if isinstance(failure, Cancelled):
        steps.stack.cancelled = False  # CancelUpdateStack has written the event
    else:
        reason = f"The following resource(s) failed to update: [{failure.logical}]. "
        keep = steps.wish.on_failure == "DO_NOTHING"
        move(steps, "failed, keep" if keep else "failed", reason)
        if keep:
            steps.stack.undo = None
            return
    yield from roll_back(steps, [])


def roll_back(steps: Steps, skipped: list[str]) -> Iterator[str]:
    """Back to the stack as it was; what cannot be put back leaves UPDATE_ROLLBACK_FAILED."""
    stack, undo = steps.stack, steps.stack.undo
    unwanted: list[Resource] = []
    steps.id = undo.id  # what the update has made counts as its own
    while undo.done:
        logical, before = undo.done[-1]
        yield logical
        try:
            if logical not in skipped:
                _put_back(steps, undo, logical, before, unwanted)
        except Stopped:
            move(steps, "failed", f"The following resource(s) failed to update: [{logical}]. ")
            return
        undo.done.pop()
    stack.current, stack.outputs = undo.previous, undo.outputs
    move(steps, "done", None)
    for resource in unwanted:
        yield resource.logical
        _clean_new(steps, resource)
    stack.undo = None
    move(steps, "done", None)


def _put_back(steps: Steps, undo: Undo, logical: str, before: Resource | None, unwanted: list[Resource]) -> None:
    now = steps.stack.resources[logical]
    if before is None:
        del steps.stack.resources[logical]
        unwanted.append(now)
        return
    replaced = next((one for one in undo.surplus if one.logical == logical), None)
    if now.physical != before.physical or replaced is not None:
        steps.stack.resources[logical] = before
        steps.event(before, "UPDATE_COMPLETE")
        undo.surplus = [one for one in undo.surplus if one is not replaced]
        unwanted.append(now)
        return
    if now.properties != before.properties or now.tags != before.tags:
        _change_back(steps, now, before)
    else:
        steps.event(now, "UPDATE_COMPLETE")


def _change_back(steps: Steps, now: Resource, before: Resource) -> None:
    tried = now.copy()
    try:
        steps.change(now, before.template, before.properties, before.tags, tried)
    except Stopped:
        # It is still what the update made of it, so the next attempt starts from there.
        now.template, now.properties, now.tags = tried.template, tried.properties, tried.tags
        raise


def _clean_new(steps: Steps, resource: Resource) -> None:
    if resource.physical is None:
        return
    if kept(steps, resource, True):
        steps.skip(resource)
        return
    try:
        steps.delete(resource)
    except Stopped:
        pass
