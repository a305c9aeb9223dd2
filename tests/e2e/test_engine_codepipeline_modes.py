"""Executions that meet in CodePipeline: modes, approvals, retries and pushes in quick succession."""

import pytest
from botocore.exceptions import ClientError

from engines import HarnessError
from engines.codepipeline.workbench import Workbench, approval, build, spec

ARTIFACTS = "artifacts:\n  base-directory: release\n  files: ['**/*']"
MAKE = spec("mkdir -p release/deep && echo $CODEBUILD_RESOLVED_SOURCE_VERSION > release/deep/commit", extra=ARTIFACTS)
SHIP = spec('cat "$CODEBUILD_SRC_DIR_release/deep/commit"', "echo shipped $CODEBUILD_INITIATOR", "ls -a")


@pytest.fixture
def bench(tmp_path):
    made = Workbench(tmp_path)
    yield made
    assert made.close() == []


def delivery(bench, mode="QUEUED", **files):
    """build -> Deploy-staging -> approval and Deploy-production."""
    bench.commit({"make.yml": MAKE, "stage.yml": SHIP, "prod.yml": SHIP, **files})
    for name in ("make", "stage", "prod"):
        bench.project(name)
    both = ("Source", "release")
    stages = [
        {"name": "Build", "actions": [build("make", ["release"])]},
        {"name": "Deploy-staging", "actions": [build("stage", inputs=both)]},
        {"name": "Deploy-production", "actions": [approval(), build("prod", inputs=both, order=2)]},
    ]
    bench.pipeline(stages, mode=mode)


def test_an_old_failure_cannot_be_retried_once_a_newer_release_came_to_its_stage(bench):
    delivery(bench, **{"stage.yml": spec("[ -f good ]")})
    first = bench.engine.push("main")
    bench.commit({"good": ""})
    second = bench.engine.push("main")
    assert first.status("stage") == "failure" and second.status("stage") == "success"
    codepipeline = bench.client("codepipeline")
    with pytest.raises(ClientError, match="NotLatestPipelineExecution"):
        codepipeline.retry_stage_execution(
            pipelineName="shop", stageName="Deploy-staging", pipelineExecutionId=first.id, retryMode="FAILED_ACTIONS"
        )


def test_queued_a_newer_release_waits_before_the_stage_that_an_approval_holds(bench):
    delivery(bench)
    first = bench.engine.push("main")
    second_commit = bench.commit({"note": "second"})
    second = bench.engine.push("main")
    assert second.status("stage") == "success" and second.status("Approve") == "waiting"
    assert f"which {first.id} holds" in second.log("Approve")
    with pytest.raises(HarnessError, match="nothing waits for a person"):
        bench.engine.approve(second, "production")
    bench.engine.approve(first, "production")
    assert first.green and f"Deploy {second_commit}?" in second.log("Approve")
    assert bench.engine.approve(second, "production").green
    assert second.jobs["prod"].started > first.jobs["prod"].started


def test_queued_none_of_three_quick_pushes_is_dropped(bench):
    delivery(bench)
    bench.engine.push("main")
    commits = [("main", bench.commit({"note": str(number)})) for number in range(3)]
    runs = bench.engine.push_all(commits)
    assert [run.status("stage") for run in runs] == ["success"] * 3
    assert [commit in run.log("stage") for run, (_, commit) in zip(runs, commits)] == [True] * 3


def test_superseded_only_the_newest_of_those_that_wait_goes_on(bench):
    delivery(bench, mode="SUPERSEDED")
    first = bench.engine.push("main")
    second, third = bench.engine.push_all([("main", bench.commit({"note": str(number)})) for number in range(2)])
    assert second.context["status"] == "Superseded" and second.status("prod") == "skipped"
    bench.engine.approve(first, "production")
    assert bench.engine.approve(third, "production").green
    with pytest.raises(HarnessError, match="Superseded"):
        bench.engine.approve(second, "production")


def test_a_rejected_approval_is_red_and_lets_the_next_release_in(bench):
    delivery(bench)
    first = bench.engine.push("main")
    bench.commit({"note": "second"})
    second = bench.engine.push("main")
    bench.engine.reject(first, "production")
    assert first.status("Approve") == "failure" and first.status("prod") == "skipped"
    assert "Rejected by a person" in first.log("Approve")
    assert bench.engine.approve(second, "production").green


def test_an_approval_that_nobody_gives_fails_after_its_time(bench):
    delivery(bench)
    run = bench.engine.push("main")
    bench.cloud.clock.advance(7 * 24 * 3600 - 60)
    bench.engine.settle()
    assert run.status("Approve") == "waiting"
    bench.cloud.clock.advance(120)
    bench.engine.settle()
    assert run.status("Approve") == "failure" and run.context["status"] == "Failed"


def test_whoever_lacks_the_right_cannot_approve(bench):
    delivery(bench)
    run = bench.engine.push("main")
    arn = bench.role("visitor", "codepipeline", {"look": ["codepipeline:GetPipelineState"]})
    visitor = bench.cloud.assume(arn, "codepipeline.amazonaws.com", "visitor")
    with pytest.raises(ClientError, match="PutApprovalResult"):
        bench.engine.answer(run, "production", "Approved", visitor)
    assert run.status("Approve") == "waiting"
    with pytest.raises(ClientError, match="InvalidApprovalToken"):
        bench.client("codepipeline").put_approval_result(
            pipelineName="shop", stageName="Deploy-production", actionName="Approve", token="00000000-0000-0000-0000-000000000000",
            result={"status": "Approved", "summary": "yes"},
        )  # fmt: skip


def test_the_state_of_a_pipeline_shows_who_holds_and_who_waits(bench):
    delivery(bench)
    first = bench.engine.push("main")
    bench.commit({"note": "second"})
    second = bench.engine.push("main")
    stages = bench.client("codepipeline").get_pipeline_state(name="shop")["stageStates"]
    last = stages[-1]
    assert last["latestExecution"] == {"pipelineExecutionId": first.id, "status": "InProgress"}
    assert last["inboundExecution"]["pipelineExecutionId"] == second.id
    assert last["actionStates"][0]["latestExecution"]["token"]


def test_a_stopped_execution_lets_the_next_one_in(bench):
    delivery(bench)
    first = bench.engine.push("main")
    bench.commit({"note": "second"})
    second = bench.engine.push("main")
    bench.client("codepipeline").stop_pipeline_execution(pipelineName="shop", pipelineExecutionId=first.id, abandon=True)
    bench.engine.settle()
    assert first.context["status"] == "Stopped" and first.status("Approve") == "cancelled"
    assert bench.engine.approve(second, "production").green


def test_a_push_that_comes_while_a_build_works_is_deployed_after_it(bench):
    delivery(bench)
    pushed = []

    def push():
        bench.commit({"note": "in the midst"})
        pushed.append(bench.engine.push("main"))

    bench.engine.meanwhile(lambda job: job == "stage", push)
    first = bench.engine.push("main")
    assert first.status("stage") == pushed[0].status("stage") == "success"
    assert pushed[0].jobs["stage"].started > first.jobs["stage"].started
