"""What moto does not refuse or do though AWS does: rules around its answers, by service and operation."""

from __future__ import annotations

from typing import Any, Callable

from .base import Call

Rule = Callable[[Any, Call], None]

BEFORE: dict[tuple[str, str], list[Rule]] = {}
AFTER: dict[tuple[str, str], list[Rule]] = {}


def before(service: str, *operations: str) -> Callable[[Rule], Rule]:
    """Runs the rule (cloud, call) before moto answers; it may raise AwsError. `*` is every operation."""

    def register(rule: Rule) -> Rule:
        for operation in operations:
            BEFORE.setdefault((service, operation), []).append(rule)
        return rule

    return register


def after(service: str, *operations: str) -> Callable[[Rule], Rule]:
    """Runs the rule after moto answered, with call.error and call.answer set; it may raise AwsError."""

    def register(rule: Rule) -> Rule:
        for operation in operations:
            AFTER.setdefault((service, operation), []).append(rule)
        return rule

    return register


def apply(rules: dict[tuple[str, str], list[Rule]], cloud: Any, call: Call) -> None:
    """Runs the rules for every operation of the service, then those of this one."""
    for operation in ("*", call.operation):
        for rule in rules.get((call.service, operation), ()):
            rule(cloud, call)


from . import rules_iam, rules_lambda, rules_s3  # noqa: E402, F401  (they register themselves)
