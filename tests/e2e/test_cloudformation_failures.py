"""What a stack is after a failure, and what may be done with it then."""

import json

import pytest
from aws.cloudformation.testing import BUCKET, ROLE, code_of, desk  # noqa: F401 (desk is a fixture)


def buckets(desk):
    return [one["Name"] for one in desk.client("s3").list_buckets()["Buckets"]]


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


def test_disabled_rollback_keeps_what_failed_and_can_go_on(desk):
    desk.cloud.faults.add("s3", "CreateBucket", error=("InternalError", "x"))
    made = desk.change_set("app", BUCKET)
    desk.cloudformation.execute_change_set(ChangeSetName=made["ChangeSetId"], DisableRollback=True)
    assert desk.status("app") == "CREATE_FAILED"
    assert len(desk.client("logs").describe_log_groups()["logGroups"]) == 1
    assert desk.deploy("app", BUCKET)["StackStatus"] == "UPDATE_COMPLETE"
