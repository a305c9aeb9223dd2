"""The rules of a repository: which tags may move, who else may use it, what expires."""

from __future__ import annotations

import json
from typing import Any

from ...base import AwsError, Call
from ..regional import listed, pairs
from . import lifecycle
from .state import Repository



class Rules:
    """The operations on a repository's rules; a part of the stub of ECR."""

    def put_image_tag_mutability(self, call: Call) -> dict:
        repository = self.repository(call)
        filters = call.params.get("imageTagMutabilityExclusionFilters")
        set_mutability(repository, call.params["imageTagMutability"], filters)
        answer = {**named(repository), "imageTagMutability": repository.mutability}
        return answer | ({"imageTagMutabilityExclusionFilters": repository.exclusions} if repository.exclusions else {})

    def put_image_scanning_configuration(self, call: Call) -> dict:
        repository = self.repository(call)
        repository.scanning = call.params["imageScanningConfiguration"]
        return {**named(repository), "imageScanningConfiguration": repository.scanning}

    def set_repository_policy(self, call: Call) -> dict:
        repository = self.repository(call)
        self._check_principals(json.loads(call.params["policyText"]))
        repository.policy = call.params["policyText"]
        return {**named(repository), "policyText": repository.policy}

    def _check_principals(self, policy: dict) -> None:
        """A policy that names a role which does not exist is refused; one that names an account is not."""
        for statement in policy["Statement"]:
            principal = statement.get("Principal", {})
            names = principal.get("AWS", []) if isinstance(principal, dict) else []
            for name in [names] if isinstance(names, str) else names:
                if ":role/" in name and self.cloud.policies.role(name) is None:
                    raise AwsError(
                        "InvalidParameterException",
                        "Invalid parameter at 'PolicyText' failed to satisfy constraint: "
                        "'Invalid repository policy provided'",
                    )

    def get_repository_policy(self, call: Call) -> dict:
        repository = self.repository(call)
        if repository.policy is None:
            raise _missing("RepositoryPolicyNotFoundException", "Repository", repository)
        return {**named(repository), "policyText": repository.policy}

    def delete_repository_policy(self, call: Call) -> dict:
        answer = self.get_repository_policy(call)
        self.repository(call).policy = None
        return answer

    def put_lifecycle_policy(self, call: Call) -> dict:
        repository = self.repository(call)
        lifecycle.check(json.loads(call.params["lifecyclePolicyText"]))
        repository.lifecycle = call.params["lifecyclePolicyText"]
        return {**named(repository), "lifecyclePolicyText": repository.lifecycle}

    def get_lifecycle_policy(self, call: Call) -> dict:
        repository = self.repository(call)
        if repository.lifecycle is None:
            raise _missing("LifecyclePolicyNotFoundException", "Lifecycle", repository)
        return {**named(repository), "lifecyclePolicyText": repository.lifecycle}

    def delete_lifecycle_policy(self, call: Call) -> dict:
        answer = self.get_lifecycle_policy(call)
        self.repository(call).lifecycle = None
        return answer

    def tag_resource(self, call: Call) -> dict:
        self._tagged(call).tags.update(pairs(call.params["tags"]))
        return {}

    def untag_resource(self, call: Call) -> dict:
        for key in call.params["tagKeys"]:
            self._tagged(call).tags.pop(key, None)
        return {}

    def list_tags_for_resource(self, call: Call) -> dict:
        return {"tags": listed(self._tagged(call).tags)}

    def _tagged(self, call: Call) -> Repository:
        arn = call.params["resourceArn"]
        return self.by_arn(arn) or self.here(call).repository(arn.rsplit("repository/", 1)[-1])


def set_mutability(repository: Repository, mutability: str, filters: list[dict] | None) -> None:
    """Filters belong to the two settings that have exclusions, and to those only."""
    if mutability.endswith("_WITH_EXCLUSION") != bool(filters):
        raise AwsError(
            "InvalidParameterException",
            f"Invalid parameter: imageTagMutabilityExclusionFilters do not go with imageTagMutability {mutability}",
        )
    repository.mutability, repository.exclusions = mutability, filters or []


def named(repository: Repository) -> dict:
    """How every answer says which repository it is about."""
    return {"registryId": repository.account, "repositoryName": repository.name}


def described(repository: Repository) -> dict:
    """A repository as DescribeRepositories shows it."""
    shown: dict[str, Any] = {
        **named(repository),
        "repositoryArn": repository.arn,
        "repositoryUri": repository.uri,
        "createdAt": repository.created,
        "imageTagMutability": repository.mutability,
        "imageScanningConfiguration": repository.scanning,
        "encryptionConfiguration": repository.encryption,
    }
    return shown | ({"imageTagMutabilityExclusionFilters": repository.exclusions} if repository.exclusions else {})


def _missing(code: str, what: str, repository: Repository) -> AwsError:
    text = f"{what} policy does not exist for the repository with name '{repository.name}' in the registry with id '{repository.account}'"
    return AwsError(code, text)
