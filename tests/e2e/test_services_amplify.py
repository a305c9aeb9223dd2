"""Amplify: deployments by upload in their one right order, and what visitors see."""

from __future__ import annotations

import hashlib
import io
import subprocess
import zipfile

import pytest
from aws.cloud import Cloud
from aws.services import SERVICES, sample
from botocore.exceptions import ClientError

RULES = [{"source": "/<*>", "target": "/index.html", "status": "404-200"}]
HEADERS = """
customHeaders:
  - pattern: "**"
    headers:
      - key: X-Frame-Options
        value: SAMEORIGIN
"""


@pytest.fixture
def cloud():
    with Cloud(SERVICES) as opened:
        yield opened
        assert opened.unexpected() == []


class World:
    """An app with one branch."""

    def __init__(self, cloud):
        self.cloud = cloud
        self.amplify = sample.client(cloud, "amplify")
        self.state = cloud.state("amplify", sample.BUILD, sample.REGION)
        self.app = self.amplify.create_app(name="web", customRules=RULES, customHeaders=HEADERS)["app"]
        self.site = {"appId": self.app["appId"], "branchName": "web-staging"}
        self.amplify.create_branch(**self.site, enableAutoBuild=False)

    def upload(self, archive):
        made = self.amplify.create_deployment(**self.site)
        status = put(self.cloud, made["zipUploadUrl"], archive)
        assert status == "200"
        return made["jobId"]

    def ends(self, job):
        seen = []
        for _ in range(10):
            seen.append(self.amplify.get_job(**self.site, jobId=job)["job"]["summary"]["status"])
            if seen[-1] in ("SUCCEED", "FAILED", "CANCELLED"):
                return seen
        raise AssertionError(f"never ends: {seen}")

    def publish(self, archive):
        job = self.upload(archive)
        self.amplify.start_deployment(**self.site, jobId=job)
        return self.ends(job)

    def visit(self, path="/"):
        return self.cloud.sites[f"web-staging.{self.app['defaultDomain']}"](path, {})


@pytest.fixture
def world(cloud):
    return World(cloud)


def put(cloud, address, content, method="PUT"):
    """What curl, with the shim's mapping of https, gets for an upload."""
    where = f"{cloud.url}/_site/{address.removeprefix('https://')}"
    command = ["/usr/bin/curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--request", method]
    return subprocess.run([*command, "--upload-file", "-", where], input=content, capture_output=True, check=True).stdout.decode()


def packed(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), text)
    return stream.getvalue()


SITE = {"index_html": "version 1", "assets__app_js": "code", "docs__index_html": "docs"}


def code(function, **given):
    with pytest.raises(ClientError) as refusal:
        function(**given)
    return refusal.value.response["Error"]["Code"]


def test_a_deployment_moves_by_looks_and_is_what_the_zip_holds(world):
    archive = packed(**SITE)
    assert world.visit()[0] == 404
    assert world.publish(archive) == ["RUNNING", "SUCCEED"]
    status, headers, body = world.visit()
    assert (status, body) == (200, b"version 1")
    assert headers["X-Frame-Options"] == "SAMEORIGIN" and headers["Content-Type"] == "text/html"
    assert world.visit("/assets/app.js")[2] == b"code"
    assert world.visit("/docs/")[2] == b"docs"
    assert world.state.published("web-staging").sha256 == hashlib.sha256(archive).hexdigest()


def test_unknown_addresses_of_a_single_page_app_are_its_first_page(world):
    world.publish(packed(**SITE))
    assert world.visit("/orders/7?x=1")[0:3:2] == (200, b"version 1")


def test_without_the_rule_they_are_404(world):
    world.amplify.update_app(appId=world.app["appId"], customRules=[])
    world.publish(packed(**SITE, **{"404_html": "lost"}))
    assert world.visit("/orders/7")[0:3:2] == (404, b"lost")


@pytest.mark.parametrize(
    "rule, path, expected",
    [
        ({"source": "/old", "target": "/docs/", "status": "301"}, "/old", (301, b"")),
        ({"source": "/api/<*>", "target": "/<*>/index.html", "status": "200"}, "/api/docs", (200, b"docs")),
        ({"source": "/<*>", "target": "/index.html", "status": "404"}, "/nothing", (404, b"version 1")),
    ],
)
def test_rules(world, rule, path, expected):
    world.amplify.update_app(appId=world.app["appId"], customRules=[rule])
    world.publish(packed(**SITE))
    assert world.visit(path)[0:3:2] == expected


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


def test_tags_are_kept_for_apps_and_branches(world):
    for arn in (world.app["appArn"], world.amplify.get_branch(**world.site)["branch"]["branchArn"]):
        world.amplify.tag_resource(resourceArn=arn, tags={"project": "shop", "a": "b"})
        world.amplify.untag_resource(resourceArn=arn, tagKeys=["a"])
        assert world.amplify.list_tags_for_resource(resourceArn=arn)["tags"] == {"project": "shop"}


def test_a_deleted_branch_is_no_host(world):
    world.publish(packed(**SITE))
    world.amplify.delete_branch(**world.site)
    assert f"web-staging.{world.app['defaultDomain']}" not in world.cloud.sites
    assert code(world.amplify.get_branch, **world.site) == "NotFoundException"


def test_an_unknown_setting_is_an_error_of_the_harness(cloud):
    amplify = sample.client(cloud, "amplify")
    with pytest.raises(ClientError):
        amplify.create_app(name="web", enableBasicAuth=True)
    assert "enableBasicAuth" in cloud.unexpected()[0]
    cloud._unexpected.clear()
