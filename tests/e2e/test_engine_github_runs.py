"""Several runs and people: approvals, environments, concurrency, further attempts."""

import pytest

from engines import HarnessError, Rule
from engines.github.example import Example, workflow
from engines.github.groups import Groups

DEPLOY = """
build:
  runs-on: ubuntu-24.04
  steps:
    - run: "true"
deploy:
  needs: build
  runs-on: ubuntu-24.04
  environment:
    name: production
  concurrency:
    group: Production
    cancel-in-progress: false
    queue: max
  steps:
    - run: echo "deployed $GITHUB_RUN_NUMBER attempt $GITHUB_RUN_ATTEMPT id $GITHUB_RUN_ID"
after:
  needs: deploy
  runs-on: ubuntu-24.04
  steps:
    - run: "true"
"""
ALL = "on:\n  push:\n  pull_request:\n"


def example(folder, jobs=DEPLOY, on=ALL, **rules):
    it = Example(folder, workflow(jobs, on=on))
    it.host.environments.update(rules)
    return it


def states(run):
    return [job.status for job in run.jobs.values()]


def test_a_held_job_waits_for_a_reviewer_and_what_follows_with_it(tmp_path):
    with example(tmp_path, production=Rule(["bob"], ["main"])) as it:
        run = it.engine.push("main")
        assert states(run) == ["success", "waiting", "skipped"] and not run.green
        assert "needs a review by bob" in run.log("deploy")
        with pytest.raises(HarnessError, match="only"):
            it.engine.approve(run, "production", reviewer="mallory")
        assert it.engine.approve(run, "production").green
        assert "deployed 1" in run.log("deploy") and states(run) == ["success"] * 3
        with pytest.raises(HarnessError, match="nothing waits"):
            it.engine.approve(run, "production")


def test_a_branch_that_may_not_deploy_is_red_before_any_step(tmp_path):
    with example(tmp_path, production=Rule([], ["main"])) as it:
        it.commit({}, branch="other")
        run = it.engine.push("other")
        assert states(run) == ["success", "failure", "skipped"]
        assert "not allowed to deploy to production" in run.log("deploy") and run.jobs["deploy"].started == 0
        assert it.engine.push("main").green
        assert states(it.engine.pull_request("other"))[1] == "failure"


def test_a_job_whose_condition_is_false_is_not_held(tmp_path):
    jobs = DEPLOY.replace("  needs: build\n", "  needs: build\n  if: github.event_name == 'push' && github.ref == 'refs/heads/main'\n", 1)
    with example(tmp_path, jobs, production=Rule(["bob"], ["main"])) as it:
        it.commit({}, branch="other")
        assert states(it.engine.push("other")) == ["success", "skipped", "skipped"]
        assert states(it.engine.pull_request("other")) == ["success", "skipped", "skipped"]
        assert states(it.engine.push("main")) == ["success", "waiting", "skipped"]


def test_a_rejected_job_is_red_and_makes_room(tmp_path):
    with example(tmp_path, production=Rule(["bob"])) as it:
        older, newer = it.engine.push("main"), it.engine.push("main")
        assert "another job holds the concurrency group" in newer.log("deploy")
        with pytest.raises(HarnessError, match="nothing waits"):
            it.engine.approve(newer, "production")
        it.engine.reject(older, "production")
        assert states(older) == ["success", "failure", "skipped"] and "rejected" in older.log("deploy")
        assert it.engine.approve(newer, "production").green


def test_pushes_in_quick_succession_deploy_in_their_order(tmp_path):
    with example(tmp_path) as it, it.engine.together():
        runs = [it.engine.push("main") for _ in range(3)]
    assert [states(run) for run in runs] == [["success"] * 3] * 3
    assert [run.jobs["build"].started for run in runs] == [1, 2, 3]
    assert [run.jobs["deploy"].started for run in runs] == sorted(run.jobs["deploy"].started for run in runs)


def test_without_a_queue_the_middle_one_is_dropped(tmp_path):
    with example(tmp_path, DEPLOY.replace("    queue: max\n", "")) as it, it.engine.together():
        runs = [it.engine.push("main") for _ in range(3)]
    assert [states(run)[1] for run in runs] == ["success", "cancelled", "success"]


def test_with_cancel_in_progress_only_the_newest_deploys(tmp_path):
    jobs = DEPLOY.replace("    queue: max\n", "").replace("cancel-in-progress: false", "cancel-in-progress: true")
    with example(tmp_path, jobs) as it, it.engine.together():
        runs = [it.engine.push("main") for _ in range(3)]
    assert [states(run)[1] for run in runs] == ["cancelled", "cancelled", "success"]


GROUP = (
    "on: [push, pull_request]\nconcurrency:\n  group: run-${{ github.event_name == 'pull_request' && github.ref || github.run_id }}\n"
    "  cancel-in-progress: ${{ github.event_name == 'pull_request' }}\n"
)


def test_a_newer_commit_of_a_request_ends_the_older_run(tmp_path):
    with example(tmp_path, DEPLOY, GROUP) as it, it.engine.together():
        it.commit({}, branch="change")
        first, push, second = it.engine.pull_request("change"), it.engine.push("main"), it.engine.pull_request("change")
        other = it.engine.pull_request("main")
    assert states(first) == ["cancelled"] * 3
    assert push.green and second.green and other.green


def test_a_run_that_is_over_makes_room_in_its_group(tmp_path):
    with example(tmp_path, DEPLOY, "on: push\nconcurrency: one\n") as it, it.engine.together():
        runs = [it.engine.push("main") for _ in range(3)]
    assert [run.green for run in runs] == [True, False, True] and states(runs[1]) == ["cancelled"] * 3


def test_a_further_attempt_has_the_same_ids(tmp_path):
    with example(tmp_path, production=Rule(["bob"])) as it:
        first = it.engine.approve(it.engine.push("main"), "production")
        it.commit({})
        again = it.engine.rerun(first)
        assert states(again) == ["success", "waiting", "skipped"] and states(first) == ["success"] * 3
        again = it.engine.approve(again, "production")
        assert f"deployed 1 attempt 2 id {first.id}" in again.log("deploy")
        assert again.id == first.id and it.engine.run_of(again).event.sha == it.host.git("rev-parse", "main~1")


def test_only_what_failed_is_run_again_when_a_person_says_so(tmp_path):
    jobs = DEPLOY.replace('echo "deployed', 'test "$GITHUB_RUN_ATTEMPT" = 2; echo "deployed')
    with example(tmp_path, jobs) as it:
        run = it.engine.push("main")
        assert states(run) == ["success", "failure", "skipped"]
        again = it.engine.rerun(run, failed_only=True)
        assert states(again) == ["success"] * 3 and again.jobs["build"].started == run.jobs["build"].started == 1


def test_a_workflow_that_github_refuses_is_an_error(tmp_path):
    jobs = DEPLOY.replace("cancel-in-progress: false", "cancel-in-progress: true")
    with example(tmp_path, jobs) as it, pytest.raises(HarnessError, match="queue max"):
        it.engine.push("main")


def test_what_stands_on_a_result_is_more_than_the_harness_knows(tmp_path):
    jobs = DEPLOY.replace('run: "true"', 'run: "false"', 1).replace("  needs: build\n", "  needs: build\n  if: always()\n", 1)
    with example(tmp_path, jobs) as it, pytest.raises(HarnessError, match="condition on the result"):
        it.engine.push("main")


def test_a_group_has_one_holder_and_a_hundred_places():
    groups = Groups()
    gone = [groups.enter("G", number, cancel=False, queue_all=True) for number in range(102)]
    assert groups.holds("g", 0) and [each for each in gone if each] == [[101]]
    groups.leave(0)
    assert groups.holds("G", 1) and not groups.busy("g", 1) and groups.busy("g", 2)
