"""What ECR keeps of one account and region: repositories with their rules, and when each image came."""

from __future__ import annotations

import fnmatch
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from images import registry as local

from ...base import AwsError
from . import lifecycle


@dataclass
class Image:
    """One manifest of a repository. Its bytes are in the registry."""

    digest: str
    media_type: str
    pushed: datetime
    size: int
    tags: list[str] = field(default_factory=list)


@dataclass
class Repository:
    """A repository and its rules."""

    name: str
    account: str
    region: str
    created: datetime
    place: str  # its name in the local registry
    mutability: str = "MUTABLE"
    exclusions: list[dict] = field(default_factory=list)
    scanning: dict = field(default_factory=lambda: {"scanOnPush": False})
    encryption: dict = field(default_factory=lambda: {"encryptionType": "AES256"})
    policy: str | None = None
    lifecycle: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    images: dict[str, Image] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        return f"arn:aws:ecr:{self.region}:{self.account}:repository/{self.name}"

    @property
    def uri(self) -> str:
        return f"{self.account}.dkr.ecr.{self.region}.amazonaws.com/{self.name}"

    def find(self, reference: dict) -> Image | None:
        """The image of an {imageDigest, imageTag}; both given must fit each other."""
        digest, tag = reference.get("imageDigest"), reference.get("imageTag")
        if digest:
            image = self.images.get(digest)
            return image if image is None or tag is None or tag in image.tags else None
        return next((image for image in self.images.values() if tag in image.tags), None)

    def immutable(self, tag: str) -> bool:
        """Whether the tag may not move once it is set."""
        excluded = any(fnmatch.fnmatchcase(tag, rule["filter"]) for rule in self.exclusions)
        return {
            "MUTABLE": False,
            "IMMUTABLE": True,
            "IMMUTABLE_WITH_EXCLUSION": not excluded,
            "MUTABLE_WITH_EXCLUSION": excluded,
        }[self.mutability]

    def move(self, tag: str, image: Image) -> None:
        """Sets a tag on an image and takes it from the one that had it."""
        for other in self.images.values():
            if tag in other.tags:
                other.tags.remove(tag)
        image.tags.append(tag)


class State:
    """The registry of one account in one region."""

    def __init__(self, cloud: Any, account: str, region: str):
        self.cloud, self.account, self.region = cloud, account, region
        self.repositories: dict[str, Repository] = {}

    def repository(self, name: str) -> Repository:
        """The repository, or the refusal that AWS gives."""
        if name not in self.repositories:
            raise AwsError(
                "RepositoryNotFoundException",
                f"The repository with name '{name}' does not exist in the registry with id '{self.account}'",
            )
        return self.repositories[name]

    def digest(self, repository: str, tag: str) -> str | None:
        """For tests: the digest that a tag names, or None."""
        found = self.repository(repository).find({"imageTag": tag})
        return found and found.digest

    def manifest(self, repository: str, digest: str) -> bytes:
        """The manifest as the registry holds it."""
        answer = local.shared().manifest(self.repository(repository).place, digest)
        if answer is None:
            raise local.RegistryError(f"the local registry lost {repository}@{digest}")
        return answer.body

    def delete_image(self, repository: Repository, digest: str) -> None:
        """Removes an image here and in the registry."""
        local.shared().delete_manifest(repository.place, digest)
        del repository.images[digest]

    def apply_lifecycle(self, name: str) -> list[str]:
        """Does what AWS does within a day: deletes what the lifecycle policy lets expire. Answers the digests."""
        repository = self.repository(name)
        if repository.lifecycle is None:
            return []
        expired = lifecycle.expired(json.loads(repository.lifecycle), repository.images.values(), self.cloud.clock.now())
        for digest in expired:
            self.delete_image(repository, digest)
        return expired
