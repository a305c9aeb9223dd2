"""CodeCommit's way over EventBridge, and the tables of both services."""

import json

import pytest

from engines import HarnessError
from engines.codepipeline import eventbridge
from engines.codepipeline.table import rules
from engines.codepipeline.workbench import ACCOUNT, REGION, Workbench, action, build, environment, spec

TOKEN = ["codeconnections:UseConnection", "codeconnections:GetConnection", "codeconnections:GetConnectionToken"]
RIGHTS = {"logs": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:CreateLogGroup"], "token": TOKEN}


@pytest.fixture
def commits(tmp_path):
    made = Workbench(tmp_path, "codecommit")
    yield made
    assert made.close() == []


def rule(commits, name, pattern, target, rights, transformer=None):
    role = commits.role(f"{name}-events", "events", {"start": rights})
    events = commits.client("events")
    events.put_rule(Name=name, EventPattern=json.dumps(pattern), State="ENABLED")
    more = {"InputTransformer": transformer} if transformer else {}
    events.put_targets(Rule=name, Targets=[{"Id": name, "Arn": target, "RoleArn": role, **more}])


def codecommit(commits, rights=("codepipeline:StartPipelineExecution",), reads="codecommit:*"):
    """A pipeline that an EventBridge rule starts at a push of main."""
    commits.commit({"job.yml": spec("cat note || true"), "request.yml": spec("git log --oneline")})
    commits.project("job")
    settings = {"RepositoryName": "shop", "BranchName": "main", "PollForSourceChanges": "false", "OutputArtifactFormat": "CODE_ZIP"}
    source = action("Source", "Source", "CodeCommit", settings, outputs=["Source"], namespace="Source")
    commits.allow("pipeline", {"all": ["s3:*", "codebuild:*", reads]})
    stages = [{"name": "Check", "actions": [build("job")]}]
    commits.pipeline(stages, triggers=[], source=source)
    pattern = {
        "source": ["aws.codecommit"], "detail-type": ["CodeCommit Repository State Change"],
        "resources": [f"arn:aws:codecommit:{REGION}:{ACCOUNT}:shop"],
        "detail": {
            "event": ["referenceCreated", "referenceUpdated"], "referenceType": ["branch"], "referenceName": ["main"],
        },
    }  # fmt: skip
    rule(commits, "push", pattern, f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:shop", list(rights))


def test_codecommit_starts_the_pipeline_through_a_rule(commits):
    codecommit(commits)
    assert commits.engine.push("main").context["trigger"] == "CreatePipeline"
    commit = commits.commit({"note": "second"})
    run = commits.engine.push("main")
    assert run.context["trigger"] == "CloudWatchEvent" and commit in run.log("Source") and "\nsecond" in run.log("job")
    commits.commit({}, "other")
    assert commits.engine.push("other") is None
    assert commits.engine.findings == []


def test_a_rule_that_may_not_start_the_pipeline_is_a_silent_loss_that_is_found(commits):
    codecommit(commits, rights=("codepipeline:GetPipeline",))
    commits.engine.push("main")
    assert commits.engine.push("main") is None
    assert "codepipeline:StartPipelineExecution" in commits.engine.findings[0]


@pytest.mark.parametrize("missing", ["GetBranch", "GetCommit", "UploadArchive", "GetUploadArchiveStatus"])
def test_each_right_on_the_repository_is_needed(commits, missing):
    codecommit(commits, reads="codecommit:Nothing")
    names = {"GetBranch", "GetCommit", "UploadArchive", "GetUploadArchiveStatus"} - {missing}
    commits.allow("pipeline", {"all": ["s3:*", "codebuild:*", *(f"codecommit:{name}" for name in names)]})
    run = commits.engine.push("main")
    assert run.status("Source") == "failure" and f"codecommit:{missing}" in run.log("Source")


def test_a_pull_request_of_codecommit_is_built_through_a_rule(commits):
    codecommit(commits)
    source = {
        "type": "CODECOMMIT", "location": f"https://git-codecommit.{REGION}.amazonaws.com/v1/repos/shop", "buildspec": "request.yml",
    }  # fmt: skip
    rights = {"logs": RIGHTS["logs"], "pull": ["codecommit:GitPull"]}
    commits.project("request", rights, source=source, artifacts={"type": "NO_ARTIFACTS"}, environment=environment())
    kind = "CodeCommit Pull Request State Change"
    pattern = {"source": ["aws.codecommit"], "detail-type": [kind], "detail": {"event": ["pullRequestCreated"]}}
    transformer = {"InputPathsMap": {"commit": "$.detail.sourceCommit"}, "InputTemplate": '{"sourceVersion": <commit>}\n'}
    target = f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/request"
    rule(commits, "request", pattern, target, ["codebuild:StartBuild"], transformer)
    commit = commits.commit({"x": "", "request.yml": spec("git rev-parse HEAD")}, "change")
    run = commits.engine.pull_request("change")
    assert run.green and commit in run.log("request"), run.describe()
    commits.allow("request-role", {"logs": RIGHTS["logs"]})
    assert "codecommit:GitPull" in commits.engine.rerun(run).log("request")


def test_a_pattern_that_is_not_literal_is_an_error_of_the_harness():
    with pytest.raises(HarnessError):
        eventbridge.matches({"detail": {"referenceName": [{"prefix": "ma"}]}}, {"detail": {"referenceName": "main"}})


@pytest.mark.parametrize("name", ["codebuild", "codepipeline"])
def test_every_row_of_a_table_says_where_it_comes_from(name):
    for start, event, end, source in rules(name).rows:
        assert ":" in start and ":" in end and event and (source.startswith("https://") or source == "unproven")


def test_a_step_that_no_row_names_is_an_error_of_the_harness():
    with pytest.raises(HarnessError, match="no row says"):
        rules("codepipeline").go("execution", "Succeeded", "RetryStageExecution")
