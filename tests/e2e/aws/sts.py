"""STS: who one is, and how one becomes a role. Our own, because moto lets everybody in."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import Any

from . import trust
from .base import AwsError, Call, Credentials, HarnessError, Principal, Service

HOUR = 3600


class Sts(Service):
    """The four operations that pipelines use."""

    name = "sts"

    def get_caller_identity(self, call: Call) -> dict:
        """Needs no permission."""
        return {"UserId": call.principal.user_id, "Account": call.principal.account, "Arn": call.principal.arn}

    def assume_role(self, call: Call) -> dict:
        """By a signed caller; a session that assumes a further role gets an hour at most."""
        role = self._role(call, "sts:AssumeRole")
        extra = {"sts:externalid": [call.params["ExternalId"]]} if "ExternalId" in call.params else {}
        extra["sts:rolesessionname"] = [call.params["RoleSessionName"]]
        if not trust.may_assume(self.cloud, call, role, call.principal, "sts:AssumeRole", extra):
            raise self._refused(call, "sts:AssumeRole")
        seconds = self._duration(call, role, chained=call.principal.kind == "role")
        return self._session(call, role, seconds)

    def assume_role_with_web_identity(self, call: Call) -> dict:
        """By nobody but the bearer of a token that the role's account trusts."""
        account = call.params["RoleArn"].split(":")[4]
        action = "sts:AssumeRoleWithWebIdentity"
        principal, context, claims = trust.web_identity(self.cloud, account, call.params["WebIdentityToken"])
        role = self.cloud.policies.role(call.params["RoleArn"])
        call.principal, call.account = principal, account
        context["sts:rolesessionname"] = [call.params["RoleSessionName"]]
        if role is None or not trust.may_assume(self.cloud, call, role, principal, action, context):
            raise AwsError("AccessDenied", f"Not authorized to perform {action}", 403)
        answer = self._session(call, role, self._duration(call, role, chained=False))
        audience = claims["aud"] if isinstance(claims["aud"], str) else claims["aud"][0]
        return {**answer, "SubjectFromWebIdentityToken": claims["sub"], "Audience": audience, "Provider": principal.arn}

    def get_access_key_info(self, call: Call) -> dict:
        """Whose account a key is of."""
        _, principal = self.cloud.principals.find(call.params["AccessKeyId"], None)
        return {"Account": principal.account}

    def _role(self, call: Call, action: str) -> Any:
        role = self.cloud.policies.role(call.params["RoleArn"])
        if role is None:  # AWS does not say whether the role exists
            raise self._refused(call, action)
        return role

    @staticmethod
    def _refused(call: Call, action: str) -> AwsError:
        arn = call.params["RoleArn"]
        return AwsError("AccessDenied", f"User: {call.principal.arn} is not authorized to perform: {action} on resource: {arn}", 403)

    @staticmethod
    def _duration(call: Call, role: Any, chained: bool) -> int:
        seconds = call.params.get("DurationSeconds", HOUR)
        if chained and seconds > HOUR:
            limit = "the 1 hour session limit for roles assumed by role chaining."
            raise AwsError("ValidationError", f"The requested DurationSeconds exceeds {limit}")
        if seconds > int(role.max_session_duration or HOUR):
            raise AwsError("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
        return seconds

    def _session(self, call: Call, role: Any, seconds: int) -> dict:
        unknown = {"Tags", "TransitiveTagKeys", "SourceIdentity", "PolicyArns", "SerialNumber", "TokenCode"} & set(call.params)
        if unknown:
            raise HarnessError(f"sessions with {', '.join(sorted(unknown))} are not known")
        policy = call.params.get("Policy")
        documents = (json.loads(policy),) if policy else ()
        credentials, principal = start_session(
            self.cloud, role, call.params["RoleSessionName"], seconds, documents
        )
        return {
            "Credentials": {
                "AccessKeyId": credentials.access_key,
                "SecretAccessKey": credentials.secret_key,
                "SessionToken": credentials.token,
                "Expiration": credentials.expires,
            },
            "AssumedRoleUser": {"AssumedRoleId": principal.user_id, "Arn": principal.arn},
        }


def start_session(cloud: Any, role: Any, name: str, seconds: int, documents: tuple = ()) -> tuple[Credentials, Principal]:
    """A session of the role and the principal it makes; trust has been settled before."""
    arn = f"arn:aws:sts::{role.account_id}:assumed-role/{role.name}/{name}"
    principal = Principal("role", role.account_id, arn, role.arn, f"{role.id}:{name}", session_policies=documents)
    expires = cloud.clock.now() + timedelta(seconds=seconds)
    return cloud.principals.session(principal, expires.replace(microsecond=0)), principal


def assume(cloud: Any, role_arn: str, by: Principal | str, session: str) -> Credentials:
    """What AWS services do with the roles given to them: the trust policy is evaluated, then an hour's session made."""
    account = role_arn.split(":")[4]
    if isinstance(by, str):
        by = Principal("service", account, by, by)
    role = cloud.policies.role(role_arn)
    params = {"RoleArn": role_arn, "RoleSessionName": session}
    call = Call("sts", "AssumeRole", params, by, account, "us-east-1", cloud.clock.now())
    cloud.calls.append(call)
    extra = {"aws:sourceaccount": [account]} if by.kind == "service" else {}
    if role is None or not trust.may_assume(cloud, call, role, by, "sts:AssumeRole", extra):
        call.error, call.status = "AccessDenied", 403
        raise AwsError("AccessDenied", f"{by.arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}", 403)
    return start_session(cloud, role, session or secrets.token_hex(8), HOUR)[0]
