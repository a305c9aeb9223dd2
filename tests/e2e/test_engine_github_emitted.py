"""The workflows that pipewright writes, run as written; only the scripts that deploy are replaced by one that says who it is."""

import json
import shutil
import subprocess
from pathlib import Path


import tools
from engines import Rule
from engines.github.example import Example
from engines.github.workflow import PATH

EXAMPLE = tools.REPOSITORY / "docs" / "examples" / "spa-amplify-github" / PATH
FIXTURE = tools.REPOSITORY / "tests" / "fixtures" / "vite-react"
ACCOUNTS = {"dev": "111111111111", "staging": "111111111111", "production": "222222222222"}
SCRIPT = """#!/bin/bash
set -eu
case $1 in
  package)
    mkdir release
    echo "{\\"commit\\": \\"$COMMIT\\", \\"sequence\\": $SEQUENCE}" >release/release.json
    ;;
  deploy)
    echo "$ENVIRONMENT gets $(cat release/release.json) by $(aws sts get-caller-identity --query Arn --output text)"
    ;;
esac
"""
APPLICATION = {
    "package.json": json.dumps({"name": "x", "version": "1.0.0", "scripts": {"lint": "true", "test": "true", "build": "mkdir dist"}}),
    "package-lock.json": json.dumps(
        {"name": "x", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "x", "version": "1.0.0"}}}
    ),
    "deploy/amplify.sh": SCRIPT,
}


def trust(environment: str) -> str:
    issuer = "token.actions.githubusercontent.com"
    wanted = {
        f"{issuer}:aud": "sts.amazonaws.com",
        f"{issuer}:sub": f"repo:acme@90001/shop@70001:environment:{environment}",
        f"{issuer}:ref": "refs/heads/main",
    }
    statement = {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": wanted}}
    statement["Principal"] = {"Federated": f"arn:aws:iam::{ACCOUNTS[environment]}:oidc-provider/{issuer}"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def bootstrap(it: Example, *environments: str) -> None:
    """What the printed commands make, as far as the roles of the jobs go."""
    for account in {ACCOUNTS[environment] for environment in environments}:
        iam = it.cloud.client(it.cloud.administrator(account), "iam", "us-east-1")
        iam.create_open_id_connect_provider(Url="https://token.actions.githubusercontent.com", ClientIDList=["sts.amazonaws.com"])
    for environment in environments:
        iam = it.cloud.client(it.cloud.administrator(ACCOUNTS[environment]), "iam", "us-east-1")
        iam.create_role(RoleName=f"shop-{environment}-deploy", AssumeRolePolicyDocument=trust(environment), MaxSessionDuration=7200)


def generated(folder: Path, *flags: str) -> str:
    """What `init` writes for a fixture whose commands the application above has too."""
    shutil.copytree(FIXTURE, folder)
    for command in (["git", "init", "-q", "-b", "main"], ["git", "remote", "add", "origin", "https://github.com/acme/shop.git"]):
        subprocess.run(command, cwd=folder, check=True)
    init = [tools.pipewright(), "init", "--yes", "--ci", "github", "--project", "shop", "--region", "eu-west-1", *flags]
    done = subprocess.run(init, cwd=folder, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return (folder / PATH).read_text()


def states(run) -> dict[str, str]:
    return {job.name: job.status for job in run.jobs.values()}


def test_the_example_of_the_book(tmp_path):
    with Example(tmp_path, EXAMPLE.read_text(), APPLICATION) as it:
        it.host.environments["production"] = Rule(["alice"], ["main"])
        request = it.engine.pull_request("main")
        assert states(request) == {"check": "success"} | dict.fromkeys(
            ("build-staging", "build-production", "deploy-staging", "deploy-production"), "skipped"
        )
        assert it.cloud.calls == []
        bootstrap(it, "staging", "production")
        run = it.engine.push("main")
        assert [job.name for job in run.waiting] == ["deploy-production"], run.describe()
        assert "staging gets" in run.log("deploy-staging") and f'"commit": "{it.host.commit("main")}"' in run.log("deploy-staging")
        run = it.engine.approve(run, "production")
        assert run.green and "222222222222:assumed-role/shop-production-deploy" in run.log("deploy-production"), run.describe()
        assert it.engine.approve(it.engine.rerun(run), "production").green


def test_an_account_that_is_not_bootstrapped_is_named(tmp_path):
    with Example(tmp_path, EXAMPLE.read_text(), APPLICATION) as it:
        run = it.engine.push("main")
        assert run.status("deploy-staging") == "failure" and run.status("deploy-production") == "skipped"
        assert "Most likely staging is not bootstrapped" in run.jobs["deploy-staging"].last_lines


def test_without_the_permission_the_example_deploys_nothing(tmp_path):
    with Example(tmp_path, EXAMPLE.read_text().replace("      id-token: write", "      id-token: none"), APPLICATION) as it:
        bootstrap(it, "staging", "production")
        assert it.engine.push("main").status("deploy-staging") == "failure"
        assert not [call for call in it.cloud.calls if call.service == "sts"]


def test_a_release_is_promoted_by_what_the_summary_says(tmp_path):
    text = generated(tmp_path / "init", "--environments", "staging,production", *accounts("staging", "production"))
    with Example(tmp_path, text, APPLICATION) as it:
        bootstrap(it, "staging", "production")
        run = it.engine.push("main")
        assert run.green and states(run)["deploy-production"] == "skipped", run.describe()
        it.commit({}, message="Something newer")
        release = it.engine.approve(run, "production")
        assert release.green and f'"sequence": {it.engine.run_of(run).number}' in release.log("deploy-production"), release.describe()
        stranger = it.engine.pull_request("main")
        refused = it.engine.dispatch({"environment": "production", "run": stranger.id})
        assert refused.status("deploy-production") == "failure" and "was not made by a push to main" in refused.log("deploy-production")


def test_a_release_is_promoted_twice(tmp_path):
    flags = ["--environments", "dev,staging,production", "--approval", "staging=manual", "--approval", "production=manual"]
    text = generated(tmp_path / "init", *flags, *accounts("dev", "staging", "production"))
    with Example(tmp_path, text, APPLICATION) as it:
        bootstrap(it, "dev", "staging", "production")
        run = it.engine.push("main")
        staging = it.engine.approve(run, "staging")
        assert staging.green, staging.describe()
        production = it.engine.approve(staging, "production")
        assert production.green, production.describe()


def accounts(*environments: str) -> list[str]:
    return [word for environment in environments for word in ("--account", f"{environment}={ACCOUNTS[environment]}")]
