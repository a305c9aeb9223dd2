"""The docker command of the jobs: it builds the fixtures, whose containers then run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import tools
from aws.cloud import Cloud
from aws.services import SERVICES, sample
from images import bases, builder
from images.container import Container
from images.registry import shared
from images.sample_job import HOST, Job

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


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
