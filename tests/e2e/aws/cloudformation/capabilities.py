"""Which acknowledgements a template needs from its caller."""

from __future__ import annotations

from typing import Any

# The types and their name properties: AWS's list in the reference of CreateStack, Capabilities.
IAM_TYPES = {
    "AWS::IAM::AccessKey": None,
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Policy": None,
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::UserToGroupAddition": None,
}


def needed(template: dict[str, Any]) -> tuple[str | None, list[str]]:
    """The one capability that suffices, and the types that ask for it."""
    types, named = [], False
    for resource in template["Resources"].values():
        if resource["Type"] in IAM_TYPES:
            types.append(resource["Type"])
            name = IAM_TYPES[resource["Type"]]
            named = named or (name is not None and name in (resource.get("Properties") or {}))
    if not types:
        return None, []
    return ("CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM"), sorted(set(types))


def lacking(template: dict[str, Any], given: list[str]) -> str | None:
    """The capability that is needed and not given; the named one includes the other."""
    capability, _ = needed(template)
    if capability is None or capability in given or "CAPABILITY_NAMED_IAM" in given:
        return None
    return capability
