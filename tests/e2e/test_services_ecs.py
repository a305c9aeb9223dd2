"""ECS Express Mode: what must be there first, how a rollout ends, and what runs afterwards."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from aws.cloud import Cloud
from aws.services import SERVICES, sample
from aws.services.ecs.state import FINISHED
from botocore.exceptions import ClientError


@pytest.fixture
def cloud():
    with Cloud(SERVICES) as opened:
        yield opened
        assert opened.unexpected() == []


class World:
    """An account with everything that a service needs, and a service in it."""

    def __init__(self, cloud, account=sample.BUILD):
        self.cloud, self.account = cloud, account
        self.ecs = sample.client(cloud, "ecs", account)
        self.state = cloud.state("ecs", account, sample.REGION)
        iam = sample.client(cloud, "iam", account)
        iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
        sample.client(cloud, "logs", account).create_log_group(logGroupName="/shop")
        self.execution = sample.role(cloud, "exec", "ecs-tasks.amazonaws.com", managed=sample.EXECUTION, account=account)
        self.infrastructure = sample.role(cloud, "infra", "ecs.amazonaws.com", managed=sample.INFRASTRUCTURE, account=account)

    def given(self, digest, **more):
        logs = {"logGroup": "/shop", "logStreamPrefix": "ecs"}
        image = digest if "/" in digest else f"{sample.NAME}@{digest}"
        container = {"image": image, "containerPort": 8080, "awsLogsConfiguration": logs, **more.pop("container", {})}
        return {"executionRoleArn": self.execution, "healthCheckPath": "/", "primaryContainer": container, **more}

    def create(self, digest, **more):
        given = {"infrastructureRoleArn": self.infrastructure, **self.given(digest, **more)}
        return self.ecs.create_express_gateway_service(serviceName="shop", **given)["service"]

    def update(self, digest, **more):
        arn = self.state.find("shop").arn
        return self.ecs.update_express_gateway_service(serviceArn=arn, **self.given(digest, **more))

    def deployments(self):
        return self.ecs.list_service_deployments(cluster="default", service="shop")["serviceDeployments"]

    def ends(self):
        """The newest rollout when it moves no more, and every status on the way."""
        seen = []
        for _ in range(10):
            newest = self.deployments()[0]
            seen.append(newest["status"])
            if newest["status"] in FINISHED:
                return newest, seen
        raise AssertionError(f"never ends: {seen}")

    def visit(self):
        host = self.state.find("shop").host
        status, _, body = self.cloud.sites[host]("/", {})
        return status, body.decode()

    def stopped(self):
        arns = self.ecs.list_tasks(cluster="default", family="default-shop", desiredStatus="STOPPED")["taskArns"]
        return self.ecs.describe_tasks(cluster="default", tasks=arns)["tasks"] if arns else []


@pytest.fixture
def world(cloud):
    sample.repository(cloud)
    return World(cloud)


def code(function, **given):
    with pytest.raises(ClientError) as refusal:
        function(**given)
    return refusal.value.response["Error"]["Code"]


def test_the_first_version_runs(cloud, world):
    digest = sample.push(cloud, "1")
    world.create(digest)
    assert world.visit()[0] == 503
    newest, seen = world.ends()
    assert seen == ["IN_PROGRESS", "SUCCESSFUL"], newest
    assert world.visit() == (200, "version 1")
    assert world.state.running("shop") == digest


def test_describe_says_what_runs(cloud, world):
    digest = sample.push(cloud, "1")
    made = world.create(digest)
    world.ends()
    service = world.ecs.describe_services(cluster="default", services=["shop"])["services"][0]
    assert [one["runningTaskCount"] for one in service["currentServiceRevisions"]] == [1]
    arns = [one["arn"] for one in service["currentServiceRevisions"]]
    revision = world.ecs.describe_service_revisions(serviceRevisionArns=arns)["serviceRevisions"][0]
    assert revision["containerImages"][0]["imageDigest"] == digest
    shown = world.ecs.describe_express_gateway_service(serviceArn=made["serviceArn"])["service"]
    assert shown["status"]["statusCode"] == "ACTIVE"
    assert shown["activeConfigurations"][0]["ingressPaths"][0]["endpoint"].endswith(".ecs.eu-west-1.on.aws/")


def test_a_second_version_takes_over_and_an_unchanged_one_starts_nothing(cloud, world):
    first, second = sample.push(cloud, "1"), sample.push(cloud, "2")
    world.create(first)
    world.ends()
    world.update(second)
    assert world.visit() == (200, "version 1")
    assert world.ends()[0]["status"] == "SUCCESSFUL"
    assert world.visit() == (200, "version 2")
    before = len(world.deployments())
    world.update(second)
    assert len(world.deployments()) == before


def test_deployments_are_listed_by_status_and_time(cloud, world):
    world.create(sample.push(cloud, "1"))
    world.ends()
    ask = {"cluster": "default", "service": "shop"}
    hour = timedelta(hours=1)
    for after, count in ((cloud.clock.now() - hour, 1), (cloud.clock.now() + hour, 0)):
        found = world.ecs.list_service_deployments(**ask, createdAt={"after": after})["serviceDeployments"]
        assert len(found) == count
    assert world.ecs.list_service_deployments(**ask, status=["PENDING"])["serviceDeployments"] == []


@pytest.mark.parametrize("by", ["tasks", "alarm"])
def test_a_failing_rollout_goes_back(cloud, world, by):
    first, second = sample.push(cloud, "1"), sample.push(cloud, "2")
    world.create(first)
    world.ends()
    world.state.next_rollout("Essential container in task exited", digest=second, by=by)
    world.update(second)
    newest, seen = world.ends()
    assert seen == ["IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL"]
    assert ("alarm" if by == "alarm" else "circuit breaker") in newest["statusReason"]
    assert world.visit() == (200, "version 1")
    assert world.stopped()[-1]["stoppedReason"] == "Essential container in task exited"
    assert world.state.running("shop") == first


def test_the_way_back_can_fail(cloud, world):
    first, second = sample.push(cloud, "1"), sample.push(cloud, "2")
    world.create(first)
    world.ends()
    world.state.next_rollout("gone", digest=second, rollback_fails=True)
    world.update(second)
    assert world.ends()[0]["status"] == "ROLLBACK_FAILED"
    assert world.visit()[0] == 503
    assert world.state.running("shop") is None


def test_a_first_rollout_that_fails_has_nothing_to_go_back_to(cloud, world):
    world.state.next_rollout("exited")
    world.create(sample.push(cloud, "1"))
    newest, seen = world.ends()
    assert seen == ["IN_PROGRESS", "STOPPED"] and "no earlier service revision" in newest["statusReason"]
    assert world.ecs.describe_services(cluster="default", services=["shop"])["services"][0]["runningCount"] == 0


def test_a_rollout_that_never_ends_can_be_stopped_or_superseded(cloud, world):
    digests = [sample.push(cloud, version) for version in "123"]
    world.create(digests[0])
    world.ends()
    world.state.next_rollout("hangs", digest=digests[1], never_ends=True, times=2)
    world.update(digests[1])
    assert [world.deployments()[0]["status"] for _ in range(5)] == ["IN_PROGRESS"] * 5
    world.ecs.stop_service_deployment(serviceDeploymentArn=world.deployments()[0]["serviceDeploymentArn"], stopType="ROLLBACK")
    assert world.ends()[1] == ["ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL"]
    world.update(digests[1])
    world.deployments()
    world.update(digests[2])
    assert world.ends()[0]["status"] == "SUCCESSFUL"
    assert [one["status"] for one in world.deployments()][1] == "STOPPED"
    arn = world.deployments()[0]["serviceDeploymentArn"]
    assert code(world.ecs.stop_service_deployment, serviceDeploymentArn=arn) == "ConflictException"


def test_a_service_before_its_image_fails(cloud, world):
    world.create("sha256:" + "0" * 64)
    assert world.ends()[0]["status"] == "STOPPED"
    assert "CannotPullContainerError" in world.stopped()[0]["stoppedReason"]


def test_a_container_that_ends_or_listens_elsewhere_fails(cloud, world):
    world.create(sample.push(cloud, "1"))
    world.ends()
    world.update(sample.push(cloud, "2", command=["/usr/bin/busybox", "sh", "-c", "echo no DATABASE_URL; exit 3"]))
    assert world.ends()[0]["status"] == "ROLLBACK_SUCCESSFUL"
    assert world.stopped()[-1]["containers"][0]["exitCode"] == 3
    logs = sample.client(cloud, "logs")
    streams = logs.describe_log_streams(logGroupName="/shop")["logStreams"]
    said = [event["message"] for one in streams for event in logs.get_log_events(logGroupName="/shop", logStreamName=one["logStreamName"])["events"]]
    assert said == ["no DATABASE_URL"]
    world.update(sample.push(cloud, "3"), healthCheckPath="/healthz")
    assert world.ends()[0]["status"] == "ROLLBACK_SUCCESSFUL"
    assert "/healthz answered 404" in world.stopped()[-1]["stoppedReason"]
    assert world.visit() == (200, "version 1")


def test_a_version_can_be_made_to_answer_500(cloud, world):
    digest = sample.push(cloud, "1")
    world.create(digest)
    world.ends()
    world.state.answer(digest, 500)
    assert world.visit()[0] == 500 and digest in world.visit()[1]


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
