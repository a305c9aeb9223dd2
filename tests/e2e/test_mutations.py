"""Each gate is what makes a run red: a project without it ends with the wrong result, in the very scenario that it is there for."""

from __future__ import annotations

import hashlib
import re
import zipfile

import hostile
import pytest
from cells import SMALL
from lab import Lab
from mutations import GATES


@pytest.fixture
def without(proves, tmp_path):
    """`without("smoke")`: a lab whose emitted project lacks that gate."""
    labs = []

    def make(name: str) -> Lab:
        gate = GATES[name]
        proves(gate.cell, f"mutation: without the gate “{gate.what}” the wrong thing happens")
        lab = Lab(gate.cell, SMALL[gate.cell.kind], tmp_path / "lab")
        labs.append(lab)
        gate.remove(lab)
        return lab

    yield make
    for lab in labs:
        unexpected = lab.unexpected()
        lab.close()
        assert unexpected == []


def committed(lab: Lab) -> None:
    """The project is on main of its host, and nobody has prepared AWS."""
    lab.project.commit("Add the pipeline")
    lab.project.push()


def test_a_rollout_that_went_back_ends_green(without):
    lab = without("rollback")
    first = lab.first_push()
    assert not first.red, first.describe()
    lab.cloud.cloudformation.express_waits = "blind"
    lab.state("ecs").next_rollout("Essential container in task exited")
    run = lab.push(version=2)
    assert not run.red, run.describe()
    assert "version 1" in lab.visit("staging")


def test_a_page_that_does_not_answer_ends_green(without):
    lab = without("smoke")
    lab.cloud.sites.broken = "version 1"
    run = lab.first_push()
    assert not run.red, run.describe()
    assert lab.visit("staging").startswith("500")


def test_a_bad_release_stays_in_front_of_visitors(without):
    lab = without("way-back")
    lab.first_push()
    lab.cloud.sites.broken = "version 2"
    run = lab.push(version=2)
    assert run.red, run.describe()
    assert lab.visit("staging").startswith("500")


@pytest.mark.parametrize("ci", ["gitlab", "codebuild"])
def test_production_is_deployed_and_nobody_was_asked(without, ci):
    lab = without(f"approval-{ci}")
    run = lab.first_push()
    assert not run.red and not run.waiting, run.describe()
    assert "version 1" in lab.visit("production")


def test_the_code_of_a_request_can_have_a_token(without):
    lab = without("token")
    committed(lab)
    lab.project.write("page.test.js", "for (const name of Object.keys(process.env)) console.log('set: ' + name);\n")
    run = lab.pull_request(version=2)
    assert "set: ACTIONS_ID_TOKEN_REQUEST_TOKEN" in run.log("build"), run.describe()


def test_a_request_that_rewrites_the_pipeline_takes_the_role(without):
    lab = without("branch")
    lab.follow()
    for path, text in hostile.stealing(lab.project, "github").items():
        lab.project.write(path, text)
    run = lab.pull_request(version=2)
    assert run.green, run.describe()
    assert any(role.endswith("shop-staging-deploy") for role in lab.logins())


def test_a_fork_is_built_unasked(without):
    lab = without("forks")
    lab.follow()
    run = lab.pull_request(version=2, fork=True)
    assert run.green, run.describe()


def test_a_release_that_has_not_passed_reaches_production(without):
    lab = without("promotion")
    run = lab.first_push()
    _replace_release(lab, run.id)
    approved = lab.approve(run)
    assert approved.green, approved.describe()
    assert lab.released("production")["digest"] == "sha256:another"


def test_an_account_that_is_not_prepared_gives_no_advice(without):
    lab = without("preflight")
    committed(lab)
    run = lab.engine.push("main")
    assert run.status("deploy-staging") == "failure", run.describe()
    assert "Before the first deployment" not in run.log("deploy-staging")


def test_a_first_creation_that_failed_blocks_the_next(without):
    lab = without("recovery")
    failed = lab.cloud.faults.add("amplify", "CreateBranch", error=("BadRequestException", "not today"))
    run = lab.first_push()
    assert run.red and failed.hits == 1, run.describe()
    again = lab.engine.rerun(run, failed_only=True)
    assert again.red and failed.hits == 1, again.describe()
    assert "ROLLBACK_COMPLETE" in again.log("deploy-staging")


def test_an_older_release_overwrites_a_newer_one(without):
    lab = without("older")
    older = lab.first_push()
    newer = lab.push(version=2)
    assert "version 2" in lab.visit("staging"), newer.describe()
    lab.rerun(older)
    assert "version 1" in lab.visit("staging")


def _replace_release(lab: Lab, run: str) -> None:
    """The artifact of the run is another one than that which staging got: what a second attempt of the build leaves, say."""
    artifact = lab.engine.site.artifacts[run, "release"]
    with zipfile.ZipFile(artifact.file) as old:
        files = {name: old.read(name) for name in old.namelist()}
    files["release.json"] = re.sub(rb"sha256:\w+", b"sha256:another", files["release.json"])
    with zipfile.ZipFile(artifact.file, "w") as new:
        for name, content in files.items():
            new.writestr(name, content)
    artifact.digest = hashlib.sha256(artifact.file.read_bytes()).hexdigest()
