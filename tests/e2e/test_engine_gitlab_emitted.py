"""The files that pipewright writes for GitLab, through the real engine: what a merge request runs, and that every key is enforced."""

import subprocess

import pytest
from cells import KINDS, SMALL, Cell
from engines.gitlab import configuration, glab, images
from lab import Lab
from projects import Project

FIXTURES = {"amplify": "fixtures/vite-react", "ecs-express": "e2e/apps/container", "lambda": "e2e/apps/function"}
TWO = ("--environments", "staging,production")
THREE = ("--environments", "dev,staging,production", "--approval", "production=manual")
MAPPED = ("--environments", "staging,production", "--branch", "staging=develop", "--branch", "production=main")
VARIABLE = "AWS_ACCOUNT_ID_STAGING"


@pytest.fixture
def make(tmp_path):
    labs = []

    def made(kind: str, *flags: str) -> Lab:
        labs.append(Lab(Cell(kind, KINDS[kind], "gitlab"), SMALL[kind], tmp_path / kind, flags=flags))
        labs[0].project.commit("Add the pipeline")
        labs[0].project.push()
        return labs[0]

    yield made
    unexpected = [lab.cloud.unexpected() for lab in labs]
    for lab in labs:
        lab.close()
    assert unexpected == [[] for _ in labs]


@pytest.mark.parametrize("target", FIXTURES)
@pytest.mark.parametrize("flags", [TWO, THREE, MAPPED], ids=["two", "three", "mapped"])
def test_every_key_and_image_of_the_file_is_known(tmp_path, target, flags):
    project = Project(tmp_path, FIXTURES[target], "gitlab")
    project.init(*flags, "--account", "111111111111", "--region", "eu-west-1", "--target", target)
    file = configuration.read((project.folder / ".gitlab-ci.yml").read_text())
    for job in file.jobs:
        assert images.image(job.image).commands
    deploying = [job for job in file.jobs if job.environment]
    assert [job.environment for job in deploying] == flags[1].split(",")
    assert all(job.resource_group and not job.interruptible and job.id_tokens for job in deploying)


@pytest.mark.parametrize("kind", KINDS)
def test_a_merge_request_is_tested_and_nothing_more(make, kind):
    lab = make(kind)
    lab.project.push("feature")
    run = lab.engine.pull_request("feature", title="$(touch hacked)")
    assert run.green, run.describe()
    assert not [job for job in run.jobs.values() if job.environment]
    assert lab.cloud.calls == [] and lab.engine.push("feature") is None


def test_without_a_role_a_deployment_says_what_to_do(make):
    run = make("spa").engine.push("main")
    assert [run.status(name) for name in ("build", "deploy-staging", "deploy-production")] == ["success", "failure", "skipped"], run.describe()
    assert "AWS does not let this job use the role" in run.jobs["deploy-staging"].last_lines


def test_each_branch_deploys_to_its_own_environment(make):
    lab = make("spa", *MAPPED[2:])
    lab.project.push("develop")
    staging, production = lab.engine.push("develop"), lab.engine.push("main")
    assert "deploy-staging" in staging.jobs and "deploy-production" not in staging.jobs
    assert "deploy-production" in production.jobs and "deploy-staging" not in production.jobs


def test_glab_stores_what_the_pipelines_get(make):
    lab = make("spa")
    for command, code in (
        (f"set {VARIABLE} 111111111111", 0), ("set ONLY_PROTECTED secret --protected", 0),
        (f"set {VARIABLE} 2", 1), (f"update {VARIABLE} 222222222222", 0), ("export", 97)
    ):  # fmt: skip
        told = [glab.COMMAND, "variable", *command.split()]
        done = subprocess.run(told, cwd=lab.project.folder, env=lab.project.environment(), check=False)
        assert done.returncode == code, command
    assert glab.stored(lab.project.host)["ONLY_PROTECTED"] == {"value": "secret", "protected": True}
    lab.project.push("feature")
    run = lab.engine.pull_request("feature")
    given = run.context["pipeline"].variables
    assert given[VARIABLE] == "222222222222" and "ONLY_PROTECTED" not in given
