"""Whose credentials the engine works with, and that IAM is asked for each call."""

import json

import pytest
from aws.cloud import Cloud
from aws.cloudformation import SERVICE
from aws.cloudformation.testing import ACCOUNT, REGION, Desk, code_of

LOG = "Resources: {Log: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /x, RetentionInDays: 7}}}"
NEEDED = ["logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:DescribeLogGroups", "logs:DeleteLogGroup", "logs:TagResource"]


@pytest.fixture
def desk():
    with Cloud([SERVICE]) as cloud:
        yield Desk(cloud)
        assert cloud.unexpected() == []


def role(desk, name, actions, service="cloudformation.amazonaws.com"):
    iam = desk.client("iam")
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]}
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(allow))
    return arn


def test_the_role_of_the_stack_makes_its_resources(desk):
    arn = role(desk, "cfn", NEEDED)
    stack = desk.deploy("app", LOG, RoleARN=arn)
    assert stack["StackStatus"] == "CREATE_COMPLETE" and stack["RoleARN"] == arn
    made = [call for call in desk.cloud.calls if call.service == "logs"]
    assert made and all(call.principal.iam_arn == arn for call in made)


@pytest.mark.parametrize("missing", NEEDED[:3])
def test_a_missing_action_fails_the_resource_and_says_so(desk, missing):
    arn = role(desk, "cfn", [action for action in NEEDED if action != missing])
    assert desk.deploy("app", LOG, RoleARN=arn)["StackStatus"] == "ROLLBACK_COMPLETE"
    reason = next(reason for _, status, reason in desk.events("app") if status == "CREATE_FAILED")
    assert f"is not authorized to perform: {missing}" in reason and "HandlerErrorCode: AccessDenied" in reason


def test_the_role_stays_with_the_stack(desk):
    arn = role(desk, "cfn", NEEDED)
    desk.deploy("app", LOG, RoleARN=arn)
    start = len(desk.cloud.calls)
    desk.deploy("app", LOG.replace("7", "30"))
    desk.cloudformation.delete_stack(StackName="app")
    assert desk.status("app") == "gone"
    made = [call for call in desk.cloud.calls[start:] if call.service == "logs"]
    assert made and all(call.principal.iam_arn == arn for call in made)


@pytest.mark.parametrize("name", ["function", "none"])
def test_a_role_that_cannot_be_assumed(desk, name):
    role(desk, "function", NEEDED, "lambda.amazonaws.com")
    arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    code, message = code_of(lambda: desk.change_set("app", LOG, RoleARN=arn))
    assert (code, message) == ("ValidationError", f"Role {arn} is invalid or cannot be assumed")
    assert desk.status("app") == "gone"


def test_a_caller_may_only_pass_what_it_may_pass(desk):
    arn = role(desk, "cfn", NEEDED)
    caller = role(desk, "caller", ["cloudformation:*"], "codebuild.amazonaws.com")
    clerk = Desk(desk.cloud, desk.cloud.assume(caller, "codebuild.amazonaws.com", "s"))
    code, message = code_of(lambda: clerk.change_set("app", LOG, RoleARN=arn))
    assert code.startswith("AccessDenied") and "iam:PassRole" in message


def test_without_a_role_the_callers_rights_decide(desk):
    caller = role(desk, "caller", ["cloudformation:*"], "codebuild.amazonaws.com")
    clerk = Desk(desk.cloud, desk.cloud.assume(caller, "codebuild.amazonaws.com", "s"))
    assert clerk.deploy("app", LOG)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert any("is not authorized to perform: logs:CreateLogGroup" in reason for _, _, reason in clerk.events("app"))


def test_a_transform_is_a_resource_of_its_own(desk):
    template = "Transform: AWS::Serverless-2016-10-31\nResources: {T: {Type: 'AWS::Serverless::SimpleTable'}}"
    document = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "cloudformation:*", "Resource": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/*"}
    ]}  # fmt: skip
    caller = role(desk, "caller", ["s3:GetObject"], "codebuild.amazonaws.com")
    desk.client("iam").put_role_policy(RoleName="caller", PolicyName="p", PolicyDocument=json.dumps(document))
    clerk = Desk(desk.cloud, desk.cloud.assume(caller, "codebuild.amazonaws.com", "s"))
    code, message = code_of(lambda: clerk.change_set("app", template))
    assert code.startswith("AccessDenied") and "aws:transform/Serverless-2016-10-31" in message
    assert desk.change_set("app", template)["Status"] == "CREATE_COMPLETE"
