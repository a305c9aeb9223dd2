"""The only thing that can sign an OIDC token: one key per issuer, kept for the whole process."""

from __future__ import annotations

import functools
import uuid
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

GITHUB = "https://token.actions.githubusercontent.com"
GITLAB = "https://gitlab.com"


@functools.cache
def _key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class TokenServer:
    """Signs and verifies tokens. The keys outlive a Cloud, because making one takes a tenth of a second."""

    def __init__(self, clock: Any):
        self._clock = clock
        self.issuers = {GITHUB, GITLAB}

    def add_issuer(self, url: str) -> None:
        """Makes another issuer known, such as a self-managed GitLab."""
        self.issuers.add(url)

    def issue(self, issuer: str, claims: dict[str, Any], lifetime: int = 300) -> str:
        """A token as the issuer would sign it; `claims` wins over the times set here."""
        if issuer not in self.issuers:
            raise ValueError(f"no issuer {issuer}: call add_issuer first")
        return self._sign(issuer, _key(issuer), claims, lifetime)

    def forge(self, issuer: str, claims: dict[str, Any]) -> str:
        """The same token signed by somebody else, to show that it is refused."""
        return self._sign(issuer, _key("a forger of " + issuer), claims, 300)

    def _sign(self, issuer: str, key: Any, claims: dict[str, Any], lifetime: int) -> str:
        now = int(self._clock.now().timestamp())
        full = {"iss": issuer, "jti": str(uuid.uuid4()), "iat": now, "nbf": now - 5, "exp": now + lifetime, **claims}
        return jwt.encode(full, key, algorithm="RS256", headers={"kid": issuer})

    def verified(self, token: str) -> bool:
        """Whether the token's issuer really signed it; says nothing about its time or audience."""
        issuer = self.claims(token).get("iss")
        if issuer not in self.issuers:
            return False
        off = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
        try:
            jwt.decode(token, _key(issuer).public_key(), algorithms=["RS256"], options=off)
        except jwt.InvalidTokenError:
            return False
        return True

    @staticmethod
    def claims(token: str) -> dict[str, Any]:
        """What the token says, signature unchecked; empty when it is no token at all."""
        try:
            return jwt.decode(token, options={"verify_signature": False})
        except jwt.InvalidTokenError:
            return {}
