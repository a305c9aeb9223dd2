"""ECR: logins and repositories. Their rules are in rules.py, their images in images.py."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from images import bases
from images import registry as local

from ...base import AwsError, Call, Credentials
from ..regional import Regional, identifier, pairs
from .gate import Gate
from .images import Images
from .rules import Rules, described, set_mutability
from .state import Repository, State

TOKEN_HOURS = 12


@dataclass(frozen=True)
class Token:
    """What a registry password stands for."""

    credentials: Credentials
    expires: datetime


class Ecr(Images, Rules, Regional):
    """The stub. Docker clients reach the same repositories through `gate`, which calls this API for each of their requests."""

    name = "ecr"
    State = State

    def __init__(self, cloud: Any):
        super().__init__(cloud)
        self.prefix = identifier(12)  # keeps the images of one Cloud apart from another's
        self.tokens: dict[str, Token] = {}
        self._gate: Gate | None = None
        cloud.sites["registry.harness"] = self._harness

    @property
    def gate(self) -> Gate:
        """The registry's own HTTP interface, started when it is first asked for."""
        with self.lock:
            self._gate = self._gate or Gate(self)
            return self._gate

    def _harness(self, path: str, headers: dict) -> tuple[int, dict, str]:
        """Tells the docker shim where the registries listen, and makes the stand-ins of base images."""
        if path == "/ports":
            return 200, {}, json.dumps({"registry": local.shared().port, "ecr": self.gate.port})
        made = bases.provide(local.shared(), path.removeprefix("/bases/"))
        return 200, {}, "made" if made else "there is no stand-in"

    def owner(self, call: Call) -> State:
        """The registry that a call is about: another account's when it names one."""
        return self.state(call.params.get("registryId") or call.account, call.region)

    def repository(self, call: Call) -> Repository:
        return self.owner(call).repository(call.params["repositoryName"])

    def resource_policy(self, arn: str) -> str | None:
        """For the evaluator: the policy of a repository."""
        found = self.by_arn(arn)
        return found.policy if found else None

    def resource_tags(self, arn: str) -> dict[str, str]:
        """For the evaluator: the tags of a repository."""
        found = self.by_arn(arn)
        return found.tags if found else {}

    def by_arn(self, arn: str) -> Repository | None:
        _, _, _, region, account, name = arn.split(":", 5)
        return self.state(account, region).repositories.get(name.removeprefix("repository/"))

    def get_authorization_token(self, call: Call) -> dict:
        expires = call.time + timedelta(hours=TOKEN_HOURS)
        if call.credentials.expires is not None:
            expires = min(expires, call.credentials.expires)
        password = secrets.token_urlsafe(60)
        self.tokens[password] = Token(call.credentials, expires)
        data = [
            {
                "authorizationToken": base64.b64encode(f"AWS:{password}".encode()).decode(),
                "expiresAt": expires,
                "proxyEndpoint": f"https://{account}.dkr.ecr.{call.region}.amazonaws.com",
            }
            for account in call.params.get("registryIds") or [call.account]
        ]
        return {"authorizationData": data}

    def create_repository(self, call: Call) -> dict:
        state, given, name = self.owner(call), call.params, call.params["repositoryName"]
        if name in state.repositories:
            raise AwsError(
                "RepositoryAlreadyExistsException",
                f"The repository with name '{name}' already exists in the registry with id '{state.account}'",
            )
        host = f"{state.account}.dkr.ecr.{state.region}.amazonaws.com"
        made = Repository(name, state.account, state.region, call.time, f"{self.prefix}/{host}/{name}")
        made.tags = pairs(given.get("tags"))
        made.scanning = given.get("imageScanningConfiguration") or made.scanning
        made.encryption = given.get("encryptionConfiguration") or made.encryption
        set_mutability(made, given.get("imageTagMutability", "MUTABLE"), given.get("imageTagMutabilityExclusionFilters"))
        state.repositories[name] = made
        return {"repository": described(made)}

    def describe_repositories(self, call: Call) -> dict:
        state = self.owner(call)
        names = call.params.get("repositoryNames") or sorted(state.repositories)
        return {"repositories": [described(state.repository(name)) for name in names]}

    def delete_repository(self, call: Call) -> dict:
        repository = self.repository(call)
        if repository.images and not call.params.get("force"):
            raise AwsError(
                "RepositoryNotEmptyException",
                f"The repository with name '{repository.name}' in registry with id '{repository.account}' "
                "cannot be deleted because it still contains images",
            )
        for digest in list(repository.images):
            self.owner(call).delete_image(repository, digest)
        del self.owner(call).repositories[repository.name]
        return {"repository": described(repository)}
