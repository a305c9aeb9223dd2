"""Pull requests and forks: what a webhook of CodeBuild starts, and who has to allow it."""

import pytest
from botocore.exceptions import ClientError

from engines.codepipeline import webhooks
from engines.codepipeline.workbench import ACCOUNT, REGION, Workbench, environment, spec

POLICY = {"requiresCommentApproval": "FORK_PULL_REQUESTS", "approverRoles": ["GITHUB_WRITE", "GITHUB_ADMIN"]}
EVENTS = "PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED, PULL_REQUEST_REOPENED"
TOKEN = ["codeconnections:UseConnection", "codeconnections:GetConnection", "codeconnections:GetConnectionToken"]
RIGHTS = {"logs": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:CreateLogGroup"], "token": TOKEN}


@pytest.fixture
def bench(tmp_path):
    made = Workbench(tmp_path)
    yield made
    assert made.close() == []


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


def hostile(bench):
    return "x';touch${IFS}pwned;'$(touch${IFS}pwned)"


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


def test_names_and_titles_of_strangers_are_data(bench):
    text = requests(bench)
    bench.commit({"request.yml": text, "note": "main"})
    name = hostile(bench)
    bench.host.git("update-ref", f"refs/heads/{name}", "main")
    run = bench.engine.pull_request(name, title="$(touch pwned)`touch pwned`")
    assert f"WEBHOOK_HEAD_REF=refs/heads/{name}" in run.log("request") and run.green
    assert not list(bench.folder.rglob("pwned"))
