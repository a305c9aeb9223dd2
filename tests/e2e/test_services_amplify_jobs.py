"""Amplify: deployments by upload, in their one right order."""

from __future__ import annotations

import hashlib

import pytest
from aws.cloud import Cloud
from aws.services import SERVICES
from aws.services.sample_amplify import SITE, World, packed, put
from botocore.exceptions import ClientError


@pytest.fixture
def cloud():
    with Cloud(SERVICES) as opened:
        yield opened
        assert opened.unexpected() == []


@pytest.fixture
def world(cloud):
    return World(cloud)


def code(function, **given):
    with pytest.raises(ClientError) as refusal:
        function(**given)
    return refusal.value.response["Error"]["Code"]


def test_the_branch_comes_first(world):
    assert code(world.amplify.create_deployment, appId=world.app["appId"], branchName="other") == "NotFoundException"
    assert code(world.amplify.create_deployment, appId="dabsent", branchName="other") == "NotFoundException"
    assert code(world.amplify.create_branch, **world.site) == "BadRequestException"


def test_an_unfinished_job_blocks_the_next(world):
    job = world.upload(packed(**SITE))
    with pytest.raises(ClientError, match=rf"The last job\(deployment\) {job} was not finished"):
        world.amplify.create_deployment(**world.site)
    world.amplify.start_deployment(**world.site, jobId=job)
    assert code(world.amplify.create_deployment, **world.site) == "BadRequestException"
    world.ends(job)
    assert world.amplify.create_deployment(**world.site)["jobId"] == "2"


def test_a_stopped_job_blocks_no_longer(world):
    job = world.upload(packed(**SITE))
    assert world.amplify.stop_job(**world.site, jobId=job)["jobSummary"]["status"] == "CANCELLING"
    assert code(world.amplify.create_deployment, **world.site) == "BadRequestException"
    world.cloud.clock.advance(15)
    assert world.amplify.list_jobs(**world.site)["jobSummaries"][0]["status"] == "CANCELLED"
    world.amplify.create_deployment(**world.site)
    assert code(world.amplify.stop_job, **world.site, jobId=job) == "BadRequestException"


def test_a_running_job_can_be_stopped(world):
    job = world.upload(packed(**SITE))
    world.amplify.start_deployment(**world.site, jobId=job)
    world.amplify.get_job(**world.site, jobId=job)
    world.amplify.stop_job(**world.site, jobId=job)
    assert world.ends(job) == ["CANCELLED"]
    assert world.visit()[0] == 404


def test_start_comes_once_and_after_create(world):
    assert code(world.amplify.start_deployment, **world.site, jobId="1") == "NotFoundException"
    assert code(world.amplify.start_deployment, **world.site) == "BadRequestException"
    job = world.upload(packed(**SITE))
    world.amplify.start_deployment(**world.site, jobId=job)
    assert code(world.amplify.start_deployment, **world.site, jobId=job) == "BadRequestException"


def test_nothing_uploaded_or_no_zip_fails_and_the_old_site_stays(world):
    world.publish(packed(**SITE))
    job = world.amplify.create_deployment(**world.site)["jobId"]
    world.amplify.start_deployment(**world.site, jobId=job)
    assert world.ends(job) == ["RUNNING", "FAILED"]
    assert world.publish(b"no zip") == ["RUNNING", "FAILED"]
    assert world.visit()[2] == b"version 1"


def test_eight_hours_between_create_and_start_are_too_much(world):
    job = world.upload(packed(**SITE))
    world.cloud.clock.advance(8 * 3600 + 1)
    world.amplify.start_deployment(**world.site, jobId=job)
    assert world.ends(job) == ["FAILED"]


def test_the_upload_address_is_a_secret_that_expires(world):
    address = world.amplify.create_deployment(**world.site)["zipUploadUrl"]
    assert put(world.cloud, address[:-1], b"x") == "403"
    assert put(world.cloud, address, b"x", "POST") == "403"
    world.cloud.clock.advance(8 * 3600 + 1)
    assert put(world.cloud, address, b"x") == "403"


def test_a_test_makes_jobs_fail_hang_and_sites_answer_500(world):
    archive = packed(**SITE)
    world.publish(archive)
    world.state.next_job("broken")
    assert world.publish(packed(index_html="version 2")) == ["RUNNING", "FAILED"]
    assert world.visit()[2] == b"version 1"
    world.state.next_job(never_ends=True)
    job = world.upload(archive)
    world.amplify.start_deployment(**world.site, jobId=job)
    seen = [world.amplify.get_job(**world.site, jobId=job)["job"]["summary"]["status"] for _ in range(5)]
    assert seen == ["RUNNING"] * 5
    world.state.answer(hashlib.sha256(archive).hexdigest(), 500)
    assert world.visit()[0] == 500
