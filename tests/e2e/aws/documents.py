"""Checks policy documents when they are stored, as IAM and the services with resource policies do."""

from __future__ import annotations

from typing import Any

from . import moto
from .conditions import texts
from .iam import statements


def principals_of(document: dict | None) -> list[tuple[str, str]]:
    """Every (kind, value) that the Principal elements name."""
    found = []
    for statement in statements(document or {}):
        element = statement.get("Principal", {})
        for kind, values in (element if isinstance(element, dict) else {"AWS": element}).items():
            found.extend((kind, value) for value in texts(values))
    return found


def absent_principals(cloud: Any, document: dict | None) -> list[tuple[str, str]]:
    """The roles and users in Principal elements that do not exist; accounts and services always do."""
    return [(kind, value) for kind, value in principals_of(document) if kind == "AWS" and not exists(cloud, value)]


def exists(cloud: Any, principal: str) -> bool:
    """Whether an AWS principal of a policy is there: IAM, S3, ECR and KMS refuse a policy that names an absent one."""
    if principal == "*" or (principal.isdigit() and len(principal) == 12):
        return True
    parts = principal.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        return False
    kind, _, name = parts[5].partition("/")
    if parts[2] == "iam" and kind == "role":
        return cloud.policies.role(principal) is not None
    if parts[2] == "sts" and kind == "assumed-role":
        return cloud.policies.role(f"arn:aws:iam::{parts[4]}:role/{name.split('/')[0]}") is not None
    if parts[2] == "iam" and kind == "user":
        users = moto.backend("iam", parts[4], "aws").users.values()
        return name == "administrator" or any(user.arn == principal for user in users)
    return parts[2] == "iam" and kind == "root"
