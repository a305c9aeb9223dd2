"""Each cell from an empty account to production, and through the weeks after it."""

from __future__ import annotations

import pytest
from cells import CELLS, SMALL
from lab import Lab


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


class TestLifecycle:
    """The tests build on each other: a later one needs what the earlier ones left."""

    def test_the_first_push_deploys_to_staging_and_waits(self, lab, proves):
        proves(lab.cell, "from an empty account, the printed follow-ups and one push deploy the first environment; the last one waits")
        run = lab.first_push()
        assert not run.red, run.describe()
        assert "version 1" in lab.visit("staging"), run.describe()
        assert lab.visit("production") == "nothing"

    def test_a_person_lets_it_go_to_production(self, lab, proves):
        proves(lab.cell, "an approval deploys to the last environment what the first one runs")
        run = lab.approve(lab.runs[-1])
        assert run.green, run.describe()
        assert "version 1" in lab.visit("production"), run.describe()
        assert lab.released("staging") == lab.released("production")

    def test_each_account_saw_only_its_own_roles(self, lab, proves):
        proves(lab.cell, "each account is touched by its own roles alone, but for the shared image repository and the build account")
        foreign = {call.service for call in lab.pipelines_calls() if call.principal.account not in ("", call.account)}
        allowed = {"ecr"} | ({"sts"} if lab.cell.ci == "codebuild" else set())
        assert foreign <= allowed, foreign

    def test_a_pull_request_is_tested_without_any_login(self, lab, proves):
        proves(lab.cell, "a pull request is tested; no role of an environment is taken, and what runs stays")
        calls, before = len(lab.cloud.calls), lab.runs_here()
        run = lab.pull_request(version=7)
        assert run.green, run.describe()
        assert lab.logins(since=calls) == []
        assert lab.runs_here() == before

    def test_a_second_push_deploys_the_change(self, lab, proves):
        proves(lab.cell, "a second push deploys the change, and production follows when a person says so")
        run = lab.push(version=2)
        assert not run.red, run.describe()
        assert "version 2" in lab.visit("staging")
        assert "version 1" in lab.visit("production")
        approved = lab.approve(run)
        assert "version 2" in lab.visit("production"), approved.describe()

    def test_a_rerun_changes_nothing(self, lab, proves):
        proves(lab.cell, "a rerun of one commit is green and changes nothing")
        before = lab.runs_here(), lab.what_was_released("staging")
        run = lab.rerun(lab.pushed[-1])
        assert not run.red, run.describe()
        assert (lab.runs_here(), lab.what_was_released("staging")) == before

    def test_an_old_approval_overwrites_nothing(self, lab, proves):
        proves(lab.cell, "an approval of an older run does not overwrite a newer deployment")
        older, newer = lab.push(version=3), lab.push(version=4)
        assert "version 4" in lab.visit("staging"), newer.describe()
        if lab.cell.ci == "codebuild":
            # A stage is locked by the release that waits in it, so the newer one can only follow it.
            lab.approve(older)
        lab.approve(newer)
        assert "version 4" in lab.visit("production")
        lab.approve_late(older)
        assert "version 4" in lab.visit("production")
