"""ECS Express Mode: what must be there first, and what each role must be allowed."""

from __future__ import annotations

import json

import pytest
from aws.cloud import Cloud
from aws.services import SERVICES, sample
from aws.services.sample_ecs import World
from botocore.exceptions import ClientError


@pytest.fixture
def cloud():
    with Cloud(SERVICES) as opened:
        yield opened
        assert opened.unexpected() == []


@pytest.fixture
def world(cloud):
    sample.repository(cloud)
    return World(cloud)


def code(function, **given):
    with pytest.raises(ClientError) as refusal:
        function(**given)
    return refusal.value.response["Error"]["Code"]


def test_a_service_before_its_image_fails(cloud, world):
    world.create("sha256:" + "0" * 64)
    assert world.ends()[0]["status"] == "STOPPED"
    assert "CannotPullContainerError" in world.stopped()[0]["stoppedReason"]


@pytest.mark.parametrize("action", ["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "logs:CreateLogStream"])
def test_the_execution_role_needs_each_permission(cloud, world, action):
    allowed = {"ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "logs:CreateLogStream"}
    world.execution = sample.role(cloud, "less", "ecs-tasks.amazonaws.com", {one: "*" for one in allowed - {action}})
    world.create(sample.push(cloud, "1"))
    assert world.ends()[0]["status"] == "STOPPED"
    assert f"not authorized to perform: {action}" in world.stopped()[0]["stoppedReason"]


def test_an_image_of_another_account_needs_the_repositorys_policy(cloud, world):
    digest = sample.push(cloud, "1")
    other = World(cloud, sample.OTHER)
    other.create(digest)
    assert other.ends()[0]["status"] == "STOPPED"
    actions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    statement = {"Effect": "Allow", "Principal": {"AWS": [sample.OTHER]}, "Action": actions}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sample.client(cloud, "ecr").set_repository_policy(repositoryName="shop/app", policyText=policy)
    other.update(digest)
    assert other.ends()[0]["status"] == "SUCCESSFUL"
    assert other.state.running("shop") == digest


def test_secrets_are_read_as_the_execution_role(cloud, world):
    made = sample.client(cloud, "secretsmanager").create_secret(Name="shop/key", SecretString="hush")
    secret = {"container": {"secrets": [{"name": "KEY", "valueFrom": made["ARN"]}]}}
    shows = ["/usr/bin/busybox", "sh", "-c", 'echo "$KEY" > /www/index.html; exec /usr/bin/busybox httpd -f -p 8080 -h /www']
    digest = sample.push(cloud, "1", command=shows)
    world.create(digest, **secret)
    assert world.ends()[0]["status"] == "STOPPED"
    assert "unable to retrieve secret from asm" in world.stopped()[0]["stoppedReason"]
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": made["ARN"]}]}
    sample.client(cloud, "iam").put_role_policy(RoleName="exec", PolicyName="secrets", PolicyDocument=json.dumps(document))
    world.update(digest, **secret)
    assert world.ends()[0]["status"] == "SUCCESSFUL"
    assert world.visit() == (200, "hush\n")


def test_an_absent_parameter_stops_the_task(cloud, world):
    world.execution = sample.role(cloud, "all", "ecs-tasks.amazonaws.com", {"*": "*"})
    arn = f"arn:aws:ssm:{sample.REGION}:{sample.BUILD}:parameter/absent"
    world.create(sample.push(cloud, "1"), container={"secrets": [{"name": "KEY", "valueFrom": arn}]})
    world.ends()
    assert "invalid parameters" in world.stopped()[0]["stoppedReason"]


def test_a_role_that_tasks_may_not_take(cloud, world):
    world.execution = sample.role(cloud, "wrong", "lambda.amazonaws.com", managed=sample.EXECUTION)
    world.create(sample.push(cloud, "1"))
    world.ends()
    assert "unable to assume the execution role" in world.stopped()[0]["stoppedReason"]


def test_the_infrastructure_role_needs_what_the_managed_policy_lists(cloud, world):
    digest = sample.push(cloud, "1")
    world.infrastructure = sample.role(cloud, "weak", "ecs.amazonaws.com", {"elasticloadbalancing:*": "*"})
    with pytest.raises(ClientError, match="is not authorized to perform: iam:CreateServiceLinkedRole"):
        world.create(digest)
    world.infrastructure = sample.role(cloud, "untrusted", "ecs-tasks.amazonaws.com", managed=sample.INFRASTRUCTURE)
    with pytest.raises(ClientError, match="unable to assume the infrastructure role"):
        world.create(digest)


def test_the_first_cluster_of_an_account_fails_once(cloud):
    ecs = sample.client(cloud, "ecs", sample.OTHER)
    with pytest.raises(ClientError, match="Unable to assume the service linked role"):
        ecs.create_cluster(clusterName="default")
    assert ecs.create_cluster(clusterName="default")["cluster"]["status"] == "ACTIVE"


def test_without_the_right_to_make_the_role_it_fails_for_ever(cloud):
    arn = sample.role(cloud, "deploy", sample.BUILD, {"ecs:*": "*"})
    ecs = cloud.client(sample.sign_in(cloud, arn), "ecs", sample.REGION)
    for _ in range(2):
        assert code(ecs.create_cluster, clusterName="default") == "InvalidParameterException"


def test_without_a_default_vpc_subnets_are_needed(cloud, world):
    digest = sample.push(cloud, "1")
    ec2 = sample.client(cloud, "ec2")
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    for gateway in ec2.describe_internet_gateways()["InternetGateways"]:
        ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc)
    ec2.delete_vpc(VpcId=vpc)
    with pytest.raises(ClientError, match="No default VPC"):
        world.create(digest)
    with pytest.raises(ClientError, match="does not exist"):
        world.create(digest, networkConfiguration={"subnets": ["subnet-00000000"]})


def test_a_name_is_free_only_when_the_service_is_gone(cloud, world):
    digest = sample.push(cloud, "1")
    arn = world.create(digest)["serviceArn"]
    world.ends()
    with pytest.raises(ClientError, match="not idempotent"):
        world.create(digest)
    world.ecs.delete_express_gateway_service(serviceArn=arn)
    with pytest.raises(ClientError, match="still Draining"):
        world.create(digest)
    assert code(world.ecs.update_express_gateway_service, serviceArn=arn) == "ServiceNotActiveException"
    assert code(world.ecs.describe_express_gateway_service, serviceArn=arn) == "ResourceNotFoundException"
    assert world.ecs.describe_services(cluster="default", services=["shop"])["services"][0]["status"] == "INACTIVE"
    world.create(digest)
    assert world.ends()[0]["status"] == "SUCCESSFUL"


def test_what_is_not_there_is_said_to_be_missing(cloud, world):
    assert code(world.ecs.list_service_deployments, cluster="default", service="shop") == "ClusterNotFoundException"
    world.ecs.create_cluster(clusterName="default")
    assert code(world.ecs.list_service_deployments, cluster="default", service="shop") == "ServiceNotFoundException"
    answer = world.ecs.describe_services(cluster="default", services=["shop"])
    assert answer["services"] == [] and answer["failures"][0]["reason"] == "MISSING"


def test_a_cluster_with_services_stays(cloud, world):
    world.create(sample.push(cloud, "1"))
    assert code(world.ecs.delete_cluster, cluster="default") == "ClusterContainsServicesException"


def test_passing_a_role_is_checked(cloud, world):
    arn = sample.role(cloud, "deploy", sample.BUILD, {"ecs:*": "*", "iam:CreateServiceLinkedRole": "*"})
    world.ecs = cloud.client(sample.sign_in(cloud, arn), "ecs", sample.REGION)
    with pytest.raises(ClientError, match="iam:PassRole"):
        world.create(sample.push(cloud, "1"))


def test_a_task_definition_is_registered_as_the_caller(cloud, world):
    rights = {"ecs:CreateExpressGatewayService": "*", "ecs:CreateCluster": "*", "iam:PassRole": "*"}
    arn = sample.role(cloud, "deploy", sample.BUILD, rights)
    world.ecs = cloud.client(sample.sign_in(cloud, arn), "ecs", sample.REGION)
    with pytest.raises(ClientError, match="ecs:RegisterTaskDefinition"):
        world.create(sample.push(cloud, "1"))
