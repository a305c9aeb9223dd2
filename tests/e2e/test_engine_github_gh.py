"""The calls of gh that are printed and emitted, by people and by jobs."""

import subprocess

import pytest

from engines import HarnessError
from engines.github.example import Example, workflow

SUBJECT = (
    'gh api "repos/{owner}/{repo}/actions/oidc/customization/sub" '
    '--jq ".sub_claim_prefix // \\"repo:$(gh repo view --json nameWithOwner --jq .nameWithOwner)\\""'
)
REVIEWER = """
gh api "repos/{owner}/{repo}/environments/production" --jq '.protection_rules[].type' 2>/dev/null | grep required_reviewers || {
  gh api --method PUT "repos/{owner}/{repo}/environments/production" \
    -F "reviewers[][type]=User" -F "reviewers[][id]=$(gh api user --jq .id)" \
    -F "deployment_branch_policy[protected_branches]=false" -F "deployment_branch_policy[custom_branch_policies]=true" &&
  gh api --method POST "repos/{owner}/{repo}/environments/production/deployment-branch-policies" -f name=main
} || echo STOP
"""
JOBS = """
build:
  if: github.event_name == 'push'
  runs-on: ubuntu-24.04
  steps:
    - run: echo "To go on, run `gh workflow run pipeline.yml --ref main -f environment=production -f run=$GITHUB_RUN_ID`" >>"$GITHUB_STEP_SUMMARY"
deploy:
  if: github.event_name == 'workflow_dispatch' && inputs.environment == 'production'
  runs-on: ubuntu-24.04
  permissions:
    actions: read
  steps:
    - env:
        GH_TOKEN: ${{ github.token }}
        RUN: ${{ inputs.run }}
      run: |
        read -r commit made < <(gh api "repos/$GITHUB_REPOSITORY/actions/runs/${RUN//[^0-9]/}" \\
          --jq '[.head_sha, .event, .head_branch, (.path | split("@")[0])] | join(" ")')
        echo "made <$made> of <$commit>"
"""
JOBS = JOBS.replace("`gh", "\\`gh").replace("ID`", "ID\\`")
ON = """on:
  push:
  workflow_dispatch:
    inputs:
      environment:
        type: choice
        required: true
        options:
          - production
      run:
        type: string
        required: true
"""


@pytest.fixture
def it(tmp_path):
    with Example(tmp_path, workflow(JOBS, on=ON)) as example:
        yield example


def shell(it, command: str, **environment: str) -> subprocess.CompletedProcess:
    """A person pastes it in the work folder."""
    variables = it.engine.person() | {"HOME": str(it.folder)} | environment
    return subprocess.run(["bash", "-c", command], cwd=it.work, env=variables, capture_output=True, text=True, check=False)


def test_the_subject_prefix_of_a_repository_with_ids_and_without(it):
    assert shell(it, SUBJECT).stdout == "repo:acme@90001/shop@70001\n"
    it.host.immutable_subjects = False
    assert shell(it, SUBJECT).stdout == "repo:acme/shop\n"


def test_a_person_makes_herself_the_reviewer_once(it):
    done = shell(it, REVIEWER)
    assert done.returncode == 0 and "STOP" not in done.stdout, done
    rule = it.host.environments["production"]
    assert (rule.reviewers, rule.branches) == (["alice"], ["main"])
    assert shell(it, REVIEWER).stdout == "required_reviewers\n" and rule is it.host.environments["production"]


def test_a_private_repository_has_no_reviewers(it):
    it.host.private = True
    assert "STOP" in shell(it, REVIEWER).stdout and "production" not in it.host.environments


def test_small_calls(it):
    assert shell(it, "gh auth status && gh repo view > /dev/null").returncode == 0
    assert shell(it, "gh variable set ACCOUNT --body 111111111111").returncode == 0
    assert it.host.variables == {"ACCOUNT": "111111111111"}
    assert shell(it, "gh auth status", GH_TOKEN="").returncode == 4
    assert "401" in shell(it, "gh api user", GH_TOKEN="stolen").stderr
    assert "no git remotes" in shell(it, "git remote remove origin; gh repo view").stderr
    assert shell(it, "gh repo create shop --private --source . --remote origin").returncode == 0
    assert it.host.private and shell(it, "git remote get-url origin").stdout == "https://github.com/acme/shop.git\n"


@pytest.mark.parametrize(
    "command", ["gh release list", "gh api repos/acme/shop/releases", "gh workflow run pipeline.yml --json x", "gh api --paginate user"]
)
def test_a_call_that_nobody_emits_is_an_error_of_the_harness(it, command):
    assert shell(it, command).returncode == 1
    with pytest.raises(HarnessError, match="does not know"):
        it.engine.settle()


def test_production_as_a_run_of_its_own_is_started_by_what_the_page_says(it):
    run = it.engine.push("main")
    assert run.green
    release = it.engine.approve(run, "production")
    assert release.id != run.id and release.green, release.describe()
    assert f"made <push main .github/workflows/pipeline.yml> of <{it.host.commit('main')}>" in release.log("deploy")
    assert [line.split("\t")[-1] for line in shell(it, "gh run list --workflow pipeline.yml --event push").stdout.splitlines()] == [run.id]


def test_a_run_started_in_a_shell_runs_when_the_engine_settles(it):
    command = "gh workflow run pipeline.yml --ref main -f environment=production -f run=$(gh run list --workflow pipeline.yml --event push | tail -1 | cut -f7)"
    run = it.engine.push("main")
    assert shell(it, command).returncode == 0
    it.engine.settle()
    started = list(it.engine.site.runs.values())[-1]
    assert started.event.inputs == {"environment": "production", "run": run.id} and started.seen.green


@pytest.mark.parametrize(
    "fields, said",
    [("-f environment=production", "Required input 'run' not provided"), ("-f environment=prod -f run=1", "not in the list of allowed values"),
     ("-f environment=production -f run=1 -f more=2", "Unexpected inputs provided")],
)  # fmt: skip
def test_wrong_inputs_are_refused(it, fields, said):
    done = shell(it, f"gh workflow run pipeline.yml --ref main {fields}")
    assert done.returncode == 1 and said in done.stderr and "HTTP 422" in done.stderr
    it.engine.settle()
    assert it.engine.site.runs == {}


def test_a_run_that_is_not_there_and_a_token_that_may_not_read(it):
    assert "made <" in it.engine.dispatch({"environment": "production", "run": "7"}).log("deploy")
    text = workflow(JOBS.replace("actions: read", "contents: read"), on=ON)
    it.commit({".github/workflows/pipeline.yml": text})
    assert "HTTP 403" in it.engine.dispatch({"environment": "production", "run": "7"}).log("deploy")


def test_a_job_without_a_token_is_told_so(it):
    it.commit({".github/workflows/pipeline.yml": workflow(JOBS.replace("        GH_TOKEN: ${{ github.token }}\n", ""), on=ON)})
    assert "set the GH_TOKEN environment variable" in it.engine.dispatch({"environment": "production", "run": "7"}).log("deploy")
