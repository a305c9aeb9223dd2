"""A service at work as one of its roles: clients at the door, and the principal that IAM sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from aws.base import Credentials, Principal
from engines import HarnessError


@dataclass
class Session:
    """One role, taken by one service for one piece of work."""

    cloud: Any
    credentials: Credentials
    principal: Principal
    region: str

    def client(self, service: str) -> Any:
        """A boto3 client with the role's key."""
        return self.cloud.client(self.credentials, service, self.region)


def take(cloud: Any, role: str, service: str, name: str, region: str) -> Session:
    """Takes a role as a service does; AwsError where the role does not let it."""
    credentials = cloud.assume(role, f"{service}.amazonaws.com", name[:64])
    return Session(cloud, credentials, cloud.principal(credentials), region)


def not_the_harness(error: Exception) -> None:
    """An answer of the door that is no answer of AWS must not pass for a red job."""
    if isinstance(error, ClientError) and error.response["Error"]["Code"] in ("HarnessError", "501"):
        raise HarnessError(str(error)) from error
