"""Roles, images, caches, logs and ends of CodeBuild's builds, with small buildspecs of our own."""

import pytest
from botocore.exceptions import ClientError

from engines import HarnessError
from engines.codepipeline import images
from engines.codepipeline.workbench import BUCKET, REGION, ROLE, Workbench, build, environment, spec


@pytest.fixture
def bench(tmp_path):
    made = Workbench(tmp_path)
    yield made
    assert made.close() == []


def built(bench, text, outputs=None, rights=None, **changes):
    """One build of that buildspec in a pipeline: its run, and the build as the API shows it."""
    bench.commit({"job.yml": text})
    bench.project("job", rights, **changes)
    bench.pipeline([{"name": "Build", "actions": [build("job", outputs)]}])
    run = bench.engine.push("main")
    client = bench.client("codebuild")
    ids = client.list_builds_for_project(projectName="job")["ids"]
    return run, client.batch_get_builds(ids=ids[:1])["builds"][0] if ids else None


@pytest.mark.parametrize("missing", sorted({one for actions in ROLE.values() for one in actions} - {"logs:CreateLogGroup"}))
def test_each_right_of_the_projects_role_is_needed(bench, missing):
    bench.client("logs").create_log_group(logGroupName="/aws/codebuild/job")
    text = spec("mkdir out && echo > out/file", extra="artifacts:\n  base-directory: out\n  files: ['**/*']")
    rights = {part: [one for one in actions if one != missing] for part, actions in ROLE.items()}
    run, _ = built(bench, text, outputs=["made"], rights=rights)
    assert run.status("job") == "failure" and missing in run.log("job"), run.log("job")


def test_the_log_stands_in_cloudwatch(bench):
    run, found = built(bench, spec("echo to be read later"))
    stream = found["id"].split(":")[1]
    events = bench.client("logs").get_log_events(logGroupName="/aws/codebuild/job", logStreamName=stream)["events"]
    assert "to be read later" in [each["message"] for each in events]


def test_the_role_is_had_from_the_container_endpoint_alone(bench):
    commands = [
        "aws sts get-caller-identity --query Arn --output text",
        "aws configure set profile.deploy.role_arn arn:aws:iam::222222222222:role/shop-deploy",
        "aws configure set profile.deploy.credential_source EcsContainer",
        "AWS_PROFILE=deploy aws sts get-caller-identity --query Arn --output text",
    ]
    trust = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
        '"Principal":{"AWS":"111111111111"},"Condition":{"ArnEquals":'
        '{"aws:PrincipalArn":"arn:aws:iam::111111111111:role/job-role"}}}]}'
    )
    other = bench.cloud.client(bench.cloud.administrator("222222222222"), "iam", REGION)
    other.create_role(RoleName="shop-deploy", AssumeRolePolicyDocument=trust)
    run, _ = built(bench, spec(*commands), rights={**ROLE, "sts": ["sts:AssumeRole"]})
    assert "assumed-role/job-role/AWSCodeBuild-" in run.log("job") and "222222222222:assumed-role/shop-deploy" in run.log("job")
    bench.allow("job-role", ROLE)
    again = bench.engine.rerun(run)
    assert "not authorized to perform: sts:AssumeRole" in again.log("job") and again.status("job") == "failure"


def test_docker_needs_a_privileged_container(bench):
    run, _ = built(bench, spec("docker info"))
    assert "Cannot connect to the Docker daemon" in run.log("job")
    commands = images.Image("aws/codebuild/standard:8.0").commands_in(bench.folder / "other", bench.engine.tools, True)
    assert str(bench.engine.tools.commands["docker"]) in (commands / "docker").read_text()


def test_a_command_that_the_image_lacks_is_red_and_reported(bench):
    run, _ = built(bench, spec("uv --version"))
    assert run.status("job") == "failure"
    assert bench.engine.findings == ["aws/codebuild/standard:8.0 has no command uv"]


def test_a_runtime_that_the_image_lacks_is_reported(bench):
    text = "version: 0.2\nphases:\n  install:\n    runtime-versions: {nodejs: '20', python: '3.13'}\n"
    run, _ = built(bench, text)
    assert run.green and bench.engine.findings == ["aws/codebuild/standard:8.0 does not hold nodejs 20: each build fetches it"]


def test_pip_belongs_to_one_build(bench):
    run, _ = built(bench, spec("python -c 'import sys; print(sys.prefix)'", "python3 -c 'import botocore'"))
    assert "/.pyenv" in run.log("job") and "No module named 'botocore'" in run.log("job")


def test_an_unknown_image_is_an_error_of_the_harness(bench):
    with pytest.raises(HarnessError, match="nothing is known here of the build image"):
        built(bench, spec("true"), environment=environment(image="alpine:3"))


@pytest.mark.parametrize(
    "cache", [{"type": "S3", "location": f"{BUCKET}/cache/job"}, {"type": "LOCAL", "modes": ["LOCAL_CUSTOM_CACHE"]}]
)
def test_a_cache_comes_back_in_the_next_build(bench, cache):
    commands = ("cat .cache/deep/kept || echo nothing yet", "mkdir -p .cache/deep && echo kept > .cache/deep/kept")
    text = spec(*commands, extra="cache:\n  paths: ['.cache/**/*']")
    first, _ = built(bench, text, cache=cache)
    again = bench.engine.rerun(first)
    assert "nothing yet" in first.log("job") and "\nkept" in again.log("job")


def test_a_cache_that_cannot_be_written_fails_nothing(bench):
    rights = {"logs": ROLE["logs"], "s3": ["s3:Get*"]}
    text = spec("mkdir c && echo > c/x", extra="cache:\n  paths: ['c/*']")
    run, _ = built(bench, text, rights=rights, cache={"type": "S3", "location": f"{BUCKET}/cache"})
    assert run.green and "Unable to upload cache, passed over" in run.log("job")


def test_a_build_ends_when_its_time_is_over(bench):
    run, found = built(bench, spec("for i in $(seq 400); do sleep 60; done; echo never"), timeoutInMinutes=30)
    assert found["buildStatus"] == "TIMED_OUT" and run.status("job") == "failure" and "\nnever" not in run.log("job")
    assert "TIMED_OUT" in run.jobs["job"].last_lines


def test_a_build_can_be_stopped_in_the_midst(bench):
    bench.engine.hold(lambda job: job == "job")
    run, found = built(bench, spec("while true; do sleep 1; done"))
    assert found["buildStatus"] == "STOPPED" and run.status("job") == "cancelled"


def test_a_deployment_is_stopped_after_its_first_change(bench):
    commands = (f"aws s3 ls s3://{BUCKET}", f"echo new > f && aws s3 cp f s3://{BUCKET}/deployed", "/bin/sleep 60")
    bench.commit({"ship.yml": spec(*commands)})
    bench.project("ship", {**ROLE, "s3": ["s3:*"]})
    bench.pipeline([{"name": "Deploy-staging", "actions": [build("ship")]}])
    bench.engine.hold(lambda job: job == "ship")
    run = bench.engine.push("main")
    assert run.status("ship") == "cancelled" and run.jobs["ship"].environment == "staging"
    assert bench.client("s3").get_object(Bucket=BUCKET, Key="deployed")["Body"].read() == b"new\n"


def test_a_project_of_a_role_that_codebuild_cannot_take_is_refused(bench):
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
        bench.project("job", serviceRole=bench.pipeline_role)


def test_nothing_of_the_developer_is_seen_by_a_build(bench, monkeypatch):
    monkeypatch.setenv("MY_OWN_SECRET", "seen")
    run, _ = built(bench, spec("env", "type pytest || true"))
    assert "MY_OWN_SECRET" not in run.log("job") and "pytest is" not in run.log("job")
