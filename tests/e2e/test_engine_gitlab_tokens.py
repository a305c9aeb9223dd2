"""ID tokens on GitLab: who gets one, what it says, and that AWS judges it by the trust policy; and that hostile names stay words."""

import json
import re

import pytest
from engines.gitlab.trial import AWS, MAIN, Trial, job

TOKEN = "  id_tokens:\n    AWS_ID_TOKEN:\n      aud: https://gitlab.com\n"
ACCOUNT = "111111111111"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.com"
SUBJECT = "project_path:acme/shop:ref_type:branch:ref:main"
LOGIN = (
    f"export AWS_REGION=eu-west-1 AWS_ROLE_ARN=arn:aws:iam::{ACCOUNT}:role/deploy AWS_ROLE_SESSION_NAME=gitlab",
    "export AWS_WEB_IDENTITY_TOKEN_FILE=/tmp/aws-id-token",
    'printf %s "$AWS_ID_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE"',
    "aws sts get-caller-identity --query Arn --output text",
)


@pytest.fixture
def trial(tmp_path):
    made = Trial(tmp_path)
    yield made
    unexpected = made.close()
    assert unexpected == []


def claims(trial, run, name: str) -> dict:
    token = re.search(r"token=(eyJ\S+);", run.log(name))[1]
    assert trial.cloud.tokens.verified(token)
    return trial.cloud.tokens.claims(token)


def trust(trial) -> None:
    iam = trial.cloud.client(trial.cloud.administrator(ACCOUNT), "iam", "us-east-1")
    iam.create_open_id_connect_provider(Url="https://gitlab.com", ClientIDList=["https://gitlab.com"])
    condition = {"StringEquals": {"gitlab.com:aud": "https://gitlab.com", "gitlab.com:sub": [SUBJECT]}}
    statement = {"Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition}
    iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def test_the_token_says_what_gitlab_says(trial):
    deploy = TOKEN + "  environment:\n    name: production\n  timeout: 75 minutes\n"
    run = trial.push(ci=job("deploy", 'echo "token=$AWS_ID_TOKEN;"', more=deploy))
    said = claims(trial, run, "deploy")
    wanted = {
        "iss": "https://gitlab.com", "aud": "https://gitlab.com", "sub": SUBJECT, "project_path": "acme/shop", "namespace_path": "acme",
        "ref": "main", "ref_type": "branch", "ref_path": "refs/heads/main", "ref_protected": "true", "environment": "production",
        "environment_protected": "false", "deployment_tier": "production", "pipeline_source": "push", "runner_environment": "gitlab-hosted",
        "sha": trial.host.commit("main"), "user_login": "alice", "pipeline_id": run.id,
    }  # fmt: skip
    assert {name: said.get(name) for name in wanted} == wanted
    assert said["exp"] - said["iat"] == 75 * 60


def test_a_job_that_asks_for_no_token_has_none(trial):
    run = trial.push(ci=job("with", "true", more=TOKEN) + job("without", "env; cat /tmp/aws-id-token || true"))
    assert run.green and not re.search(r"eyJ|ID_TOKEN=", run.log("without")), run.describe()


def test_a_merge_request_has_the_subject_of_its_branch(trial, tmp_path):
    trial.push(ci=job("show", 'echo "token=$AWS_ID_TOKEN;"', more=TOKEN))
    trial.send("feature")
    said = claims(trial, trial.engine.pull_request("feature"), "show")
    assert said["sub"] == "project_path:acme/shop:ref_type:branch:ref:feature"
    assert (said["pipeline_source"], said["ref_protected"]) == ("merge_request_event", "false")
    trial.host.fork = tmp_path / "fork.git"
    trial.git("clone", "--quiet", "--bare", str(trial.work), str(trial.host.fork))
    said = claims(trial, trial.engine.pull_request("main", fork=True), "show")
    assert said["sub"] == "project_path:mallory/shop:ref_type:branch:ref:main" and said["ref_protected"] == "false"


def test_aws_lets_in_the_branch_and_nobody_else(trial):
    trust(trial)
    run = trial.push(ci=job("deploy", *LOGIN, more=TOKEN))
    assert run.green and f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/gitlab" in run.log("deploy"), run.describe()
    trial.send("feature")
    run = trial.engine.pull_request("feature")
    assert run.status("deploy") == "failure" and "Not authorized to perform sts:AssumeRoleWithWebIdentity" in run.log("deploy")
    calls = [call for call in trial.cloud.calls if call.operation == "AssumeRoleWithWebIdentity"]
    assert [bool(call.error) for call in calls] == [False, True]


@pytest.mark.parametrize("branch", ["$(touch${IFS}hacked);touch${IFS}hacked;`touch${IFS}hacked`", "a'b\"c;touch${IFS}hacked;#", "main&&true||main"])
def test_nothing_in_a_branch_name_is_executed(trial, branch):
    """Only its own push would start it, so the file takes every branch."""
    script = ('printf "branch=%s;\\n" "$CI_COMMIT_REF_NAME"', "ls -A | grep -q hacked && exit 1 || true")
    trial.commit(ci=job("look", *script) + job("deploy", "true", rule=MAIN))
    trial.send(branch)
    run = trial.engine.push(branch)
    assert list(run.jobs) == ["look"] and run.green, run.describe()
    # As on GitLab, $NAME in a predefined variable is replaced before a job sees it.
    assert f"branch={branch.replace('${IFS}', '')};" in run.log("look")
    assert not list(trial.engine.folder.rglob("hacked"))


def test_nothing_in_a_message_or_title_is_executed(trial, tmp_path):
    words = "$(touch hacked) `touch hacked` \"; touch hacked; # '; touch hacked; ' \\"
    script = ('printf "message=%s;\\ntitle=%s;\\n" "$CI_COMMIT_MESSAGE" "${CI_MERGE_REQUEST_TITLE:-}"', "ls -A | grep -q hacked && exit 1 || true")
    run = trial.push(f"{words}\nA=$(touch hacked)", ci=job("look", *script))
    assert run.green and f"message={words}\nA=$(touch hacked);" in run.log("look"), run.describe()
    trial.send("feature")
    run = trial.engine.pull_request("feature", title=words)
    assert run.green and f"title={words};" in run.log("look"), run.describe()
    assert not list(tmp_path.rglob("hacked"))
