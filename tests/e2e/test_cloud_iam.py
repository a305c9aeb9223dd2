"""IAM's decisions through the door: permissions, boundaries, resource policies, conditions, PassRole."""

import json

import pytest
from botocore.exceptions import ClientError

from aws.cloud import Cloud, Service

ACCOUNT, REGION = "111111111111", "eu-west-1"


class Amplify(Service):
    """As much of Amplify as a permission can be tried on."""

    name = "amplify"

    def list_jobs(self, call):
        return {"jobSummaries": []}

    def resource_tags(self, arn):
        return {"project": "shop"}

    def delete_branch(self, call):
        raise AssertionError("nobody was allowed to come here")


class CodeBuild(Service):
    name = "codebuild"

    def create_project(self, call):
        return {"project": {"name": call.params["name"]}}

    def batch_get_projects(self, call):
        return {"projects": []}


@pytest.fixture
def cloud():
    with Cloud(stubs=[Amplify, CodeBuild]) as one:
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


JOBS = {"appId": "d1", "branchName": "main"}


def test_an_action_that_the_role_lacks_is_denied_and_passes_once_it_has_it(cloud):
    session = role(cloud, "deploy")
    amplify = cloud.client(session, "amplify", REGION)
    message = refused("AccessDeniedException", amplify.list_jobs, **JOBS)
    assert message == (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/deploy/test is not authorized to perform: amplify:ListJobs on resource: "
        f"arn:aws:amplify:{REGION}:{ACCOUNT}:apps/d1/branches/main/jobs/* "
        "because no identity-based policy allows the amplify:ListJobs action"
    )
    iam = cloud.client(cloud.administrator(ACCOUNT), "iam", REGION)
    resource = f"arn:aws:amplify:{REGION}:{ACCOUNT}:apps/*/branches/main/*"
    iam.put_role_policy(RoleName="deploy", PolicyName="own", PolicyDocument=document(allow("amplify:ListJobs", resource=resource)))
    assert amplify.list_jobs(**JOBS)["jobSummaries"] == []
    assert [call.error for call in cloud.calls if call.operation == "ListJobs"] == ["AccessDeniedException", None]
    refused("AccessDeniedException", amplify.list_jobs, appId="d1", branchName="other")


def test_an_explicit_deny_wins(cloud):
    session = role(cloud, "deploy", allow("amplify:*"), allow("amplify:ListJobs", effect="Deny"))
    message = refused("AccessDeniedException", cloud.client(session, "amplify", REGION).list_jobs, **JOBS)
    assert "explicit deny" in message


def test_a_permissions_boundary_limits_what_the_policy_allows(cloud):
    admin = cloud.client(cloud.administrator(ACCOUNT), "iam", REGION)
    policy = document(allow("amplify:GetJob"))
    arn = admin.create_policy(PolicyName="boundary", PolicyDocument=policy)["Policy"]["Arn"]
    session = role(cloud, "deploy", allow("amplify:*"), PermissionsBoundary=arn)
    message = refused("AccessDeniedException", cloud.client(session, "amplify", REGION).list_jobs, **JOBS)
    assert "no permissions boundary allows" in message


def test_a_boundary_that_is_absent_is_refused(cloud):
    admin = cloud.client(cloud.administrator(ACCOUNT), "iam", REGION)
    arn = f"arn:aws:iam::{ACCOUNT}:policy/absent"
    trust = document({"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"})
    refused("NoSuchEntity", admin.create_role, RoleName="a", AssumeRolePolicyDocument=trust, PermissionsBoundary=arn)


def test_creating_a_role_can_demand_the_boundary(cloud):
    admin = cloud.client(cloud.administrator(ACCOUNT), "iam", REGION)
    arn = admin.create_policy(PolicyName="limit", PolicyDocument=document(allow("s3:*")))["Policy"]["Arn"]
    condition = {"StringEquals": {"iam:PermissionsBoundary": arn}}
    session = role(cloud, "cloudformation", allow("iam:CreateRole", "iam:PutRolePolicy", condition=condition))
    iam = cloud.client(session, "iam", REGION)
    trust = document({"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"})
    refused("AccessDenied", iam.create_role, RoleName="task", AssumeRolePolicyDocument=trust)
    iam.create_role(RoleName="task", AssumeRolePolicyDocument=trust, PermissionsBoundary=arn)
    iam.put_role_policy(RoleName="task", PolicyName="p", PolicyDocument=document(allow("s3:GetObject")))
    admin.delete_role_permissions_boundary(RoleName="task")
    refused("AccessDenied", iam.put_role_policy, RoleName="task", PolicyName="q", PolicyDocument=document(allow("*")))


def project(role_arn):
    environment = {"type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:8.0", "computeType": "BUILD_GENERAL1_SMALL"}
    return {
        "name": "check",
        "source": {"type": "NO_SOURCE"},
        "artifacts": {"type": "NO_ARTIFACTS"},
        "environment": environment,
        "serviceRole": role_arn,
    }


def test_a_role_can_only_be_passed_with_the_permission_and_to_the_service_named(cloud):
    passed = f"arn:aws:iam::{ACCOUNT}:role/build"
    create = allow("codebuild:CreateProject")

    def try_with(name, *statements):
        session = role(cloud, name, create, *statements)
        return lambda: cloud.client(session, "codebuild", REGION).create_project(**project(passed))

    def to(service):
        return allow("iam:PassRole", resource=passed, condition={"StringEquals": {"iam:PassedToService": service}})

    assert "iam:PassRole" in refused("AccessDeniedException", try_with("none"))
    refused("AccessDeniedException", try_with("wrong", to("lambda.amazonaws.com")))
    assert try_with("right", to("codebuild.amazonaws.com"))()["project"]["name"] == "check"


def test_every_resource_of_a_list_must_be_allowed(cloud):
    session = role(cloud, "reader", allow("codebuild:BatchGetProjects", resource=f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/shop-*"))
    codebuild = cloud.client(session, "codebuild", REGION)
    assert codebuild.batch_get_projects(names=["shop-a", "shop-b"])["projects"] == []
    refused("AccessDeniedException", codebuild.batch_get_projects, names=["shop-a", "other"])


def test_the_tags_of_a_resource_can_be_a_condition(cloud):
    def condition(value):
        return {"StringEquals": {"aws:ResourceTag/project": value}}

    for name, value, code in (("mine", "shop", "HarnessError"), ("theirs", "other", "AccessDeniedException")):
        session = role(cloud, name, allow("amplify:DeleteBranch", condition=condition(value)))
        refused(code, cloud.client(session, "amplify", REGION).delete_branch, **JOBS)
    assert "nobody was allowed" in cloud._unexpected.pop()


def test_an_action_without_resources_needs_the_star(cloud):
    named = role(cloud, "named", allow("ec2:DescribeVpcs", resource=f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/*"))
    refused("UnauthorizedOperation", cloud.client(named, "ec2", REGION).describe_vpcs)
    star = role(cloud, "star", allow("ec2:DescribeVpcs"))
    vpcs = cloud.client(star, "ec2", REGION).describe_vpcs(Filters=[{"Name": "isDefault", "Values": ["true"]}])["Vpcs"]
    assert len(vpcs) == 1  # a new account has a default VPC


def test_an_unknown_condition_operator_or_key_is_an_error_of_the_harness(cloud):
    conditions = {"operator": {"BinaryEquals": {"aws:RequestedRegion": REGION}}, "key": {"StringEquals": {"amplify:Mood": "x"}}}
    for name, condition in conditions.items():
        session = role(cloud, name, allow("amplify:ListJobs", condition=condition))
        refused("HarnessError", cloud.client(session, "amplify", REGION).list_jobs, **JOBS)
    assert [("BinaryEquals" in one, "amplify:Mood" in one) for one in cloud.unexpected()] == [(True, False), (False, True)]
    cloud._unexpected.clear()


def test_a_condition_on_tags_that_the_harness_cannot_tell_is_its_error(cloud):
    condition = {"StringEquals": {"aws:ResourceTag/project": "shop"}}
    session = role(cloud, "tagged", allow("logs:DeleteLogGroup", condition=condition))
    refused("HarnessError", cloud.client(session, "logs", REGION).delete_log_group, logGroupName="a")
    assert "aws:ResourceTag/project" in cloud._unexpected.pop()
