"""Who may become a role: trust policies evaluated on callers, on AWS services and on the claims of OIDC tokens."""

from __future__ import annotations

from typing import Any

from . import moto
from .authorise import known_key
from .base import AwsError, Call, Principal
from .conditions import Context
from .iam import Policies, Question, allowed
from .policies import parsed

# The claims that STS offers as condition keys, beside aud and sub, for providers that many customers share.
CLAIMS = {
    "token.actions.githubusercontent.com": (
        "actor actor_id base_ref enterprise enterprise_id environment event_name head_ref job_workflow_ref"
        " job_workflow_sha ref ref_type ref_protected repository repository_id repository_owner repository_owner_id"
        " repository_visibility run_attempt run_id run_number runner_environment sha workflow workflow_ref"
    ).split(),
    "gitlab.com": [],
}


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
        raise AwsError("InvalidIdentityToken", "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
    provider = provider_of(account, issuer)
    if provider is None:
        raise AwsError("InvalidIdentityToken", f"No OpenIDConnect provider found in your account for {issuer}")
    if not cloud.tokens.verified(token):
        raise AwsError("InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements")
    if claims["exp"] <= cloud.clock.now().timestamp():
        raise AwsError("ExpiredTokenException", "Token expired: current date/time must be before the expiration date/time")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if not set(audiences) & set(provider.client_id_list or []):
        raise AwsError("InvalidIdentityToken", "Incorrect token audience")
    principal = Principal("federated", account, provider.arn, provider.arn, str(claims.get("sub", "")))
    return principal, claim_keys(provider.url, claims), claims


def claim_keys(host: str, claims: dict) -> Context:
    """The condition keys `<host>:sub` and so on that a token supplies."""
    names = ["aud", "sub", "amr", "email", *CLAIMS.get(host, [])]
    present = {name: claims[name] for name in names if claims.get(name) is not None}
    return {
        f"{host}:{name}": [str(one) for one in value] if isinstance(value, list) else [str(value)]
        for name, value in present.items()
    }


def known_claim(key: str) -> bool:
    """Whether a condition key is one that STS has for a provider: everything else is an error of the harness."""
    host, _, claim = key.rpartition(":")
    own = claim in ("aud", "sub", "amr", "email") and "." in host
    return own or claim in CLAIMS.get(host, []) or known_key(key)


def may_assume(cloud: Any, call: Call, role: Any, principal: Principal, action: str, extra: Context) -> bool:
    """Whether the role's trust policy, and where it takes both, the caller's own policies, let it in."""
    from .authorise import global_context

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
    from .iam import resource_effects

    named = resource_effects(trust, question, principal)
    if not (named["Allow"] or named["Delegated"]):
        return False
    return allowed(principal, policies, question, True)[0]
