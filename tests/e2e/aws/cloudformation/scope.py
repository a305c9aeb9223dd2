"""Builds what intrinsic functions see: one stack, one wish, and the resources as they are."""

from __future__ import annotations

from typing import Any, Callable

from ..base import HarnessError
from . import schema
from .intrinsics import LATER, Resolver, Scope
from .model import Resource, Stack, Wish
from .order import creation_order
from .resources import row
from .resources.parts import evaluate
from .template import invalid


def resolver(engine: Any, stack: Stack, wish: Wish, waiting: Callable[[str], bool] = lambda name: False) -> Resolver:
    """Evaluates nodes of the wish's template; what `waiting` says of a resource is only known later."""
    active = set(active_resources(engine, stack, wish))

    def resource(name: str) -> Resource | None:
        if name not in active:
            raise invalid(
                f"Template format error: Unresolved resource dependencies [{name}] in the Resources block of the template"
            )
        return None if waiting(name) else stack.resources.get(name)

    def ref(name: str) -> Any:
        found = resource(name)
        return LATER if found is None or found.physical is None else reference(found)

    def attribute(name: str, wanted: str) -> Any:
        kind = wish.template["Resources"][name]["Type"]
        check_attribute(name, kind, wanted)
        found = resource(name)
        return LATER if found is None or found.physical is None else found.attributes.get(wanted, LATER)

    scope = base_scope(engine, stack, wish)
    scope.ref, scope.attribute = ref, attribute
    return Resolver(scope)


def base_scope(engine: Any, stack: Stack, wish: Wish) -> Scope:
    """The scope without any resource: enough for conditions."""
    return Scope(
        parameters={key: one.value for key, one in wish.parameters.items()},
        pseudo={
            "AWS::Region": stack.region, "AWS::AccountId": stack.account, "AWS::Partition": "aws",
            "AWS::StackName": stack.name, "AWS::StackId": stack.id, "AWS::URLSuffix": "amazonaws.com",
            "AWS::NotificationARNs": [],
        },
        mappings=wish.template.get("Mappings") or {},
        conditions=wish.template.get("Conditions") or {},
        imports=lambda name: engine.exported(stack, name),
        zones=lambda region: [f"{region}{letter}" for letter in "abc"],
    )  # fmt: skip


def active_resources(engine: Any, stack: Stack, wish: Wish) -> dict[str, Any]:
    """The resources whose condition holds, in the order in which they can be made."""
    conditions = Resolver(base_scope(engine, stack, wish))
    found = {
        logical: resource
        for logical, resource in wish.template["Resources"].items()
        if "Condition" not in resource or conditions.condition(resource["Condition"])
    }
    return {logical: found[logical] for logical in creation_order(found)}


def reference(resource: Resource) -> Any:
    """What Ref gives."""
    return evaluate(row(resource.type).ref, {"id": resource.physical, "p": resource.properties, "t": resource.attributes})


def check_attribute(logical: str, kind: str, attribute: str) -> None:
    """Refuses an attribute that AWS's schema does not know; one that the row lacks is an error of the harness."""
    if attribute in row(kind).attributes:
        return
    if attribute.split(".")[0] not in schema.of(kind).properties:
        raise invalid(f"Template error: resource {logical} does not support attribute type {attribute} in Fn::GetAtt")
    raise HarnessError(f"{kind}: the attribute {attribute} is not emulated")


def wanted_properties(resolve: Resolver, resource: dict[str, Any]) -> dict[str, Any]:
    """The properties, evaluated and brought into the schema's types."""
    return schema.of(resource["Type"]).check(resolve.value(resource.get("Properties") or {}))


def outputs(engine: Any, stack: Stack, wish: Wish) -> list[dict[str, Any]]:
    """The outputs as DescribeStacks shows them."""
    resolve, found = resolver(engine, stack, wish), []
    for key, declared in (wish.template.get("Outputs") or {}).items():
        if "Condition" in declared and not resolve.condition(declared["Condition"]):
            continue
        value = resolve.value(declared["Value"])
        if not isinstance(value, (str, int, float, bool)) and value is not LATER:
            rule = "The Value field of every Outputs member must evaluate to a String."
            raise invalid(f"Template format error: Output {key} is malformed. {rule}")
        one = {"OutputKey": key, "OutputValue": value if value is LATER else str(value)}
        if "Description" in declared:
            one["Description"] = declared["Description"]
        if "Export" in declared:
            one["ExportName"] = resolve.value(declared["Export"]["Name"])
        found.append(one)
    return found
