"""Stacks through the door: what is made, changed, put back, refused and deleted."""

import json

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
ROLE = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: %s
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
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


def test_a_change_set_without_changes(desk):
    desk.deploy("app", BUCKET)
    made = desk.change_set("app", "# another comment\n" + BUCKET, "UPDATE")
    assert made["Status"] == "FAILED" and "The submitted information didn't contain changes." in made["StatusReason"]
    assert made["ExecutionStatus"] == "UNAVAILABLE"
    code, _ = code_of(lambda: desk.cloudformation.execute_change_set(ChangeSetName=made["ChangeSetId"]))
    assert code == "InvalidChangeSetStatus"
    update = {"StackName": "app", "TemplateBody": BUCKET}
    assert code_of(lambda: desk.cloudformation.update_stack(**update))[1] == "No updates are to be performed."


def test_what_a_change_set_shows(desk):
    desk.deploy("app", BUCKET)
    changed = BUCKET.replace("'/${AWS::StackName}'", "'/x'").replace("DependsOn: Log", "Properties: {Tags: [{Key: a, Value: !GetAtt Log.Arn}]}")
    made = desk.change_set("app", changed + "  More: {Value: x}\n", "UPDATE")
    shown = {one["ResourceChange"]["LogicalResourceId"]: one["ResourceChange"] for one in made["Changes"]}
    assert shown["Log"]["Replacement"] == "True" and shown["Bucket"]["Replacement"] == "False"
    assert shown["Bucket"]["Details"][0]["Evaluation"] == "Dynamic"


def test_a_new_change_set_leaves_review_in_progress(desk):
    made = desk.change_set("app", BUCKET)
    assert desk.status("app") == "REVIEW_IN_PROGRESS"
    assert desk.change_set("app", BUCKET)["Status"] == "CREATE_COMPLETE"  # once more is allowed
    assert "REVIEW_IN_PROGRESS" in code_of(lambda: desk.change_set("app", BUCKET, "UPDATE"))[1]
    desk.cloudformation.delete_stack(StackName="app")
    assert desk.status("app") == "gone"
    assert code_of(lambda: desk.cloudformation.execute_change_set(ChangeSetName=made["ChangeSetId"]))[0] in (
        "ValidationError", "ChangeSetNotFound",
    )  # fmt: skip


def test_a_failed_create_rolls_back_and_cannot_be_updated(desk):
    desk.cloud.faults.add("s3", "CreateBucket", error=("InternalError", "no bucket today"))
    assert desk.deploy("app", BUCKET)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert desk.client("logs").describe_log_groups()["logGroups"] == []
    events = desk.events("app")
    reason = next(reason for logical, status, reason in events if (logical, status) == ("Bucket", "CREATE_FAILED"))
    assert "no bucket today" in reason and "HandlerErrorCode: GeneralServiceException" in reason
    assert ("app", "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Bucket]. Rollback requested by user.") in events
    code, message = code_of(lambda: desk.change_set("app", BUCKET, "UPDATE"))
    assert code == "ValidationError" and message.endswith("is in ROLLBACK_COMPLETE state and can not be updated.")
    assert "already exists" in code_of(lambda: desk.change_set("app", BUCKET, "CREATE"))[1]
    desk.cloudformation.delete_stack(StackName="app")
    assert desk.deploy("app", BUCKET)["StackStatus"] == "CREATE_COMPLETE"


def test_a_rollback_that_fails(desk):
    desk.cloud.faults.add("s3", "CreateBucket", error=("InternalError", "x"))
    desk.cloud.faults.add("logs", "DeleteLogGroup", error=("OperationAbortedException", "y"))
    assert desk.deploy("app", BUCKET)["StackStatus"] == "ROLLBACK_FAILED"
    desk.cloudformation.delete_stack(StackName="app")
    assert desk.status("app") == "gone"


@pytest.mark.parametrize(("policy", "left"), [("Delete", 0), ("Retain", 1), ("RetainExceptOnCreate", 0)])
def test_deletion_policies_when_a_create_fails(desk, policy, left):
    body = f"""
Resources:
  Bucket: {{Type: AWS::S3::Bucket, DeletionPolicy: {policy}}}
  Log: {{Type: AWS::Logs::LogGroup, DependsOn: Bucket}}
"""
    desk.cloud.faults.add("logs", "CreateLogGroup", error=("InternalError", "x"))
    assert desk.deploy("app", body)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert len(buckets(desk)) == left


@pytest.mark.parametrize(("policy", "left"), [("Delete", 0), ("Retain", 1), ("RetainExceptOnCreate", 1)])
def test_deletion_policies_when_a_stack_is_deleted(desk, policy, left):
    desk.deploy("app", f"Resources: {{Bucket: {{Type: AWS::S3::Bucket, DeletionPolicy: {policy}}}}}")
    desk.cloudformation.delete_stack(StackName="app")
    assert desk.status("app") == "gone" and len(buckets(desk)) == left


def test_a_failed_update_goes_back(desk):
    desk.deploy("app", BUCKET)
    bucket = desk.physical("app", "Bucket")
    more = BUCKET.replace("Outputs:", "  Role:\n    Type: AWS::S3::Bucket\n    DependsOn: Bucket\nOutputs:")
    desk.cloud.faults.add("s3", "CreateBucket", error=("InternalError", "x"))
    assert desk.deploy("app", more, parameters={"Days": "30"})["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert buckets(desk) == [bucket]
    assert desk.client("logs").describe_log_groups()["logGroups"][0]["retentionInDays"] == 7
    assert desk.stack("app")["Parameters"] == [{"ParameterKey": "Days", "ParameterValue": "7"}]
    assert desk.deploy("app", more)["StackStatus"] == "UPDATE_COMPLETE"


def test_an_update_whose_rollback_fails_is_continued(desk):
    desk.deploy("app", BUCKET)
    retention = desk.cloud.faults.add("logs", "PutRetentionPolicy", error=("InternalError", "x"), times=1,
                                      when=lambda call: call.params["retentionInDays"] == 7)  # fmt: skip
    desk.cloud.faults.add("s3", "CreateBucket", error=("InternalError", "y"))
    more = BUCKET.replace("Outputs:", "  Second: {Type: AWS::S3::Bucket, DependsOn: Bucket}\nOutputs:")
    assert desk.deploy("app", more, parameters={"Days": "30"})["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
    assert retention.hits == 1
    assert "UPDATE_ROLLBACK_FAILED state and can not be updated" in code_of(lambda: desk.change_set("app", BUCKET, "UPDATE"))[1]
    desk.cloudformation.continue_update_rollback(StackName="app")
    assert desk.status("app") == "UPDATE_ROLLBACK_COMPLETE"
    assert desk.client("logs").describe_log_groups()["logGroups"][0]["retentionInDays"] == 7


def test_replacement_makes_the_new_one_first(desk):
    body = "Resources: {Bucket: {Type: AWS::S3::Bucket}, Log: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: %s}}}"
    desk.deploy("app", body % "/one")
    start = len(desk.cloud.calls)
    assert desk.deploy("app", body % "/two")["StackStatus"] == "UPDATE_COMPLETE"
    operations = [call.operation for call in desk.cloud.calls[start:]]
    assert operations.index("CreateLogGroup") < operations.index("DeleteLogGroup")
    assert [one["logGroupName"] for one in desk.client("logs").describe_log_groups()["logGroups"]] == ["/two"]


def test_a_custom_named_resource_is_not_replaced_under_its_name(desk):
    body = ROLE % "fixed"
    desk.deploy("app", body)
    assert desk.deploy("app", body + "      Path: /other/\n")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert any("Rename fixed and update the stack again" in reason for _, _, reason in desk.events("app"))


@pytest.mark.parametrize("early", [True, False])
def test_a_name_that_is_taken(desk, early):
    desk.cloud.cloudformation.early_validation = early
    document = json.dumps({"Statement": []})
    desk.client("iam").create_role(RoleName="taken", AssumeRolePolicyDocument=document)
    made = desk.change_set("app", ROLE % "taken")
    if early:
        assert made["Status"] == "FAILED" and "AWS::EarlyValidation::ResourceExistenceCheck" in made["StatusReason"]
        found = desk.cloudformation.describe_events(ChangeSetName=made["ChangeSetId"])["OperationEvents"]
        assert "identifier 'taken' already exists" in found[0]["ValidationStatusReason"]
        assert desk.status("app") == "REVIEW_IN_PROGRESS"
        return
    desk.cloudformation.execute_change_set(ChangeSetName=made["ChangeSetId"])
    assert desk.status("app") == "ROLLBACK_COMPLETE"
    assert any("HandlerErrorCode: AlreadyExists" in reason for _, _, reason in desk.events("app"))
    assert desk.client("iam").get_role(RoleName="taken")  # not deleted by the rollback


def test_a_delete_that_fails(desk):
    desk.deploy("app", BUCKET)
    desk.client("s3").put_object(Bucket=desk.physical("app", "Bucket"), Key="k", Body=b"x")
    desk.cloudformation.delete_stack(StackName="app")
    assert desk.status("app") == "DELETE_FAILED"
    assert desk.stack("app")["StackStatusReason"].startswith("The following resource(s) failed to delete: [Bucket]")
    desk.cloudformation.delete_stack(StackName="app", RetainResources=["Bucket"])
    assert desk.status("app") == "gone"


def test_capabilities_are_demanded(desk):
    refused = code_of(lambda: desk.change_set("app", ROLE % "r", Capabilities=["CAPABILITY_IAM"]))
    assert refused == ("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_NAMED_IAM]")
    assert desk.status("app") == "gone"


def test_limits_and_names(desk):
    long = BUCKET + "#" * 51_200
    assert "51200" in code_of(lambda: desk.change_set("app", long))[1]
    assert code_of(lambda: desk.change_set("1app", BUCKET))[0] == "ValidationError"
    desk.client("s3").create_bucket(Bucket="templates", CreateBucketConfiguration={"LocationConstraint": REGION})
    desk.client("s3").put_object(Bucket="templates", Key="t.yaml", Body=long.encode())
    url = "https://s3.eu-west-1.amazonaws.com/templates/t.yaml"
    made = desk.cloudformation.create_change_set(StackName="app", ChangeSetName="c", ChangeSetType="CREATE", TemplateURL=url)
    assert desk.cloudformation.describe_change_set(ChangeSetName=made["Id"])["Status"] == "CREATE_COMPLETE"
    lost = {"StackName": "b", "ChangeSetName": "c", "ChangeSetType": "CREATE", "TemplateURL": url + "x"}
    assert "S3 error" in code_of(lambda: desk.cloudformation.create_change_set(**lost))[1]


def test_unknown_types_and_properties(desk):
    assert "Unrecognized resource types: [AWS::Nothing::Here]" in code_of(
        lambda: desk.change_set("app", "Resources: {A: {Type: 'AWS::Nothing::Here'}}")
    )[1]
    made = desk.change_set("app", "Resources: {A: {Type: 'AWS::S3::Bucket', Properties: {Bucketname: x}}}")
    assert made["Status"] == "FAILED" and "PropertyValidation" in made["StatusReason"]


def test_templates_come_back_as_they_were_given(desk):
    body = "# kept\n" + BUCKET
    desk.deploy("app", body)
    assert desk.cloudformation.get_template(StackName="app", TemplateStage="Original")["TemplateBody"] == body
    summary = desk.cloudformation.get_template_summary(StackName="app")
    assert [one["ParameterKey"] for one in summary["Parameters"]] == ["Days"]


def test_no_echo_is_hidden(desk):
    body = "Parameters: {P: {Type: String, NoEcho: true}}\nResources: {A: {Type: 'AWS::S3::Bucket'}}"
    assert desk.deploy("app", body, parameters={"P": "secret"})["Parameters"][0]["ParameterValue"] == "****"


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


def test_disabled_rollback_keeps_what_failed_and_can_go_on(desk):
    desk.cloud.faults.add("s3", "CreateBucket", error=("InternalError", "x"))
    made = desk.change_set("app", BUCKET)
    desk.cloudformation.execute_change_set(ChangeSetName=made["ChangeSetId"], DisableRollback=True)
    assert desk.status("app") == "CREATE_FAILED"
    assert len(desk.client("logs").describe_log_groups()["logGroups"]) == 1
    assert desk.deploy("app", BUCKET)["StackStatus"] == "UPDATE_COMPLETE"


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
