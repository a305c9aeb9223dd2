"""One step of a stack's operation: a resource is made, changed, put back or deleted, with its events."""

from __future__ import annotations

from typing import Any

from . import names, scope
from .failures import EXPECTED, Stopped, of_harness, reason
from .model import Resource, Stack, Wish
from .order import creation_order
from .resources import row, tags
from .resources.parts import Work


class Steps:
    """The steps of one operation on one stack."""

    def __init__(self, engine: Any, stack: Stack, wish: Wish | None, client: Any, id: str, token: str | None):
        self.engine, self.stack, self.wish, self.client, self.id, self.token = engine, stack, wish, client, id, token

    def event(self, resource: Resource, status: str, why: str | None = None) -> None:
        """Sets the resource's status and writes it down."""
        resource.status, resource.reason, resource.time = status, why, self.engine.cloud.clock.now()
        self.stack.log(resource.logical, resource.physical, resource.type, status, why, resource.time, self.token)

    def make(self, logical: str, template: dict[str, Any]) -> Resource:
        """Creates; a failure leaves the resource in the stack, for the rollback."""
        resource = Resource(logical, template["Type"], template=template, made_by=self.id)
        self.stack.resources[logical] = resource
        self.event(resource, "CREATE_IN_PROGRESS")
        with self.failing(resource, "CREATE_FAILED"):
            self._make(resource)
        self.event(resource, "CREATE_COMPLETE")
        return resource

    def _make(self, resource: Resource) -> None:
        properties = self.wanted(resource.template)
        resource.properties = properties
        resource.tags = self.engine.tags_of(self.stack, self.wish, resource.logical, resource.type)
        row(resource.type).make(self._work(resource, properties))
        self.event(resource, "CREATE_IN_PROGRESS", "Resource creation Initiated")

    def wanted(self, template: dict[str, Any]) -> dict[str, Any]:
        """The properties as they are to be now that what comes before exists."""
        return scope.wanted_properties(scope.resolver(self.engine, self.stack, self.wish), template)

    def change(
        self, resource: Resource, template: dict[str, Any], properties: dict, own_tags: dict, before: Resource
    ) -> None:
        """Changes in place, from what it was `before`."""
        self.event(resource, "UPDATE_IN_PROGRESS")
        resource.template = template
        with self.failing(resource, "UPDATE_FAILED"):
            work = self._work(resource, properties, own_tags)
            resource.properties, resource.tags = properties, own_tags
            row(resource.type).change(work, before.properties, self._all_tags(before))
        self.event(resource, "UPDATE_COMPLETE")

    def _all_tags(self, resource: Resource) -> dict[str, str]:
        return tags.wanted(self._work(resource, resource.properties), resource.type)

    def delete(self, resource: Resource) -> None:
        """Deletes."""
        self.event(resource, "DELETE_IN_PROGRESS")
        with self.failing(resource, "DELETE_FAILED"):
            row(resource.type).remove(self._work(resource, resource.properties))
        self.event(resource, "DELETE_COMPLETE")

    def skip(self, resource: Resource) -> None:
        """Leaves it behind."""
        self.event(resource, "DELETE_SKIPPED")

    def exists(self, logical: str, kind: str, properties: dict[str, Any]) -> str | None:
        """The name that this resource is to have, if something bears it already."""
        return properties[row(kind).name] if row(kind).present(self._work(Resource(logical, kind), properties)) else None

    def _work(self, resource: Resource, properties: dict[str, Any], own_tags: dict[str, str] | None = None) -> Work:
        seed = f"{self.stack.id}/{resource.logical}/{self.id}"
        return Work(
            cloud=self.engine.cloud, stack=self.stack, resource=resource, properties=dict(properties),
            client=self.client, tags=dict(resource.tags if own_tags is None else own_tags), options=self.engine,
            generate=lambda limit, lower: names.generated(self.stack.name, resource.logical, seed, limit, lower),
        )  # fmt: skip

    def failing(self, resource: Resource, status: str) -> "_Failing":
        """A block in which whatever goes wrong fails the resource."""
        return _Failing(self, resource, status)


class _Failing:
    """Turns whatever goes wrong inside into an event and a `Stopped`."""

    def __init__(self, steps: Steps, resource: Resource, status: str):
        self._steps, self._resource, self._status = steps, resource, status

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if error is None or not isinstance(error, EXPECTED):
            return
        if of_harness(error):
            self._steps.engine.cloud.note(f"CloudFormation, {self._resource.logical}: {error}", error)
        why = reason(error, row(self._resource.type).service)
        self._steps.event(self._resource, self._status, why)
        raise Stopped(self._resource.logical) from error


def deletion_order(resources: dict[str, Resource]) -> list[Resource]:
    """What depends on others first."""
    templates = {logical: resource.template for logical, resource in resources.items()}
    return [resources[logical] for logical in reversed(creation_order(templates))]
