"""Moto's services through the door: what the templates need of them, every answer checked by the model."""

import io
import json
import zipfile

import pytest
from botocore.exceptions import ClientError

from aws.cloud import Cloud

ACCOUNT, OTHER, REGION = "111111111111", "222222222222", "eu-west-1"


@pytest.fixture
def cloud():
    with Cloud(stubs=[]) as one:
        yield one
        assert one.unexpected() == []


@pytest.fixture
def admin(cloud):
    return cloud.administrator(ACCOUNT)


@pytest.fixture
def bucket(cloud, admin):
    s3 = cloud.client(admin, "s3", REGION)
    s3.create_bucket(Bucket="releases", CreateBucketConfiguration={"LocationConstraint": REGION})
    return s3


def trust(service):
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_bucket_names_are_taken_once(cloud, admin, bucket):
    location = {"LocationConstraint": REGION}
    for account, code in ((ACCOUNT, "BucketAlreadyOwnedByYou"), (OTHER, "BucketAlreadyExists")):
        s3 = cloud.client(cloud.administrator(account), "s3", REGION)
        with pytest.raises(ClientError) as error:
            s3.create_bucket(Bucket="releases", CreateBucketConfiguration=location)
        assert error.value.response["Error"]["Code"] == code


def test_a_bucket_keeps_all_that_the_templates_set(cloud, bucket):
    name = {"Bucket": "releases"}
    rules = [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "releases/"}, "Expiration": {"Days": 180}}]
    bucket.put_bucket_versioning(**name, VersioningConfiguration={"Status": "Enabled"})
    bucket.put_bucket_lifecycle_configuration(**name, LifecycleConfiguration={"Rules": rules})
    encryption = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    bucket.put_bucket_encryption(**name, ServerSideEncryptionConfiguration=encryption)
    block = dict.fromkeys(["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"], True)
    bucket.put_public_access_block(**name, PublicAccessBlockConfiguration=block)
    bucket.put_bucket_ownership_controls(**name, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})
    assert bucket.get_bucket_versioning(**name)["Status"] == "Enabled"
    assert bucket.get_bucket_lifecycle_configuration(**name)["Rules"][0]["Expiration"]["Days"] == 180
    assert bucket.get_public_access_block(**name)["PublicAccessBlockConfiguration"] == block
    assert bucket.get_bucket_location(**name)["LocationConstraint"] == REGION
    assert bucket.get_bucket_acl(**name)["Owner"]["ID"]


def code(text="v1"):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("notes.py", f"# {text}")
    return buffer.getvalue()


def test_lambda_answers_by_the_model(cloud, admin):
    role = cloud.client(admin, "iam", REGION).create_role(RoleName="run", AssumeRolePolicyDocument=trust("lambda.amazonaws.com"))
    functions = cloud.client(admin, "lambda", REGION)
    made = functions.create_function(
        FunctionName="f",
        Runtime="python3.13",
        Handler="notes.handler",
        Role=role["Role"]["Arn"],
        Code={"ZipFile": code()},
        Tags={"a": "b"},
    )
    functions.get_function_configuration(FunctionName="f")
    functions.update_function_code(FunctionName="f", ZipFile=code("v2"))
    functions.update_function_configuration(FunctionName="f", Timeout=10)
    functions.add_permission(
        FunctionName="f", StatementId="api", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com"
    )
    assert "apigateway" in functions.get_policy(FunctionName="f")["Policy"]
    assert functions.list_tags(Resource=made["FunctionArn"])["Tags"] == {"a": "b"}
    assert functions.get_function(FunctionName="f")["Configuration"]["CodeSha256"] != made["CodeSha256"]


def test_logs_answer_by_the_model(cloud, admin):
    logs = cloud.client(admin, "logs", REGION)
    group = "/shop/staging/app"
    logs.create_log_group(logGroupName=group, tags={"a": "b"})
    logs.put_retention_policy(logGroupName=group, retentionInDays=30)
    logs.create_log_stream(logGroupName=group, logStreamName="s")
    now = int(cloud.clock.now().timestamp() * 1000)
    logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=[{"timestamp": now, "message": "hello"}])
    assert logs.filter_log_events(logGroupName=group)["events"][0]["message"] == "hello"
    assert logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == 30


def test_dynamodb_and_events_answer_by_the_model(cloud, admin):
    dynamodb = cloud.client(admin, "dynamodb", REGION)
    key = [{"AttributeName": "id", "KeyType": "HASH"}]
    attribute = [{"AttributeName": "id", "AttributeType": "S"}]
    dynamodb.create_table(TableName="t", KeySchema=key, AttributeDefinitions=attribute, BillingMode="PAY_PER_REQUEST")
    assert dynamodb.describe_table(TableName="t")["Table"]["TableStatus"] == "ACTIVE"
    assert dynamodb.describe_time_to_live(TableName="t")["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED"
    events = cloud.client(admin, "events", REGION)
    events.put_rule(Name="nightly", ScheduleExpression="rate(1 day)")
    events.put_targets(Rule="nightly", Targets=[{"Id": "f", "Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"}])
    assert events.list_targets_by_rule(Rule="nightly")["Targets"][0]["Id"] == "f"


def test_parameters_and_secrets_answer_by_the_model(cloud, admin):
    parameters = cloud.client(admin, "ssm", REGION)
    parameters.put_parameter(Name="/shop/staging/a", Value="b", Type="String")
    assert parameters.get_parameters(Names=["/shop/staging/a"])["Parameters"][0]["Value"] == "b"
    vault = cloud.client(admin, "secretsmanager", REGION)
    vault.create_secret(Name="shop/staging/s", SecretString="x")
    assert vault.get_secret_value(SecretId="shop/staging/s")["SecretString"] == "x"


def test_a_function_s_role_must_let_lambda_in(cloud, admin):
    iam = cloud.client(admin, "iam", REGION)
    wrong = iam.create_role(RoleName="wrong", AssumeRolePolicyDocument=trust("ecs-tasks.amazonaws.com"))["Role"]["Arn"]
    for role in (wrong, f"arn:aws:iam::{ACCOUNT}:role/absent"):
        with pytest.raises(ClientError) as error:
            cloud.client(admin, "lambda", REGION).create_function(
                FunctionName="f", Runtime="python3.13", Handler="a.b", Role=role, Code={"ZipFile": code()}
            )
        assert error.value.response["Error"]["Message"] == "The role defined for the function cannot be assumed by Lambda."
