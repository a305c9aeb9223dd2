"""configure-aws-credentials at the cloud's door: the role of this very job, or red."""

import json

import pytest

from engines.github.example import Example, workflow

ACCOUNT = "111111111111"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {
                    "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                    "token.actions.githubusercontent.com:sub": "repo:acme@90001/shop@70001:environment:staging",
                    "token.actions.githubusercontent.com:ref": "refs/heads/main",
                }
            },
        }
    ],
}


def job(steps: str, permissions: str = "contents: read", environment: str = "") -> str:
    """One job of these steps."""
    lines = ["build:", "  runs-on: ubuntu-24.04", "  permissions:", f"    {permissions}"]
    lines += [f"  environment: {environment}"] if environment else []
    return "\n".join(lines + ["  steps:"] + [f"    {line}" for line in steps.strip().splitlines()])


LOGIN = f"""
- uses: configure-aws-credentials
  id: aws
  with:
    role-to-assume: arn:aws:iam::{ACCOUNT}:role/shop
    allowed-account-ids: "{ACCOUNT}"
    aws-region: eu-west-1
- run: aws sts get-caller-identity --query Arn --output text; echo "$AWS_REGION ${{{{ steps.aws.outputs.aws-account-id }}}}"
"""


def login(folder, steps=LOGIN, environment="staging", role="shop", permissions="id-token: write"):
    with Example(folder, workflow(job(steps, permissions=permissions, environment=environment))) as it:
        iam = it.cloud.client(it.cloud.administrator(ACCOUNT), "iam", "us-east-1")
        iam.create_open_id_connect_provider(Url="https://token.actions.githubusercontent.com", ClientIDList=["sts.amazonaws.com"])
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(TRUST))
        return it.engine.push("main")


def test_a_login_takes_the_role_for_the_steps_after_it(tmp_path):
    run = login(tmp_path)
    assert run.green, run.describe()
    assert f"arn:aws:sts::{ACCOUNT}:assumed-role/shop/GitHubActions" in run.log("build")
    assert f"eu-west-1 {ACCOUNT}" in run.log("build")


@pytest.mark.parametrize(
    "given, said",
    [
        ({"environment": "production"}, "Could not assume role with OIDC: Not authorized to perform sts:AssumeRoleWithWebIdentity"),
        ({"environment": ""}, "Could not assume role with OIDC"),
        ({"role": "other"}, "Could not assume role with OIDC"),
        ({"permissions": "contents: read"}, "Could not load credentials from any providers"),
        ({"steps": LOGIN.replace(f'"{ACCOUNT}"', '"222222222222"')}, "does not match any of the expected account IDs: 222222222222"),
        ({"steps": LOGIN.replace("aws-region: eu-west-1", "aws-region: eu-west-1\n    role-duration-seconds: 7200")}, "MaxSessionDuration"),
        ({"steps": LOGIN.replace("aws-region: eu-west-1", "aws-region: eu-west-1\n    audience: else")}, "Could not assume role with OIDC"),
        ({"steps": LOGIN.replace("aws-region: eu-west-1", "aws-region: Ireland!")}, "Region is not valid"),
    ],
)
def test_a_login_that_is_not_this_roles_is_red(tmp_path, given, said):
    run = login(tmp_path, **given)
    assert run.status("build") == "failure" and said in run.log("build"), run.describe()
    assert "assumed-role/shop" not in run.log("build")
