"""What stands between a service and a repository: a connection that a person has accepted, and a role that may use it."""

from __future__ import annotations

from aws.base import AwsError, Call, HarnessError

from .permissions import permit


class ConnectionRefused(Exception):
    """The repository cannot be reached; the text is what the page of the run says."""


def status(cloud, arn: str) -> str | None:
    """PENDING, AVAILABLE or ERROR; None where there is no such connection."""
    parts = arn.split(":")
    stub = cloud.stub("codeconnections")
    if stub is None:
        raise HarnessError("the stub of codeconnections is missing")
    person = cloud.principal(cloud.administrator(parts[4]))
    params = {"ConnectionArn": arn}
    asked = Call("codeconnections", "GetConnection", params, person, parts[4], parts[3], cloud.clock.now())
    try:
        return stub.handle(asked)["Connection"]["ConnectionStatus"]
    except AwsError:
        return None


def use(cloud, principal, region: str, arn: str, operations: list[str], repository: str) -> None:
    """Raises ConnectionRefused unless the connection is accepted and the role may do each of the operations.

    That the repository is named with each of them is documented for UseConnection alone.
    """
    found = status(cloud, arn)
    if found is None:
        raise ConnectionRefused(f"Connection {arn} is not available: there is no such connection.")
    if found != "AVAILABLE":
        raise ConnectionRefused(f"Connection {arn} is not available: it is {found}. A person has to accept it in the console.")
    service = arn.split(":")[2]
    for operation in operations:
        named = {f"{service}:FullRepositoryId": repository} if operation == "UseConnection" else {}
        try:
            permit(cloud, principal, region, f"{service}:{operation}", arn, named)
        except AwsError as error:
            raise ConnectionRefused(f"Access denied to connection {arn}: {error.message}") from error


def use_codecommit(cloud, principal, region: str, repository: str, operations: list[str]) -> None:
    """The same for a repository of CodeCommit in the role's account."""
    arn = f"arn:aws:codecommit:{region}:{principal.account}:{repository}"
    for operation in operations:
        try:
            permit(cloud, principal, region, f"codecommit:{operation}", arn)
        except AwsError as error:
            raise ConnectionRefused(f"The repository {repository} cannot be read: {error.message}") from error
