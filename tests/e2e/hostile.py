"""What somebody who wishes ill may send: names and texts that shells would run, and pipelines rewritten to take a role."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from projects import Project

# Variables that hold a credential, or the key to one, in some CI.
CREDENTIALS = (
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ID_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL", "GITHUB_TOKEN", "GH_TOKEN", "CI_DEPLOY_PASSWORD",
)  # fmt: skip
WORKFLOW = ".github/workflows/pipeline.yml"
BUILDSPECS = "deploy/codepipeline"
# The CI's file that a pull request runs, and the text before which a step goes in that trusts what strangers wrote.
GULLIBLE = {
    "github": (WORKFLOW, "    steps:\n", '    steps:\n      - run: echo "${{ github.head_ref }} ${{ github.event.pull_request.title }}"\n'),
    "gitlab": (".gitlab-ci.yml", "  script:\n", "  script:\n    - 'eval \"echo $CI_COMMIT_REF_NAME $CI_MERGE_REQUEST_TITLE\"'\n"),
    "codebuild": (f"{BUILDSPECS}/pull-request.buildspec.yml", "    commands:\n", "    commands:\n      - 'eval \"echo $CODEBUILD_WEBHOOK_HEAD_REF\"'\n"),
}  # fmt: skip


def branches(canary: Path) -> list[str]:
    """Names that git accepts. Each makes the canary file in a shell: unquoted or in double quotes, in single ones, closing double ones."""
    return [f"-x$(>{canary})`>{canary}`", f"é';>{canary};'${{{{github.token}}}}", f'y";>{canary};"']


def text(canary: Path) -> str:
    """A title or the first line of a message, with everything that a branch name may not have."""
    return f"--version $(touch {canary}) `touch {canary}` '; touch {canary}; ' \"; touch {canary}; \" ${{{{ github.token }}}} é"


def message(canary: Path) -> str:
    """A commit message of several lines, of which some look like the orders of a CI."""
    return f"{text(canary)}\n\n::set-output name=x::y\n; touch {canary}\n$(touch {canary})\n'; touch {canary} #\n"


def gullible(project: Project, ci: str) -> dict[str, str]:
    """The pipeline with the mistake that all of this is about: the control."""
    path, place, step = GULLIBLE[ci]
    whole = (project.folder / path).read_text()
    assert place in whole
    return {path: whole.replace(place, step, 1)}


def stealing(project: Project, ci: str) -> dict[str, str]:
    """A pipeline that does nothing but log in to staging as the real deploy job does, whatever started it."""
    return {"github": _workflow, "gitlab": _gitlab, "codebuild": _buildspec}[ci](project.folder)


def _workflow(folder: Path) -> dict[str, str]:
    job = yaml.load((folder / WORKFLOW).read_text(), yaml.BaseLoader)["jobs"]["deploy-staging"]
    steps = [step for step in job["steps"] if step["name"] == "Log in to AWS"]
    mine = {"runs-on": job["runs-on"], "environment": job["environment"], "permissions": job["permissions"], "steps": steps}
    whole = {"name": "Pipeline", "on": {"pull_request": {}, "push": {"branches": ["**"]}}, "jobs": {"steal": mine}}
    # The harness knows an action by its pin and by the version in the comment beside it.
    pin = steps[0]["uses"]
    comment = re.search(f"{pin}( # .*)", (folder / WORKFLOW).read_text())[1]
    return {WORKFLOW: yaml.safe_dump(whole, sort_keys=False, width=1000).replace(pin, pin + comment)}


def _gitlab(folder: Path) -> dict[str, str]:
    job = yaml.safe_load((folder / ".gitlab-ci.yml").read_text())["deploy-staging"]
    mine = {key: job[key] for key in ("image", "environment", "id_tokens")}
    return {".gitlab-ci.yml": yaml.safe_dump({"steal": {"rules": [{"when": "on_success"}], **mine, "script": job["script"][:1]}})}


def _buildspec(folder: Path) -> dict[str, str]:
    found = yaml.safe_load((folder / BUILDSPECS / "deploy-staging.buildspec.yml").read_text())
    build = found["phases"]["build"]
    build["commands"] = [command for command in build["commands"] if "get-caller-identity" in command]
    return {f"{BUILDSPECS}/pull-request.buildspec.yml": yaml.safe_dump(found, sort_keys=False)}
