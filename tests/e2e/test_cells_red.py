"""Each cell in every way to be red: the log says what happened, what ran before still runs, and nothing later ran."""

from __future__ import annotations

import re

import pytest
from breaking import DEPLOY, cancelled, closed_role, ended
from cells import CELLS, SMALL
from engines import Run
from lab import Lab
from ways import TARGETS

NOT_LET_IN = ("AWS does not let this job use the role shop-staging-deploy", "'Before the first deployment' in docs/DEPLOYMENT.md")
# deploy/ecs-express.sh asks for tasks and containers also where the stack made no service.
BURIED = "the refusals of a cluster that was never made, and CodeBuild's own lines, push the reason out of the last twelve"
BROKEN_TEST = 'throw new Error("this test fails");\n'


@pytest.fixture(scope="class", params=CELLS, ids=lambda cell: cell.name)
def lab(request, tmp_path_factory):
    """One lab per cell: the tests of the class are what happens in it, in that order."""
    lab = Lab(request.param, SMALL[request.param.kind], tmp_path_factory.mktemp("lab"))
    yield lab
    lab.close()


@pytest.fixture(autouse=True)
def understood(lab):
    yield
    assert lab.unexpected() == []


@pytest.fixture
def ways(lab):
    """The ways to fail of the cell's target."""
    return TARGETS[lab.cell.target]


@pytest.fixture
def unchanged(lab):
    """What each environment answers is the same before and after the test: the first version."""
    before = lab.runs_here()
    assert all(answer.startswith("200") and "version 1" in answer for answer in before.values()), before
    yield
    assert lab.runs_here() == before


def red(run: Run, name: str, *words: str) -> None:
    """That job, and no other, is red; the end of its log says why; nothing was started after it or waits for a person."""
    assert [job.name for job in run.red] == [name], run.describe()
    job = run.jobs[name]
    for word in words:
        assert word in job.last_lines, run.describe()
    assert [each.name for each in run.jobs.values() if each.started > job.started or each.status == "waiting"] == []


def not_let_in(run: Run) -> None:
    """A refused login, said as the job's own words: CodeBuild also shows the command that holds them."""
    red(run, DEPLOY, *NOT_LET_IN)
    assert re.search(f"^(Error: )?{NOT_LET_IN[0]}", run.log(DEPLOY), re.M), run.describe()


def again(lab: Lab) -> Run:
    """What a person does once the cause is gone."""
    return lab.rerun(lab.runs[-1])


class TestRed:
    """The tests build on each other: after most of them the next run has the same commit, and another failure."""

    def test_an_account_that_is_not_bootstrapped(self, lab, proves):
        proves(lab.cell, "an account that is not bootstrapped is red, and the log says which commands to run")
        run = lab.first_push(but=("Prepare",))
        not_let_in(run)
        assert lab.runs_here() == {"staging": "nothing", "production": "nothing"}

    def test_a_first_create_that_fails(self, lab, ways, proves):
        proves(lab.cell, "a first create of the stack that fails is red with AWS's reason")
        lab.follow("Prepare")
        with ways.create.planted(lab):
            run = again(lab)
        red(run, DEPLOY, *ways.create.says)
        assert ways.create.cause in run.log(DEPLOY), run.describe()
        assert lab.stack("staging") == "ROLLBACK_COMPLETE"
        assert lab.runs_here() == {"staging": "nothing", "production": "nothing"}

    def test_the_reason_of_a_first_create_stands_at_the_end(self, lab, ways, proves, request):
        proves(lab.cell, "AWS's reason for a first create that failed is among the last lines of the log")
        if (lab.cell.target, lab.cell.ci) == ("ecs-express", "codebuild"):
            request.applymarker(pytest.mark.xfail(strict=True, reason=BURIED))
        assert ways.create.cause in lab.runs[-1].jobs[DEPLOY].last_lines

    def test_a_smoke_test_that_fails_on_the_first_deployment(self, lab, ways, proves):
        proves(lab.cell, "the run after a failed first create replaces its stack; a first smoke test that fails is red: nothing to go back to")
        lab.cloud.sites.broken = "version 1"
        run = again(lab)
        red(run, DEPLOY, ways.nothing_before)
        assert lab.stack("staging") == "CREATE_COMPLETE"
        assert lab.visit("production") == "nothing"

    def test_the_next_run_is_green(self, lab, proves):
        proves(lab.cell, "once the cause is gone, the same commit is green up to the last environment")
        lab.cloud.sites.broken = None
        run = again(lab)
        assert not run.red, run.describe()
        run = lab.approve(run)
        assert not run.red, run.describe()
        assert "version 1" in lab.visit("production"), run.describe()

    def test_a_failing_test(self, lab, unchanged, proves):
        proves(lab.cell, "a failing test is red, and nothing is built or deployed")
        run = lab.push(files={"broken.test.js": BROKEN_TEST})
        (lab.project.folder / "broken.test.js").unlink()
        red(run, "check" if lab.cell.kind == "container" else "build")
        assert "this test fails" in run.red[0].log, run.describe()

    def test_a_build_that_fails(self, lab, unchanged, proves):
        proves(lab.cell, "a build that fails is red, and nothing is deployed")
        path, text = lab.app.unbuildable
        built = (lab.project.folder / path).read_text()
        run = lab.push(files={path: text})
        lab.project.write(path, built)
        red(run, "build-image" if lab.cell.kind == "container" else "build")

    def test_a_deployment_that_rolls_back(self, lab, ways, unchanged, proves):
        proves(lab.cell, "a deployment that AWS rolls back is red, however the stack ends")
        if ways.change:
            lab.project.replace(*ways.change)
        for number, failure in enumerate(ways.rollbacks(lab.cell)):
            with failure.planted(lab):
                run = again(lab) if number else lab.push(version=2)
            red(run, DEPLOY, *failure.says)
            assert failure.cause in run.log(DEPLOY), run.describe()
            assert "version 1" in lab.visit("staging"), run.describe()

    def test_a_smoke_test_that_fails(self, lab, ways, unchanged, proves):
        proves(lab.cell, "a smoke test that fails is red, and the previous release is back")
        lab.cloud.sites.broken = "version 2"
        red(again(lab), DEPLOY, ways.went_back)
        lab.cloud.sites.broken = None

    def test_refused_credentials(self, lab, unchanged, proves):
        proves(lab.cell, "a role that does not let the job in is red, and the log says what to do")
        with closed_role(lab):
            run = again(lab)
        not_let_in(run)

    def test_a_refused_push(self, lab, ways, unchanged, proves):
        proves(lab.cell, "a refused push of what was built is red, and nothing is deployed")
        with ways.push.planted(lab):
            run = lab.push(version=3)
        red(run, ways.pushes, *ways.push.says)

    def test_a_refused_push_is_named(self, lab, ways, proves):
        proves(lab.cell, "the log of a refused push says what was refused")
        assert ways.refused in lab.runs[-1].jobs[ways.pushes].last_lines

    def test_a_deployment_cancelled_midway(self, lab, ways, unchanged, proves):
        proves(lab.cell, "a deployment cancelled midway is red")
        ways.never_ends(lab)
        with cancelled(*ways.midway, lab):
            run = again(lab)
        red(run, DEPLOY)
        assert run.status(DEPLOY) == "cancelled", run.describe()

    def test_a_deployment_that_never_ends(self, lab, ways, unchanged, proves):
        proves(lab.cell, "what never ends is waited for a bounded time, then red with what to do")
        began = lab.cloud.clock.now()
        run = again(lab)
        red(run, DEPLOY, *ways.waited)
        assert (lab.cloud.clock.now() - began).total_seconds() < 3600, run.describe()

    def test_the_run_after_all_that_is_green(self, lab, proves):
        proves(lab.cell, "after runs that were cancelled, rolled back or never ended, the next one recovers and is green")
        ended(lab)
        run = again(lab)
        assert not run.red, run.describe()
        assert "version 3" in lab.visit("staging")
        assert "version 1" in lab.visit("production")
