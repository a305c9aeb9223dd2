"""The bootstrap stacks of the book's examples, by their own printed commands and the real aws CLI, in empty accounts."""

import json

import pytest
from aws.cloud import Cloud
from aws.cloudformation.shell import OTHER, Shell
from aws.cloudformation.testing import ACCOUNT, REGION, Desk


@pytest.fixture
def cloud():
    with Cloud() as cloud:
        yield cloud
        assert cloud.unexpected() == []


def policy_of(desk, name):
    iam = desk.client("iam")
    [policy] = iam.list_role_policies(RoleName=name)["PolicyNames"][:1]
    return iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]


def bucket_is_guarded(desk, name):
    s3 = desk.client("s3")
    policy = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])
    assert policy["Statement"][0]["Resource"] == [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
    assert s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]["BlockPublicPolicy"] is True
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    assert s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    [rule] = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    assert rule["Status"] == "Enabled" and rule["NoncurrentVersionExpiration"]["NoncurrentDays"] in (7, 180)


def output(desk, stack, key):
    return next(one["OutputValue"] for one in desk.stack(stack)["Outputs"] if one["OutputKey"] == key)


def test_container_on_ecs_express_from_gitlab(cloud, tmp_path):
    Shell(cloud, tmp_path, "container-ecs-express-gitlab").bootstrap()
    desk = Desk(cloud)
    iam = desk.client("iam")
    provider = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=output(desk, "gitlab-oidc-provider", "ProviderArn"))
    assert provider["Url"] == "gitlab.com" and provider["ClientIDList"] == ["https://gitlab.com"]
    repository = desk.client("ecr").describe_repositories()["repositories"][0]
    assert repository["imageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert repository["repositoryUri"] == output(desk, "shop-bootstrap-repository", "RepositoryUri")
    assert "deployed-*" in desk.client("ecr").get_lifecycle_policy(repositoryName="shop/app")["lifecyclePolicyText"]
    for environment in ("staging", "production"):
        bucket_is_guarded(desk, output(desk, f"shop-{environment}-bootstrap", "ArtifactBucketName"))
        role = iam.get_role(RoleName=f"shop-{environment}-deploy")["Role"]
        condition = role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]["StringEquals"]
        assert condition["gitlab.com:sub"] == ["project_path:acme/shop:ref_type:branch:ref:main"]
        assert role["MaxSessionDuration"] == 7200
        boundary = iam.get_policy(PolicyArn=output(desk, f"shop-{environment}-bootstrap", "BoundaryArn"))["Policy"]
        assert boundary["PolicyName"] == f"shop-{environment}-boundary"
        assert "ecs:CreateExpressGatewayService" in json.dumps(policy_of(desk, f"shop-{environment}-cloudformation"))


def test_site_on_amplify_from_github(cloud, tmp_path):
    shell = Shell(cloud, tmp_path, "spa-amplify-github")
    shell.bootstrap()
    desk = Desk(cloud)
    roles = {one["RoleName"] for one in desk.client("iam").list_roles()["Roles"]}
    environments = {name.split("-")[1] for name in roles if name.endswith("-deploy")}
    assert environments and {f"shop-{one}-cloudformation" for one in environments} <= roles
    for one in environments:
        role = desk.client("iam").get_role(RoleName=f"shop-{one}-deploy")["Role"]
        subjects = role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]["StringEquals"]
        assert subjects["token.actions.githubusercontent.com:sub"] == [f"repo:acme@90001/shop@70001:environment:{one}"]
        bucket_is_guarded(desk, output(desk, f"shop-{one}-bootstrap", "ArtifactBucketName"))
        arn = output(desk, f"shop-{one}-bootstrap", "CloudFormationRoleArn")
        deploy = (
            f"aws cloudformation deploy --region {REGION} --stack-name shop-web-{one} --template-file deploy/amplify.yaml "
            f"--role-arn {arn} --capabilities CAPABILITY_NAMED_IAM --parameter-overrides Project=shop Environment={one}"
        )
        assert shell.run(deploy)[0] == 0
        assert shell.run(deploy + " --no-fail-on-empty-changeset")[0] == 0
        made = [call for call in cloud.calls if call.operation == "CreateApp"][-1]
        assert made.principal.iam_arn == arn and made.error is None
        app = desk.client("amplify").get_app(appId=output(desk, f"shop-web-{one}", "AppId"))["app"]
        assert app["customRules"] == [{"source": "/<*>", "target": "/index.html", "status": "404-200"}]


def test_functions_from_codepipeline_in_two_accounts(cloud, tmp_path):
    shell = Shell(cloud, tmp_path, "sam-lambda-codebuild")
    shell.bootstrap()
    desk, other = Desk(cloud), Desk(cloud, cloud.administrator(OTHER))
    [pipeline] = shell.commands("pipeline.yaml")
    status, log = shell.run(pipeline)
    assert status != 0 and "Failed to create/update the stack" in log  # the connection is still PENDING
    assert desk.status("shop-pipeline") == "ROLLBACK_COMPLETE"
    assert any("is not available" in reason for _, status, reason in desk.events("shop-pipeline") if status == "CREATE_FAILED")
    desk.cloudformation.delete_stack(StackName="shop-pipeline")
    cloud.state("codeconnections", ACCOUNT, REGION).accept(output(desk, "shop-connection", "ConnectionArn"))
    status, log = shell.run(pipeline)
    assert status == 0, log
    names = {one["name"] for one in desk.client("codepipeline").list_pipelines()["pipelines"]}
    assert names == {"shop-development", "shop-production"}
    projects = desk.client("codebuild").batch_get_projects(names=["shop-pull-request", "shop-build"])["projects"]
    assert {one["name"]: "webhook" in one for one in projects} == {"shop-pull-request": True, "shop-build": False}
    bucket_is_guarded(desk, output(desk, "shop-pipeline", "ArtifactBucketName"))
    trust = other.client("iam").get_role(RoleName="shop-production-deploy")["Role"]["AssumeRolePolicyDocument"]
    assert trust["Statement"][0]["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert other.client("s3").list_buckets()["Buckets"] and "shop-production-deploy" not in {
        one["RoleName"] for one in desk.client("iam").list_roles()["Roles"]
    }


def test_a_second_provider_of_one_issuer(cloud, tmp_path):
    shell = Shell(cloud, tmp_path, "container-ecs-express-gitlab")
    [guarded] = shell.commands("bootstrap/account.yaml")
    assert [shell.run(guarded)[0] for _ in range(2)] == [0, 0]
    second = "aws cloudformation deploy --stack-name again --template-file deploy/bootstrap/account.yaml"
    assert shell.run(second)[0] != 0
    desk = Desk(cloud)
    assert desk.status("again") == "ROLLBACK_COMPLETE"
    assert any("EntityAlreadyExists" in reason or "AlreadyExists" in reason for _, _, reason in desk.events("again"))
    assert len(desk.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]) == 1


def test_a_failed_bootstrap_can_be_run_again(cloud, tmp_path):
    shell = Shell(cloud, tmp_path, "container-ecs-express-gitlab")
    assert shell.run(shell.commands("bootstrap/account.yaml")[0])[0] == 0
    [prepare] = shell.commands("shop-staging-bootstrap")
    cloud.faults.add("iam", "CreatePolicy", error=("LimitExceeded", "no more policies", 409))
    assert shell.run(prepare)[0] != 0
    desk = Desk(cloud)
    assert desk.status("shop-staging-bootstrap") == "ROLLBACK_COMPLETE"
    assert desk.client("s3").list_buckets()["Buckets"] == []  # RetainExceptOnCreate
    status, log = shell.run(prepare)
    assert status != 0 and "ROLLBACK_COMPLETE state and can not be updated" in log
    desk.cloudformation.delete_stack(StackName="shop-staging-bootstrap")
    assert shell.run(prepare)[0] == 0


def test_a_subject_with_a_wildcard_is_refused(cloud, tmp_path):
    shell = Shell(cloud, tmp_path, "container-ecs-express-gitlab")
    [prepare] = shell.commands("shop-staging-bootstrap")
    status, log = shell.run(prepare.replace("acme/shop:", "acme/*:"))
    assert status != 0 and "Parameter Subjects failed to satisfy constraint: must be a full subject" in log
    assert Desk(cloud).status("shop-staging-bootstrap") == "gone"


def test_large_templates_need_a_bucket(cloud, tmp_path):
    shell = Shell(cloud, tmp_path, "container-ecs-express-gitlab")
    template = shell.folder / "deploy" / "bootstrap" / "account.yaml"
    template.write_text(template.read_text() + "#" * 51_200)
    deploy = "aws cloudformation deploy --stack-name p --template-file deploy/bootstrap/account.yaml"
    status, log = shell.run(deploy)
    assert status != 0 and "51,200 bytes" in log
    Desk(cloud).client("s3").create_bucket(Bucket="templates", CreateBucketConfiguration={"LocationConstraint": REGION})
    status, log = shell.run(deploy + " --s3-bucket templates")
    assert status == 0, log


