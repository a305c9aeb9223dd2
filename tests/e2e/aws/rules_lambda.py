"""Lambda as it is: a function's role must exist and let Lambda in."""

from __future__ import annotations

from typing import Any

from . import trust
from .base import AwsError, Call, Principal
from .rules import before


@before("lambda", "CreateFunction", "UpdateFunctionConfiguration")
def role_lets_lambda_in(cloud: Any, call: Call) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html"""
    arn = call.params.get("Role")
    if arn is None:
        return
    role = cloud.policies.role(arn)
    service = Principal("service", call.account, "lambda.amazonaws.com", "lambda.amazonaws.com")
    source = {"aws:sourceaccount": [call.account]}
    if role is None or not trust.may_assume(cloud, call, role, service, "sts:AssumeRole", source):
        message = "The role defined for the function cannot be assumed by Lambda."
        raise AwsError("InvalidParameterValueException", message)
