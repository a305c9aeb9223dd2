"""What pushes of branches, tags and paths start."""

import pytest

from engines.codepipeline import triggers
from engines.codepipeline.triggers import Push
from engines.codepipeline.workbench import Workbench, build, spec


@pytest.fixture
def bench(tmp_path):
    made = Workbench(tmp_path)
    yield made
    assert made.close() == []


def checked(bench, **changes):
    """A pipeline of one build."""
    bench.commit({"job.yml": spec("cat note || true")})
    bench.project("job")
    bench.pipeline([{"name": "Check", "actions": [build("job")]}], **changes)


def test_only_the_branches_of_the_trigger_start_the_pipeline(bench):
    checked(bench, branches={"includes": ["main", "release/*"], "excludes": ["release/old"]})
    assert bench.engine.push("main").context["trigger"] == "CreatePipeline"
    assert bench.engine.push("main").context["trigger"] == "WebhookV2"
    for branch, starts in (("feature", False), ("release/1", True), ("release/old", False), ("main", True)):
        commit = bench.commit({"note": branch, "job.yml": spec("cat note")}, branch)
        run = bench.engine.push(branch)
        assert (run is not None) == starts, branch
        if run is not None:
            assert f"\n{branch}" in run.log("job") and commit in run.log("Source")


def test_a_pipeline_starts_by_itself_when_it_is_made(bench):
    checked(bench)
    bench.engine.settle()
    first = bench.client("codepipeline").list_pipeline_executions(pipelineName="shop")["pipelineExecutionSummaries"]
    assert [(one["status"], one["trigger"]["triggerType"]) for one in first] == [("Succeeded", "CreatePipeline")]


def test_a_tag_starts_what_listens_to_tags(bench):
    checked(bench)
    bench.engine.push("main")
    bench.host.git("tag", "v1", "main")
    assert bench.engine.tag("v1") is None
    bench.project("tagged", source={"type": "CODEPIPELINE", "buildspec": spec("echo tagged")})
    stage = {"name": "Check", "actions": [build("tagged")]}
    bench.pipeline([stage], name="tags", push=[{"tags": {"includes": ["v*"]}}])
    bench.engine.settle()
    assert "\ntagged" in bench.engine.tag("v1").log("tagged")


def test_a_change_outside_the_paths_starts_nothing(bench):
    paths = {"branches": {"includes": ["main"]}, "filePaths": {"includes": ["src/**"], "excludes": ["src/**/*.md"]}}
    checked(bench, push=[paths])
    bench.engine.push("main")
    for path, starts in (("docs/a.txt", False), ("src/deep/a.md", False), ("src/a.txt", True)):
        bench.commit({path: path})
        assert (bench.engine.push("main") is not None) == starts, path


def test_more_than_a_hundred_files_pass_by_the_filter_on_paths():
    pipeline = type("It", (), {"definition": {"triggers": []}})
    found = {"branches": {"includes": ["main"]}, "filePaths": {"includes": ["src/**"]}}
    few = Push("branch", "main", "c", files=["docs/x"])
    many = Push("branch", "main", "c", files=[f"docs/{number}" for number in range(101)])
    assert not triggers._filter(found, few) and triggers._filter(found, many)
    assert not triggers.hears_requests(pipeline)


def test_without_triggers_the_branch_of_the_source_is_heard_unless_it_detects_nothing(bench):
    checked(bench, triggers=[])
    bench.engine.push("main")
    assert bench.engine.push("main") is None
    declared = bench.client("codepipeline").get_pipeline(name="shop")["pipeline"]
    declared["stages"][0]["actions"][0]["configuration"]["DetectChanges"] = "true"
    bench.client("codepipeline").update_pipeline(pipeline=declared)
    assert bench.engine.push("main").green
