"""The authorisation table: which IAM actions, on which resources, with which condition keys an operation asks for.

One file per service, `actions/<botocore service>.tsv`, one line per operation and action, five columns:

    operation   action   resource   conditions   source

- `operation` is botocore's name. A `?` after it: the line counts only when every parameter in its resource is given
  (such as iam:PassRole for an optional RoleARN); `CreateApp?tags`: only when that parameter is given (such as a
  service's TagResource). Several lines of one operation are all demanded.
- `action` is the IAM action, `-` for an operation that needs no permission.
- `resource` is `*` or one or more ARN patterns, separated by spaces, all demanded. Placeholders: `{region}`,
  `{account}` (the caller's) and parameters: `{RoleName}`, nested `{Delete.Objects[].Key}`, each of a list
  `{services[]}`, filtered `{cluster|last}` (FILTERS below), with a default `{StackName:*}`, also
  `{registryId:@account}`. **A parameter that is itself an ARN replaces the whole pattern**, unless it is filtered.
- `conditions` is `-` or `key=value` pairs separated by spaces, values with the same placeholders; an absent parameter
  leaves the key away. `aws:RequestTag=@Tags` (a list of Key and Value, or a map) supplies aws:RequestTag/* and
  aws:TagKeys; `aws:ResourceTag=@` the tags of the resource (Service.resource_tags);
  `iam:PermissionsBoundary=@boundary` the boundary that the role has now.
- `source` is the AWS document that says so, or `unproven`.

Adding an operation is adding a line. An operation without a line is an error of the harness.
"""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator
from urllib.parse import unquote

from .base import Call, HarnessError

FOLDER = Path(__file__).parent / "actions"
PLACEHOLDER = re.compile(r"\{([A-Za-z][\w.\[\]]*)(?:\|(\w+))?(?::([^}]*))?\}")


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    service: str
    operation: str
    optional: bool
    when: str  # the parameter that must be given for the line to count; empty: none
    action: str
    resources: tuple[str, ...]
    conditions: tuple[tuple[str, str], ...]
    source: str


@functools.cache
def rows(service: str) -> dict[str, list[Row]]:
    """A service's lines by operation; empty for a service that has no table."""
    found: dict[str, list[Row]] = {}
    path = FOLDER / f"{service}.tsv"
    lines = path.read_text().splitlines()[1:] if path.exists() else []
    for number, line in enumerate(lines, 2):
        if line and not line.startswith("#"):
            row = _row(service, line, f"{path.name}:{number}")
            found.setdefault(row.operation, []).append(row)
    return found


def _row(service: str, line: str, where: str) -> Row:
    cells = line.split("\t")
    if len(cells) != 5 or not all(cells):
        raise HarnessError(f"{where} has not five filled columns")
    operation, action, resource, conditions, source = cells
    pairs = () if conditions == "-" else tuple(tuple(one.split("=", 1)) for one in conditions.split(" "))
    resources = tuple(resource.split(" "))
    name, mark, when = operation.partition("?")
    return Row(service, name, bool(mark) and not when, when, action, resources, pairs, source)


@functools.cache
def known_keys() -> frozenset[str]:
    """Every condition key that some line supplies, in lower case."""
    keys = set()
    for path in FOLDER.glob("*.tsv"):
        for row in itertools.chain.from_iterable(rows(path.stem).values()):
            keys.update(key.lower() for key, _ in row.conditions)
    return frozenset(keys)


def lookup(call: Call) -> list[Row]:
    """The lines of the call's operation; none is an error of the harness, never a yes."""
    found = rows(call.service).get(call.operation)
    if not found:
        raise HarnessError(f"{call.service}:{call.operation} is in no table: add a line to actions/{call.service}.tsv")
    return [row for row in found if not row.when or call.params.get(row.when)]


def resources_of(row: Row, call: Call) -> list[str]:
    """The ARNs a line asks for; empty when the line is optional and its parameters are absent."""
    found: list[str] = []
    for pattern in row.resources:
        filled = list(fill(pattern, call))
        if not filled and not row.optional:
            raise HarnessError(f"{call.service}:{call.operation}: a parameter of {pattern} is absent")
        found.extend(filled)
    return found


def fill(pattern: str, call: Call) -> Iterator[str]:
    """Every text that a pattern gives for a call: one for each value of its lists, none when a parameter is absent."""
    spots = list(PLACEHOLDER.finditer(pattern))
    choices = [list(_values(spot, call)) for spot in spots]
    for combination in itertools.product(*choices):
        whole = [text for spot, text in zip(spots, combination) if text.startswith("arn:") and not spot.group(2)]
        if whole:
            yield whole[-1]
            continue
        left = iter(combination)
        yield PLACEHOLDER.sub(lambda _: next(left), pattern)


def _values(spot: re.Match, call: Call) -> Iterator[str]:
    path, filtered, default = spot.groups()
    own = {"region": call.region, "account": call.account}
    values = [own[path]] if path in own else list(_descend(call.params, path.split(".")))
    if not values and default is not None:
        values = [own.get(default.removeprefix("@"), default)]
    for value in values:
        yield FILTERS[filtered](str(value)) if filtered else str(value)


FILTERS = {
    "last": lambda text: re.split(r"[/:]", text)[-1],
    "host": lambda text: text.removeprefix("https://"),
    "path": lambda text: text,
    "noslash": lambda text: text.removeprefix("/"),
    "copied": lambda text: unquote(text).removeprefix("/").split("?versionId=")[0],
    "bus": lambda text: "" if text in ("", "default") else re.split(r"[/:]", text)[-1] + "/",
    "project": lambda text: text.rsplit("/", 1)[-1].split(":")[0],
    # arn:aws:ecs:REGION:ACCOUNT:KIND/CLUSTER/SERVICE/ID
    "ecscluster": lambda text: f"{text.rsplit(':', 1)[0]}:cluster/{text.split('/')[1]}",
    "ecsservice": lambda text: f"{text.rsplit(':', 1)[0]}:service/{'/'.join(text.split('/')[1:3])}",
}


def _descend(value: Any, path: list[str]) -> Iterator[Any]:
    if not path:
        if value is not None:
            yield str(value).lower() if isinstance(value, bool) else value
        return
    name, many = path[0].removesuffix("[]"), path[0].endswith("[]")
    inner = value.get(name) if isinstance(value, dict) else None
    if inner is None:
        return
    for one in inner if many else [inner]:
        yield from _descend(one, path[1:])
