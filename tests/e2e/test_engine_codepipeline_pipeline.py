"""Stages, artifacts, roles and declarations of CodePipeline, with small pipelines of our own."""

import io
import zipfile

import pytest
from botocore.exceptions import ClientError

from engines import HarnessError
from engines.codepipeline.workbench import ACCOUNT, BUCKET, PIPELINE_ROLE, REGION, Workbench, action, approval, build, spec

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


def test_a_release_goes_from_stage_to_stage_and_waits_for_a_person(bench):
    delivery(bench)
    commit = bench.host.commit("main")
    run = bench.engine.push("main")
    assert {name: job.status for name, job in run.jobs.items()} == {
        "Source": "success", "make": "success", "stage": "success", "Approve": "waiting", "prod": "skipped",
    }, run.describe()  # fmt: skip
    assert not run.green
    assert f"{commit}\n" in run.log("stage") and "shipped codepipeline/shop" in run.log("stage")
    assert f"Deploy {commit}?" in run.log("Approve")
    assert [run.jobs[name].environment for name in ("make", "stage", "Approve", "prod")] == [
        None, "staging", "production", "production",
    ]  # fmt: skip
    again = bench.engine.approve(run, "production")
    assert again is run and run.green, run.describe()
    starts = [run.jobs[name].started for name in ("Source", "make", "stage", "Approve", "prod")]
    assert starts == sorted(starts) and starts[0] > 0


def test_the_source_is_a_zip_without_git_and_without_executable_files(bench):
    delivery(bench, **{"run.sh": "#!/bin/sh\n"})
    bench.engine.push("main")
    keys = [each["Key"] for each in bench.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]]
    key = next(each for each in keys if each.startswith("shop/Source/"))
    archive = zipfile.ZipFile(io.BytesIO(bench.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()))
    assert sorted(archive.namelist()) == ["make.yml", "prod.yml", "run.sh", "stage.yml"]
    assert not any(entry.external_attr >> 16 & 0o111 for entry in archive.infolist())


def test_a_failed_action_ends_the_stage_and_nothing_later_runs(bench):
    delivery(bench, **{"stage.yml": spec("echo before", "false", "echo after")})
    run = bench.engine.push("main")
    assert run.status("stage") == "failure" and run.status("Approve") == run.status("prod") == "skipped"
    assert "Command did not exit successfully false exit status 1" in run.log("stage") and "\nafter" not in run.log("stage")
    assert run.context["status"] == "Failed"


def test_actions_of_one_order_end_although_one_fails(bench):
    bench.commit({"good.yml": spec("echo good"), "bad.yml": spec("false"), "late.yml": spec("true")})
    for name in ("good", "bad", "late"):
        bench.project(name)
    bench.pipeline([{"name": "Check", "actions": [build("bad"), build("good"), build("late", order=2)]}])
    run = bench.engine.push("main")
    assert [run.status(name) for name in ("bad", "good", "late")] == ["failure", "success", "skipped"]


def test_a_retry_takes_up_the_failed_stage_of_the_same_execution(bench):
    delivery(bench, **{"stage.yml": spec('aws ssm get-parameter --name ready && cat "$CODEBUILD_SRC_DIR_release/deep/commit"')})
    run = bench.engine.push("main")
    assert run.status("stage") == "failure" and run.status("make") == "success"
    before = run.jobs["make"].started
    rights = {"ssm": ["ssm:GetParameter", "logs:*", "s3:*"]}
    bench.client("ssm").put_parameter(Name="ready", Value="yes", Type="String")
    bench.allow("stage-role", rights)
    again = bench.engine.rerun(run)
    assert again.id == run.id and again.context["how"] == "RetryStageExecution"
    assert again.status("stage") == "success" and again.jobs["make"].started == before, again.describe()


def test_a_rerun_of_a_finished_release_is_a_new_execution_of_the_same_commit(bench):
    delivery(bench)
    run = bench.engine.approve(bench.engine.push("main"), "production")
    old = bench.host.commit("main")
    bench.commit({"note": "newer"})
    again = bench.engine.rerun(run)
    assert again.id != run.id and f"{old}\n" in again.log("stage")


@pytest.mark.parametrize("missing", sorted(action for actions in PIPELINE_ROLE.values() for action in actions))
def test_each_right_of_the_pipelines_role_is_needed(bench, missing):
    delivery(bench)
    left = {part: [one for one in actions if one != missing] for part, actions in PIPELINE_ROLE.items()}
    bench.allow("pipeline", left)
    run = bench.engine.push("main")
    if missing in ("s3:GetObject", "s3:GetObjectVersion"):  # needed by actions that read an artifact themselves; no build does
        assert run.status("stage") == "success"
    else:
        assert run.red and missing in run.red[0].log, run.describe()


def test_a_connection_that_nobody_accepted_fails_the_source(bench):
    bench.cloud.state("codeconnections", ACCOUNT, REGION).breaks(bench.connection)
    delivery(bench)
    run = bench.engine.push("main")
    assert run.status("Source") == "failure" and "not available" in run.log("Source")
    assert bench.engine.push("main") is None  # and no later push is heard


def test_the_condition_on_the_repository_is_asked(bench):
    bench.allow("pipeline", PIPELINE_ROLE, {"StringEquals": {"codeconnections:FullRepositoryId": "acme/other"}})
    delivery(bench)
    assert "codeconnections:UseConnection" in bench.engine.push("main").log("Source")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda it: it["stages"].pop(), "InvalidStructure"),
        (lambda it: it["stages"][1]["actions"][0].update(inputArtifacts=[{"name": "nothing"}]), "InvalidStructure"),
        (lambda it: it["stages"][1]["actions"].append(it["stages"][1]["actions"][0]), "InvalidStructure"),
        (lambda it: it.update(pipelineType="V1"), "InvalidStructure"),
        (lambda it: it["stages"][1]["actions"][0].update(configuration={}), "InvalidActionDeclaration"),
        (lambda it: it["stages"][1]["actions"][0].update(timeoutInMinutes=5), "InvalidActionDeclaration"),
        (lambda it: it["triggers"][0]["gitConfiguration"].update(sourceActionName="Other"), "InvalidStructure"),
    ],
)
def test_a_wrong_declaration_is_refused(bench, change, code):
    bench.project("make")
    bench.pipeline([{"name": "Build", "actions": [build("make")]}])
    declared = bench.client("codepipeline").get_pipeline(name="shop")["pipeline"]
    change(declared)
    with pytest.raises(ClientError, match=code):
        bench.client("codepipeline").update_pipeline(pipeline=declared)


def test_what_is_not_known_of_a_pipeline_is_an_error_of_the_harness(tmp_path):
    bench = Workbench(tmp_path)
    stage = {"name": "Deploy", "actions": [action("put", "Deploy", "S3", {"BucketName": "b", "Extract": "true"}, ["Source"])]}
    with pytest.raises(ClientError, match="HarnessError"):
        bench.pipeline([stage])
    assert "Deploy" in bench.close()[0]


def test_two_pipelines_or_projects_of_one_name_are_refused(bench):
    delivery(bench)
    with pytest.raises(ClientError, match="PipelineNameInUse"):
        bench.pipeline([{"name": "Build", "actions": [build("make", ["release"])]}])
    project = bench.client("codebuild").batch_get_projects(names=["make"])["projects"][0]
    with pytest.raises(ClientError, match="ResourceAlreadyExists"):
        bench.client("codebuild").create_project(
            **{key: project[key] for key in ("name", "serviceRole", "source", "artifacts", "environment")}
        )
