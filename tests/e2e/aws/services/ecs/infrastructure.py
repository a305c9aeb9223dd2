"""What ECS does with the infrastructure role: every action that AWS's managed policy for Express Mode lists must be allowed.

The policy itself is the only document that says which actions those are; which of them a service really needs in
which order is not documented, so all are demanded.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html
"""

from __future__ import annotations

import functools
import json
from typing import Any, Iterator

from ...authorise import known_key
from ...base import AwsError
from ...iam import Policies, Question, allowed

POLICY = "AmazonECSInfrastructureRoleforExpressGatewayServices"
# Its resource is the role to be made, not the * of the policy.
LINKED = "iam:CreateServiceLinkedRole"
SAMPLE = "0123456789abcdef"


@functools.cache
def _statements() -> tuple:
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    return tuple(json.loads(aws_managed_policies_data)[POLICY]["Document"]["Statement"])


def questions(account: str, region: str) -> Iterator[tuple[str, str, dict]]:
    """Action, resource and condition keys of each thing that ECS does with the role."""
    for service in ("ecs.application-autoscaling.amazonaws.com", "elasticloadbalancing.amazonaws.com"):
        linked = f"arn:aws:iam::{account}:role/aws-service-role/{service}/AWSServiceRole"
        yield LINKED, linked, {"iam:awsservicename": [service]}
    for statement in _statements():
        conditions = statement.get("Condition", {}).get("StringEquals", {})
        context = {key.lower(): [value if isinstance(value, str) else value[0]] for key, value in conditions.items()}
        for action in _list(statement["Action"]):
            for resource in _list(statement["Resource"]):
                if action != LINKED and _fits(action, resource):
                    yield action, _sample(resource, account, region), context


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else value


def _fits(action: str, resource: str) -> bool:
    """A statement lists the resources of all its actions; an action is asked for those that its name speaks of."""
    kinds = {
        "elasticloadbalancing:CreateListener": "listener/", "elasticloadbalancing:CreateLoadBalancer": "loadbalancer/",
        "elasticloadbalancing:CreateRule": "listener-rule/", "elasticloadbalancing:CreateTargetGroup": "targetgroup/",
        "elasticloadbalancing:ModifyListener": "listener/", "elasticloadbalancing:ModifyRule": "listener-rule/",
        "elasticloadbalancing:AddListenerCertificates": "listener/",
        "elasticloadbalancing:RemoveListenerCertificates": "listener/",
        "elasticloadbalancing:RegisterTargets": "targetgroup/", "elasticloadbalancing:DeregisterTargets": "targetgroup/",
        "elasticloadbalancing:DeleteTargetGroup": "targetgroup/", "elasticloadbalancing:DeleteLoadBalancer": "loadbalancer/",
        "elasticloadbalancing:DeleteRule": "listener-rule/", "elasticloadbalancing:DeleteListener": "listener/",
    }  # fmt: skip
    return kinds.get(action, "") in resource


def _sample(resource: str, account: str, region: str) -> str:
    """An ARN that the pattern stands for."""
    if resource == "*":
        return "*"
    head, _, kind, _, _, rest = resource.split(":", 5)
    place = f"{head}:aws:{kind}:{'' if kind == 'iam' else region}:{account}:"
    return place + rest.replace("*", SAMPLE)


def check(cloud: Any, role: str, account: str, region: str) -> None:
    """ECS takes the role and works with it; the first thing that it may not do fails the request."""
    try:
        credentials = cloud.assume(role, by="ecs.amazonaws.com", session="ecs-express")
    except AwsError as refusal:
        text = f"ECS was unable to assume the infrastructure role '{role}' that was provided."
        raise AwsError("InvalidParameterException", text) from refusal
    principal = cloud.principal(credentials)
    identity, boundary = cloud.policies.of(principal)
    for action, resource, context in questions(account, region):
        own = {**context, "aws:principalarn": [role], "aws:requestedregion": [region]}
        question = Question(action, resource, own, lambda key: key in own or known_key(key))
        yes, why = allowed(principal, Policies(identity, boundary, [], None), question, True)
        if not yes:
            text = f"User: {principal.arn} is not authorized to perform: {action} on resource: {resource} {why}"
            raise AwsError("AccessDeniedException", text)
