"""Stacks through the door: what is made, changed, held and deleted."""

import pytest
from aws.cloud import Cloud
from aws.cloudformation import SERVICE
from aws.cloudformation.testing import ACCOUNT, REGION, Desk, code_of

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


@pytest.fixture
def desk():
    with Cloud([SERVICE]) as cloud:
        yield Desk(cloud)
        assert cloud.unexpected() == []


def buckets(desk):
    return [one["Name"] for one in desk.client("s3").list_buckets()["Buckets"]]


def test_create_update_and_delete(desk):
    stack = desk.deploy("app", BUCKET)
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    name = desk.physical("app", "Bucket")
    assert name.startswith("app-bucket-") and buckets(desk) == [name]
    assert stack["Outputs"] == [{"OutputKey": "Arn", "OutputValue": f"arn:aws:s3:::{name}"}]
    logs = desk.client("logs")
    assert logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == 7

    assert desk.deploy("app", BUCKET, parameters={"Days": "30"})["StackStatus"] == "UPDATE_COMPLETE"
    assert logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == 30
    assert buckets(desk) == [name]

    desk.cloudformation.delete_stack(StackName="app")
    assert desk.status("app") == "gone" and buckets(desk) == [] and logs.describe_log_groups()["logGroups"] == []
    by_id = desk.stack(stack["StackId"])
    assert by_id["StackStatus"] == "DELETE_COMPLETE"
    assert desk.deploy("app", BUCKET)["StackId"] != stack["StackId"]


def test_order_of_events(desk):
    desk.deploy("app", BUCKET)
    found = [(logical, status) for logical, status, _ in desk.events("app")]
    assert found.index(("Log", "CREATE_COMPLETE")) < found.index(("Bucket", "CREATE_IN_PROGRESS"))
    assert found[0] == ("app", "CREATE_IN_PROGRESS") and found[-1] == ("app", "CREATE_COMPLETE")


def test_a_stack_that_does_not_exist(desk):
    code, message = code_of(lambda: desk.cloudformation.describe_stacks(StackName="none"))
    assert (code, message) == ("ValidationError", "Stack with id none does not exist")
    desk.cloudformation.delete_stack(StackName="none")  # no error, as the real one


def test_replacement_makes_the_new_one_first(desk):
    body = "Resources: {Bucket: {Type: AWS::S3::Bucket}, Log: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: %s}}}"
    desk.deploy("app", body % "/one")
    start = len(desk.cloud.calls)
    assert desk.deploy("app", body % "/two")["StackStatus"] == "UPDATE_COMPLETE"
    operations = [call.operation for call in desk.cloud.calls[start:]]
    assert operations.index("CreateLogGroup") < operations.index("DeleteLogGroup")
    assert [one["logGroupName"] for one in desk.client("logs").describe_log_groups()["logGroups"]] == ["/two"]


def test_an_operation_can_be_held(desk):
    engine = desk.cloud.cloudformation
    engine.hold("app", before="Bucket")
    assert desk.deploy("app", BUCKET)["StackStatus"] == "CREATE_IN_PROGRESS"
    assert len(desk.client("logs").describe_log_groups()["logGroups"]) == 1 and buckets(desk) == []
    assert "CREATE_IN_PROGRESS" in code_of(lambda: desk.change_set("app", BUCKET, "UPDATE"))[1]
    engine.release("app")
    assert desk.status("app") == "CREATE_COMPLETE"
    engine.hold("app", polls=2)
    assert desk.deploy("app", BUCKET, parameters={"Days": "30"})["StackStatus"] == "UPDATE_IN_PROGRESS"
    assert [desk.status("app") for _ in range(2)] == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]


def test_an_update_can_be_cancelled(desk):
    desk.deploy("app", BUCKET)
    desk.cloud.cloudformation.hold("app", before="Bucket")
    desk.deploy("app", BUCKET, parameters={"Days": "30"})
    desk.cloudformation.cancel_update_stack(StackName="app")
    assert desk.status("app") == "UPDATE_ROLLBACK_COMPLETE"
    assert desk.client("logs").describe_log_groups()["logGroups"][0]["retentionInDays"] == 7
    assert code_of(lambda: desk.cloudformation.cancel_update_stack(StackName="app"))[0] == "ValidationError"


def test_create_stack_and_update_stack(desk):
    desk.cloudformation.create_stack(StackName="app", TemplateBody=BUCKET, Tags=[{"Key": "team", "Value": "a"}])
    assert desk.status("app") == "CREATE_COMPLETE"
    tags = desk.client("logs").list_tags_log_group(logGroupName="/app")["tags"]
    assert tags["team"] == "a" and tags["aws:cloudformation:stack-name"] == "app"
    assert code_of(lambda: desk.cloudformation.create_stack(StackName="app", TemplateBody=BUCKET))[0] == "AlreadyExistsException"
    desk.cloudformation.update_stack(StackName="app", UsePreviousTemplate=True, Tags=[{"Key": "team", "Value": "b"}])
    assert desk.client("logs").list_tags_log_group(logGroupName="/app")["tags"]["team"] == "b"
    assert desk.status("app") == "UPDATE_COMPLETE"


def test_accounts_and_regions_do_not_meet(desk):
    desk.deploy("app", BUCKET)
    other = Desk(desk.cloud, desk.cloud.administrator("222222222222"))
    assert other.status("app") == "gone"
    assert list(desk.cloud.cloudformation.state(ACCOUNT, REGION)) == ["app"]
    assert desk.cloud.cloudformation.state("222222222222", REGION) == {}
