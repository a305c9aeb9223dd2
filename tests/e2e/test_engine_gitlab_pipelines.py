"""What GitLab makes of an event: which pipeline, in which order, what waits, what is cancelled, what is too old."""

import pytest
from engines import HarnessError
from engines.gitlab.trial import AWS, MAIN, Trial, job

REQUEST = '$CI_PIPELINE_SOURCE == "merge_request_event"'
WORKFLOW = f"workflow:\n  rules:\n    - if: '{REQUEST}'\n    - if: '{MAIN}'\n"
STAGES = "stages: [build, deploy]\n"
# Really waits, where `sleep` would only move the clock of the cloud; 20 seconds at most.
FOR_EVER = "read -t 20 < <(tail -f /dev/null) || true"
BOTH = "[{job: build}, {job: staging, artifacts: false}]"
MANUAL = "  rules:\n    - if: '" + MAIN + "'\n      when: manual\n      allow_failure: false\n"


def environment(name: str) -> str:
    return f"  stage: deploy\n  environment:\n    name: {name}\n  resource_group: {name}\n  interruptible: false\n"


def delivery(first: str = "true", second: str = "true", third: str = "true") -> str:
    """A build, then staging, then production after a person."""
    kept = "  stage: build\n  interruptible: true\n  artifacts:\n    paths: [out]\n    expire_in: 1 day\n"
    return (
        STAGES + WORKFLOW
        + job("build", f"mkdir out && echo built by $CI_PIPELINE_IID > out/file && {first}", more=kept)
        + job("staging", f"cat out/file && {second}", needs="[build]", rule=MAIN, more=environment("staging"))
        + job("production", f"cat out/file && {third}", needs=BOTH, more=MANUAL + environment("production"))
    )  # fmt: skip


@pytest.fixture
def trial(tmp_path):
    made = Trial(tmp_path)
    yield made
    unexpected = made.close()
    assert unexpected == []


def test_a_push_goes_as_far_as_the_first_person(trial):
    run = trial.push(ci=delivery())
    assert {name: each.status for name, each in run.jobs.items()} == {"build": "success", "staging": "success", "production": "waiting"}
    assert "built by 1" in run.log("staging") and run.jobs["staging"].environment == "staging"
    assert not run.green and run.jobs["production"].started == 0
    run = trial.engine.approve(run, "production")
    assert run.green and "built by 1" in run.log("production"), run.describe()


def test_what_comes_after_a_failure_does_not_run(trial):
    run = trial.push(ci=delivery(second="exit 4"))
    assert [each.status for each in run.jobs.values()] == ["success", "failure", "skipped"]
    with pytest.raises(HarnessError, match="nothing waits for production"):
        trial.engine.approve(run, "production")


def test_a_retry_has_the_number_of_its_pipeline_and_leaves_the_green_jobs_alone(trial):
    run = trial.push(ci=delivery(second="test -e $CI_PROJECT_DIR/../../../../../allowed"))
    assert run.status("staging") == "failure"
    (trial.engine.folder / "allowed").touch()
    again = trial.engine.rerun(run)
    assert again.status("staging") == "success" and again.status("production") == "waiting", again.describe()
    assert "built by 1" in again.log("staging") and again.id == run.id
    assert again.jobs["build"].started == run.jobs["build"].started < again.jobs["staging"].started
    assert run.status("staging") == "failure"


def test_a_retry_of_a_green_pipeline_runs_every_job_once_more(trial):
    run = trial.engine.approve(trial.push(ci=delivery()), "production")
    again = trial.engine.rerun(run)
    assert again.green and "built by 1" in again.log("production"), again.describe()
    assert min(each.started for each in again.jobs.values()) > max(each.started for each in run.jobs.values())


def test_the_workflow_decides_what_starts_a_pipeline(trial):
    trial.push(ci=delivery())
    assert trial.push(branch="feature") is None
    trial.git("push", "--quiet", str(trial.host.bare), "HEAD:refs/tags/v1")
    assert trial.engine.tag("v1") is None
    assert trial.push("Words only [skip ci]") is None
    run = trial.engine.pull_request("feature")
    assert list(run.jobs) == ["build"] and run.green, run.describe()
    run = trial.push()
    assert "built by 3" in run.log("staging")


def test_an_old_approval_is_refused_after_a_newer_deployment(trial):
    old = trial.push(ci=delivery())
    new = trial.push("A newer change")
    assert trial.engine.approve(new, "production").green
    old = trial.engine.approve(old, "production")
    assert old.status("production") == "waiting" and "older than the latest deployment" in old.log("production")
    assert old.jobs["production"].started == 0
    trial.engine.prevent_outdated = False
    assert trial.engine.approve(old, "production").green


def test_a_job_held_by_its_resource_waits_and_goes_on(trial):
    """While the first deployment works a second push arrives."""
    runs, then = [], []

    def second_push():
        runs.append(trial.push("A second push"))
        then.append(runs[0].status("staging"))

    trial.engine.meanwhile(lambda name: name == "staging", second_push)
    first = trial.push(ci=delivery())
    assert first.status("staging") == "success"
    assert then == ["waiting"] and runs[0].status("staging") == "success", runs[0].describe()
    assert runs[0].jobs["staging"].started > first.jobs["staging"].started


def test_a_newer_push_cancels_what_may_be_interrupted(trial):
    runs = []
    trial.engine.meanwhile(lambda name: name == "build", lambda: runs.append(trial.push("A second push", ci=delivery())))
    first = trial.push(ci=delivery(FOR_EVER))
    assert runs[0].status("staging") == "success", runs[0].describe()
    assert first.status("build") == "cancelled" and first.status("staging") == "cancelled", first.describe()


def test_a_newer_push_leaves_a_deployment_alone(trial):
    runs = []
    trial.engine.meanwhile(lambda name: name == "staging", lambda: runs.append(trial.push("A second push", ci=delivery())))
    first = trial.push(ci=delivery(second="sleep 1"))
    assert first.status("staging") == "success" and first.status("production") == "waiting", first.describe()
    assert runs[0].status("staging") == "success"


def test_a_job_is_cancelled_while_it_works_and_can_be_retried(trial):
    trial.engine.hold(lambda name: name == "staging")
    run = trial.push(ci=delivery(second=FOR_EVER))
    assert run.status("staging") == "cancelled" and run.status("production") == "skipped", run.describe()
    assert "built by 1" in run.log("staging")


def test_a_job_that_outlasts_its_timeout_fails(trial):
    run = trial.push(ci=job("wait", "sleep 3000", FOR_EVER, more="  timeout: 45 minutes\n"))
    assert run.status("wait") == "failure" and "took longer than 2700s" in run.log("wait"), run.describe()


def test_a_fork_runs_in_its_own_project_without_the_variables_of_ours(trial, tmp_path):
    trial.host.variables["OURS"] = "secret-of-ours"
    trial.push(ci=delivery())
    trial.host.fork = tmp_path / "fork.git"
    trial.git("clone", "--quiet", "--bare", str(trial.work), str(trial.host.fork))
    trial.commit(ci=job("look", 'echo "project=$CI_PROJECT_PATH; ours=${OURS:-none}; protected=$CI_COMMIT_REF_PROTECTED;"'))
    trial.send("evil", trial.host.fork)
    run = trial.engine.pull_request("evil", fork=True)
    assert "project=mallory/shop; ours=none; protected=false;" in run.log("look"), run.describe()


def test_a_pipeline_whose_needs_are_missing_is_refused(trial):
    run = trial.push(ci=job("a", "true", rule='$CI_COMMIT_BRANCH == "other"') + job("b", "true", needs="[a]"))
    assert not run.green and "'a' does not exist in the pipeline" in run.log(".gitlab-ci.yml")


def test_what_the_schema_refuses_is_refused(trial):
    run = trial.push(ci=job("a", "true", more="  timeout: [1]\n"))
    assert not run.green and "timeout" in run.log(".gitlab-ci.yml")


@pytest.mark.parametrize("more", ["  retry: 2\n", "  before_script: ['true']\n", "  allow_failure: true\n", "  environment: {name: a, url: https://b}\n"])
def test_a_key_that_is_not_enforced_is_an_error_of_the_harness(trial, more):
    with pytest.raises(HarnessError, match="does not enforce"):
        trial.push(ci=job("a", "true", more=more))
