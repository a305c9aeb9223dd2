"""Asks IAM for each call: the table says what is demanded, the policies say whether it is granted."""

from __future__ import annotations

from typing import Any, Callable, Iterator

from . import table
from .base import AwsError, Call, Principal
from .conditions import GLOBAL_KEYS, GLOBAL_PREFIXES, Context
from .iam import Policies, Question, allowed
from .protocol import operation_model, spoken

Known = Callable[[str], bool]  # whether the harness knows a condition key
# What each protocol calls a refusal.
DENIED = {"ec2": "UnauthorizedOperation", "json": "AccessDeniedException", "rest-json": "AccessDeniedException"}
# Services whose code differs from their protocol's usual one.
DENIED_BY = {"s3": "AccessDenied"}


def known_key(key: str) -> bool:
    """Whether the harness knows a condition key: globally, or because some line of a table supplies it."""
    return key in GLOBAL_KEYS or key.startswith(GLOBAL_PREFIXES) or key in table.known_keys()


def known_without_tags(key: str) -> bool:
    """The same where the harness cannot tell a resource's tags: a condition on them must not be taken for a no."""
    return not key.startswith("aws:resourcetag/") and known_key(key)


class Authoriser:
    """The decision for every call of one Cloud. Deny by default; an operation in no table is no answer at all."""

    def __init__(self, cloud: Any):
        self._cloud = cloud

    def check(self, call: Call) -> None:
        """Raises the refusal that AWS would answer, or returns."""
        for row in table.lookup(call):
            if row.action == "-":
                continue
            if call.principal.kind == "anonymous":
                raise AwsError(*anonymous_refusal(call))
            for resource in table.resources_of(row, call):
                call.actions.append(row.action)
                self.demand(call, row.action, resource, *self._conditions(row, call, resource))

    def demand(
        self, call: Call, action: str, resource: str, extra: Context | None = None, known: Known = known_key
    ) -> None:
        """One action on one resource; raises the refusal. For a stub's own demands beyond the table."""
        yes, why = self.may(call, action, resource, extra, known)
        if not yes:
            raise AwsError(*refusal(call, action, resource, why))

    def may(
        self, call: Call, action: str, resource: str, extra: Context | None = None, known: Known = known_key
    ) -> tuple[bool, str]:
        """The decision without the raise, and why not. `extra` are condition keys beside the global ones."""
        owner = call.account if action == "s3:CreateBucket" else self.account_of(resource) or call.account
        context = {**global_context(call, owner), **(extra or {})}
        policies = self._policies(call.principal, resource)
        same = owner in (call.account, "aws")
        return allowed(call.principal, policies, Question(action, resource, context, known), same)

    def _policies(self, principal: Principal, resource: str) -> Policies:
        identity, boundary = self._cloud.policies.of(principal)
        document = self._cloud.policies.of_resource(resource)
        return Policies(identity, boundary, list(principal.session_policies), document)

    def owner(self, call: Call) -> str | None:
        """Whose storage a call works on, where that is not the caller's: another account's bucket or registry."""
        if call.service == "s3" and "Bucket" in call.params and call.operation != "CreateBucket":
            return self._cloud.buckets.owner(call.params["Bucket"])
        return call.params.get("registryId") if call.service == "ecr" else None

    def account_of(self, resource: str) -> str:
        """Whose resource it is; buckets are looked up, because their ARNs do not say."""
        if resource.startswith("arn:aws:s3:::"):
            return self._cloud.buckets.owner(resource.removeprefix("arn:aws:s3:::").split("/")[0]) or ""
        parts = resource.split(":")
        return parts[4] if len(parts) > 5 else ""

    def _conditions(self, row: table.Row, call: Call, resource: str) -> tuple[Context, Known]:
        context: Context = {}
        known = known_key
        for key, value in row.conditions:
            if key == "aws:RequestTag":
                context.update(request_tags(call.params, value.removeprefix("@")))
            elif key == "aws:ResourceTag":
                tags = self._cloud.policies.tags(resource)
                known = known_key if tags is not None else known_without_tags
                context.update({f"aws:resourcetag/{name.lower()}": [text] for name, text in (tags or {}).items()})
            elif value == "@boundary":
                role = self._cloud.policies.role(resource)
                context.update({key.lower(): [role.permissions_boundary_arn]} if role and role.permissions_boundary_arn else {})
            else:
                values = list(table.fill(value, call))
                if values:
                    context[key.lower()] = values
        return context, known


def request_tags(params: dict, path: str) -> Context:
    """aws:RequestTag/* and aws:TagKeys of a list of Key and Value (in any spelling) or a map."""
    found: Any = params
    for name in path.split("."):
        inner = found if isinstance(found, list) else [found or {}]
        values = [one[name] for one in inner if name in one]
        found = values[0] if len(values) == 1 else [tag for value in values for tag in value]
    pairs = dict(found.items()) if isinstance(found, dict) else dict(_pairs(found or []))
    context: Context = {f"aws:requesttag/{key.lower()}": [str(value)] for key, value in pairs.items()}
    return {**context, "aws:tagkeys": list(pairs)} if pairs else context


def _pairs(tags: list[dict]) -> Iterator[tuple[str, str]]:
    for tag in tags:
        lower = {name.lower(): value for name, value in tag.items()}
        yield lower.get("key", lower.get("tagkey")), lower.get("value", lower.get("tagvalue", ""))


def global_context(call: Call, owner: str) -> Context:
    """The keys that every request has. The local door stands for https, so SecureTransport is true."""
    principal, now = call.principal, call.time
    context = {
        "aws:principalarn": [principal.iam_arn],
        "aws:principalaccount": [principal.account],
        "aws:principaltype": ["User" if principal.kind == "user" else "AssumedRole"],
        "aws:userid": [principal.user_id],
        "aws:requestedregion": [call.region],
        "aws:resourceaccount": [owner],
        "aws:securetransport": ["true"],
        "aws:viaawsservice": ["true" if principal.via else "false"],
        "aws:principalisawsservice": ["true" if principal.kind == "service" else "false"],
        "aws:currenttime": [now.strftime("%Y-%m-%dT%H:%M:%SZ")],
        "aws:epochtime": [str(int(now.timestamp()))],
        "aws:sourceip": ["127.0.0.1"],
        "aws:calledvia": list(principal.via),
    }
    if principal.kind == "user":
        context["aws:username"] = [principal.name]
    context.update({f"aws:principaltag/{key.lower()}": [value] for key, value in principal.tags})
    return {key: values for key, values in context.items() if values and values != [""]}


def refusal(call: Call, action: str, resource: str, why: str) -> tuple[str, str, int]:
    """Code, message and status of a denied action, as the service words it."""
    protocol = spoken(operation_model(call.service, call.operation), call.request)
    code = DENIED_BY.get(call.service) or DENIED.get(protocol, "AccessDenied")
    on = "" if resource == "*" else f" on resource: {resource}"
    text = f"User: {call.principal.arn} is not authorized to perform: {action}{on} {why}"
    return code, text, 400 if protocol == "json" else 403


def anonymous_refusal(call: Call) -> tuple[str, str, int]:
    """What an unsigned request gets."""
    if call.service == "s3":
        return "AccessDenied", "Access Denied", 403
    return "MissingAuthenticationToken", "Missing Authentication Token", 403
