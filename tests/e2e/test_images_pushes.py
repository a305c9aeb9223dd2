"""The docker command of the jobs: it pushes only what ECR lets it push, and that is what ECR has."""

from __future__ import annotations

import json

import pytest
import tools
from aws.cloud import Cloud
from aws.services import SERVICES, sample
from images import bases
from images.sample_job import HOST, Job

PUSH = {
    "ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage",
}  # fmt: skip


@pytest.fixture
def cloud():
    with Cloud(SERVICES) as opened:
        yield opened
        assert opened.unexpected() == []


@pytest.fixture(scope="session")
def machine(tmp_path_factory):
    return tools.make(tmp_path_factory.mktemp("machine") / "bin")


@pytest.fixture
def job(cloud, machine, tmp_path):
    """As somebody who may do everything, beside a Dockerfile that needs nothing."""
    sample.repository(cloud, imageTagMutability="IMMUTABLE")
    made = Job(cloud, machine, tmp_path / "job", cloud.administrator(sample.BUILD))
    (made.folder / "Dockerfile").write_text("FROM busybox\nCOPY page /page\nRUN cat page > copied\n")
    (made.folder / "page").write_text("hello")
    return made


def test_what_was_pushed_is_what_is_read_back(cloud, job):
    assert job.build(f"{sample.NAME}:1")[0] == 0
    assert job.login()[0] == 0
    code, log = job.docker("push", f"{sample.NAME}:1")
    assert code == 0, log
    pushed = log.split("1: digest: ")[1].split()[0]
    details = sample.client(cloud, "ecr").describe_images(repositoryName="shop/app", imageIds=[{"imageTag": "1"}])["imageDetails"]
    assert [one["imageDigest"] for one in details] == [pushed]
    assert details[0]["imageManifestMediaType"] == bases.MANIFEST  # a single image, no list
    code, log = job.run("skopeo", "inspect", "--no-tags", "--creds", _secret(job), "--tls-verify=false", f"docker://127.0.0.1:{_port(cloud)}/{sample.NAME}:1")
    assert code == 0, log
    assert json.loads(log)["Digest"] == pushed


def _port(cloud):
    return cloud.stub("ecr").gate.port


def _secret(job):
    code, password = job.run("aws", "ecr", "get-login-password")
    assert code == 0
    return f"AWS:{password.strip()}"


def test_without_a_login_nothing_is_pushed(job):
    job.build(f"{sample.NAME}:1")
    assert job.docker("push", f"{sample.NAME}:1") == (1, "no basic auth credentials\n")


def test_a_wrong_password_is_no_login(job):
    code, log = job.docker("login", "--username", "AWS", "--password-stdin", HOST, given="wrong")
    assert code == 1 and "401" in log
    assert not (job.folder / "home/.docker/config.json").exists()


def test_a_login_ends_after_twelve_hours(cloud, job):
    job.build(f"{sample.NAME}:1")
    job.login()
    cloud.clock.advance(12 * 3600 + 1)
    code, log = job.docker("push", f"{sample.NAME}:1")
    assert code == 1 and "Your authorization token has expired" in log


@pytest.mark.parametrize("action", sorted(PUSH))
def test_a_push_needs_each_permission(cloud, machine, job, tmp_path, action):
    rights = {"ecr:GetAuthorizationToken": "*"} | {one: "*" for one in PUSH - {action}}
    credentials = sample.sign_in(cloud, sample.role(cloud, "push", sample.BUILD, rights))
    weak = Job(cloud, machine, tmp_path / "weak", credentials)
    assert weak.build(f"{sample.NAME}:1", folder=job.folder)[0] == 0
    assert weak.login()[0] == 0
    code, log = weak.docker("push", f"{sample.NAME}:1")
    # The first one is asked for without a body to tell the reason in.
    assert code == 1 and (f"not authorized to perform: {action}" in log or "403 (Forbidden)" in log)
    assert [call.operation for call in cloud.calls if call.error == "AccessDeniedException"][0] == action.removeprefix("ecr:")
    assert cloud.state("ecr", sample.BUILD, sample.REGION).digest("shop/app", "1") is None


def test_with_all_of_them_it_is_pushed(cloud, machine, job, tmp_path):
    rights = {"ecr:GetAuthorizationToken": "*"} | {one: "*" for one in PUSH}
    credentials = sample.sign_in(cloud, sample.role(cloud, "push", sample.BUILD, rights))
    able = Job(cloud, machine, tmp_path / "able", credentials)
    able.build(f"{sample.NAME}:1", folder=job.folder)
    able.login()
    assert able.docker("push", f"{sample.NAME}:1")[0] == 0
    assert cloud.state("ecr", sample.BUILD, sample.REGION).digest("shop/app", "1")


def test_an_immutable_tag_is_pushed_once(cloud, job):
    job.build(f"{sample.NAME}:1")
    job.login()
    assert job.docker("push", f"{sample.NAME}:1")[0] == 0
    first = cloud.state("ecr", sample.BUILD, sample.REGION).digest("shop/app", "1")
    assert "cannot be overwritten because the tag is immutable" in job.docker("push", f"{sample.NAME}:1")[1]
    (job.folder / "page").write_text("changed")
    job.build(f"{sample.NAME}:1")
    code, log = job.docker("push", f"{sample.NAME}:1")
    assert code == 1 and "cannot be overwritten because the tag is immutable" in log
    assert cloud.state("ecr", sample.BUILD, sample.REGION).digest("shop/app", "1") == first


def test_the_repository_comes_before_the_push(job):
    job.build(f"{HOST}/shop/other:1")
    job.login()
    code, log = job.docker("push", f"{HOST}/shop/other:1")
    assert code == 1 and "The repository with name 'shop/other' does not exist" in log


def test_a_tag_is_a_further_name(cloud, job):
    job.build("check:local")
    job.login()
    assert job.docker("tag", "check:local", f"{sample.NAME}:2")[0] == 0
    assert job.docker("push", f"{sample.NAME}:2")[0] == 0
    assert cloud.state("ecr", sample.BUILD, sample.REGION).digest("shop/app", "2")
