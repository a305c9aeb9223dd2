"""For the engine's own tests: a repository, an account, and small pipelines put into the stores through boto3 at the door."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import tools
from aws.cloud import Cloud
from engines import Host

from .engine import CodePipeline

ACCOUNT, REGION, BUCKET = "111111111111", "eu-west-1", "shop-artifacts"
# What a project's role needs to read, write and log; a test takes away what it is about.
ROLE = {
    "logs": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:CreateLogGroup"],
    "s3": ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:GetBucketAcl", "s3:GetBucketLocation"],
}
PIPELINE_ROLE = {
    "s3": [*ROLE["s3"], "s3:GetBucketVersioning"],
    "builds": ["codebuild:StartBuild", "codebuild:BatchGetBuilds"],
    "source": ["codeconnections:UseConnection"],
}


class Workbench:
    """One account with a bucket, roles and an accepted connection; the engine that hears the host."""

    def __init__(self, folder: Path, provider: str = "github"):
        self.folder = folder
        self.cloud = Cloud()
        self.host = Host(provider, "acme/shop", folder / "host.git", fork=folder / "fork.git")
        self.engine = CodePipeline(self.cloud, self.host, tools.make(folder / "bin"), folder / "engine")
        for bare in (self.host.bare, self.host.fork):
            subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", bare], check=True)
        person = self.cloud.administrator(ACCOUNT)
        self.client = lambda service: self.cloud.client(person, service, REGION)
        self.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.client("s3").put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        self.connection = self._connection() if provider != "codecommit" else ""
        self.pipeline_role = self.role("pipeline", "codepipeline", PIPELINE_ROLE)

    def close(self) -> list[str]:
        """What the door did not know."""
        self.engine.close()
        self.cloud.close()
        return self.cloud.unexpected()

    def _connection(self) -> str:
        made = self.client("codeconnections").create_connection(ConnectionName="shop", ProviderType="GitHub")
        self.cloud.state("codeconnections", ACCOUNT, REGION).accept(made["ConnectionArn"])
        return made["ConnectionArn"]

    def role(self, name: str, service: str, rights: dict[str, list[str]], condition: dict | None = None) -> str:
        """A service role with an inline policy of those actions."""
        trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        iam = self.client("iam")
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
        self.allow(name, rights, condition)
        return arn

    def allow(self, name: str, rights: dict[str, list[str]], condition: dict | None = None) -> None:
        """What that role may do from now on."""
        granted = [action for actions in rights.values() for action in actions]
        statement = {"Effect": "Allow", "Action": granted, "Resource": "*"}
        if condition:
            statement["Condition"] = condition
        text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.client("iam").put_role_policy(RoleName=name, PolicyName="work", PolicyDocument=text)

    def commit(self, files: dict[str, str], branch: str = "main", fork: bool = False, message: str = "A change") -> str:
        """A commit with those files beside the ones the branch has; the branch points to it."""
        bare = self.host.fork if fork else self.host.bare
        tree = self.folder / f"tree-{branch.replace('/', '-')}"
        tree.mkdir(exist_ok=True)
        for path, text in files.items():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_text(text)
        identity = ["-c", "user.name=Alice", "-c", "user.email=alice@example.com"]
        git = ["git", f"--git-dir={bare}", f"--work-tree={tree}", *identity]
        subprocess.run([*git, "symbolic-ref", "HEAD", f"refs/heads/{branch}"], check=True)
        subprocess.run([*git, "add", "--all"], check=True)
        subprocess.run([*git, "commit", "--quiet", "--allow-empty", "-m", message], check=True)
        return self.host.commit(branch, bare)

    def project(self, name: str, rights: dict | None = None, **changes: Any) -> str:
        """A project whose buildspec is <name>.yml of the commit."""
        role = self.role(f"{name}-role", "codebuild", ROLE if rights is None else rights)
        settings = {
            "name": name,
            "serviceRole": role,
            "source": {"type": "CODEPIPELINE", "buildspec": f"{name}.yml"},
            "artifacts": {"type": "CODEPIPELINE"},
            "environment": environment(),
        }
        self.client("codebuild").create_project(**{**settings, **changes})
        return name

    def pipeline(self, stages: list[dict], name: str = "shop", mode: str = "QUEUED", **changes: Any) -> None:
        """A pipeline with a source stage before the given ones; a push of main starts it."""
        branches = changes.pop("branches", {"includes": ["main"]})
        push = changes.pop("push", [{"branches": branches}])
        source = changes.pop("source", None) or self.source()
        trigger = {
            "providerType": "CodeStarSourceConnection",
            "gitConfiguration": {"sourceActionName": "Source", "push": push},
        }
        declared = {
            "name": name, "roleArn": self.pipeline_role, "artifactStore": {"type": "S3", "location": BUCKET},
            "pipelineType": "V2", "executionMode": mode, "triggers": [trigger],
            "stages": [{"name": "Source", "actions": [source]}, *stages],
        }  # fmt: skip
        self.client("codepipeline").create_pipeline(pipeline={**declared, **changes})

    def source(self) -> dict:
        """A source action over the connection."""
        settings = {
            "ConnectionArn": self.connection, "FullRepositoryId": "acme/shop", "BranchName": "main", "DetectChanges": "false",
        }  # fmt: skip
        return action("Source", "Source", "CodeStarSourceConnection", settings, outputs=["Source"], namespace="Source")


def environment(privileged: bool = False, **changes: Any) -> dict:
    """The environment of a project."""
    standard = {"type": "LINUX_CONTAINER", "computeType": "BUILD_GENERAL1_SMALL", "image": "aws/codebuild/standard:8.0"}
    return {**standard, "privilegedMode": privileged, **changes}


def action(
    name: str, category: str, provider: str, settings: dict, inputs: list[str] | None = None,
    outputs: list[str] | None = None, order: int = 1, **more: Any,
) -> dict:  # fmt: skip
    """The declaration of one action."""
    return {
        "name": name, "runOrder": order, "configuration": settings,
        "actionTypeId": {"category": category, "owner": "AWS", "provider": provider, "version": "1"},
        "inputArtifacts": [{"name": each} for each in inputs or []],
        "outputArtifacts": [{"name": each} for each in outputs or []], **more,
    }  # fmt: skip


def build(project: str, outputs: list[str] | None = None, inputs: tuple[str, ...] = ("Source",), order: int = 1) -> dict:
    """An action that builds a project, named like it."""
    settings = {"ProjectName": project, "PrimarySource": inputs[0]}
    return action(project, "Build", "CodeBuild", settings, list(inputs), outputs, order)


def approval(name: str = "Approve", order: int = 1, **more: Any) -> dict:
    """A manual approval."""
    return action(name, "Approval", "Manual", {"CustomData": "Deploy #{Source.CommitId}?"}, order=order, **more)


def spec(*commands: str, phase: str = "build", extra: str = "", head: str = "") -> str:
    """A buildspec with those commands in one phase."""
    lines = ["version: 0.2", head, "phases:", f"  {phase}:", "    commands:"]
    return "\n".join([*lines, *(f"      - {json.dumps(command)}" for command in commands), extra, ""])
