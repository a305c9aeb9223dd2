"""HTTP APIs and functions: a visit runs the handler out of the zip, and what must be there first."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from aws.cloud import Cloud
from aws.services import SERVICES, sample
from botocore.exceptions import ClientError

PYTHON = """
import json, os, boto3
def handler(event, context):
    route = event["requestContext"]["routeKey"]
    who = boto3.client("sts").get_caller_identity()["Arn"].split("/")[1]
    return {"statusCode": 201, "headers": {"x-who": who}, "body": json.dumps([os.environ["GREETING"], route, event.get("pathParameters")])}
def slow(event, context):
    import time
    time.sleep(60)
"""
NODE = "export const handler = async (event) => ({ path: event.rawPath, query: event.queryStringParameters });"
LAMBDA = "lambda.amazonaws.com"


@pytest.fixture
def cloud():
    with Cloud(SERVICES) as opened:
        yield opened
        assert opened.unexpected() == []


def packed(files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return stream.getvalue()


def function(cloud, files, handler, runtime="python3.13", **more):
    """A function of that code; its ARN."""
    made = sample.role(cloud, "function", LAMBDA)
    api = sample.client(cloud, "lambda")
    variables = {"Variables": {"GREETING": "hello"}}
    return api.create_function(
        FunctionName="hello", Runtime=runtime, Handler=handler, Role=made, Environment=variables, Code={"ZipFile": packed(files)}, **more
    )["FunctionArn"]


def document(arn, *keys):
    """The OpenAPI document that SAM makes of routes such as "get /notes"."""
    uri = f"arn:aws:apigateway:{sample.REGION}:lambda:path/2015-03-31/functions/{arn}/invocations"
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": uri, "payloadFormatVersion": "2.0"}
    paths = {}
    for key in keys:
        method, path = key.split()
        paths.setdefault(path, {})[method] = {"x-amazon-apigateway-integration": integration, "responses": {}}
    return json.dumps({"openapi": "3.0.1", "info": {"title": "web", "version": "1.0"}, "paths": paths})


def serve(cloud, arn, *keys, permitted=True):
    """An API with those routes; its host."""
    api = sample.client(cloud, "apigatewayv2")
    made = api.import_api(Body=document(arn, *keys))
    api.create_stage(ApiId=made["ApiId"], StageName="$default", AutoDeploy=True)
    if permitted:
        source = f"arn:aws:execute-api:{sample.REGION}:{sample.BUILD}:{made['ApiId']}/*/*/*"
        sample.client(cloud, "lambda").add_permission(
            FunctionName="hello", StatementId="api", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com", SourceArn=source
        )
    return made["ApiEndpoint"].removeprefix("https://")


def test_a_visit_runs_the_python_handler_with_its_variables_and_its_role(cloud):
    host = serve(cloud, function(cloud, {"src/app.py": PYTHON}, "src/app.handler"), "get /notes/{id}")
    status, headers, body = cloud.sites[host]("/notes/7", {})
    assert (status, json.loads(body)) == (201, ["hello", "GET /notes/{id}", {"id": "7"}])
    assert headers["x-who"] == "function"


def test_a_visit_runs_the_node_handler(cloud):
    files = {"src/hello.js": NODE, "package.json": '{"type": "module"}'}
    host = serve(cloud, function(cloud, files, "src/hello.handler", "nodejs24.x"), "get /{proxy+}")
    status, _, body = cloud.sites[host]("/a/b?x=1", {})
    assert (status, json.loads(body)) == (200, {"path": "/a/b", "query": {"x": "1"}})


def test_the_most_specific_route_wins_and_others_are_404(cloud):
    arn = function(cloud, {"app.py": PYTHON}, "app.handler")
    host = serve(cloud, arn, "x-amazon-apigateway-any-method /{proxy+}", "get /notes/{id}", "get /notes/new")
    keys = [json.loads(cloud.sites[host](path, {})[2])[1] for path in ("/notes/new", "/notes/7", "/other")]
    assert keys == ["GET /notes/new", "GET /notes/{id}", "ANY /{proxy+}"]
    only = serve(cloud, arn, "get /notes", permitted=False)
    assert cloud.sites[only]("/other", {})[0] == 404


@pytest.mark.parametrize(
    "files, handler, said",
    [
        ({"app.py": "import requests\ndef handler(e, c): pass"}, "app.handler", "No module named 'requests'"),
        ({"app.py": PYTHON}, "app.absent", "has no attribute 'absent'"),
        ({"app.py": "def handler(e, c): raise ValueError('broken')"}, "app.handler", "broken"),
    ],
)
def test_a_handler_that_fails_is_a_500(cloud, files, handler, said):
    host = serve(cloud, function(cloud, files, handler), "get /")
    assert cloud.sites[host]("/", {})[0] == 500
    assert said in cloud.sites[host].failures[0]


def test_a_handler_is_stopped_at_its_timeout(cloud, monkeypatch):
    monkeypatch.setattr("aws.services.apigatewayv2.runner.START_SECONDS", 2)
    host = serve(cloud, function(cloud, {"app.py": PYTHON}, "app.slow", Timeout=1), "get /")
    assert cloud.sites[host]("/", {})[0] == 500
    assert "timed out after 1 seconds" in cloud.sites[host].failures[0]


def test_without_a_permission_the_api_cannot_invoke(cloud):
    host = serve(cloud, function(cloud, {"app.py": PYTHON}, "app.handler"), "get /", permitted=False)
    assert cloud.sites[host]("/", {})[0] == 500
    assert "does not let" in cloud.sites[host].failures[0]


def test_a_function_that_is_gone_is_a_500(cloud):
    host = serve(cloud, function(cloud, {"app.py": PYTHON}, "app.handler"), "get /")
    sample.client(cloud, "lambda").delete_function(FunctionName="hello")
    assert cloud.sites[host]("/", {})[0] == 500


def test_new_code_and_new_routes_are_served_at_once(cloud):
    arn = function(cloud, {"app.py": "def handler(e, c): return 'one'"}, "app.handler")
    host = serve(cloud, arn, "get /")
    assert cloud.sites[host]("/", {})[2] == b'"one"'
    sample.client(cloud, "lambda").update_function_code(FunctionName="hello", ZipFile=packed({"app.py": "def handler(e, c): return 'two'"}))
    assert cloud.sites[host]("/", {})[2] == b'"two"'
    sample.client(cloud, "apigatewayv2").reimport_api(ApiId=host.split(".")[0], Body=document(arn, "get /later"))
    assert cloud.sites[host]("/", {})[0] == 404 and cloud.sites[host]("/later", {})[2] == b'"two"'


def test_without_a_stage_nothing_is_served_and_a_deleted_api_is_no_host(cloud):
    api = sample.client(cloud, "apigatewayv2")
    made = api.import_api(Body=document(function(cloud, {"app.py": PYTHON}, "app.handler"), "get /"))
    host = made["ApiEndpoint"].removeprefix("https://")
    assert cloud.sites[host]("/", {})[0] == 404
    with pytest.raises(ClientError, match="NotFoundException"):
        api.get_stage(ApiId=made["ApiId"], StageName="$default")
    api.delete_api(ApiId=made["ApiId"])
    assert host not in cloud.sites
    with pytest.raises(ClientError, match="NotFoundException"):
        api.get_api(ApiId=made["ApiId"])


class TestCode:
    """Where the code comes from."""

    def make(self, cloud, region, credentials=None):
        s3 = cloud.client(cloud.administrator(sample.BUILD), "s3", region)
        s3.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": region})
        s3.put_object(Bucket="code", Key="app.zip", Body=packed({"app.py": PYTHON}))
        api = cloud.client(credentials or cloud.administrator(sample.BUILD), "lambda", sample.REGION)
        role = sample.role(cloud, "function", LAMBDA)
        code = {"S3Bucket": "code", "S3Key": "app.zip"}
        return api.create_function(FunctionName="hello", Runtime="python3.13", Handler="app.handler", Role=role, Code=code)

    def test_out_of_a_bucket(self, cloud):
        host = serve(cloud, self.make(cloud, sample.REGION)["FunctionArn"], "get /")
        assert cloud.sites[host]("/", {})[0] == 500  # it has no GREETING
        assert "GREETING" in cloud.sites[host].failures[0]

    def test_a_bucket_in_another_region_is_refused(self, cloud):
        with pytest.raises(ClientError, match="The bucket is in this region: eu-central-1"):
            self.make(cloud, "eu-central-1")

    def test_whoever_makes_the_function_must_read_the_code(self, cloud):
        arn = sample.role(cloud, "deploy", sample.BUILD, {"lambda:CreateFunction": "*", "iam:PassRole": "*"})
        with pytest.raises(ClientError, match="permission to GetObject for code/app.zip"):
            self.make(cloud, sample.REGION, sample.sign_in(cloud, arn))
