"""The decision of IAM: may this principal do this action on this resource, by all policies that have a say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Iterable

from .base import HarnessError, Principal
from .conditions import Context, arn_match, glob, satisfied, substitute, texts

STATEMENT = {
    "Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition",
}  # fmt: skip


@dataclass
class Question:
    """What is asked of IAM: one action on one resource, with everything the conditions may look at."""

    action: str
    resource: str
    context: Context
    known: Callable[[str], bool]


@dataclass
class Policies:
    """All policies with a say, as parsed documents. None for the boundary means there is none."""

    identity: list[dict] = field(default_factory=list)
    boundary: dict | None = None
    session: list[dict] = field(default_factory=list)
    resource: dict | None = None


def allowed(principal: Principal, policies: Policies, question: Question, same_account: bool) -> tuple[bool, str]:
    """The answer, and in words why not.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    identity = [*policies.identity, *([policies.boundary] if policies.boundary else []), *policies.session]
    if any(effects(one, question)["Deny"] for one in identity):
        return False, "with an explicit deny in an identity-based policy"
    by_resource = resource_effects(policies.resource, question, principal)
    if by_resource["Deny"]:
        return False, "with an explicit deny in a resource-based policy"
    by_identity = any(effects(one, question)["Allow"] for one in policies.identity)
    granted = by_resource["Allow"] or (by_resource["Delegated"] and by_identity)
    if not (by_identity or (granted and same_account)):
        return False, f"because no identity-based policy allows the {question.action} action"
    if not same_account and not granted:
        return False, f"because no resource-based policy allows the {question.action} action"
    if policies.boundary is not None and not effects(policies.boundary, question)["Allow"]:
        return False, f"because no permissions boundary allows the {question.action} action"
    if policies.session and not any(effects(one, question)["Allow"] for one in policies.session):
        return False, f"because no session policy allows the {question.action} action"
    return True, ""


def statements(document: dict) -> Iterable[dict]:
    """The statements of a document; an element that is not known here is an error of the harness."""
    found = document.get("Statement", [])
    for statement in found if isinstance(found, list) else [found]:
        unknown = set(statement) - STATEMENT
        if unknown:
            raise HarnessError(f"policy element {', '.join(sorted(unknown))} is not known")
        yield statement


def effects(document: dict, question: Question) -> dict[str, bool]:
    """Whether some statement of an identity-based policy allows, and whether one denies."""
    met = {"Allow": False, "Deny": False}
    for statement in statements(document):
        if applies(statement, question):
            met[statement["Effect"]] = True
    return met


def resource_effects(document: dict | None, question: Question, principal: Principal) -> dict[str, bool]:
    """The same for a resource-based policy; naming the whole account only delegates to its identity policies."""
    met = {"Allow": False, "Deny": False, "Delegated": False}
    for statement in statements(document or {}):
        how = names(statement.get("Principal", {}), principal)
        if how is not None and applies(statement, question):
            effect = statement["Effect"]
            met["Delegated" if effect == "Allow" and how == "account" else effect] = True
    return met


def names(element: Any, principal: Principal) -> str | None:
    """How a Principal element names this principal: `itself`, `account`, or None for not at all."""
    if element == "*":
        return "itself"
    own = {principal.arn, principal.iam_arn}
    for kind, values in element.items():
        if kind not in ("AWS", "Service", "Federated"):
            raise HarnessError(f"a principal of the kind {kind} is not known")
        for value in texts(values):
            if value == "*" or (value in own and kind == kind_of(principal)):
                return "itself"
            if kind == "AWS" and principal.account and value in account_names(principal.account):
                return "account"
    return None


def kind_of(principal: Principal) -> str:
    """Under which name of a Principal element this principal is listed."""
    return {"service": "Service", "federated": "Federated"}.get(principal.kind, "AWS")


def account_names(account: str) -> tuple[str, str]:
    """Both ways to write a whole account."""
    return account, f"arn:aws:iam::{account}:root"


def applies(statement: dict, question: Question) -> bool:
    """Whether action, resource and conditions of the statement match."""
    if not _action(statement, question.action) or not _resource(statement, question):
        return False
    return satisfied(statement.get("Condition", {}), question.context, question.known)


def _action(statement: dict, action: str) -> bool:
    key = "Action" if "Action" in statement else "NotAction"
    matched = any(glob(one.lower(), action.lower()) for one in texts(statement[key]))
    return matched == (key == "Action")


def _resource(statement: dict, question: Question) -> bool:
    if "Resource" not in statement and "NotResource" not in statement:
        return True  # a trust policy: the role itself is the resource
    key = "Resource" if "Resource" in statement else "NotResource"
    filled = [substitute(one, question.context) for one in texts(statement[key])]
    matched = any(arn_match(one, question.resource) for one in filled if one is not None)
    return matched == (key == "Resource")
