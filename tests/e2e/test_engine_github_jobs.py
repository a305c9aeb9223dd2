"""How a job runs: its steps, contexts, folders and the end of it."""

import pytest

from engines import HarnessError
from engines.github.example import Example, workflow

STEPS = """
build:
  runs-on: ubuntu-24.04
  timeout-minutes: 5
  permissions:
    contents: read
  steps:
    - uses: checkout
      with:
        persist-credentials: false
    - run: |
        echo "run $GITHUB_RUN_NUMBER of $GITHUB_REF at $GITHUB_SHA"
        cat file.txt; git log -1 --format=%H; env | sort
after:
  needs: build
  runs-on: ubuntu-24.04
  steps:
    - run: ls -A; echo "$(ls -A "$HOME")"
"""


def test_a_push_runs_the_jobs_in_their_order(tmp_path):
    with Example(tmp_path, workflow(STEPS), {"file.txt": "from the commit\n"}) as it:
        run = it.engine.push("main")
        assert run.green, run.describe()
        commit = it.host.commit("main")
        assert f"run 1 of refs/heads/main at {commit}" in run.log("build")
        assert "from the commit" in run.log("build")
        assert [run.jobs[name].started for name in ("build", "after")] == [1, 2]
        print(run.log("build"))
        print(run.log("after"))
