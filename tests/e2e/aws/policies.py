"""Collects the policies that have a say, out of the storage of IAM (moto's) and of the services."""

from __future__ import annotations

import json
from typing import Any

from . import moto
from .base import Principal


def parsed(document: Any) -> dict | None:
    """A stored policy as a document, whatever form the storage keeps."""
    if not document:
        return None
    if isinstance(document, bytes):
        document = document.decode()
    return json.loads(document) if isinstance(document, str) else document


def default_version(policy: Any) -> str:
    """The text of a managed policy that counts."""
    return next(one.document for one in policy.versions if one.version_id == policy.default_version_id)


class PolicyStore:
    """Reads policies; never writes them."""

    def __init__(self, cloud: Any):
        self._cloud = cloud

    def role(self, arn: str) -> Any | None:
        """Moto's role of that ARN, or None."""
        account, name = arn.split(":")[4], arn.rsplit("/", 1)[-1]
        found = [role for role in moto.backend("iam", account, "aws").roles.values() if role.name == name]
        return found[0] if found and found[0].arn == arn else None

    def of(self, principal: Principal) -> tuple[list[dict], dict | None]:
        """Identity policies and permissions boundary. A role that is gone has no policies any more."""
        if principal.documents:
            return list(principal.documents), None
        role = self.role(principal.iam_arn) if principal.iam_arn.startswith("arn:aws:iam:") else None
        if role is None:
            return [], None
        texts = [*role.policies.values(), *(default_version(policy) for policy in role.managed_policies.values())]
        boundary = role.permissions_boundary_arn
        return [parsed(text) for text in texts], self.managed(role.account_id, boundary) if boundary else None

    def managed(self, account: str, arn: str) -> dict:
        """The default version of a managed policy; one that is gone allows nothing."""
        found = moto.backend("iam", account, "aws").managed_policies.get(arn)
        return parsed(default_version(found)) if found else {"Statement": []}

    def of_resource(self, arn: str) -> dict | None:
        """The policy on the resource itself, where its service has such."""
        service = arn.split(":")[2] if arn.startswith("arn:") else ""
        if service == "s3":
            return parsed(self._cloud.buckets.policy(arn.removeprefix("arn:aws:s3:::").split("/")[0]))
        stub = self._cloud.stub(service)
        if stub is not None:
            return parsed(stub.resource_policy(arn))
        return parsed(self._ecr(arn)) if service == "ecr" else None

    @staticmethod
    def _ecr(arn: str) -> Any:
        region, account, name = arn.split(":")[3], arn.split(":")[4], arn.split("repository/", 1)[-1]
        repository = moto.backend("ecr", account, region).repositories.get(name)
        return repository.policy if repository else None

    def tags(self, arn: str) -> dict[str, str] | None:
        """The tags of a resource, for aws:ResourceTag; None where its service does not tell the harness."""
        service = arn.split(":")[2] if arn.startswith("arn:") else ""
        stub = self._cloud.stub({"elasticloadbalancing": "elbv2"}.get(service, service))
        return stub.resource_tags(arn) if stub is not None else None
