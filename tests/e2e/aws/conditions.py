"""The Condition block of an IAM policy. An operator or a key that is not known here is an error of the harness."""

from __future__ import annotations

import ipaddress
import re
from datetime import datetime, timezone
from typing import Any, Callable

from .base import HarnessError

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
GLOBAL_KEYS = {
    "aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:currenttime", "aws:epochtime",
    "aws:federatedprovider", "aws:multifactorauthpresent", "aws:principalaccount", "aws:principalarn",
    "aws:principalisawsservice", "aws:principalservicename", "aws:principaltype", "aws:requestedregion",
    "aws:resourceaccount", "aws:securetransport", "aws:sourceaccount", "aws:sourcearn", "aws:sourceip",
    "aws:tagkeys", "aws:userid", "aws:username", "aws:viaawsservice",
}  # fmt: skip
GLOBAL_PREFIXES = ("aws:requesttag/", "aws:resourcetag/", "aws:principaltag/")

Context = dict[str, list[str]]  # keys in lower case


def glob(pattern: str, value: str) -> bool:
    """IAM's wildcards: `*` any text, `?` one character; nothing else is special."""
    text = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(text, value, re.DOTALL) is not None


def arn_match(pattern: str, value: str) -> bool:
    """Each of the six parts of an ARN by itself; the last may hold colons."""
    left, right = pattern.split(":", 5), value.split(":", 5)
    if len(left) < 6 or len(right) < 6:
        return glob(pattern, value)
    return all(glob(one, other) for one, other in zip(left, right))


def substitute(text: str, context: Context) -> str | None:
    """Fills policy variables such as ${aws:PrincipalAccount}; None when the request has no such key."""
    missing = []

    def value(found: re.Match) -> str:
        name = found.group(1)
        if name in "*?$":
            return name
        values = context.get(name.split(",")[0].strip().lower(), [])
        if len(values) != 1:
            missing.append(name)
            return ""
        return values[0]

    filled = re.sub(r"\$\{([^}]*)\}", value, text)
    return None if missing else filled


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    return lambda policy, value: compare(float(value), float(policy))


def _date(compare: Callable[[datetime, datetime], bool]) -> Callable[[str, str], bool]:
    return lambda policy, value: compare(_moment(value), _moment(policy))


def _moment(text: str) -> datetime:
    if re.fullmatch(r"\d+", text):
        return datetime.fromtimestamp(int(text), timezone.utc)
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _in_network(policy: str, value: str) -> bool:
    return ipaddress.ip_address(value) in ipaddress.ip_network(policy, strict=False)


OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda policy, value: policy == value,
    "StringEqualsIgnoreCase": lambda policy, value: policy.lower() == value.lower(),
    "StringLike": glob,
    "ArnEquals": arn_match,
    "ArnLike": arn_match,
    "Bool": lambda policy, value: policy.lower() == value.lower(),
    "IpAddress": _in_network,
    "NumericEquals": _number(lambda a, b: a == b),
    "NumericLessThan": _number(lambda a, b: a < b),
    "NumericLessThanEquals": _number(lambda a, b: a <= b),
    "NumericGreaterThan": _number(lambda a, b: a > b),
    "NumericGreaterThanEquals": _number(lambda a, b: a >= b),
    "DateEquals": _date(lambda a, b: a == b),
    "DateLessThan": _date(lambda a, b: a < b),
    "DateLessThanEquals": _date(lambda a, b: a <= b),
    "DateGreaterThan": _date(lambda a, b: a > b),
    "DateGreaterThanEquals": _date(lambda a, b: a >= b),
}
NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}


def texts(value: Any) -> list[str]:
    """A policy's scalar or list as a list of texts."""
    values = value if isinstance(value, list) else [value]
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in values]


def satisfied(block: dict[str, dict[str, Any]], context: Context, known: Callable[[str], bool]) -> bool:
    """Whether every condition of the block holds. `known` says whether the harness knows a key at all."""
    results = []
    for operator, keys in block.items():
        for key, wanted in keys.items():
            if not known(key.lower()):
                raise HarnessError(f"condition key {key} is in no table")
            results.append(_holds(operator, key.lower(), texts(wanted), context))
    return all(results)


def _holds(operator: str, key: str, wanted: list[str], context: Context) -> bool:
    quantifier, _, name = operator.rpartition(":")
    if quantifier not in ("", "ForAllValues", "ForAnyValue"):
        raise HarnessError(f"condition operator {operator} is not known")
    values = context.get(key, [])
    if name == "Null":
        return texts(wanted) == ["true" if not values else "false"]
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    negated = name in NEGATED
    compare = OPERATORS.get(NEGATED.get(name, name))
    if compare is None:
        raise HarnessError(f"condition operator {operator} is not known")
    if not values:  # an absent key: "IfExists", "Not..." and ForAllValues hold, the rest do not
        return if_exists or quantifier == "ForAllValues" or (negated and quantifier != "ForAnyValue")
    filled = [text for text in (substitute(one, context) for one in wanted) if text is not None]
    matched = [any(compare(policy, value) for policy in filled) != negated for value in values]
    return any(matched) if quantifier == "ForAnyValue" else all(matched)
