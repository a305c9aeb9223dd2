"""ECS Express Mode: how a rollout ends, and what runs afterwards."""

from __future__ import annotations

from datetime import timedelta

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


@pytest.mark.parametrize("looks", [0, 1])
def test_a_person_stops_a_rollout_in_any_open_state(cloud, world, looks):
    first, second = sample.push(cloud, "1"), sample.push(cloud, "2")
    world.create(first)
    world.ends()
    world.update(second)
    deployment = world.state.find("shop").deployments[-1]
    for _ in range(looks):
        world.deployments()
    seen = [deployment.status]
    for step in ("stop", "stop", "look", "stop", "look"):
        if step == "stop":
            world.ecs.stop_service_deployment(serviceDeploymentArn=deployment.arn)
        else:
            world.deployments()
        seen.append(deployment.status)
    expected = ["ROLLBACK_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL"]
    assert seen == [["PENDING", "IN_PROGRESS"][looks], *expected]
    assert world.visit() == (200, "version 1")


@pytest.mark.parametrize("state", ["PENDING", "IN_PROGRESS", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"])
def test_a_newer_rollout_ends_an_older_one_in_any_open_state(cloud, world, state):
    digests = [sample.push(cloud, version) for version in "123"]
    world.create(digests[0])
    world.ends()
    world.update(digests[1])
    older = world.state.find("shop").deployments[-1]
    if state.startswith("ROLLBACK"):
        world.ecs.stop_service_deployment(serviceDeploymentArn=older.arn)
    if state.endswith("PROGRESS"):
        world.deployments()
    assert older.status == state
    world.update(digests[2])
    assert older.status == "STOPPED"
    assert world.ends()[0]["status"] == "SUCCESSFUL"
    assert world.visit() == (200, "version 3")


def test_a_first_rollout_that_rings_an_alarm_has_nothing_to_go_back_to(cloud, world):
    world.state.next_rollout("shop-4xx-5xx", by="alarm")
    world.create(sample.push(cloud, "1"))
    assert world.ends()[0]["status"] == "STOPPED"
