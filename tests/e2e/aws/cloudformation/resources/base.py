"""What a resource type is: a row that says which operations make, change and delete it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Mapping

import jmespath
from botocore.exceptions import ClientError

from ...base import HarnessError
from . import shapes, tags
from .parts import Aspect, Members, Tagging, Work, evaluate


@dataclass(frozen=True)
class Row:
    """A resource type in data.

    Expressions see `id` (the physical one; `tail` is what follows its last slash, `last` its last colon), `p`
    (properties), `a` (the create operation's answer), `r` (the read operation's), `t` (attributes), `account`, `region`.
    """

    type: str
    service: str
    create: str
    id: str
    delete: str
    key: Mapping[str, Any]
    update: str | None = None
    update_key: Mapping[str, Any] | None = None
    read: str | None = None
    read_key: Mapping[str, Any] | None = None
    found: str = "r"  # true of the read operation's answer where the resource is there
    also_read: tuple[str, ...] = ()  # what else the real handler reads, with the same key
    attributes: Mapping[str, str] = field(default_factory=dict)
    ref: str = "id"
    name: str | None = None
    name_id: str | None = None  # the physical id of what bears that name, where it is another
    limit: int = 64
    lower: bool = False
    renames: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)  # further arguments of create
    wrap: str | None = None  # the arguments of create and update go into this member
    ignored: tuple[str, ...] = ()  # properties that only the engine reads
    aspects: tuple[Aspect, ...] = ()
    lists: tuple[Members, ...] = ()
    inner_key: Mapping[str, Any] | None = None  # for `lists` and `sweep`, where their operations name it otherwise
    tagging: Tagging | None = None
    gone: tuple[str, ...] = ("NotFoundException", "ResourceNotFoundException", "NoSuchEntity")
    # Before the delete operation: (operation, JMESPath of items in its answer, delete operation, its arguments).
    sweep: tuple[tuple[str, str, str, Callable[[Any], dict]], ...] = ()

    def make(self, work: Work) -> None:
        """Creates the resource; `physical` is set as soon as there is something to delete again."""
        client, properties = work.client(self.service), dict(work.properties)
        if self.name and not properties.get(self.name):
            properties[self.name] = work.generate(self.limit, self.lower)
            work.resource.generated = properties[self.name]
        work.properties = properties
        answer = self.call(work, self.create, self._create_arguments(work, client))
        work.resource.physical = evaluate(self.id, work.facts(a=answer))
        for aspect in self.aspects:
            if aspect.property in properties and not aspect.in_create:
                self._put(work, aspect)
        for group in self.lists:
            if not group.in_create:
                self._adjust(work, group, [], properties.get(group.property) or [])
        self.refresh(work, answer)

    def change(self, work: Work, before: dict[str, Any], tags_before: dict[str, str]) -> None:
        """Brings the resource from the properties `before` to those wanted now."""
        client, name = work.client(self.service), work.resource.generated
        own = {self.name: name} if self.name and name else {}
        before, after = {**own, **before}, {**own, **work.properties}
        work.properties = after
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        left = changed - set(self.ignored) - {"Tags"}
        for aspect in self.aspects:
            if aspect.property in left:
                self._put(work, aspect) if aspect.property in after else self._remove(work, aspect, before)
        for group in self.lists:
            if group.property in left:
                self._adjust(work, group, before.get(group.property) or [], after.get(group.property) or [])
        left -= {part.property for part in (*self.aspects, *self.lists)}
        if left:
            self._update(work, client, left)
        tags.change(work, self.tagging, self.service, self.type, tags_before, self.call)
        self.refresh(work, {})

    def remove(self, work: Work) -> None:
        """Deletes the resource; one that is gone already is fine."""
        for listing, items, deletion, arguments in self.sweep:
            key = self._key(work, self.inner_key or self.key)
            for item in jmespath.search(items, self.call(work, listing, key, quiet=True)) or []:
                self.call(work, deletion, {**key, **arguments(item)}, quiet=True)
        self.call(work, self.delete, self._key(work, self.key), quiet=True)

    def _create_arguments(self, work: Work, client: Any) -> dict[str, Any]:
        apart = {part.property for part in (*self.aspects, *self.lists) if not part.in_create}
        plain = {
            name: value for name, value in work.properties.items()
            if name not in apart and name not in self.ignored and name != "Tags"
        }  # fmt: skip
        inner = self._inner(work, client, self.create, plain)
        extra = {name: evaluate(value, work.facts()) for name, value in self.extra.items()}
        given = {name: value for name, value in extra.items() if value is not None}
        return {**inner, **tags.create_arguments(work, client, self.create, self.type), **given}

    def _inner(self, work: Work, client: Any, method: str, properties: Mapping[str, Any]) -> dict[str, Any]:
        if self.wrap is None:
            return shapes.arguments(client, method, properties, self.renames, self.type)
        shape = shapes.members(client, method)[self.wrap]
        return {self.wrap: shapes.convert(shape, dict(properties), self.renames, self.type)}

    def _update(self, work: Work, client: Any, left: set[str]) -> None:
        if self.update is None:
            raise HarnessError(f"{self.type}: nothing here changes {sorted(left)} in place")
        apart = {part.property for part in (*self.aspects, *self.lists)} | set(self.ignored) | {"Tags"}
        inputs = shapes.members(client, self.update)
        if self.wrap:
            inputs = inputs[self.wrap].members
        unknown = [name for name in left if shapes.member(inputs, name, self.renames) is None]
        if unknown:
            raise HarnessError(f"{self.type}: {self.update} does not take {unknown}")
        plain = {
            name: value for name, value in work.properties.items()
            if name not in apart and shapes.member(inputs, name, self.renames)
        }  # fmt: skip
        key = self._key(work, self.key if self.update_key is None else self.update_key)
        self.call(work, self.update, {**self._inner(work, client, self.update, plain), **key})

    def _put(self, work: Work, aspect: Aspect) -> None:
        client, value = work.client(self.service), work.properties[aspect.property]
        if aspect.convert:
            value = aspect.convert(value)
        inputs = shapes.members(client, aspect.put)
        if aspect.argument:
            value = {aspect.argument: value}
        converted = {
            name: shapes.convert(inputs[name], item, self.renames, f"{self.type}.{aspect.property}")
            for name, item in ((shapes.member(inputs, key, self.renames) or key, item) for key, item in value.items())
        }
        self.call(work, aspect.put, {**self._key(work, aspect.key or self.key), **converted})

    def _remove(self, work: Work, aspect: Aspect, before: dict[str, Any]) -> None:
        if aspect.remove is None:
            raise HarnessError(f"{self.type}: nothing here takes {aspect.property} away (it was {before[aspect.property]})")
        self.call(work, aspect.remove, self._key(work, aspect.key or self.key))

    def _adjust(self, work: Work, group: Members, before: list, after: list) -> None:
        key = self._key(work, self.inner_key or self.key)
        for item in after:
            if item not in before:
                self.call(work, group.add, {**key, **group.add_arguments(item)})
        kept = [group.identity(item) for item in after]
        for item in before:
            if group.identity(item) not in kept:
                self.call(work, group.remove, {**key, **group.remove_arguments(item)}, quiet=True)

    def refresh(self, work: Work, answer: dict[str, Any]) -> None:
        """Reads the resource as the real handler does, for what GetAtt gives."""
        read = {}
        if self.read:
            key = self._key(work, self.key if self.read_key is None else self.read_key)
            read = self.call(work, self.read, key)
            for method in self.also_read:
                self.call(work, method, key, quiet=True)
        facts = work.facts(a=answer, r=read)
        fresh = {name: evaluate(expression, facts) for name, expression in self.attributes.items()}
        work.resource.attributes.update({name: value for name, value in fresh.items() if value is not None})

    def present(self, work: Work) -> bool:
        """Whether something already has the wanted name; what may not be looked at counts as absent."""
        if not self.read or not self.name or not work.properties.get(self.name):
            return False
        work.resource.physical = work.properties[self.name]
        if self.name_id:
            work.resource.physical = evaluate(self.name_id, work.facts())
        try:
            read = self.call(work, self.read, self._key(work, self.key if self.read_key is None else self.read_key))
        except ClientError:
            return False
        return bool(evaluate(self.found, work.facts(r=read)))

    def _key(self, work: Work, key: Mapping[str, Any]) -> dict[str, Any]:
        facts = work.facts()
        pairs = ((name, evaluate(expression, facts)) for name, expression in key.items())
        return {name: value for name, value in pairs if value is not None}

    def call(self, work: Work, method: str, arguments: dict[str, Any], quiet: bool = False) -> dict[str, Any]:
        """One call through the door; `quiet` passes over what is gone already."""
        try:
            return getattr(work.client(self.service), method)(**arguments)
        except ClientError as error:
            if quiet and error.response["Error"]["Code"] in self.gone:
                return {}
            raise
