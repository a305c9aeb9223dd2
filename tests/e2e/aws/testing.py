"""What the tests of trust and of sessions share: a provider, a role that trusts one job of GitHub, and the ways to take it."""

import json

import pytest
from botocore.exceptions import ClientError

from aws.cloud import Cloud
from aws.tokens import GITHUB

ACCOUNT, OTHER, REGION = "111111111111", "222222222222", "eu-west-1"
HOST = "token.actions.githubusercontent.com"
SUBJECT = "repo:acme@1/shop@2:environment:staging"
CLAIMS = {"aud": "sts.amazonaws.com", "sub": SUBJECT, "ref": "refs/heads/main", "environment": "staging"}


@pytest.fixture
def cloud():
    with Cloud(stubs=[]) as one:
        yield one
        assert one.unexpected() == []


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def statement(principal, action="sts:AssumeRole", **condition):
    return {"Effect": "Allow", "Principal": principal, "Action": action} | ({"Condition": condition} if condition else {})


def github(equals, operator="StringEquals", host=HOST):
    provider = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{host}"}
    return statement(provider, "sts:AssumeRoleWithWebIdentity", **{operator: {f"{host}:{key}": value for key, value in equals.items()}})


@pytest.fixture
def iam(cloud):
    return cloud.client(cloud.administrator(ACCOUNT), "iam", REGION)


@pytest.fixture
def provider(iam):
    return iam.create_open_id_connect_provider(Url=GITHUB, ClientIDList=["sts.amazonaws.com"])["OpenIDConnectProviderArn"]


@pytest.fixture
def role(iam):
    trust = document(github({"aud": "sts.amazonaws.com", "sub": [SUBJECT, "another"], "ref": "refs/heads/main"}))
    return iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=trust, MaxSessionDuration=7200)["Role"]["Arn"]


def assume(cloud, role, token=None, **params):
    token = token or cloud.tokens.issue(GITHUB, CLAIMS)
    unsigned = cloud.client(None, "sts", REGION)
    return unsigned.assume_role_with_web_identity(RoleArn=role, RoleSessionName="run-1", WebIdentityToken=token, **params)


def refused(code, call, *args, **params):
    with pytest.raises(ClientError) as error:
        call(*args, **params)
    assert error.value.response["Error"]["Code"] == code, error.value
    return error.value.response["Error"]["Message"]
