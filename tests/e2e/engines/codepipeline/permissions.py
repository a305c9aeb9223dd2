"""Actions that only AWS services perform, such as UseConnection: no client can call them, yet a role has to be allowed each."""

from __future__ import annotations

from aws.authorise import global_context, known_key
from aws.base import AwsError, Call, Principal
from aws.iam import Policies, Question, allowed


def permit(cloud, principal: Principal, region: str, action: str, resource: str, context: dict | None = None) -> None:
    """Asks IAM, records the question like a call, and raises the refusal.

    `context` holds the condition keys that the service supplies with this action.
    """
    service, operation = action.split(":")
    extra = {key.lower(): [value] for key, value in (context or {}).items()}
    now = cloud.clock.now()
    call = Call(service, operation, {"resource": resource}, principal, principal.account, region, now, actions=[action])
    cloud.calls.append(call)
    owner = cloud.authoriser.account_of(resource) or principal.account
    asked = Question(action, resource, {**global_context(call, owner), **extra}, lambda key: key in extra or known_key(key))
    identity, boundary = cloud.policies.of(principal)
    policies = Policies(identity, boundary, list(principal.session_policies), cloud.policies.of_resource(resource))
    yes, why = allowed(principal, policies, asked, owner == principal.account)
    if not yes:
        call.error, call.status = "AccessDeniedException", 400
        call.message = f"User: {principal.arn} is not authorized to perform: {action} on resource: {resource} {why}"
        raise AwsError(call.error, call.message)
