"""Change sets: what they show, and what is refused before anything is made."""

from aws.cloudformation.testing import BUCKET, ROLE, REGION, code_of, desk  # noqa: F401 (desk is a fixture)


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
    tagged = BUCKET.replace("DependsOn: Log", "Properties: {Tags: [{Key: a, Value: !GetAtt Log.Arn}]}")
    changed = tagged.replace("'/${AWS::StackName}'", "'/x'")
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
