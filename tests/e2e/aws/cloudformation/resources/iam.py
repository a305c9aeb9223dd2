"""IAM: roles, policies and identity providers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .base import Row
from .parts import Aspect, Members, Tagging, Work


def _inline(policy: dict[str, Any]) -> dict[str, Any]:
    # The translator's policies have no version, and the real stacks come up with them; moto's IAM wants one.
    document = {"Version": "2012-10-17", **policy["PolicyDocument"]}
    return {"PolicyName": policy["PolicyName"], "PolicyDocument": json.dumps(document)}


@dataclass(frozen=True)
class ManagedPolicy(Row):
    """A policy keeps five versions at most, so the oldest one makes room."""

    def change(self, work: Work, before: dict[str, Any], tags_before: dict[str, str]) -> None:
        """A new default version for a new document."""
        if work.properties["PolicyDocument"] != before["PolicyDocument"]:
            versions = self.call(work, "list_policy_versions", {"PolicyArn": work.resource.physical})["Versions"]
            old = sorted((one for one in versions if not one["IsDefaultVersion"]), key=lambda one: int(one["VersionId"][1:]))
            if len(versions) >= 5:
                self.call(work, "delete_policy_version", {"PolicyArn": work.resource.physical, "VersionId": old[0]["VersionId"]})
        super().change(work, before, tags_before)


@dataclass(frozen=True)
class InlinePolicy(Row):
    """AWS::IAM::Policy: one inline policy on several roles."""

    def make(self, work: Work) -> None:
        """Puts it on each role; roles are all that is emulated."""
        work.resource.physical = work.generate(self.limit, False)
        for role in work.properties.get("Roles", []):
            self.call(work, self.create, {"RoleName": role, **_inline(work.properties)})

    def change(self, work: Work, before: dict[str, Any], tags_before: dict[str, str]) -> None:
        """Puts it on the roles wanted now and takes it from the others."""
        name, now = before["PolicyName"], work.properties
        for role in now.get("Roles", []):
            self.call(work, self.create, {"RoleName": role, **_inline(now)})
        for role in before.get("Roles", []):
            if role not in now.get("Roles", []) or name != now["PolicyName"]:
                self.call(work, self.delete, {"RoleName": role, "PolicyName": name}, quiet=True)

    def remove(self, work: Work) -> None:
        """Takes it from every role."""
        for role in work.properties.get("Roles", []):
            arguments = {"RoleName": role, "PolicyName": work.properties["PolicyName"]}
            self.call(work, self.delete, arguments, quiet=True)


ROLE_KEY = {"RoleName": "id"}
ROWS = [
    Row(
        type="AWS::IAM::Role", service="iam", name="RoleName",
        create="create_role", id="p.RoleName", key=ROLE_KEY,
        read="get_role", also_read=("list_role_policies", "list_attached_role_policies"),
        update="update_role", delete="delete_role",
        attributes={"Arn": "r.Role.Arn", "RoleId": "r.Role.RoleId"},
        aspects=(
            Aspect("AssumeRolePolicyDocument", "update_assume_role_policy", "PolicyDocument", in_create=True),
            Aspect("PermissionsBoundary", "put_role_permissions_boundary", "PermissionsBoundary",
                   remove="delete_role_permissions_boundary", in_create=True),
        ),
        lists=(
            Members("ManagedPolicyArns", "attach_role_policy", "detach_role_policy",
                    add_arguments=lambda arn: {"PolicyArn": arn}, remove_arguments=lambda arn: {"PolicyArn": arn}),
            Members("Policies", "put_role_policy", "delete_role_policy", identity=lambda one: one["PolicyName"],
                    add_arguments=_inline, remove_arguments=lambda one: {"PolicyName": one["PolicyName"]}),
        ),
        tagging=Tagging("RoleName", "id", "tag_role", "untag_role", "TagKeys"),
        sweep=(
            ("list_attached_role_policies", "AttachedPolicies[]", "detach_role_policy",
             lambda one: {"PolicyArn": one["PolicyArn"]}),
            ("list_role_policies", "PolicyNames[]", "delete_role_policy", lambda name: {"PolicyName": name}),
        ),
    ),
    ManagedPolicy(
        type="AWS::IAM::ManagedPolicy", service="iam", name="ManagedPolicyName", limit=128,
        name_id="join('', ['arn:aws:iam::', account, ':policy', p.Path || '/', p.ManagedPolicyName])",
        create="create_policy", id="a.Policy.Arn", key={"PolicyArn": "id"},
        renames={"ManagedPolicyName": "PolicyName"}, read="get_policy", delete="delete_policy",
        attributes={"PolicyArn": "id", "PolicyId": "r.Policy.PolicyId", "DefaultVersionId": "r.Policy.DefaultVersionId"},
        aspects=(Aspect("PolicyDocument", "create_policy_version", in_create=True,
                        convert=lambda document: {"PolicyDocument": document, "SetAsDefault": True}),),
        lists=(Members("Roles", "attach_role_policy", "detach_role_policy",
                       add_arguments=lambda role: {"RoleName": role}, remove_arguments=lambda role: {"RoleName": role}),),
        sweep=(
            ("list_entities_for_policy", "PolicyRoles[]", "detach_role_policy", lambda one: {"RoleName": one["RoleName"]}),
            ("list_policy_versions", "Versions[?!IsDefaultVersion]", "delete_policy_version",
             lambda one: {"VersionId": one["VersionId"]}),
        ),
    ),
    InlinePolicy(
        type="AWS::IAM::Policy", service="iam", create="put_role_policy", id="id", key={}, delete="delete_role_policy",
    ),
    Row(
        type="AWS::IAM::OIDCProvider", service="iam",
        create="create_open_id_connect_provider", id="a.OpenIDConnectProviderArn",
        key={"OpenIDConnectProviderArn": "id"}, read="get_open_id_connect_provider",
        delete="delete_open_id_connect_provider", attributes={"Arn": "id"},
        aspects=(Aspect("ThumbprintList", "update_open_id_connect_provider_thumbprint", "ThumbprintList", in_create=True),),
        lists=(Members("ClientIdList", "add_client_id_to_open_id_connect_provider",
                       "remove_client_id_from_open_id_connect_provider", in_create=True,
                       add_arguments=lambda one: {"ClientID": one}, remove_arguments=lambda one: {"ClientID": one}),),
        tagging=Tagging("OpenIDConnectProviderArn", "id", "tag_open_id_connect_provider",
                        "untag_open_id_connect_provider", "TagKeys"),
    ),
]  # fmt: skip
