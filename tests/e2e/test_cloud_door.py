"""The door: what it parses, refuses, passes on, checks and writes down."""

import time

import boto3  # noqa: F401
import pytest
from botocore.exceptions import ClientError

from aws.cloud import Cloud, Service

ACCOUNT, REGION = "111111111111", "eu-west-1"


@pytest.fixture
def cloud():
    with Cloud(stubs=[]) as one:
        yield one


class Amplify(Service):
    name = "amplify"

    def get_app(self, call):
        return {"app": {"appId": call.params["appId"]}}  # most required members are missing


def code(error):
    return error.value.response["Error"]["Code"]


def test_the_caller_is_known_and_the_call_recorded(cloud):
    sts = cloud.client(cloud.administrator(ACCOUNT), "sts", REGION)
    assert sts.get_caller_identity()["Account"] == ACCOUNT
    assert [str(call) for call in cloud.calls] == [
        f"arn:aws:iam::{ACCOUNT}:user/administrator sts:GetCallerIdentity {REGION} -> 200"
    ]
    assert cloud.unexpected() == []
