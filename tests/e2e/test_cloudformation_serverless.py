"""SAM templates: transformed by the official translator, made by the role of a bootstrap stack, changed and put back."""

import io
import zipfile
from pathlib import Path

import pytest
from aws.cloud import Cloud
from aws.cloudformation.testing import ACCOUNT, REGION, Desk, code_of

ROOT = Path(__file__).parents[2]
BOOTSTRAP = ROOT / "docs" / "examples" / "sam-lambda-codebuild" / "deploy" / "bootstrap" / "environment.yaml"
PYTHON = (ROOT / "tests" / "fixtures" / "sam-python" / "template.yaml").read_text()
NODE = (ROOT / "tests" / "fixtures" / "sam-node" / "template.yml").read_text()
STACK = "shop-api-development"


@pytest.fixture
def desk():
    with Cloud() as cloud:
        yield Desk(cloud)
        assert cloud.unexpected() == []


def outputs(stack):
    return {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}


def upload(desk, bucket, key, answer):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("notes.py", f"def handler(event, context):\n    return {answer!r}\n")
    desk.client("s3").put_object(Bucket=bucket, Key=key, Body=content.getvalue())


@pytest.fixture
def environment(desk):
    """The bootstrap stack of an environment, with two versions of the code in its bucket."""
    parameters = {"Project": "shop", "Environment": "development", "BuildAccount": ACCOUNT}
    made = outputs(desk.deploy("shop-development-bootstrap", BOOTSTRAP.read_text(), parameters=parameters))
    for version in ("1", "2"):
        upload(desk, made["ArtifactBucketName"], f"api/{version}.zip", version)
    return made


def packaged(environment, version, boundary=True):
    """As `sam package` would leave it, with the boundary that the deploy script adds; the nightly rule is not in this role."""
    text = PYTHON.replace("CodeUri: src/", f"CodeUri: s3://{environment['ArtifactBucketName']}/api/{version}.zip")
    text = text[: text.index("        Nightly:")] + text[text.index("\nOutputs:") :]
    if boundary:
        text = text.replace("      Handler:", f"      PermissionsBoundary: {environment['BoundaryArn']}\n      Handler:")
    return text


def function(desk):
    return desk.client("lambda").get_function(FunctionName=desk.physical(STACK, "NotesFunction"))["Configuration"]


def test_a_function_its_table_and_its_api(desk, environment):
    role = environment["CloudFormationRoleArn"]
    made = outputs(desk.deploy(STACK, packaged(environment, "1"), RoleARN=role))
    table = desk.client("dynamodb").describe_table(TableName=made["Table"])["Table"]
    assert table["TableName"].startswith(STACK + "-Notes-")
    first = function(desk)
    assert first["Environment"]["Variables"] == {"TABLE": made["Table"], "LOG_LEVEL": "INFO"}
    own = desk.client("iam").get_role(RoleName=first["Role"].rsplit("/", 1)[-1])["Role"]
    assert own["PermissionsBoundary"]["PermissionsBoundaryArn"] == environment["BoundaryArn"]
    [api] = desk.client("apigatewayv2").get_apis()["Items"]
    assert made["ApiUrl"] == f"https://{api['ApiId']}.execute-api.{REGION}.amazonaws.com"
    assert [one["RouteKey"] for one in desk.client("apigatewayv2").get_routes(ApiId=api["ApiId"])["Items"]] == ["GET /notes"]
    makers = {call.principal.iam_arn for call in desk.cloud.calls if call.service in ("lambda", "dynamodb", "apigatewayv2")
              and call.operation.startswith("Create")}  # fmt: skip
    assert makers == {role}

    assert desk.deploy(STACK, packaged(environment, "2"))["StackStatus"] == "UPDATE_COMPLETE"
    assert function(desk)["CodeSha256"] != first["CodeSha256"]
    again = desk.change_set(STACK, packaged(environment, "2"), "UPDATE")
    assert again["Status"] == "FAILED" and "didn't contain changes" in again["StatusReason"]
    desk.cloudformation.delete_stack(StackName=STACK)
    assert desk.status(STACK) == "gone" and desk.client("lambda").list_functions()["Functions"] == []


def test_a_failed_update_brings_the_old_code_back(desk, environment):
    desk.deploy(STACK, packaged(environment, "1"), RoleARN=environment["CloudFormationRoleArn"])
    before = function(desk)["CodeSha256"]
    desk.cloud.faults.add("lambda", "UpdateFunctionConfiguration", error=("ServiceException", "not today", 500))
    changed = packaged(environment, "2").replace("Timeout: 10", "Timeout: 20")
    assert desk.deploy(STACK, changed)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert function(desk)["CodeSha256"] == before and function(desk)["Timeout"] == 10


def test_a_role_without_its_boundary_is_refused(desk, environment):
    stack = desk.deploy(STACK, packaged(environment, "1", boundary=False), RoleARN=environment["CloudFormationRoleArn"])
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    [reason] = [reason for _, status, reason in desk.events(STACK) if status == "CREATE_FAILED"]
    assert "is not authorized to perform: iam:CreateRole" in reason


def test_the_capabilities_of_a_transformed_template(desk, environment):
    body = packaged(environment, "1")
    made = desk.change_set(STACK, body, Capabilities=[])
    assert (made["Status"], made["StatusReason"]) == ("FAILED", "Requires capabilities : [CAPABILITY_IAM]")
    create = {"StackName": "direct", "TemplateBody": body, "Capabilities": ["CAPABILITY_IAM"]}
    code, message = code_of(lambda: desk.cloudformation.create_stack(**create))
    assert (code, message) == ("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_AUTO_EXPAND]")
    create["Capabilities"].append("CAPABILITY_AUTO_EXPAND")
    desk.cloudformation.create_stack(**create)
    assert desk.status("direct") == "CREATE_COMPLETE"
    assert desk.cloudformation.get_template(StackName="direct")["TemplateBody"] == body
    processed = desk.cloudformation.get_template(StackName="direct", TemplateStage="Processed")["TemplateBody"]
    assert processed["Resources"]["NotesFunction"]["Type"] == "AWS::Lambda::Function"


def test_a_template_that_the_translator_refuses(desk):
    body = "Transform: AWS::Serverless-2016-10-31\nResources: {F: {Type: 'AWS::Serverless::Function', Properties: {Handler: x}}}"
    made = desk.change_set("app", body)
    assert made["Status"] == "FAILED" and "Invalid Serverless Application Specification document" in made["StatusReason"]


def test_urls_notifications_and_schedules(desk, environment):
    bucket = environment["ArtifactBucketName"]
    node = NODE.replace("CodeUri: .", f"CodeUri: s3://{bucket}/api/1.zip")
    image = node[node.index("      PackageType: Image") : node.index("      Events:")]
    plain = f"      Handler: a.b\n      Runtime: nodejs22.x\n      CodeUri: s3://{bucket}/api/1.zip\n"
    made = outputs(desk.deploy("node", node.replace(image, plain)))
    assert made["HelloUrl"].startswith("https://")
    uploads = desk.physical("node", "Uploads")
    notification = desk.client("s3").get_bucket_notification_configuration(Bucket=uploads)
    [target] = notification["LambdaFunctionConfigurations"]
    assert target["LambdaFunctionArn"].endswith(desk.physical("node", "ThumbnailFunction"))

    desk.deploy("py", PYTHON.replace("CodeUri: src/", f"CodeUri: s3://{bucket}/api/1.zip\n      AutoPublishAlias: live"))
    rule = desk.physical("py", "NotesFunctionNightly")
    [target] = desk.client("events").list_targets_by_rule(Rule=rule)["Targets"]
    assert target["Arn"].endswith(":live")
    alias = desk.client("lambda").get_alias(FunctionName=desk.physical("py", "NotesFunction"), Name="live")
    assert alias["FunctionVersion"] == "1"
    two = PYTHON.replace("CodeUri: src/", f"CodeUri: s3://{bucket}/api/2.zip\n      AutoPublishAlias: live")
    assert desk.deploy("py", two)["StackStatus"] == "UPDATE_COMPLETE"
    alias = desk.client("lambda").get_alias(FunctionName=desk.physical("py", "NotesFunction"), Name="live")
    assert alias["FunctionVersion"] == "2"
