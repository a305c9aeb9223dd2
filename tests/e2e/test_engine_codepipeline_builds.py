"""Phases, variables and artifacts of CodeBuild, with small buildspecs of our own."""

import pytest

from engines import HarnessError
from engines.codepipeline.workbench import REGION, ROLE, Workbench, build, environment, spec

ALL = """version: 0.2
phases:
  install:
    commands: [{install}]
  pre_build:
    commands: [{pre_build}]
  build:
    {option}
    commands: ['echo b-$CODEBUILD_BUILD_SUCCEEDING', {build}]
    finally: ['echo finally-build']
  post_build:
    commands: ['echo p-$CODEBUILD_BUILD_SUCCEEDING']
"""


@pytest.fixture
def bench(tmp_path):
    made = Workbench(tmp_path)
    yield made
    assert made.close() == []


def built(bench, text, outputs=None, rights=None, **changes):
    """One build of that buildspec in a pipeline: its run, and the build as the API shows it."""
    bench.commit({"job.yml": text})
    bench.project("job", rights, **changes)
    bench.pipeline([{"name": "Build", "actions": [build("job", outputs)]}])
    run = bench.engine.push("main")
    client = bench.client("codebuild")
    ids = client.list_builds_for_project(projectName="job")["ids"]
    return run, client.batch_get_builds(ids=ids[:1])["builds"][0] if ids else None


def phases(found):
    return {each["phaseType"]: each.get("phaseStatus") for each in found["phases"]}


def all_phases(option="", **commands):
    return ALL.format(**{"install": "'true'", "pre_build": "'true'", "build": "'true'", "option": option, **commands})


def test_a_good_build_passes_through_all_phases(bench):
    run, found = built(bench, all_phases())
    assert run.green and found["buildStatus"] == "SUCCEEDED"
    assert list(phases(found)) == [
        "SUBMITTED", "QUEUED", "PROVISIONING", "DOWNLOAD_SOURCE", "INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD",
        "UPLOAD_ARTIFACTS", "FINALIZING", "COMPLETED",
    ]  # fmt: skip
    assert "b-1" in run.log("job") and "p-1" in run.log("job")


@pytest.mark.parametrize(("phase", "gone"), [("install", "PRE_BUILD"), ("pre_build", "BUILD")])
def test_what_fails_early_keeps_the_later_phases_from_running(bench, phase, gone):
    run, found = built(bench, all_phases(**{phase: "'false'"}))
    assert run.status("job") == "failure" and phases(found)[phase.upper()] == "FAILED"
    assert gone not in phases(found) and "b-" not in run.log("job").replace("echo b-", "")


def test_post_build_runs_although_build_failed_and_is_told(bench):
    run, found = built(bench, all_phases(build="'false', 'echo never'"))
    assert run.status("job") == "failure" and phases(found)["POST_BUILD"] == "SUCCEEDED"
    assert "\np-0" in run.log("job") and "\nfinally-build" in run.log("job") and "\nnever" not in run.log("job")


def test_abort_leaves_post_build_out(bench):
    run, found = built(bench, all_phases("on-failure: ABORT", build="'false'"))
    assert run.status("job") == "failure" and "POST_BUILD" not in phases(found)
    assert "\nfinally-build" in run.log("job") and "UPLOAD_ARTIFACTS" in phases(found)


def test_continue_goes_on_and_stays_red(bench):
    run, found = built(bench, all_phases("on-failure: CONTINUE", build="'false'"))
    assert found["buildStatus"] == "FAILED" and "\np-0" in run.log("job")


def test_exported_variables_and_the_folder_reach_the_next_command_and_phase(bench):
    text = (
        "version: 0.2\nenv:\n  shell: bash\n  exported-variables: [KEPT]\nphases:\n  install:\n    commands:\n"
        "      - export KEPT=\"it's $((6 * 7))\"\n      - plain=lost\n      - mkdir deep && cd deep\n"
        "  build:\n    commands:\n      - 'echo \"<$KEPT> <$plain> ${PWD##*/}\"'\n      - unset KEPT\n      - echo \"<$KEPT>\"\n"
    )
    run, found = built(bench, text)
    assert "<it's 42> <> deep" in run.log("job") and "\n<>" in run.log("job"), run.log("job")


def test_a_command_of_several_lines_is_judged_by_its_last(bench):
    text = "version: 0.2\nphases:\n  build:\n    commands:\n      - |\n        false\n        echo goes on\n"
    run, _ = built(bench, text)
    assert run.green and "goes on" in run.log("job")


def test_the_shell_is_sh_unless_it_is_said(bench):
    run, _ = built(bench, spec("[[ a == a ]]"))
    assert run.status("job") == "failure"
    assert "[[" in run.log("job")


def test_the_builds_own_variables(bench):
    names = "BUILD_ID BUILD_NUMBER INITIATOR RESOLVED_SOURCE_VERSION SRC_DIR START_TIME BUILD_IMAGE"
    commands = [f'echo "{name}=$CODEBUILD_{name}"' for name in names.split()]
    run, found = built(bench, spec(*commands, 'echo "HOME=$HOME AWS=$AWS_REGION key=$AWS_ACCESS_KEY_ID"', "pwd", "ls -A $HOME"))
    lines = dict(line.split("=", 1) for line in run.log("job").splitlines() if "=" in line and "echo" not in line)
    assert lines["BUILD_ID"] == found["id"] and lines["BUILD_NUMBER"] == "1" and lines["INITIATOR"] == "codepipeline/shop"
    assert lines["RESOLVED_SOURCE_VERSION"] == bench.host.commit("main") and lines["BUILD_IMAGE"] == "aws/codebuild/standard:8.0"
    assert int(lines["START_TIME"]) == int(found["startTime"].timestamp() * 1000)
    assert lines["SRC_DIR"] in run.log("job").splitlines() and lines["HOME"].endswith(f"AWS={REGION} key=")


def test_variables_of_the_call_win_over_the_projects_and_those_over_the_buildspecs(bench):
    bench.client("ssm").put_parameter(Name="/shop/name", Value="from the store", Type="SecureString")
    bench.client("secretsmanager").create_secret(Name="shop", SecretString='{"key": "from the secret"}')
    head = (
        "env:\n  variables: {ONE: spec, TWO: spec}\n  parameter-store: {THREE: /shop/name}\n"
        "  secrets-manager: {FOUR: 'shop:key'}"
    )
    text = spec('echo "$ONE $TWO $THREE $FOUR"', head=head)
    rights = {**ROLE, "ssm": ["ssm:GetParameters"], "secrets": ["secretsmanager:GetSecretValue", "kms:Decrypt"]}
    given = [{"name": "TWO", "value": "project"}]
    run, _ = built(bench, text, rights=rights, environment=environment(environmentVariables=given))
    assert "spec project from the store from the secret" in run.log("job"), run.log("job")


@pytest.mark.parametrize("kind", ["parameter-store: {X: /shop/name}", "secrets-manager: {X: shop}"])
def test_a_secret_that_the_role_may_not_read_is_red(bench, kind):
    bench.client("ssm").put_parameter(Name="/shop/name", Value="v", Type="String")
    bench.client("secretsmanager").create_secret(Name="shop", SecretString="v")
    run, found = built(bench, spec("echo reached", head=f"env:\n  {kind}"))
    assert phases(found)["DOWNLOAD_SOURCE"] == "FAILED" and "not authorized" in run.log("job")


@pytest.mark.parametrize(
    "text",
    [
        spec("true", extra="batch: {}"),
        spec("true", head="run-as: root"),
        spec("true", head="env: {git-credential-helper: yes}"),
        "version: 0.2\nphases:\n  deploy:\n    commands: ['true']\n",
        "version: 0.1\nphases:\n  build:\n    commands: ['true']\n",
    ],
)
def test_what_is_not_known_of_a_buildspec_is_an_error_of_the_harness(bench, text):
    with pytest.raises(HarnessError):
        built(bench, text)


UNREADABLE = ["a: [", "version: 0.2\n", spec("true").replace('"true"', "echo a: b"), spec("true", extra="artifacts: {}")]


@pytest.mark.parametrize("text", UNREADABLE)
def test_a_buildspec_that_codebuild_cannot_read_is_red(bench, text):
    run, found = built(bench, text)
    assert phases(found)["DOWNLOAD_SOURCE"] == "FAILED" and "YAML_FILE_ERROR" in run.log("job")


def test_a_buildspec_that_the_commit_lacks_is_red(bench):
    run, _ = built(bench, spec("true"), source={"type": "CODEPIPELINE", "buildspec": "gone.yml"})
    assert "YAML_FILE_ERROR" in run.log("job") and "no such file" in run.log("job")


@pytest.mark.parametrize(
    ("artifacts", "message"),
    [
        ("artifacts:\n  base-directory: gone\n  files: ['**/*']", "no matching base directory path found for gone"),
        ("artifacts:\n  files: ['*.zip']", "no matching artifact paths found"),
        ("", "declares no artifacts"),
    ],
)
def test_artifacts_that_are_not_there_are_red(bench, artifacts, message):
    run, found = built(bench, spec("true", extra=artifacts), outputs=["made"])
    assert phases(found)["UPLOAD_ARTIFACTS"] == "FAILED" and message in run.log("job")


def test_several_outputs_are_taken_by_their_names(bench):
    extra = (
        "artifacts:\n  secondary-artifacts:\n    one:\n      files: [one.txt]\n    two:\n      files: ['*']\n      base-directory: d"
    )
    bench.commit({"job.yml": spec("echo 1 > one.txt && mkdir d && echo 2 > d/two.txt", extra=extra)})
    bench.project("job")
    bench.project("use", source={"type": "CODEPIPELINE", "buildspec": spec("cat one.txt $CODEBUILD_SRC_DIR_two/two.txt")})
    use = build("use", inputs=("one", "two"))
    bench.pipeline([{"name": "Build", "actions": [build("job", ["one", "two"])]}, {"name": "Use", "actions": [use]}])
    run = bench.engine.push("main")
    assert run.green and "1\n2" in run.log("use"), run.describe()


def test_what_a_commit_is_called_is_data(bench):
    hostile = "x$(touch pwned)`touch pwned`'\"; touch pwned #"
    bench.commit({"job.yml": spec('echo "$MESSAGE"', "ls")}, message=hostile)
    bench.project("job")
    step = build("job")
    step["configuration"]["EnvironmentVariables"] = '[{"name":"MESSAGE","value":"#{Source.BranchName}","type":"PLAINTEXT"}]'
    bench.pipeline([{"name": "Build", "actions": [step]}])
    run = bench.engine.push("main")
    assert "\nmain" in run.log("job") and "\npwned" not in run.log("job")
