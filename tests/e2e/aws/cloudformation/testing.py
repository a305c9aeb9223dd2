"""What the tests of stacks share: a cloud with little in it, and stacks in a few words."""

from __future__ import annotations

from typing import Any

import pytest
from aws.cloud import Cloud
from aws.cloudformation import SERVICE
from botocore.exceptions import ClientError

ACCOUNT, REGION = "111111111111", "eu-west-1"
BUCKET = """
Parameters: {Days: {Type: Number, Default: 7}}
Resources:
  Log:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: !Sub '/${AWS::StackName}', RetentionInDays: !Ref Days}
  Bucket: {Type: AWS::S3::Bucket, DependsOn: Log}
Outputs:
  Arn: {Value: !GetAtt Bucket.Arn}
"""
ROLE = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: %s
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
"""


class Desk:
    """A person with every right at one account and region."""

    def __init__(self, cloud: Any, credentials: Any = None):
        self.cloud = cloud
        self.credentials = credentials or cloud.administrator(ACCOUNT)
        self.cloudformation = self.client("cloudformation")

    def client(self, service: str) -> Any:
        """A client with the person's key."""
        return self.cloud.client(self.credentials, service, REGION)

    def change_set(self, stack: str, body: str, kind: str = "CREATE", **more: Any) -> dict[str, Any]:
        """Made and described."""
        arguments = {"StackName": stack, "ChangeSetName": f"c{len(self.cloud.calls)}", "ChangeSetType": kind}
        made = self.cloudformation.create_change_set(**arguments, TemplateBody=body, **_parameters(more))
        return self.cloudformation.describe_change_set(ChangeSetName=made["Id"])

    def deploy(self, stack: str, body: str, **more: Any) -> dict[str, Any]:
        """Create or update by a change set; the stack as it is then."""
        kind = "UPDATE" if stack in self.cloud.cloudformation.state(ACCOUNT, REGION) else "CREATE"
        made = self.change_set(stack, body, kind, **more)
        assert made["Status"] == "CREATE_COMPLETE", made.get("StatusReason")
        self.cloudformation.execute_change_set(ChangeSetName=made["ChangeSetId"])
        return self.stack(stack)

    def stack(self, name: str) -> dict[str, Any]:
        """As DescribeStacks shows it."""
        return self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]

    def status(self, name: str) -> str:
        """Its status; `gone` where there is no such stack."""
        try:
            return self.stack(name)["StackStatus"]
        except ClientError as error:
            assert "does not exist" in str(error)
            return "gone"

    def events(self, name: str) -> list[tuple[str, str, str]]:
        """Logical id, status and reason, the oldest first."""
        pages = self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=name)
        found = [one for page in pages for one in page["StackEvents"]]
        return [
            (one["LogicalResourceId"], one["ResourceStatus"], one.get("ResourceStatusReason", ""))
            for one in reversed(found)
        ]

    def physical(self, stack: str, logical: str) -> str:
        """The physical id of a resource."""
        found = self.cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=logical)
        return found["StackResourceDetail"]["PhysicalResourceId"]


def _parameters(more: dict[str, Any]) -> dict[str, Any]:
    values = more.pop("parameters", {})
    more.setdefault("Capabilities", ["CAPABILITY_NAMED_IAM"])
    return {**more, "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]}


def code_of(action: Any) -> tuple[str, str]:
    """Code and message of the refusal that `action` meets."""
    try:
        action()
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    raise AssertionError("it was not refused")


@pytest.fixture
def desk():
    """A person in an account that has nothing but CloudFormation of our own; the rest is moto's."""
    with Cloud([SERVICE]) as cloud:
        yield Desk(cloud)
        assert cloud.unexpected() == []
