"""Who may read and list a bucket: identity and bucket policies, two accounts, and absent objects."""

import json

import pytest
from botocore.exceptions import ClientError

from aws.cloud import Cloud

ACCOUNT, OTHER, REGION = "111111111111", "222222222222", "eu-west-1"


@pytest.fixture
def cloud():
    with Cloud(stubs=[]) as one:
        yield one
        assert one.unexpected() == []


def allow(*actions, resource="*", effect="Allow", condition=None):
    statement = {"Effect": effect, "Action": list(actions), "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def role(cloud, name, *statements, account=ACCOUNT, **options):
    """A role with these statements, and a session of it that the account's administrator started."""
    admin = cloud.administrator(account)
    trust = document({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"})
    iam = cloud.client(admin, "iam", REGION)
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, **options)["Role"]["Arn"]
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document(*statements))
    return cloud.assume(arn, cloud.principal(admin), "test")


def refused(code, call, **params):
    with pytest.raises(ClientError) as error:
        call(**params)
    assert error.value.response["Error"]["Code"] == code, error.value
    return error.value.response["Error"]["Message"]


@pytest.fixture
def bucket(cloud):
    s3 = cloud.client(cloud.administrator(ACCOUNT), "s3", REGION)
    s3.create_bucket(Bucket="releases", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="releases", Key="a/one", Body=b"1")
    return s3


READ = allow("s3:GetObject", resource="arn:aws:s3:::releases/*")


def test_an_absent_object_is_hidden_from_who_may_not_list(cloud, bucket):
    s3 = cloud.client(role(cloud, "reader", READ), "s3", REGION)
    assert s3.get_object(Bucket="releases", Key="a/one")["Body"].read() == b"1"
    refused("403", s3.head_object, Bucket="releases", Key="absent")
    refused("AccessDenied", s3.get_object, Bucket="releases", Key="absent")
    lister = cloud.client(role(cloud, "lister", READ, allow("s3:ListBucket", resource="arn:aws:s3:::releases")), "s3", REGION)
    refused("404", lister.head_object, Bucket="releases", Key="absent")
    refused("NoSuchKey", lister.get_object, Bucket="releases", Key="absent")


def test_another_account_needs_both_sides(cloud, bucket):
    s3 = cloud.client(role(cloud, "reader", READ, account=OTHER), "s3", REGION)
    assert "no resource-based policy" in refused("AccessDenied", s3.get_object, Bucket="releases", Key="a/one")
    statement = {"Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::releases/*"}
    bucket.put_bucket_policy(Bucket="releases", Policy=document(statement))
    assert s3.get_object(Bucket="releases", Key="a/one")["Body"].read() == b"1"
    without = cloud.client(role(cloud, "without", account=OTHER), "s3", REGION)
    assert "no identity-based policy" in refused("AccessDenied", without.get_object, Bucket="releases", Key="a/one")


def test_a_bucket_policy_can_deny_and_needs_principals_that_exist(cloud, bucket):
    everything = ["arn:aws:s3:::releases", "arn:aws:s3:::releases/*"]
    plain = {"Sid": "EncryptedConnectionsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": everything}
    insecure = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    bucket.put_bucket_policy(Bucket="releases", Policy=document(plain | insecure))
    assert bucket.get_object(Bucket="releases", Key="a/one")["Body"].read() == b"1"
    bucket.put_bucket_policy(Bucket="releases", Policy=document(plain | {"Action": "s3:GetObject"}))
    refused("AccessDenied", bucket.get_object, Bucket="releases", Key="a/one")
    absent = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/absent"}, "Action": "s3:*", "Resource": everything}
    refused("MalformedPolicy", bucket.put_bucket_policy, Bucket="releases", Policy=document(absent))
