"""Access keys and whom they belong to."""

from __future__ import annotations

import secrets
import threading
from datetime import datetime
from typing import Any

from .base import AwsError, Credentials, Principal

ADMINISTRATOR = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ANONYMOUS = Principal("anonymous", "", "anonymous", "anonymous")


# How a service words a key that it does not take: by its name, or else by its protocol.
# https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html, and those of S3, EC2 and the JSON services
WORDED = {
    "s3": {"InvalidClientTokenId": ("InvalidAccessKeyId", 403), "ExpiredToken": ("ExpiredToken", 400)},
    "ec2": {"InvalidClientTokenId": ("AuthFailure", 401), "ExpiredToken": ("RequestExpired", 400)},
    "json": {
        "InvalidClientTokenId": ("UnrecognizedClientException", 400),
        "ExpiredToken": ("ExpiredTokenException", 400),
    },
    "rest-json": {
        "InvalidClientTokenId": ("UnrecognizedClientException", 403),
        "ExpiredToken": ("ExpiredTokenException", 403),
    },
}


def worded(error: AwsError, service: str, protocol: str) -> AwsError:
    """The same refusal as that service says it."""
    code, status = WORDED.get(service, WORDED.get(protocol, {})).get(error.code, (error.code, error.status))
    return AwsError(code, error.message, status)


class Principals:
    """The keys of one Cloud. A session's key expires by the cloud's clock."""

    def __init__(self, clock: Any):
        self._clock = clock
        self._known: dict[str, tuple[Credentials, Principal]] = {}
        self._administrators: dict[str, Credentials] = {}
        self._lock = threading.Lock()

    def administrator(self, account: str) -> Credentials:
        """The long-lived key of a person with AdministratorAccess; the same one each time."""
        with self._lock:
            if account not in self._administrators:
                arn = f"arn:aws:iam::{account}:user/administrator"
                person = Principal("user", account, arn, arn, _id("AIDA"), documents=(ADMINISTRATOR,))
                self._administrators[account] = self._remember(person, None)
            return self._administrators[account]

    def session(self, principal: Principal, expires: datetime) -> Credentials:
        """A new key with a session token for that principal."""
        with self._lock:
            return self._remember(principal, expires)

    def _remember(self, principal: Principal, expires: datetime | None) -> Credentials:
        key = _id("AKIA" if expires is None else "ASIA")
        token = None if expires is None else secrets.token_urlsafe(96)
        credentials = Credentials(key, secrets.token_urlsafe(30), token, expires)
        self._known[key] = (credentials, principal)
        return credentials

    def find(self, access_key: str, token: str | None) -> tuple[Credentials, Principal]:
        """Whose key this is, refused as AWS refuses: unknown, wrong token, expired."""
        if access_key not in self._known:
            raise AwsError("InvalidClientTokenId", "The security token included in the request is invalid.", 403)
        credentials, principal = self._known[access_key]
        if credentials.token != token:
            raise AwsError("InvalidClientTokenId", "The security token included in the request is invalid", 403)
        if credentials.expires is not None and self._clock.now() >= credentials.expires:
            raise AwsError("ExpiredToken", "The security token included in the request is expired", 403)
        return credentials, principal


def _id(prefix: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return prefix + "".join(secrets.choice(alphabet) for _ in range(16))
