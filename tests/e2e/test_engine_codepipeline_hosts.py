"""What the git hosts' events start: branches, tags, paths, pull requests, forks, and CodeCommit's way over EventBridge."""

import json

import pytest
from botocore.exceptions import ClientError

from engines import HarnessError
from engines.codepipeline import eventbridge, triggers, webhooks
from engines.codepipeline.table import rules
from engines.codepipeline.triggers import Push
from engines.codepipeline.workbench import ACCOUNT, REGION, Workbench, action, build, environment, spec

POLICY = {"requiresCommentApproval": "FORK_PULL_REQUESTS", "approverRoles": ["GITHUB_WRITE", "GITHUB_ADMIN"]}
EVENTS = "PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED, PULL_REQUEST_REOPENED"
TOKEN = ["codeconnections:UseConnection", "codeconnections:GetConnection", "codeconnections:GetConnectionToken"]
RIGHTS = {"logs": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:CreateLogGroup"], "token": TOKEN}


@pytest.fixture
def bench(tmp_path):
    made = Workbench(tmp_path)
    yield made
    assert made.close() == []


@pytest.fixture
def commits(tmp_path):
    made = Workbench(tmp_path, "codecommit")
    yield made
    assert made.close() == []


def checked(bench, **changes):
    """A pipeline of one build."""
    bench.commit({"job.yml": spec("cat note || true")})
    bench.project("job")
    bench.pipeline([{"name": "Check", "actions": [build("job")]}], **changes)


def requests(bench, policy=POLICY, events=EVENTS, rights=None, filters=()):
    """The project that tests pull requests."""
    source = {
        "type": "GITHUB", "location": "https://github.com/acme/shop.git", "buildspec": "request.yml", "gitCloneDepth": 1,
        "reportBuildStatus": True, "auth": {"type": "CODECONNECTIONS", "resource": bench.connection},
    }  # fmt: skip
    bench.project("request", RIGHTS if rights is None else rights, source=source, artifacts={"type": "NO_ARTIFACTS"})
    group = [{"type": "EVENT", "pattern": events}, *filters]
    given = {"pullRequestBuildPolicy": policy} if policy else {}
    bench.client("codebuild").create_webhook(projectName="request", buildType="BUILD", filterGroups=[group], **given)
    names = "WEBHOOK_EVENT WEBHOOK_HEAD_REF WEBHOOK_BASE_REF WEBHOOK_TRIGGER SOURCE_VERSION SOURCE_REPO_URL RESOLVED_SOURCE_VERSION"
    commands = [f'echo "{name}=$CODEBUILD_{name}"' for name in names.split()]
    return spec(*commands, "git rev-parse HEAD", "cat note")


def test_only_the_branches_of_the_trigger_start_the_pipeline(bench):
    checked(bench, branches={"includes": ["main", "release/*"], "excludes": ["release/old"]})
    assert bench.engine.push("main").context["trigger"] == "CreatePipeline"
    assert bench.engine.push("main").context["trigger"] == "WebhookV2"
    for branch, starts in (("feature", False), ("release/1", True), ("release/old", False), ("main", True)):
        commit = bench.commit({"note": branch, "job.yml": spec("cat note")}, branch)
        run = bench.engine.push(branch)
        assert (run is not None) == starts, branch
        if run is not None:
            assert f"\n{branch}" in run.log("job") and commit in run.log("Source")


def test_a_pipeline_starts_by_itself_when_it_is_made(bench):
    checked(bench)
    bench.engine.settle()
    first = bench.client("codepipeline").list_pipeline_executions(pipelineName="shop")["pipelineExecutionSummaries"]
    assert [(one["status"], one["trigger"]["triggerType"]) for one in first] == [("Succeeded", "CreatePipeline")]


def test_a_tag_starts_what_listens_to_tags(bench):
    checked(bench)
    bench.engine.push("main")
    bench.host.git("tag", "v1", "main")
    assert bench.engine.tag("v1") is None
    bench.project("tagged", source={"type": "CODEPIPELINE", "buildspec": spec("echo tagged")})
    stage = {"name": "Check", "actions": [build("tagged")]}
    bench.pipeline([stage], name="tags", push=[{"tags": {"includes": ["v*"]}}])
    bench.engine.settle()
    assert "\ntagged" in bench.engine.tag("v1").log("tagged")


def test_a_change_outside_the_paths_starts_nothing(bench):
    paths = {"branches": {"includes": ["main"]}, "filePaths": {"includes": ["src/**"], "excludes": ["src/**/*.md"]}}
    checked(bench, push=[paths])
    bench.engine.push("main")
    for path, starts in (("docs/a.txt", False), ("src/deep/a.md", False), ("src/a.txt", True)):
        bench.commit({path: path})
        assert (bench.engine.push("main") is not None) == starts, path


def test_more_than_a_hundred_files_pass_by_the_filter_on_paths():
    pipeline = type("It", (), {"definition": {"triggers": []}})
    found = {"branches": {"includes": ["main"]}, "filePaths": {"includes": ["src/**"]}}
    few = Push("branch", "main", "c", files=["docs/x"])
    many = Push("branch", "main", "c", files=[f"docs/{number}" for number in range(101)])
    assert not triggers._filter(found, few) and triggers._filter(found, many)
    assert not triggers.hears_requests(pipeline)


def test_without_triggers_the_branch_of_the_source_is_heard_unless_it_detects_nothing(bench):
    checked(bench, triggers=[])
    bench.engine.push("main")
    assert bench.engine.push("main") is None
    declared = bench.client("codepipeline").get_pipeline(name="shop")["pipeline"]
    declared["stages"][0]["actions"][0]["configuration"]["DetectChanges"] = "true"
    bench.client("codepipeline").update_pipeline(pipeline=declared)
    assert bench.engine.push("main").green


def test_a_pull_request_is_built_in_its_clone_and_the_host_is_told(bench):
    text = requests(bench)
    bench.commit({"request.yml": text, "note": "main"})
    bench.host.git("update-ref", "refs/heads/change", "main")
    commit = bench.commit({"request.yml": text, "note": "changed"}, "change")
    run = bench.engine.pull_request("change")
    assert run.green and list(run.jobs) == ["request"] and run.jobs["request"].environment is None, run.describe()
    for line in (
        "WEBHOOK_EVENT=PULL_REQUEST_CREATED", "WEBHOOK_HEAD_REF=refs/heads/change", "WEBHOOK_BASE_REF=refs/heads/main",
        "WEBHOOK_TRIGGER=pr/1", "SOURCE_VERSION=pr/1", f"RESOLVED_SOURCE_VERSION={commit}", commit, "changed",
        "SOURCE_REPO_URL=https://github.com/acme/shop.git",
    ):  # fmt: skip
        assert line in run.log("request").splitlines(), line
    assert bench.engine.statuses == [(commit, f"AWS CodeBuild {REGION} (request)", "SUCCEEDED")]
    again = bench.engine.pull_request("change")
    assert "WEBHOOK_EVENT=PULL_REQUEST_UPDATED" in again.log("request")
    assert bench.engine.push("change") is None
    retried = bench.engine.rerun(run)
    assert retried.context["how"] == "RetryBuild" and commit in retried.log("request") and retried.id != run.id


def test_the_request_of_a_fork_waits_for_the_comment_of_somebody_who_may(bench):
    text = requests(bench)
    bench.commit({"request.yml": text, "note": "main"})
    commit = bench.commit({"request.yml": text, "note": "from afar"}, "change", fork=True)
    assert bench.engine.pull_request("change", fork=True) is None
    assert bench.engine.comment("change", role="GITHUB_READ") is None
    run = bench.engine.comment("change", role="GITHUB_WRITE")
    assert run.green and "\nfrom afar" in run.log("request") and commit in run.log("request")


@pytest.mark.parametrize(
    ("policy", "fork", "starts"),
    [
        ({"requiresCommentApproval": "DISABLED"}, True, True),
        ({**POLICY, "requiresCommentApproval": "ALL_PULL_REQUESTS"}, False, True),
        ({"requiresCommentApproval": "ALL_PULL_REQUESTS", "approverRoles": ["GITHUB_ADMIN"]}, False, False),
        (None, True, True),
    ],
)
def test_the_policy_says_whose_requests_are_built_at_once(bench, policy, fork, starts):
    text = requests(bench, policy=policy)
    bench.commit({"request.yml": text, "note": ""})
    bench.host.git("update-ref", "refs/heads/change", "main")
    bench.commit({"request.yml": text, "note": "x"}, "change", fork=fork)
    assert (bench.engine.pull_request("change", fork=fork) is not None) == starts


@pytest.mark.parametrize("missing", TOKEN)
def test_each_right_over_the_connection_is_needed_for_a_request(bench, missing):
    text = requests(bench)
    bench.commit({"request.yml": text, "note": ""})
    bench.host.git("update-ref", "refs/heads/change", "main")
    bench.commit({"request.yml": text}, "change")
    bench.allow("request-role", {**RIGHTS, "token": [one for one in TOKEN if one != missing]})
    run = bench.engine.pull_request("change")
    assert run.status("request") == "failure" and missing in run.log("request")
    assert bench.engine.statuses[-1][2] == "FAILED"


def test_a_webhook_over_a_connection_that_nobody_accepted_is_refused(bench):
    bench.cloud.state("codeconnections", ACCOUNT, REGION).breaks(bench.connection)
    with pytest.raises(ClientError, match="OAuthProvider.*not available"):
        requests(bench)


def test_a_webhook_for_an_event_that_the_host_does_not_send_is_refused(bench):
    source = {
        "type": "BITBUCKET", "location": "https://bitbucket.org/acme/shop.git",
        "auth": {"type": "CODECONNECTIONS", "resource": bench.connection},
    }  # fmt: skip
    bench.project("request", RIGHTS, source=source, artifacts={"type": "NO_ARTIFACTS"})
    group = [[{"type": "EVENT", "pattern": EVENTS}]]
    with pytest.raises(ClientError, match="InvalidInput.*REOPENED"):
        bench.client("codebuild").create_webhook(projectName="request", filterGroups=group)


def test_all_filters_of_a_group_have_to_let_an_event_in():
    group = [
        {"type": "EVENT", "pattern": "PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED"},
        {"type": "BASE_REF", "pattern": "^refs/heads/main$"},
        {"type": "ACTOR_ACCOUNT_ID", "pattern": "^1$", "excludeMatchedPattern": True},
    ]
    event = webhooks.Event("PULL_REQUEST_CREATED", "pr/1", "c", "refs/heads/x", "refs/heads/main", actor="2")
    assert webhooks.matches({"filterGroups": [group]}, event)
    for change in ({"name": "PUSH"}, {"base_ref": "refs/heads/other"}, {"actor": "1"}):
        assert not webhooks.matches({"filterGroups": [group]}, webhooks.Event(**{**event.__dict__, **change}))


def hostile(bench):
    return "x';touch${IFS}pwned;'$(touch${IFS}pwned)"


def test_names_and_titles_of_strangers_are_data(bench):
    text = requests(bench)
    bench.commit({"request.yml": text, "note": "main"})
    name = hostile(bench)
    bench.host.git("update-ref", f"refs/heads/{name}", "main")
    run = bench.engine.pull_request(name, title="$(touch pwned)`touch pwned`")
    assert f"WEBHOOK_HEAD_REF=refs/heads/{name}" in run.log("request") and run.green
    assert not list(bench.folder.rglob("pwned"))


# CodeCommit


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
    pattern = {"source": ["aws.codecommit"], "detail-type": ["CodeCommit Pull Request State Change"], "detail": {"event": ["pullRequestCreated"]}}
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


# The tables


@pytest.mark.parametrize("name", ["codebuild", "codepipeline"])
def test_every_row_of_a_table_says_where_it_comes_from(name):
    for start, event, end, source in rules(name).rows:
        assert ":" in start and ":" in end and event and (source.startswith("https://") or source == "unproven")


def test_a_step_that_no_row_names_is_an_error_of_the_harness():
    with pytest.raises(HarnessError, match="no row says"):
        rules("codepipeline").go("execution", "Succeeded", "RetryStageExecution")
