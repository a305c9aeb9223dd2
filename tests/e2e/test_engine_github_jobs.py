"""How a job runs: its steps, contexts, folders and the end of it."""

import subprocess
import time

import pytest

from engines.github.example import CHECKOUT, Example, workflow


def job(*steps: str, name: str = "build", more: str = "") -> str:
    """One job whose steps are scripts."""
    lines = [f"{name}:", "  runs-on: ubuntu-24.04", "  permissions:", "    contents: read"]
    lines += [f"  {line}" for line in more.splitlines()] + ["  steps:"]
    return "\n".join(lines + [f"    {line}" for step in steps for line in step.strip().splitlines()])


def push(folder, *steps: str, files=None, **given):
    with Example(folder, workflow(job(*steps, **given)), files) as it:
        return it.engine.push("main")


def test_a_push_runs_the_jobs_in_their_order_with_githubs_contexts(tmp_path):
    text = workflow(job(CHECKOUT, "- run: echo \"run $GITHUB_RUN_NUMBER $GITHUB_REF $GITHUB_SHA ${{ github.ref_name }}\"; cat file")
                    + "\n" + job("- run: 'true'", name="after", more="needs: build"))  # fmt: skip
    with Example(tmp_path, text, {"file": "from the commit\n"}) as it:
        run = it.engine.push("main")
        assert run.green, run.describe()
        assert f"run 1 refs/heads/main {it.host.commit('main')} main" in run.log("build")
        assert "from the commit" in run.log("build")
        assert [run.jobs[name].started for name in ("build", "after")] == [1, 2]


def test_each_job_has_an_empty_folder_and_home_of_its_own(tmp_path):
    steps = "- run: ls -A . ~ | grep -v -e '^.config$' -e '^.cache$'; echo left >file; echo left >~/file; echo \"at $PWD $HOME\""
    text = workflow(job(steps, name="one") + "\n" + job(steps, name="two"))
    with Example(tmp_path, text) as it:
        run = it.engine.push("main")
        assert run.green, run.describe()
        at = [next(line for line in job.log.splitlines() if line.startswith("at ")) for job in run.jobs.values()]
        assert at[0] != at[1]
        assert all("\nfile\n" not in job.log for job in run.jobs.values())


def test_nothing_of_the_developer_reaches_a_job(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIADEVELOPER")
    monkeypatch.setenv("SOME_SECRET", "developer")
    run = push(tmp_path, "- run: env")
    assert run.green and "AKIADEVELOPER" not in run.log("build") and "SOME_SECRET" not in run.log("build")
    assert "ACTIONS_ID_TOKEN_REQUEST_URL" not in run.log("build")


def test_a_step_has_githubs_default_shell_and_no_terminal(tmp_path):
    run = push(
        tmp_path,
        "- run: |\n    false | true\n    if [ -t 0 ] || [ -t 1 ]; then echo a terminal; else echo pipes; fi\n    false\n    echo unreachable",
    )
    assert run.status("build") == "failure"
    assert "pipes" in run.log("build") and "\nunreachable" not in run.log("build")
    assert run.jobs["build"].last_lines.endswith("pipes\nError: Process completed with exit code 1.")


def test_after_a_failure_only_steps_that_ask_for_it_run(tmp_path):
    steps = [
        "- id: bad\n  run: echo '::error::the cause'; exit 3",
        "- run: echo never",
        "- if: failure() && steps.bad.outcome == 'failure'\n  run: echo told",
    ]
    text = workflow(job(*steps) + "\n" + job("- run: 'true'", name="after", more="needs: build"))
    with Example(tmp_path, text) as it:
        run = it.engine.push("main")
    assert (run.status("build"), run.status("after")) == ("failure", "skipped")
    assert "Error: the cause" in run.log("build") and "\ntold" in run.log("build") and "\nnever" not in run.log("build")


def test_a_job_whose_condition_is_false_is_skipped_with_what_needs_it(tmp_path):
    text = workflow(
        job("- run: 'true'", more="if: github.event_name == 'release'") + "\n" + job("- run: 'true'", name="after", more="needs: build")
    )
    with Example(tmp_path, text) as it:
        run = it.engine.push("main")
    assert (run.status("build"), run.status("after")) == ("skipped", "skipped") and not run.green


def test_a_summary_is_kept(tmp_path):
    run = push(tmp_path, '- run: echo "all well in $GITHUB_RUN_ID" >>"$GITHUB_STEP_SUMMARY"')
    assert run.context["summary"]["build"] == f"all well in {run.id}\n"


def test_a_variable_of_the_repository(tmp_path):
    with Example(tmp_path, workflow(job('- run: echo "account ${{ vars.ACCOUNT }}."'))) as it:
        it.host.variables["ACCOUNT"] = "111111111111"
        assert "account 111111111111." in it.engine.push("main").log("build")


def test_a_wait_without_an_end_is_cancelled_at_the_jobs_limit(tmp_path):
    run = push(tmp_path, "- run: while sleep 15; do echo waiting; done", "- if: always()\n  run: echo cleaned", more="timeout-minutes: 45")
    assert run.status("build") == "cancelled"
    assert "exceeded the maximum execution time of 45m0s" in run.jobs["build"].last_lines
    assert "\ncleaned" in run.log("build")


def test_a_killed_job_leaves_no_process(tmp_path):
    mark = f"3600.{int(time.time() * 1000) % 100000}"
    text = workflow(
        job("- name: Deploy\n  run: /bin/sleep " + mark, "- run: echo never")
        + "\n"
        + job("- run: 'true'", name="after", more="needs: build")
    )
    with Example(tmp_path, text) as it:
        it.engine.hold(lambda point: point == "build: Deploy")
        run = it.engine.push("main")
        assert (run.status("build"), run.status("after")) == ("cancelled", "skipped")
        assert "\nnever" not in run.log("build")
        assert subprocess.run(["pgrep", "-f", f"sleep {mark}"], check=False, capture_output=True).returncode == 1


def test_a_job_can_be_killed_by_what_the_cloud_sees(tmp_path):
    steps = "- run: aws sts get-caller-identity; echo went on"
    with Example(tmp_path, workflow(job(steps))) as it:
        it.engine.tools.environment.update(it.cloud.environment(it.cloud.administrator("111111111111"), "eu-west-1"))
        it.cloud.faults.add("sts", "GetCallerIdentity", effect=lambda call: it.engine.cancel())
        run = it.engine.push("main")
        assert run.status("build") == "cancelled" and "\nwent on" not in run.log("build"), run.describe()


@pytest.mark.parametrize("value", ["${{ github.token }}", "$(touch pwned)`touch pwned`'\""])
def test_a_variable_of_the_environment_is_not_evaluated_twice(tmp_path, value):
    with Example(tmp_path, workflow(job('- run: echo "is <$SOME>"; ls'))) as it:
        it.engine.tools.environment["SOME"] = value
        log = it.engine.push("main").log("build")
        assert f"is <{value}>" in log and "\npwned" not in log
