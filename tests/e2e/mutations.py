"""The gates of emitted projects, and how each is taken out: a text that must be there, and what is left without it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cells import CELLS, Cell
from engines import HarnessError
from lab import Lab


@dataclass(frozen=True)
class Gate:
    """One gate in one file of the cell where it matters."""

    what: str
    cell: Cell
    file: str
    pattern: str
    without: str = ""

    def remove(self, lab: Lab) -> None:
        """Takes the gate out of the emitted file; a gate that is not there is a failure."""
        path = lab.project.folder / self.file
        text, count = re.subn(self.pattern, lambda _: self.without, path.read_text(), flags=re.DOTALL | re.MULTILINE)
        if count != 1:
            raise HarnessError(f"{self.file} has the gate {self.what!r} {count} times: {self.pattern}")
        path.write_text(text)


def _cell(name: str) -> Cell:
    return next(cell for cell in CELLS if cell.name == name)


WORKFLOW = ".github/workflows/pipeline.yml"
PIPELINE = "deploy/codepipeline/pipeline.yaml"
GITHUB, GITLAB, CODEBUILD = (_cell(f"spa-amplify-{ci}") for ci in ("github", "gitlab", "codebuild"))

GATES = {
    "rollback": Gate(
        "a rollout that went back is red", _cell("container-ecs-express-github"), "deploy/ecs-express.sh",
        r'^\(set -e; gate "\$image" "\$before"\); gate=\$\?$', "gate=0",
    ),
    "smoke": Gate("a page that does not answer is red", GITLAB, "deploy/common.sh", r"^smoke_test\(\) \{.*?^\}", 'smoke_test() { echo "$1"; }'),
    "way-back": Gate("a bad release is replaced by the one before it", GITLAB, "deploy/amplify.sh", r'^  publish "\$RELEASE/previous\.zip"\n'),
    "approval-gitlab": Gate("production waits for a person", GITLAB, ".gitlab-ci.yml", r"^      when: manual\n      allow_failure: false\n"),
    "approval-codebuild": Gate(
        "production waits for a person", CODEBUILD, PIPELINE, r"^            # Anyone whom IAM allows.*?(?=^            - Name: deploy-production$)"
    ),
    "token": Gate(
        "the job that builds requests can have no identity token", GITHUB, WORKFLOW,
        r"(?<=^    timeout-minutes: 20\n)    permissions:\n      contents: read\n", "    permissions:\n      contents: read\n      id-token: write\n",
    ),
    "branch": Gate(
        "only the deployed branch takes the role", GITHUB, "deploy/bootstrap/environment.yaml",
        r'^ *"token\.actions\.githubusercontent\.com:ref": !Ref Branch\n',
    ),
    "forks": Gate("a fork is built only after a writer's word", CODEBUILD, PIPELINE, r"^        PullRequestBuildPolicy:.*?GITHUB_ADMIN\n"),
    "promotion": Gate(
        "production gets the release that passed", GITHUB, WORKFLOW, r"^      - name: Check that this very release has passed\n        run: cmp [^\n]*\n"
    ),
    "preflight": Gate(
        "an account that is not prepared says what to do", GITLAB, ".gitlab-ci.yml",
        r"^      if ! aws sts get-caller-identity(?:(?!^      fi$).)*shop-staging-deploy.*?^      fi\n",
    ),
    "recovery": Gate(
        "a first creation that failed blocks no later one", GITHUB, "deploy/common.sh", r"^      ROLLBACK_COMPLETE \| REVIEW_IN_PROGRESS\)[^\n]*\n"
    ),
    "older": Gate("an older release is refused", GITHUB, "deploy/common.sh", r'\[ "\$\{ALLOW_OLDER_RELEASE:-\}" = true \]', "true"),
}  # fmt: skip
