"""Checks values against botocore's shapes, both ways: what a client may send, and what a stub may answer."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Iterator

PLAIN = {
    "string": str,
    "character": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "timestamp": (datetime, int, float, str),
}


def problems(value: Any, shape: Any, path: str = "", limits: bool = True) -> Iterator[str]:
    """Every way in which `value` is not what `shape` allows.

    Without `limits`, lengths, ranges and patterns are left out: AWS's own answers do not keep to them.
    """
    kind = shape.type_name
    if kind == "structure":
        yield from _structure(value, shape, path, limits)
    elif kind == "list":
        yield from _list(value, shape, path, limits)
    elif kind == "map":
        yield from _map(value, shape, path, limits)
    elif kind in PLAIN:
        yield from _plain(value, shape, path, limits)


def _structure(value: Any, shape: Any, path: str, limits: bool) -> Iterator[str]:
    if shape.is_document_type:
        return
    if not isinstance(value, dict):
        yield f"{path or shape.name}: {type(value).__name__} is no structure"
        return
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"{path or shape.name}: {name} is required"
    for name, member in value.items():
        if name not in shape.members:
            yield f"{path or shape.name}: there is no member {name}"
        elif member is not None:
            yield from problems(member, shape.members[name], f"{path}.{name}".lstrip("."), limits)


def _list(value: Any, shape: Any, path: str, limits: bool) -> Iterator[str]:
    if not isinstance(value, (list, tuple)):
        yield f"{path}: {type(value).__name__} is no list"
        return
    if limits:
        yield from _range(len(value), shape, path, "members")
    for index, member in enumerate(value):
        yield from problems(member, shape.member, f"{path}[{index}]", limits)


def _map(value: Any, shape: Any, path: str, limits: bool) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: {type(value).__name__} is no map"
        return
    for key, member in value.items():
        yield from problems(key, shape.key, f"{path}[{key!r}]", limits)
        if member is not None:
            yield from problems(member, shape.value, f"{path}[{key!r}]", limits)


def _plain(value: Any, shape: Any, path: str, limits: bool) -> Iterator[str]:
    kind = shape.type_name
    if not isinstance(value, PLAIN[kind]) or (isinstance(value, bool) and kind in ("integer", "long")):
        yield f"{path}: {type(value).__name__} is no {kind}"
    elif kind == "string":
        yield from _text(value, shape, path, limits)
    elif limits and kind in ("integer", "long"):
        yield from _range(value, shape, path, "as a value")


def _text(value: str, shape: Any, path: str, limits: bool) -> Iterator[str]:
    allowed = getattr(shape, "enum", None)
    if allowed and value not in allowed:
        yield f"{path}: {value!r} is none of {', '.join(allowed)}"
    if not limits:
        return
    yield from _range(len(value), shape, path, "characters")
    pattern = shape.metadata.get("pattern")
    if pattern and not _fits(pattern, value):
        yield f"{path}: {value!r} does not match {pattern}"


def _fits(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value, re.DOTALL) is not None
    except re.error:  # a few patterns use Java's own notation
        return True


def _range(size: int, shape: Any, path: str, unit: str) -> Iterator[str]:
    if size < shape.metadata.get("min", size):
        yield f"{path}: {size} {unit} is less than {shape.metadata['min']}"
    if size > shape.metadata.get("max", size):
        yield f"{path}: {size} {unit} is more than {shape.metadata['max']}"
