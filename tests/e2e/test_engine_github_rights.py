"""What a job may do: the rights of its token, the claims of its identity, the runs of strangers."""

import json

import pytest

from aws.tokens import TokenServer
from engines import HarnessError
from engines.github.example import CHECKOUT, Example, workflow

ASK = """
- run: |
    curl -s "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=sts.amazonaws.com" -H "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN"
"""


def job(steps: str, permissions: str | None, more: str = "") -> str:
    lines = ["build:", "  runs-on: ubuntu-24.04"] + ([f"  permissions: {permissions}"] if permissions else [])
    return "\n".join(lines + ([f"  {more}"] if more else []) + ["  steps:"] + [f"    {line}" for line in steps.strip().splitlines()])


def claims(log: str) -> dict:
    answer = next(line for line in log.splitlines() if line.startswith('{"value"'))
    return TokenServer.claims(json.loads(answer)["value"])


def claims_of(folder, event, more: str = "", **settings):
    with Example(folder, workflow(job(ASK, "{id-token: write}", more), on="on: [push, pull_request, workflow_dispatch]\n")) as it:
        for name, value in settings.items():
            setattr(it.host, name, value)
        return claims(event(it).log("build"))


def test_a_token_says_exactly_which_job_it_is(tmp_path):
    said = claims_of(tmp_path, lambda it: it.engine.push("main"), "environment: staging", private=True)
    kept = {name: said[name] for name in ("aud", "sub", "ref", "environment", "event_name", "repository_visibility", "job_workflow_ref")}
    assert kept == {
        "aud": "sts.amazonaws.com", "sub": "repo:acme@90001/shop@70001:environment:staging", "ref": "refs/heads/main",
        "environment": "staging", "event_name": "push", "repository_visibility": "private",
        "job_workflow_ref": "acme/shop/.github/workflows/pipeline.yml@refs/heads/main",
    }  # fmt: skip
    assert said["exp"] - said["iat"] == 300


@pytest.mark.parametrize(
    "event, subject",
    [
        (lambda it: it.engine.push("main"), "repo:acme@90001/shop@70001:ref:refs/heads/main"),
        (lambda it: it.engine.pull_request("main"), "repo:acme@90001/shop@70001:pull_request"),
        (lambda it: it.engine.dispatch({}), "repo:acme@90001/shop@70001:ref:refs/heads/main"),
        (lambda it: (it.host.git("tag", "v1", "main"), it.engine.tag("v1"))[1], "repo:acme@90001/shop@70001:ref:refs/tags/v1"),
    ],
)
def test_the_subject_without_an_environment(tmp_path, event, subject):
    assert claims_of(tmp_path, event)["sub"] == subject


def test_the_subject_of_an_older_repository_has_names_alone(tmp_path):
    assert claims_of(tmp_path, lambda it: it.engine.push("main"), immutable_subjects=False)["sub"] == "repo:acme/shop:ref:refs/heads/main"


def test_without_the_permission_there_is_no_token_to_be_had(tmp_path):
    steps = '- run: |\n    echo "<$ACTIONS_ID_TOKEN_REQUEST_URL>"; curl -s "$HARNESS_GITHUB/oidc" -H "Authorization: Bearer $ACTIONS_RUNTIME_TOKEN"\n'
    with Example(tmp_path, workflow(job(steps, "{contents: write}"))) as it:
        log = it.engine.push("main").log("build")
    assert "<>" in log and "may not have an identity token" in log and '{"value"' not in log


@pytest.mark.parametrize("permissions", [None, "{}", "{actions: read}"])
def test_without_contents_nothing_is_checked_out(tmp_path, permissions):
    with Example(tmp_path, workflow(job(CHECKOUT, permissions))) as it:
        run = it.engine.push("main")
    assert run.status("build") == "failure" and "not found" in run.log("build")


def test_a_contributors_run_reads_at_most(tmp_path):
    text = workflow(
        job(
            CHECKOUT + ASK + '- run: echo "id <$ACTIONS_ID_TOKEN_REQUEST_URL> account <${{ vars.ACCOUNT }}>"; cat file\n',
            "{contents: write, id-token: write}",
        )
    )
    with Example(tmp_path, text, {"file": "ours"}) as it:
        it.host.variables["ACCOUNT"] = "111111111111"
        it.fork()
        it.commit({"file": "theirs"}, branch="change", remote="fork")
        run = it.engine.pull_request("change", fork=True)
        found = it.engine.run_of(run).jobs["build"]
        assert run.status("build") == "failure"  # curl has no address to ask
        assert found.permissions == {"contents": "read"}
        own = it.engine.pull_request("main")
        assert claims(own.log("build"))["sub"].endswith(":pull_request")


def test_a_contributors_code_is_what_is_tested(tmp_path):
    with Example(
        tmp_path,
        workflow(job(CHECKOUT + '- run: cat file; echo "id <$ACTIONS_ID_TOKEN_REQUEST_URL>"\n', "{contents: read, id-token: write}")),
        {"file": "ours"},
    ) as it:
        it.fork()
        it.commit({"file": "theirs"}, branch="change", remote="fork")
        run = it.engine.pull_request("change", fork=True)
        assert run.green and "theirs" in run.log("build") and "id <>" in run.log("build"), run.describe()
        assert it.cloud.calls == []


@pytest.mark.parametrize("permissions", ["write-all", "{contents: admin}", "{secrets: read}"])
def test_permissions_that_github_or_the_harness_does_not_know(tmp_path, permissions):
    with Example(tmp_path, workflow(job("- run: 'true'", permissions))) as it, pytest.raises(HarnessError):
        it.engine.push("main")


def test_the_token_ends_with_its_job(tmp_path):
    with Example(tmp_path, workflow(job('- run: echo "token ${{ github.token }}" | rev\n', "{contents: read}"))) as it:
        log = it.engine.push("main").log("build")
        token = next(line for line in log.splitlines() if line.endswith(" nekot"))[::-1].split()[1]
        assert token.startswith("ghs_") and token not in it.engine.site.tokens
