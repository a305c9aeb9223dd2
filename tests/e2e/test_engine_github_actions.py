"""Each stand-in of an action does what the real one does, and a wrong input makes it red."""

import pytest

from engines import HarnessError
from engines.github.example import Example, workflow

LOCK = {"package-lock.json": "{}"}


def job(steps: str, permissions: str = "contents: read", environment: str = "") -> str:
    """One job of these steps."""
    lines = ["build:", "  runs-on: ubuntu-24.04", "  permissions:", f"    {permissions}"]
    lines += [f"  environment: {environment}"] if environment else []
    return "\n".join(lines + ["  steps:"] + [f"    {line}" for line in steps.strip().splitlines()])


def push(folder, steps: str, files: dict[str, str] | None = None, **given):
    with Example(folder, workflow(job(steps, **given)), files) as it:
        return it.engine.push("main")


CHECKOUT = "- uses: checkout\n  with:\n    persist-credentials: false\n"


def upload(name: str = "release", path: str = "out", more: str = "") -> str:
    return f"- uses: upload-artifact\n  with:\n    name: {name}\n    path: {path}\n{more}"


def download(name: str = "release", path: str = "in", more: str = "") -> str:
    return f"- uses: download-artifact\n  with:\n    name: {name}\n    path: {path}\n{more}"


MAKE = "- run: mkdir -p out/deep out/.hid; echo a > out/a; echo b > out/deep/b; chmod +x out/a; echo h > out/.hid/h\n"


def test_checkout_leaves_no_token_behind_when_told_so(tmp_path):
    run = push(tmp_path, CHECKOUT + "- run: git config --list --show-origin | grep -i extraheader || echo none\n")
    assert run.green and "none" in run.log("build"), run.describe()


def test_checkout_keeps_the_token_by_default(tmp_path):
    run = push(tmp_path, "- uses: checkout\n- run: git config --get-regexp extraheader\n")
    assert run.green and "AUTHORIZATION: basic" in run.log("build"), run.describe()


def test_checkout_of_another_ref(tmp_path):
    with Example(tmp_path, workflow(job(CHECKOUT + "    ref: other\n- run: cat file; git branch --show-current\n")), {"file": "old"}) as it:
        it.commit({"file": "other branch"}, branch="other")
        run = it.engine.push("main")
        assert run.green and "other branch" in run.log("build"), run.describe()


def test_checkout_of_a_ref_that_is_not_there_is_red(tmp_path):
    run = push(tmp_path, CHECKOUT + "    ref: nowhere\n")
    assert run.status("build") == "failure" and "'nowhere' could not be found" in run.log("build")


@pytest.mark.parametrize("folder", ["node", "python", "go", "sam"])
def test_a_runtime_of_the_version_asked_for(tmp_path, folder):
    steps = {
        "node": '- uses: setup-node\n  with:\n    node-version: "24"\n    cache: npm\n    cache-dependency-path: package-lock.json\n- run: node --version | grep v24\n',
        "python": '- uses: setup-python\n  with:\n    python-version: "3.12"\n- run: python --version\n',
        "go": '- uses: setup-go\n  with:\n    go-version: "1.26"\n    cache: false\n- run: go version\n',
        "sam": "- uses: setup-sam\n  with:\n    use-installer: true\n- run: command -v sam\n",
    }
    run = push(tmp_path, CHECKOUT + steps[folder], LOCK)
    assert run.green, run.describe()


@pytest.mark.parametrize(
    "action, given",
    [("setup-node", 'node-version: "12"'), ("setup-python", 'python-version: "2.7"'), ("setup-go", 'go-version: "2.1"\n    cache: false'),
     ("setup-sam", 'use-installer: true\n    version: "0.9.0"')],
)  # fmt: skip
def test_a_version_that_is_not_there_is_an_error(tmp_path, action, given):
    with pytest.raises(HarnessError, match="this machine has"):
        push(tmp_path, f"- uses: {action}\n  with:\n    {given}\n")


def test_a_cache_without_its_lock_file_is_red(tmp_path):
    steps = '- uses: setup-node\n  with:\n    node-version: "24"\n    cache: npm\n    cache-dependency-path: web/package-lock.json\n'
    run = push(tmp_path, CHECKOUT + steps, LOCK)
    assert run.status("build") == "failure" and "Some specified paths were not resolved" in run.log("build")


def test_a_cache_is_kept_for_the_next_run_of_the_same_lock(tmp_path):
    use = '- uses: setup-node\n  id: node\n  with:\n    node-version: "24"\n    cache: npm\n'
    steps = CHECKOUT + use + '- run: echo "hit ${{ steps.node.outputs.cache-hit }}"; ls $npm_config_cache; touch $npm_config_cache/fresh\n'
    with Example(tmp_path, workflow(job(steps)), LOCK) as it:
        it.engine.tools.environment["npm_config_cache"] = str(tmp_path / "cache-of-npm")
        (tmp_path / "cache-of-npm").mkdir()
        assert "hit false" in it.engine.push("main").log("build")
        (tmp_path / "cache-of-npm" / "fresh").unlink()
        again = it.engine.push("main").log("build")
        assert "hit true" in again and "fresh" in again
        it.commit({"package-lock.json": "{ }"})
        assert "hit false" in it.engine.push("main").log("build")


def test_an_artifact_reaches_the_next_step_without_hidden_files_and_rights(tmp_path):
    steps = MAKE + upload() + download() + "- run: find in -type f | sort; test ! -x in/a\n"
    run = push(tmp_path, steps)
    assert run.green and "in/a\nin/deep/b\n" in run.log("build") and ".hid" not in run.log("build").split("find")[1], run.describe()


@pytest.mark.parametrize(
    "steps, said",
    [
        (upload(more="    if-no-files-found: error\n"), "No files were found with the provided path: out"),
        (MAKE + upload() + upload(), "(409) Conflict"),
        (MAKE + upload(name='"a/b"'), "name is not valid"),
        (MAKE + upload(more="    retention-days: 91\n"), "Retention days"),
        (MAKE + upload() + download(name="other"), "Artifact not found for name: other"),
        (
            MAKE + upload() + download(more="    run-id: ${{ github.run_id }}\n    github-token: ${{ github.token }}\n"),
            "not accessible by integration",
        ),
    ],
)
def test_an_artifact_that_cannot_be_kept_or_found_is_red(tmp_path, steps, said):
    run = push(tmp_path, steps)
    assert run.status("build") == "failure" and said in run.log("build"), run.describe()


def test_an_artifact_is_replaced_only_when_told_so(tmp_path):
    steps = MAKE + upload() + "- run: echo new > out/a\n" + upload(more="    overwrite: true\n") + download() + "- run: cat in/a\n"
    assert "new" in push(tmp_path, steps).log("build")


def test_an_artifact_is_gone_after_its_days(tmp_path):
    other = "    run-id: 9000000002\n    github-token: ${{ github.token }}\n"
    text = workflow(job(MAKE + upload(more="    retention-days: 35\n"), permissions="actions: read"))
    with Example(tmp_path, text) as it:
        it.engine.push("main")
        it.commit({".github/workflows/pipeline.yml": workflow(job(download(more=other), permissions="actions: read"))})
        assert it.engine.push("main").green
        it.cloud.clock.advance(36 * 86400)
        assert "has expired" in it.engine.push("main").log("build")


@pytest.mark.parametrize(
    "steps, said",
    [
        (CHECKOUT + "    persistcredentials: false\n", "has no input persistcredentials"),
        ("- uses: upload-artifact\n  with:\n    name: x\n", "needs the input path"),
        (CHECKOUT.replace("checkout", "actions/checkout@v7"), "the harness knows actions/checkout@"),
        ("- uses: actions/stale@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1\n", "nothing in the place of actions/stale"),
        ("- uses: checkout\n  id: co\n- run: echo ${{ steps.co.outputs.sha }}\n", "has no output sha"),
        ("- run: echo ${{ steps.co.outputs.sha }}\n", "refers to the steps co"),
        ("- run: echo ${{ github.repository_id }}\n", "act does not know github.repository_id"),
        ("- run: 'true'\n  id: one\n- run: echo ${{ steps.one.outputs.x }}\n", "which that step did not produce"),
        ("- run: 'true'\n  retries: 3\n", "has retries"),
        (CHECKOUT + "    submodules: true\n", "does not know submodules"),
    ],
)
def test_what_the_harness_cannot_prove_is_an_error(tmp_path, steps, said):
    with pytest.raises(HarnessError, match=said):
        push(tmp_path, steps)
