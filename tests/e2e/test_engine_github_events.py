"""Which events start the workflow, and what hostile names in them can do: nothing."""

import pytest

from engines import HarnessError
from engines.github.events import _matches
from engines.github.example import CHECKOUT, Example, workflow

SHOW = """
build:
  runs-on: ubuntu-24.04
  permissions:
    contents: read
  steps:
    - run: |
        echo "head <$GITHUB_HEAD_REF> base <$GITHUB_BASE_REF> ref <$GITHUB_REF> <${{ github.event_name }}> by <$GITHUB_ACTOR>"
        ls -A
    - name: Title
      env:
        TITLE: ${{ github.event.pull_request.title }}
        MESSAGE: ${{ github.event.head_commit.message }}
      run: |
        echo "title <$TITLE> message <$MESSAGE>"
        ls -A
"""
LISTENS = "on:\n  push:\n    branches:\n      - main\n      - 'release/*'\n"


def example(folder, on="on:\n  pull_request:\n  push:\n    branches:\n      - main\n", jobs=SHOW):
    return Example(folder, workflow(jobs, on=on), {"file": "base"})


def test_a_branch_that_is_not_named_starts_nothing(tmp_path):
    with example(tmp_path) as it:
        it.commit({}, branch="other")
        assert it.engine.push("other") is None
        assert it.engine.push("main").green


def test_a_tag_starts_nothing_where_branches_are_named(tmp_path):
    with example(tmp_path) as it:
        it.host.git("tag", "v1", "main")
        assert it.engine.tag("v1") is None


def test_a_tag_starts_a_workflow_without_filters(tmp_path):
    with example(tmp_path, on="on: push\n") as it:
        it.host.git("tag", "v1", "main")
        assert "ref <refs/tags/v1> <push>" in it.engine.tag("v1").log("build")


@pytest.mark.parametrize("message", ["Fix a word [skip ci]", "[no ci] docs"])
def test_a_commit_that_says_so_starts_nothing(tmp_path, message):
    with example(tmp_path) as it:
        it.commit({}, message=message)
        assert it.engine.push("main") is None


def test_the_workflow_is_that_of_the_pushed_commit(tmp_path):
    with example(tmp_path) as it:
        it.commit({".github/workflows/pipeline.yml": workflow(SHOW, on=LISTENS)}, branch="release/1")
        assert it.engine.push("release/1").green
        assert it.engine.pull_request("release/1") is None


@pytest.mark.parametrize(
    "patterns, name, starts",
    [
        (["main"], "main", True), (["main"], "maintenance", False), (["release/*"], "release/1/2", False), (["release/**"], "release/1/2", True),
        (["**", "!main"], "main", False), (["a.b"], "axb", False),
    ],
)  # fmt: skip
def test_patterns_of_branches(patterns, name, starts):
    assert _matches(patterns, name) == starts


def test_a_pattern_or_a_filter_that_the_harness_does_not_know_is_an_error(tmp_path):
    with pytest.raises(HarnessError):
        _matches(["v[12]"], "v1")
    with example(tmp_path, on="on:\n  push:\n    paths:\n      - src\n") as it, pytest.raises(HarnessError, match="paths"):
        it.engine.push("main")


def test_a_pull_request_is_tested_as_it_would_be_merged(tmp_path):
    jobs = SHOW + "".join(
        f"    {line}\n" for line in (CHECKOUT + "- run: cat file ours; git log --format=%P -1; git log -1 --format=%s").strip().splitlines()
    )
    with example(tmp_path, jobs=jobs) as it:
        head = it.commit({"file": "changed"}, branch="change")
        it.host.git("update-ref", "refs/heads/main", it.host.git("rev-parse", "change~1"))
        run = it.engine.pull_request("change", title="A title")
        assert run.status("build") == "failure"  # main has no file `ours` yet
        base = it.commit({"ours": "of main"}, branch="side")
        it.host.git("update-ref", "refs/heads/main", base)
        log = it.engine.pull_request("change").log("build")
        assert "changed" in log and "of main" in log and f"Merge {head} into {base}" in log
        assert "ref <refs/pull/1/merge> <pull_request> by <alice>" in log


HOSTILE = [
    "x$(touch${IFS}pwned)", "x`touch${IFS}pwned`", "x;touch${IFS}pwned;", "x${{github.token}}", "x'\"$(touch${IFS}pwned)", "x|touch${IFS}pwned",
    "x&&touch${IFS}pwned", "x${{'}}'}}",
]  # fmt: skip


@pytest.mark.parametrize("branch", HOSTILE)
def test_a_hostile_branch_reaches_the_steps_as_a_word(tmp_path, branch):
    with example(tmp_path) as it:
        it.fork()
        it.commit({"file": "theirs"}, branch=branch, remote="fork")
        run = it.engine.pull_request(branch, fork=True, title=f"{branch}\n::set-output name=x::y")
        assert run.green, run.describe()
        assert f"head <{branch}> base <main>" in run.log("build") and "by <mallory>" in run.log("build")
        assert f"title <{branch}" in run.log("build") and "\npwned" not in run.log("build")


@pytest.mark.parametrize("message", ["$(touch pwned)", "${{ github.token }}", '`touch pwned`"; touch pwned; echo "', "%0A::error::x"])
def test_a_hostile_message_reaches_the_steps_as_a_word(tmp_path, message):
    with example(tmp_path) as it:
        it.commit({}, message=message)
        log = it.engine.push("main").log("build")
        assert f"message <{message}" in log and "\npwned" not in log


def test_the_harness_would_see_a_workflow_that_runs_a_title(tmp_path):
    jobs = SHOW + "    - run: echo ${{ github.event.pull_request.title }}; ls -A\n"
    with example(tmp_path, jobs=jobs) as it:
        assert "\npwned" in it.engine.pull_request("main", title="x; touch pwned").log("build")
