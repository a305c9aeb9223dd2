"""Puts the failure of a resource into the words of its event."""

from __future__ import annotations

import uuid
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..base import AwsError, HarnessError
from .resources.parts import Failed
from .schema import Invalid

ACCESS = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AccessDeniedFault", "NotAuthorized")
CODES = {
    "EntityAlreadyExists": "AlreadyExists", "BucketAlreadyOwnedByYou": "AlreadyExists", "BucketAlreadyExists": "AlreadyExists",
    "RepositoryAlreadyExistsException": "AlreadyExists", "ResourceAlreadyExistsException": "AlreadyExists",
    "ResourceConflictException": "AlreadyExists", "ResourceInUseException": "AlreadyExists",
    "PipelineNameInUseException": "AlreadyExists", "NoSuchEntity": "NotFound", "ResourceNotFoundException": "NotFound",
    "NotFoundException": "NotFound", "ThrottlingException": "Throttling", "LimitExceededException": "ServiceLimitExceeded",
    "ValidationException": "InvalidRequest", "InvalidParameterValueException": "InvalidRequest",
    "InvalidParameterException": "InvalidRequest", "MalformedPolicyDocument": "InvalidRequest",
    "BucketNotEmpty": "GeneralServiceException",
}  # fmt: skip
EXPECTED = (ClientError, AwsError, Failed, Invalid, HarnessError, BotoCoreError)


class Stopped(Exception):
    """A step of a stack's operation failed, and the operation with it."""

    def __init__(self, logical: str):
        super().__init__(logical)
        self.logical = logical


class Cancelled(Exception):
    """A person stopped the update."""


def reason(error: Exception, service: str) -> str:
    """The text that the resource's event carries."""
    if isinstance(error, ClientError):
        return _handler(error, service)
    if isinstance(error, Invalid):
        return f"Properties validation failed for resource with message:\n{error}"
    if isinstance(error, AwsError):
        return error.message
    if isinstance(error, Failed):
        return str(error)
    return f"HarnessError: {error}"


def _handler(error: ClientError, service: str) -> str:
    detail, meta = error.response["Error"], error.response.get("ResponseMetadata", {})
    code = "AccessDenied" if detail["Code"] in ACCESS else CODES.get(detail["Code"], "GeneralServiceException")
    where = f"Service: {service.capitalize()}, Status Code: {meta.get('HTTPStatusCode', 400)}, Request ID: {meta.get('RequestId', '')}"
    return (
        f"Resource handler returned message: \"{detail.get('Message', '')} ({where})\" "
        f"(RequestToken: {uuid.uuid4()}, HandlerErrorCode: {code})"
    )


def of_harness(error: Any) -> bool:
    """Whether the harness is at fault, not AWS."""
    return isinstance(error, (HarnessError, BotoCoreError))
