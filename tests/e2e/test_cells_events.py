"""What must not run does not: forks, other branches, tags, rewritten pipelines, and names that shells would run."""

from __future__ import annotations

import hostile
import pytest
from cells import CELLS, SMALL
from engines import Run
from lab import Lab

SPAS = [cell for cell in CELLS if cell.kind == "spa"]
# A test of the sample that tells what its job has.
TELL = {"page.test.js": "for (const name of Object.keys(process.env)) console.log('set: ' + name);\n"}


@pytest.fixture(scope="class", params=SPAS, ids=lambda cell: cell.name)
def lab(request, tmp_path_factory):
    """One lab per CI with staging deployed."""
    lab = Lab(request.param, SMALL[request.param.kind], tmp_path_factory.mktemp("lab"))
    first = lab.first_push()
    assert not first.red, first.describe()
    yield lab
    lab.close()


@pytest.fixture(autouse=True)
def understood(lab):
    yield
    assert lab.unexpected() == []


@pytest.fixture
def nothing_moves(lab):
    """Around a test in which no role may be taken and nothing that runs may change."""
    since, before = len(lab.cloud.calls), lab.runs_here()
    yield
    assert taken(lab, since) == []
    assert lab.runs_here() == before


def taken(lab: Lab, since: int) -> list[str]:
    """The roles that were really handed out, of environments and of the image repository."""
    granted = [call for call in lab.cloud.calls[since:] if call.operation.startswith("AssumeRole") and call.error is None]
    return [call.params["RoleArn"] for call in granted if call.params["RoleArn"].endswith(("-deploy", "-push", "-cloudformation"))]


def refused(lab: Lab, since: int) -> set[str]:
    """How AWS answered those who may not take a role."""
    return {call.error for call in lab.cloud.calls[since:] if call.operation.startswith("AssumeRole") and call.error}


def branch_off(lab: Lab, branch: str, files: dict[str, str], *, message: str = "A change", fork: bool = False) -> None:
    """A branch with those files, on the host or in a stranger's fork; main and the work folder stay as they are."""
    project = lab.project
    project.git("switch", "--quiet", "--detach")
    for path, text in files.items():
        project.write(path, text)
    project.commit(message)
    project.push("carrier")
    if fork:
        project.fork("carrier")
    where = project.host.fork if fork else project.host.bare
    project.host.git("update-ref", f"refs/heads/{branch}", project.git("rev-parse", "HEAD"), folder=where)
    project.git("switch", "--quiet", "main")


def request(lab: Lab, branch: str, files: dict[str, str], *, title: str = "A change", fork: bool = False) -> Run | None:
    branch_off(lab, branch, files, message=title, fork=fork)
    return lab.engine.pull_request(branch, title=title, fork=fork)


class TestEvents:
    """The order is the cheapest one; each test leaves staging as the next one may find it."""

    def test_a_request_from_a_fork_gets_nothing(self, lab, proves, nothing_moves):
        proves(lab.cell, "a fork's pull request: no token, no secret, no call to AWS, no write; on CodePipeline nothing at all until a writer allows it")
        since = len(lab.cloud.calls)
        run = request(lab, "gift", TELL, fork=True)
        assert lab.pipelines_calls(since) == []
        if lab.cell.ci == "codebuild":
            assert run is None
            run = _allowed(lab, "gift")
        assert run.green, run.describe()
        log = next(iter(run.jobs.values())).log
        assert "set: PATH" in log
        assert [name for name in hostile.CREDENTIALS if f"set: {name}\n" in log] == []

    @pytest.mark.parametrize("fork", [True, False], ids=["fork", "branch"])
    def test_a_request_that_rewrites_the_pipeline_takes_no_role(self, lab, proves, nothing_moves, fork):
        proves(lab.cell, f"a pull request {'from a fork' if fork else 'of a member'} that rewrites the pipeline to log in is refused by AWS")
        name = f"theft-{fork}"
        since = len(lab.cloud.calls)
        run = request(lab, name, hostile.stealing(lab.project, lab.cell.ci), fork=fork)
        if lab.cell.ci == "codebuild" and fork:
            run = _allowed(lab, name)
        assert run.red, run.describe()
        # GitHub does not even give a fork the token to try it with.
        assert refused(lab, since) == (set() if fork and lab.cell.ci == "github" else {"AccessDenied"})

    def test_a_branch_that_is_not_deployed_deploys_nothing(self, lab, proves, nothing_moves):
        proves(lab.cell, "a push of another branch starts nothing, and with a rewritten pipeline it is refused by AWS")
        branch_off(lab, "other", {"note": "x"})
        assert lab.engine.push("other") is None
        branch_off(lab, "other-theft", hostile.stealing(lab.project, lab.cell.ci))
        run = lab.engine.push("other-theft")
        # GitLab starts it for the rewritten file has no rules, GitHub for it names every branch.
        assert (run is None) == (lab.cell.ci == "codebuild")
        assert run is None or run.red, run.describe()

    def test_a_tag_starts_nothing(self, lab, proves, nothing_moves):
        proves(lab.cell, "a pushed tag starts nothing")
        lab.project.git("push", "--quiet", "origin", "HEAD:refs/tags/v1.0.0")
        assert lab.engine.tag("v1.0.0") is None

    def test_only_a_run_of_main_is_deployed_by_hand(self, lab, proves, nothing_moves):
        if lab.cell.ci != "github":
            pytest.skip("only on GitHub production is a run of its own that a person starts by a number")
        proves(lab.cell, "a release that a pull request built is not deployed by hand, and what a person types as its number is not executed")
        canary = lab.project.home / "PWNED-number"
        built = lab.engine.pull_request("gift", fork=True)
        for number in (built.id, f"1; touch {canary}", f"$(touch {canary})", f"1' ; touch {canary}; '"):
            run = lab.engine.dispatch({"environment": "production", "run": number})
            assert run.status("deploy-production") == "failure", run.describe()
        assert not canary.exists()

    def test_hostile_branches_and_titles_are_not_executed(self, lab, proves, nothing_moves):
        proves(lab.cell, "hostile names of branches and titles of requests are not executed; the same names in a careless step are (the control)")
        canary = lab.project.home / "PWNED-name"
        names = hostile.branches(canary)
        for name in names:
            run = request(lab, name, {"note": "x"}, title=hostile.text(canary))
            assert run.green, run.describe()
            assert lab.engine.push(name) is None
        assert not canary.exists()
        request(lab, names[0].removeprefix("-"), hostile.gullible(lab.project, lab.cell.ci), title=hostile.text(canary))
        assert canary.exists()

    def test_a_hostile_message_is_deployed_and_not_executed(self, lab, proves):
        proves(lab.cell, "a hostile commit message is deployed like any other, and not executed")
        canary = lab.project.home / "PWNED-message"
        run = lab.push(version=2, message=hostile.message(canary))
        assert not run.red, run.describe()
        assert "version 2" in lab.visit("staging")
        assert not canary.exists()

    def test_a_change_of_the_documentation_alone_changes_nothing(self, lab, proves):
        proves(lab.cell, "a change of the documentation alone goes through the pipeline and leaves what visitors see")
        before = lab.runs_here()
        run = lab.push(files={"docs/guide.md": "# Guide\n"})
        assert not run.red, run.describe()
        assert lab.runs_here() == before

    def test_of_two_quick_pushes_the_newer_one_stays(self, lab, proves):
        proves(lab.cell, "two pushes in quick succession end with the newer one in the environment")
        {"github": _at_once, "gitlab": _in_the_midst, "codebuild": _all_heard}[lab.cell.ci](lab)
        assert "version 6" in lab.visit("staging")
        commit = lab.project.git("rev-parse", "HEAD")
        assert lab.released("staging")["commit"] == commit
        assert lab.visit("production") == "nothing"

    def test_the_rewritten_pipeline_works_where_it_may(self, lab, proves):
        if lab.cell.ci == "codebuild":
            pytest.skip("its rewritten file is the one of requests, which main does not run")
        proves(lab.cell, "the control of the thefts: the same rewritten pipeline, pushed to main, does take the role")
        since = len(lab.cloud.calls)
        run = lab.push(files=hostile.stealing(lab.project, lab.cell.ci))
        assert run.green, run.describe()
        assert {role.rsplit("/")[-1] for role in taken(lab, since)} == {"shop-staging-deploy"}


def _allowed(lab: Lab, branch: str) -> Run:
    """A comment lets CodeBuild build the request of a fork: not a stranger's, but a writer's; the build may write its log alone."""
    assert lab.engine.comment(branch, role="GITHUB_READ") is None
    since = len(lab.cloud.calls)
    run = lab.engine.comment(branch, role="GITHUB_WRITE")
    done = {call.service for call in lab.pipelines_calls(since) if call.error is None}
    assert done <= {"sts", "logs", "codeconnections", "codestar-connections"}, done
    return run


def _at_once(lab: Lab) -> None:
    with lab.engine.together():
        lab.push(version=5)
        lab.push(version=6)


def _in_the_midst(lab: Lab) -> None:
    """The second push comes while the first one is being deployed."""
    lab.engine.meanwhile(lambda name: name == "deploy-staging", lambda: lab.push(version=6))
    lab.push(version=5)


def _all_heard(lab: Lab) -> None:
    commits = []
    for version in (5, 6):
        lab.project.replace(lab.app.versioned, r"version \d+", f"version {version}")
        commits.append(("main", lab.project.commit("A change")))
    lab.project.push("carrier")
    assert len(lab.engine.push_all(commits)) == 2
