"""Pipelines that pipewright wrote, of shapes that the cells do not have: three environments, a branch each, Bitbucket, CodeCommit.

Stacks, roles, buildspecs and follow-ups are the emitted ones, literally. Only the deployment scripts are
replaced by one that says as whom it deploys, because the cells prove those.
"""

import pytest
import tools
from aws.cloud import Cloud
from engines.codepipeline import CodePipeline
from people import Alice
from projects import Project

REGION, BUILDS, PRODUCTION = "eu-west-1", "111111111111", "222222222222"
SITE = (
    "--region", REGION, "--target", "amplify", "--kind", "spa", "--option", "folder=dist", "--command", "install=npm ci",
    "--command", "test=npm test", "--command", "build=npm run build", "--project", "shop", "--service", "web",
)  # fmt: skip
SCRIPT = """set -eu
case $1 in
  package) mkdir -p release; echo "$COMMIT" > release/commit ;;
  deploy) aws sts get-caller-identity --query Arn --output text; echo "$ENVIRONMENT runs $(cat release/commit)" ;;
esac
"""


class Emitted:
    """A project on some host, its follow-ups done, its pipelines made."""

    def __init__(self, cloud, folder, provider, url, flags, accounts):
        self.cloud = cloud
        self.project = Project(folder, "e2e/apps/site", "codebuild")
        self.project.host.provider = provider
        text = f'[user]\n\tname = Alice\n\temail = alice@example.com\n[url "{self.project.host.bare}"]\n\tinsteadOf = {url}\n'
        (self.project.home / ".gitconfig").write_text(text + "[safe]\n\tdirectory = *\n")
        self.project.git("remote", "set-url", "origin", url)
        self.engine = CodePipeline(self.cloud, self.project.host, tools.make(folder / "bin"), folder / "engine")
        self.project.init(*SITE, *flags)
        self.project.write("deploy/amplify.sh", SCRIPT)
        self.alice = Alice(self.project, self.engine, accounts, REGION)
        self.alice.deeds["Accept the connection"] = self._accept

    def _accept(self):
        state = self.cloud.state("codeconnections", BUILDS, REGION)
        for arn in list(state.connections):
            state.accept(arn)

    def commit(self, branch, **files):
        for path, text in files.items():
            self.project.write(path, text)
        commit = self.project.commit("A change")
        self.project.push(branch)
        return commit


@pytest.fixture
def emitted(tmp_path):
    made = []

    def make(provider="github", url="https://github.com/acme/shop.git", flags=(), accounts=None):
        given = accounts or {"dev": BUILDS, "production": PRODUCTION}
        made.append(Emitted(cloud, tmp_path, provider, url, flags, given))
        made[0].alice.follow()
        return made[0]

    with Cloud() as cloud:
        yield make
        made[0].engine.close()
    assert cloud.unexpected() == []


THREE = (
    "--environments", "dev,staging,production", "--account", BUILDS, "--account", f"production={PRODUCTION}",
    "--approval", "staging=manual", "--approval", "production=manual",
)  # fmt: skip


def test_three_environments_with_an_approval_before_two_of_them(emitted):
    it = emitted(flags=THREE, accounts={"dev": BUILDS, "staging": BUILDS, "production": PRODUCTION})
    commit = it.project.host.commit("main")
    run = it.engine.push("main")
    assert [job.name for job in run.waiting] == ["Approve (Deploy-staging)"], run.describe()
    assert f"dev runs {commit}" in run.log("deploy-dev") and f"{BUILDS}:assumed-role/shop-dev-deploy" in run.log("deploy-dev")
    it.engine.approve(run, "staging")
    assert f"staging runs {commit}" in run.log("deploy-staging") and run.status("deploy-production") == "skipped"
    assert it.engine.approve(run, "production").green, run.describe()
    assert f"{PRODUCTION}:assumed-role/shop-production-deploy" in run.log("deploy-production")
    assert it.engine.findings == []
    it.project.host.git("tag", "v1", "main")
    assert it.engine.tag("v1") is None
    it.commit("topic")
    assert it.engine.push("topic") is None


def test_a_branch_for_each_environment_on_bitbucket(emitted):
    flags = (
        "--environments", "dev,production", "--account", BUILDS, "--account", f"production={PRODUCTION}",
        "--branch", "dev=develop", "--branch", "production=main", "--approval", "production=manual",
    )  # fmt: skip
    it = emitted("bitbucket", "https://bitbucket.org/acme/shop.git", flags)
    assert it.engine.push("develop").green
    run = it.engine.push("main")
    assert set(run.jobs) == {"Source", "build", "Approve", "deploy-production"} and run.status("Approve") == "waiting"
    assert it.engine.approve(run, "production").green
    commit = it.commit("develop", note="x")
    run = it.engine.push("develop")
    assert set(run.jobs) == {"Source", "build", "deploy-dev"} and f"dev runs {commit}" in run.log("deploy-dev")
    request = it.engine.pull_request("develop")
    assert request.green and list(request.jobs) == ["shop-pull-request"], request.describe()
    it.project.host.fork = it.project.host.bare
    assert it.engine.pull_request("develop", fork=True) is None
    assert it.engine.comment("develop", role="BITBUCKET_READ") is None
    assert it.engine.comment("develop", role="BITBUCKET_WRITE").green


def test_codecommit_tells_its_pipeline_over_eventbridge(emitted):
    flags = ("--environments", "dev,production", "--account", BUILDS, "--account", f"production={PRODUCTION}")
    url = f"https://git-codecommit.{REGION}.amazonaws.com/v1/repos/shop"
    it = emitted("codecommit", url, flags)
    it.project.host.repository = "shop"
    assert it.engine.push("main").status("deploy-dev") == "success"
    commit = it.commit("main", note="x")
    run = it.engine.push("main")
    assert run.context["trigger"] == "CloudWatchEvent" and f"dev runs {commit}" in run.log("deploy-dev"), run.describe()
    it.commit("topic", note="y")
    assert it.engine.push("topic") is None
    request = it.engine.pull_request("topic")
    assert request.green and request.jobs["shop-pull-request"].environment is None, request.describe()
    assert it.engine.findings == []


def test_a_pull_requests_build_can_neither_deploy_nor_reach_the_artifacts(emitted):
    flags = ("--environments", "dev", "--account", BUILDS)
    it = emitted(flags=flags, accounts={"dev": BUILDS})
    it.engine.push("main")
    bucket = it.cloud.client(it.cloud.administrator(BUILDS), "s3", REGION).list_buckets()["Buckets"]
    name = next(each["Name"] for each in bucket if "artifact" in each["Name"])
    deploy = f"arn:aws:iam::{BUILDS}:role/shop-dev-deploy"
    tries = (
        f"aws s3 ls s3://{name}", f"aws sts assume-role --role-session-name x --role-arn {deploy}",
        "aws codepipeline start-pipeline-execution --name shop",
    )  # fmt: skip
    commands = [f"      - {command} || echo refused" for command in tries]
    evil = "\n".join(["version: 0.2", "phases:", "  build:", "    commands:", *commands])
    it.commit("topic", **{"deploy/codepipeline/pull-request.buildspec.yml": evil + "\n"})
    log = it.engine.pull_request("topic").log("shop-pull-request")
    assert log.splitlines().count("refused") == 3, log
