"""Who may become a role: trust policies evaluated on callers, on AWS services and on the claims of OIDC tokens."""

from __future__ import annotations

from typing import Any

from . import moto
from .authorise import global_context, known_key
from .base import AwsError, Call, Principal
from .conditions import Context
from .iam import Policies, Question, allowed, resource_effects
from .policies import parsed

# Beside aud, sub, amr and email, the claims that STS offers as condition keys, since January 2026 and for these alone:
# https://aws.amazon.com/about-aws/whats-new/2026/01/aws-sts-supports-validation-identity-provider-claims/
# (the list as https://cageyv.dev/posts/aws-sts-oidc-claim-validation gives it).
CLAIMS = {
    "token.actions.githubusercontent.com": (
        "actor", "actor_id", "job_workflow_ref", "repository", "repository_id", "workflow", "ref", "environment",
        "enterprise_id",
    ),
}  # fmt: skip
EVERYWHERE = ("aud", "sub", "amr", "email")
# IAM accepts a token up to five minutes after its end, for clocks that differ:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html
SKEW = 300


def provider_of(account: str, issuer: str) -> Any | None:
    """The account's OIDC provider for an issuer, as moto stores it."""
    host = issuer.removeprefix("https://")
    providers = moto.backend("iam", account, "aws").open_id_providers.values()
    return next((one for one in providers if one.url == host), None)


def web_identity(cloud: Any, account: str, token: str) -> tuple[Principal, Context, dict]:
    """The federated principal that a token proves, refused as STS refuses it."""
    claims = cloud.tokens.claims(token)
    issuer = str(claims.get("iss", ""))
    if not issuer:
        raise refused_token("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
    provider = provider_of(account, issuer)
    if provider is None:
        raise refused_token(f"No OpenIDConnect provider found in your account for {issuer}")
    if not cloud.tokens.verified(token):
        raise refused_token("Couldn't retrieve verification key from your identity provider")
    if claims["exp"] + SKEW <= cloud.clock.now().timestamp():
        raise AwsError("ExpiredTokenException", "Token expired: current date/time must be before the expiration date/time")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if not set(audiences) & set(provider.client_id_list or []):
        raise refused_token("Incorrect token audience")
    principal = Principal("federated", account, provider.arn, provider.arn, str(claims.get("sub", "")))
    return principal, claim_keys(provider.url, claims), claims


def refused_token(message: str) -> AwsError:
    """A token that STS does not believe, before any trust policy is looked at."""
    return AwsError("InvalidIdentityToken", message)


def claim_keys(host: str, claims: dict) -> Context:
    """The condition keys `<host>:sub` and so on that a token supplies."""
    names = [*EVERYWHERE, *CLAIMS.get(host, ())]
    present = {name: claims[name] for name in names if claims.get(name) is not None}
    return {
        f"{host}:{name}": [str(one) for one in value] if isinstance(value, list) else [str(value)]
        for name, value in present.items()
    }


def known_claim(key: str) -> bool:
    """Whether a condition key is one that STS has for a provider: everything else is an error of the harness."""
    host, _, claim = key.rpartition(":")
    own = claim in EVERYWHERE and "." in host
    return own or claim in CLAIMS.get(host, ()) or known_key(key)


def may_assume(cloud: Any, call: Call, role: Any, principal: Principal, action: str, extra: Context) -> bool:
    """Whether the role's trust policy, and where it takes both, the caller's own policies, let it in."""
    context = {**global_context(call, role.account_id), **extra}
    question = Question(action, role.arn, context, known_claim)
    identity, boundary = cloud.policies.of(principal)
    trust = parsed(role.assume_role_policy_document)
    policies = Policies(identity, boundary, list(principal.session_policies), trust)
    same_account = principal.account == role.account_id or principal.kind in ("service", "federated")
    if same_account or principal.kind in ("service", "federated"):
        return _same_account(principal, policies, question, trust)
    return allowed(principal, policies, question, False)[0]


def _same_account(principal: Principal, policies: Policies, question: Question, trust: dict) -> bool:
    """An identity policy alone never lets anybody into a role: the trust policy must name the caller."""
    named = resource_effects(trust, question, principal)
    if not (named["Allow"] or named["Delegated"]):
        return False
    return allowed(principal, policies, question, True)[0]
