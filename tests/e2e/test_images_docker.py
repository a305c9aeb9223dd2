"""The docker command of the jobs: it builds the fixtures, and pushes only what ECR lets it push."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import tools
from aws.cloud import Cloud
from aws.services import SERVICES, sample
from images import bases, builder
from images.container import Container
from images.registry import shared

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
HOST = sample.NAME.split("/")[0]
PUSH = {
    "ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage",
}  # fmt: skip
BUILD = ("build", "--platform", "linux/amd64", "--provenance=false", "--sbom=false", "--file", "Dockerfile")


@pytest.fixture
def cloud():
    with Cloud(SERVICES) as opened:
        yield opened
        assert opened.unexpected() == []


@pytest.fixture(scope="session")
def machine(tmp_path_factory):
    return tools.make(tmp_path_factory.mktemp("machine") / "bin")


class Job:
    """A job with a machine and a HOME of its own."""

    def __init__(self, cloud, machine, folder, credentials=None):
        self.folder, self.cloud = folder, cloud
        (folder / "home").mkdir(parents=True)
        signed = cloud.environment(credentials, sample.REGION)
        self.environment = {**machine.environment, **signed, "PATH": machine.path, "HOME": str(folder / "home")}

    def run(self, *command, given=None, folder=None):
        done = subprocess.run(
            command, env=self.environment, cwd=folder or self.folder, input=given,
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def docker(self, *arguments, **more):
        return self.run("docker", *arguments, **more)

    def build(self, tag, folder=None):
        return self.docker(*BUILD, "--tag", tag, ".", folder=folder)

    def login(self):
        return self.run("bash", "-c", f"aws ecr get-login-password | docker login --username AWS --password-stdin {HOST}")


@pytest.fixture
def job(cloud, machine, tmp_path):
    """As somebody who may do everything, beside a Dockerfile that needs nothing."""
    sample.repository(cloud, imageTagMutability="IMMUTABLE")
    made = Job(cloud, machine, tmp_path / "job", cloud.administrator(sample.BUILD))
    (made.folder / "Dockerfile").write_text("FROM busybox\nCOPY page /page\nRUN cat page > copied\n")
    (made.folder / "page").write_text("hello")
    return made


@pytest.mark.parametrize("name, port, path", [("python", 8000, "/healthz"), ("node", 8080, "/health"), ("go", 9000, "/health")])
def test_the_fixtures_really_build_and_run(cloud, job, name, port, path):
    folder = Path(shutil.copytree(FIXTURES / f"container-{name}", job.folder / "source"))
    code, log = job.build(f"{sample.NAME}:1", folder=folder)
    assert code == 0, log
    job.login()
    code, log = job.docker("push", f"{sample.NAME}:1")
    assert code == 0, log
    state = cloud.state("ecr", sample.BUILD, sample.REGION)
    container = Container(shared(), state.repository("shop/app").place, state.digest("shop/app", "1"), port, {"ORDERS_TOKEN": "x", "PORT": str(port)})
    container.start(path)
    assert container.get(path)[0] == 200
    container.stop()


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


def test_another_job_finds_no_image(cloud, machine, job, tmp_path):
    job.build(f"{sample.NAME}:1")
    other = Job(cloud, machine, tmp_path / "other", cloud.administrator(sample.BUILD))
    other.login()
    code, log = other.docker("push", f"{sample.NAME}:1")
    assert code == 1 and "image not known" in log


def test_a_step_that_fails_ends_the_build(job):
    (job.folder / "Dockerfile").write_text("FROM busybox\nRUN echo because && false\n")
    code, log = job.build("check:local")
    assert code == 1 and "because" in log


def test_a_base_image_that_nobody_has_ends_the_build(job):
    (job.folder / "Dockerfile").write_text("FROM quay.io/nobody/nothing:1\n")
    code, log = job.build("check:local")
    assert code == 1 and "manifest unknown" in log


@pytest.mark.parametrize(
    "arguments",
    [
        ("build", "--pull", "."),
        ("build", "--platform", "linux/arm64", "--provenance=false", "--sbom=false", "."),
        ("build", "--sbom=false", "--provenance=true", "."),
        ("push", "--all-tags", "x"),
        ("run", "x"),
        ("login", "--username", "me", "--password-stdin", HOST),
    ],
)
def test_what_the_shim_does_not_know_is_an_error(job, arguments):
    assert job.docker(*arguments)[0] == 125


def test_a_build_without_the_two_flags_is_refused(job):
    code, log = job.docker("build", "--file", "Dockerfile", ".")
    assert code == 1 and "attestations" in log


def test_from_lines_are_read_with_their_arguments():
    dockerfile = "ARG V=22\nFROM --platform=linux/amd64 node:${V}-alpine AS a\nFROM a\nFROM scratch\nFROM gcr.io/x/y:$V\n"
    assert builder.base_images(dockerfile) == ["node:22-alpine", "gcr.io/x/y:22"]


def test_short_names_mean_docker_hub():
    assert bases.full_name("node:24") == "docker.io/library/node:24"
    assert bases.full_name("public.ecr.aws/docker/library/node:24") == "public.ecr.aws/docker/library/node:24"
    assert bases.full_name("a/b") == "docker.io/a/b:latest"
