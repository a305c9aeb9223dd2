"""Sessions: how long they last, who may chain roles, and which roles services take."""

import pytest

from aws.cloud import AwsError, Credentials
from aws.testing import ACCOUNT, OTHER, REGION, assume, cloud, document, iam, provider, refused, role, statement  # noqa: F401 (fixtures are found by name)


def test_a_session_lasts_as_long_as_it_was_asked_for_and_no_longer_than_the_role_allows(cloud, provider, role):
    refused("ValidationError", assume, cloud, role, DurationSeconds=7201)
    keys = assume(cloud, role, DurationSeconds=7200)["Credentials"]
    sts = cloud.client(by_keys(keys), "sts", REGION)
    cloud.clock.advance(7190)
    assert sts.get_caller_identity()["Account"] == ACCOUNT
    cloud.clock.advance(20)
    refused("ExpiredToken", sts.get_caller_identity)
    refused("ExpiredTokenException", cloud.client(by_keys(keys), "ecr", REGION).describe_repositories)


def by_keys(keys):
    return Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])


def test_keys_that_nobody_gave_out_are_unknown(cloud, provider, role):
    keys = assume(cloud, role)["Credentials"]
    for wrong in ({"AccessKeyId": "AKIAX"}, {"SessionToken": "another"}):
        sts = cloud.client(by_keys({**keys, **wrong}), "sts", REGION)
        refused("InvalidClientTokenId", sts.get_caller_identity)


def chained(cloud, iam, trust, *allowed):
    """A role `second` with that trust, and a client of a role `first` with these permissions."""
    root = document(statement({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))
    first = iam.create_role(RoleName="first", AssumeRolePolicyDocument=root)["Role"]["Arn"]
    if allowed:
        iam.put_role_policy(RoleName="first", PolicyName="own", PolicyDocument=document(*allowed))
    other = cloud.client(cloud.administrator(OTHER), "iam", REGION)
    second = other.create_role(RoleName="second", AssumeRolePolicyDocument=document(trust), MaxSessionDuration=7200)["Role"]["Arn"]
    session = cloud.assume(first, cloud.principal(cloud.administrator(ACCOUNT)), "one")
    sts = cloud.client(session, "sts", REGION)
    return lambda **params: sts.assume_role(RoleArn=second, RoleSessionName="two", **params)


MAY = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": f"arn:aws:iam::{OTHER}:role/second"}


def test_role_chaining_lasts_an_hour_at_most(cloud, iam):
    go = chained(cloud, iam, statement({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), MAY)
    refused("ValidationError", go, DurationSeconds=3601)
    assert go(DurationSeconds=3600)["AssumedRoleUser"]["Arn"].endswith("assumed-role/second/two")


def test_another_account_s_role_needs_both_sides(cloud, iam):
    root = statement({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, StringEquals={"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/first"})
    go = chained(cloud, iam, root)
    refused("AccessDenied", go)
    iam.put_role_policy(RoleName="first", PolicyName="own", PolicyDocument=document(MAY))
    assert go()["Credentials"]["AccessKeyId"].startswith("ASIA")
    trust = statement({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, StringEquals={"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/third"})
    cloud.client(cloud.administrator(OTHER), "iam", REGION).update_assume_role_policy(RoleName="second", PolicyDocument=document(trust))
    refused("AccessDenied", go)


def test_a_service_takes_only_a_role_that_trusts_it(cloud, iam):
    condition = {"aws:SourceAccount": ACCOUNT}
    trust = statement({"Service": "codebuild.amazonaws.com"}, StringEquals=condition)
    arn = iam.create_role(RoleName="build", AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    session = cloud.assume(arn, "codebuild.amazonaws.com", "build-1")
    assert cloud.principal(session).arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/build/build-1"
    with pytest.raises(AwsError) as error:
        cloud.assume(arn, "codepipeline.amazonaws.com", "x1")
    assert error.value.code == "AccessDenied"
    assert [call.error for call in cloud.calls if call.operation == "AssumeRole"] == [None, "AccessDenied"]


def test_an_empty_account_has_no_service_linked_role_until_it_is_made(cloud, iam):
    assert iam.list_roles()["Roles"] == []
    made = iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")["Role"]
    assert (made["RoleName"], made["Path"]) == ("AWSServiceRoleForECS", "/aws-service-role/ecs.amazonaws.com/")
    refused("InvalidInput", iam.create_service_linked_role, AWSServiceName="ecs.amazonaws.com")
    names = {"ecs.application-autoscaling.amazonaws.com": "AWSServiceRoleForApplicationAutoScaling_ECSService"}
    names["elasticloadbalancing.amazonaws.com"] = "AWSServiceRoleForElasticLoadBalancing"
    for service, name in names.items():
        assert iam.create_service_linked_role(AWSServiceName=service)["Role"]["RoleName"] == name
