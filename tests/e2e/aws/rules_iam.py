"""IAM as it is: what it refuses to store, and the roles that belong to services."""

from __future__ import annotations

import json
from typing import Any

from moto.iam.models import IAMBackend, Role

from . import moto
from .base import AwsError, Call, HarnessError
from .conditions import texts
from .documents import absent_principals
from .iam import statements
from .rules import before

# Providers that many customers share: a trust policy must say which of them, by the subject.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
SHARED = ("token.actions.githubusercontent.com", "gitlab.com")


def malformed(message: str) -> AwsError:
    """A document that IAM does not store."""
    return AwsError("MalformedPolicyDocument", message, 400)


@before("iam", "CreateRole", "UpdateAssumeRolePolicy")
def trust_policy(cloud: Any, call: Call) -> None:
    """Principals must exist, and a shared provider's subject must be looked at."""
    document = _document(call.params.get("AssumeRolePolicyDocument") or call.params.get("PolicyDocument"))
    absent = absent_principals(cloud, document)
    if absent:
        kind, value = absent[0]
        raise malformed(f'Invalid principal in policy: "{kind}":"{value}"')
    for statement in statements(document):
        element = statement.get("Principal", {})
        for provider in texts(element.get("Federated", [])) if isinstance(element, dict) else []:
            _subject_is_checked(statement, provider.split("oidc-provider/", 1)[-1])


def _document(text: str) -> dict:
    try:
        return json.loads(text)
    except ValueError as error:
        raise malformed("This policy contains invalid Json") from error


def _subject_is_checked(statement: dict, host: str) -> None:
    keys = {key.lower() for block in statement.get("Condition", {}).values() for key in block}
    if statement["Effect"] == "Allow" and host in SHARED and f"{host}:sub" not in keys:
        raise malformed(f"The trust policy must evaluate {host}:sub")  # AWS's own wording is unproven


@before("iam", "CreateRole", "PutRolePermissionsBoundary")
def boundary_exists(cloud: Any, call: Call) -> None:
    """A permissions boundary must be a policy that is there."""
    arn = call.params.get("PermissionsBoundary")
    if arn and arn not in moto.backend("iam", call.account, "aws").managed_policies:
        raise AwsError("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.", 404)


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html, and each service's own
# page on its service-linked role.
SERVICE_LINKED = {
    "ecs.amazonaws.com": "AWSServiceRoleForECS",
    "ecs.application-autoscaling.amazonaws.com": "AWSServiceRoleForApplicationAutoScaling_ECSService",
    "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
}


@before("iam", "CreateServiceLinkedRole")
def service_linked_role(cloud: Any, call: Call) -> None:
    """A second one of the same service is InvalidInput, not EntityAlreadyExists.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html
    """
    service = call.params["AWSServiceName"]
    if service not in SERVICE_LINKED:
        raise HarnessError(f"the name of the service-linked role of {service} is not known: add it to SERVICE_LINKED")
    if has_service_linked_role(call.account, service):
        message = f"Service role name {SERVICE_LINKED[service]} has been taken in this account, please try a different suffix."
        raise AwsError("InvalidInput", message, 400)


def has_service_linked_role(account: str, service: str) -> bool:
    """Whether the account has the service-linked role of that service; an empty account has none."""
    roles = moto.backend("iam", account, "aws").roles.values()
    return any(role.path == f"/aws-service-role/{service}/" for role in roles)


def _create(backend: IAMBackend, service_name: str, description: str, suffix: str) -> Role:
    statement = {"Effect": "Allow", "Principal": {"Service": service_name}, "Action": "sts:AssumeRole"}
    return backend.create_role(
        SERVICE_LINKED[service_name],
        json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        f"/aws-service-role/{service_name}/",
        permissions_boundary=None,
        description=description,
        tags=[],
        max_session_duration="3600",
        linked_service=service_name,
    )


IAMBackend.create_service_linked_role = _create  # moto derives other names than AWS gives
