"""The operations that make a stack and that delete one; generators that stop before each resource."""

from __future__ import annotations

from typing import Iterator

from ..base import HarnessError
from . import scope
from .failures import Stopped
from .intrinsics import LATER
from .model import Resource
from .moves import move
from .work import Steps, deletion_order


def create(steps: Steps) -> Iterator[str]:
    """Makes every resource; the first failure decides the stack."""
    stack, wish = steps.stack, steps.wish
    stack.current = wish
    try:
        for logical, template in scope.active_resources(steps.engine, stack, wish).items():
            yield logical
            steps.make(logical, template)
        stack.outputs = finished_outputs(steps)
    except Stopped as failure:
        yield from _failed(steps, failure.logical)
        return
    move(steps, "done", None)


def finished_outputs(steps: Steps) -> list[dict]:
    """The outputs; by now every value must be there."""
    found = scope.outputs(steps.engine, steps.stack, steps.wish)
    missing = [one["OutputKey"] for one in found if one["OutputValue"] is LATER]
    if missing:
        steps.engine.cloud.note(f"CloudFormation, {steps.stack.name}: no value for the outputs {missing}")
        raise Stopped(missing[0])
    return found


def _failed(steps: Steps, logical: str) -> Iterator[str]:
    what = steps.wish.on_failure
    said = f"The following resource(s) failed to create: [{logical}]. "
    if what == "DO_NOTHING":
        move(steps, "failed, keep", said.strip())
        return
    event, next_step = ("failed, delete", "Delete") if what == "DELETE" else ("failed", "Rollback")
    move(steps, event, f"{said}{next_step} requested by user.")
    failed = yield from _delete_all(steps, rolling_back=True)
    if failed:
        move(steps, "failed", f"The following resource(s) failed to delete: [{', '.join(failed)}]. ")
        return
    move(steps, "done", None)
    if what == "DELETE":
        steps.stack.deleted = steps.engine.cloud.clock.now()


def delete(steps: Steps, retained: list[str]) -> Iterator[str]:
    """Deletes every resource that no policy keeps; what fails does not stop the others."""
    failed = yield from _delete_all(steps, rolling_back=False, retained=retained)
    if failed:
        move(steps, "failed", f"The following resource(s) failed to delete: [{', '.join(failed)}]. ")
        return
    move(steps, "done", None)
    steps.stack.deleted = steps.engine.cloud.clock.now()


def _delete_all(steps: Steps, rolling_back: bool, retained: list[str] | None = None) -> Iterator[str]:
    failed: list[str] = []
    for resource in deletion_order(steps.stack.resources):
        yield resource.logical
        if resource.logical in (retained or []) or (resource.physical and kept(steps, resource, rolling_back)):
            steps.skip(resource)
        elif resource.physical is None:
            resource.status = "DELETE_COMPLETE"
        elif resource.status != "DELETE_COMPLETE" and not _delete_one(steps, resource):
            failed.append(resource.logical)
    return failed


def _delete_one(steps: Steps, resource: Resource) -> bool:
    try:
        steps.delete(resource)
    except Stopped:
        return False
    return True


def kept(steps: Steps, resource: Resource, rolling_back: bool, attribute: str = "DeletionPolicy") -> bool:
    """Whether a policy keeps the resource. RetainExceptOnCreate lets go what the operation itself has made."""
    policy = resource.policy(attribute)
    if policy == "Snapshot":
        raise HarnessError(f"{resource.type}: snapshots are not emulated")
    own = rolling_back and resource.made_by == steps.id
    if policy == "Retain":
        return not (own and steps.wish is not None and steps.wish.retain_except_on_create)
    return policy == "RetainExceptOnCreate" and not own


