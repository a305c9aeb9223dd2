"""One cell at work: a sample with its pipeline, an empty AWS, the CI that hears its pushes, and the questions a test asks of them."""

from __future__ import annotations

import functools
import importlib
import json
import re
from pathlib import Path

import tools
from aws.cloud import Cloud
from cells import App, Cell
from engines import Engine, HarnessError, Run
from people import Alice
from projects import Project

REGION = "eu-west-1"
STAGING, PRODUCTION = "111111111111", "222222222222"
ENGINES = {
    "github": ("engines.github", "GitHub"),
    "gitlab": ("engines.gitlab", "GitLab"),
    "codebuild": ("engines.codepipeline", "CodePipeline"),
}


class Sites(dict):
    """What the deployed things answer; a version that a test calls broken answers 500."""

    broken: str | None = None

    def get(self, host, default=None):
        answer = super().get(host, default)
        if answer is None:
            return None
        # `wraps` keeps the signature, by which the door sees what else the site wants to know.
        return functools.wraps(answer)(lambda *told: self._judged(answer(*told)))

    def __getitem__(self, host):
        if host not in self:
            raise KeyError(host)
        return self.get(host)

    def _judged(self, answer):
        status, headers, body = answer
        text = body if isinstance(body, bytes) else body.encode()
        if self.broken and self.broken.encode() in text:
            return 500, {}, b"Internal Server Error"
        return status, headers, body


class Lab:
    """Everything that one test needs; `close` ends it and tells what the emulator did not understand."""

    def __init__(self, cell: Cell, app: App, folder: Path, accounts: tuple[str, str] = (STAGING, PRODUCTION), flags: tuple[str, ...] = ()):
        self.cell = cell
        self.app = app
        self.accounts = dict(zip(("staging", "production"), accounts))
        self.tools = tools.make(folder / "bin")
        self.cloud = Cloud()
        self.cloud.sites = Sites(self.cloud.sites)
        self.project = Project(folder, app.folder, cell.ci)
        self.engine = self._engine(folder / "engine")
        self.alice = Alice(self.project, self.engine, self.accounts, REGION)
        self.alice.deeds["Accept the connection"] = self._accept_connections
        self.addresses: dict[str, str] = {}
        self.runs: list[Run] = []
        self.pushed: list[Run] = []
        self._init(flags)

    def _engine(self, folder: Path) -> Engine:
        module, name = ENGINES[self.cell.ci]
        folder.mkdir()
        return getattr(importlib.import_module(module), name)(self.cloud, self.project.host, self.tools, folder)

    def _init(self, flags: tuple[str, ...]) -> None:
        given = [flag for each in self.accounts.items() for flag in ("--account", "=".join(each))]
        self.project.init(
            "--environments", "staging,production", "--region", REGION, "--target", self.cell.target, "--approval", "production=manual", *given, *self._answers(), *flags
        )  # fmt: skip

    def _answers(self) -> list[str]:
        if self.app.answers is None:
            return []
        file = self.project.home / "answers.yml"
        file.write_text(self.app.answers.read_text().replace('"CI"', f'"{self.cell.ci}"'))
        return ["--answers", str(file)]

    def _accept_connections(self) -> None:
        """What she clicks in the console."""
        connections = self.state("codeconnections")
        for arn in list(connections.connections):
            connections.accept(arn)

    def close(self) -> None:
        self.engine.close()
        self.cloud.close()

    # What a person does.

    def follow(self, *beginnings: str, but: tuple[str, ...] = ()) -> None:
        """The printed follow-ups, literally and in their order: those whose titles begin so (all), but for some."""
        steps = [step for step in self.project.follow_ups if step.title.startswith(beginnings or "")]
        self.alice.follow([step for step in steps if not (but and step.title.startswith(but))])

    def first_push(self, but: tuple[str, ...] = ()) -> Run:
        """All follow-ups, but for some; the last ones push, and what that started is run."""
        self.follow(but=but)
        return self._started(self.engine.push("main"))

    def push(self, version: int | None = None, files: dict[str, str] | None = None, message: str = "A change") -> Run:
        """A commit on main: another version of the application, or other files."""
        if version is not None:
            self.project.replace(self.app.versioned, r"version \d+", f"version {version}")
        for path, text in (files or {}).items():
            self.project.write(path, text)
        self.project.commit(message)
        self.project.push()
        self.pushed.append(self._started(self.engine.push("main")))
        return self.pushed[-1]

    def pull_request(self, version: int, *, branch: str = "topic", fork: bool = False, title: str = "A change") -> Run:
        """A pull or merge request with another version; main stays as it is."""
        self.project.git("switch", "--quiet", "--create", branch)
        self.project.replace(self.app.versioned, r"version \d+", f"version {version}")
        self.project.commit(title)
        self.project.push(branch)
        if fork:
            self.project.fork(branch)
        self.project.git("switch", "--quiet", "main")
        self.project.git("branch", "--quiet", "--delete", "--force", branch)
        return self._started(self.engine.pull_request(branch, fork=fork, title=title))

    def approve(self, run: Run, environment: str = "production") -> Run:
        return self._started(self.engine.approve(run, environment))

    def approve_late(self, run: Run, environment: str = "production") -> None:
        """A person clicks on an older run: it is no longer offered, or it goes red."""
        try:
            late = self.engine.approve(run, environment)
        except HarnessError as refusal:
            assert "nothing waits" in str(refusal), refusal
        else:
            assert not late.green, late.describe()

    def rerun(self, run: Run) -> Run:
        return self._started(self.engine.rerun(run))

    def _started(self, run: Run | None) -> Run:
        if run is None:
            raise HarnessError("nothing started")
        self.runs.append(run)
        return run

    # What a test asks.

    def outputs(self, environment: str) -> dict[str, str]:
        """The outputs of the target's stack, {} where there is no stack."""
        service = self.service
        stacks = self.client("cloudformation", environment).describe_stacks()["Stacks"]
        mine = [stack for stack in stacks if stack["StackName"] == f"shop-{service}-{environment}"]
        return {out["OutputKey"]: out["OutputValue"] for stack in mine for out in stack.get("Outputs", [])}

    def stack(self, environment: str) -> str:
        """The state of the target's stack, as CloudFormation names it."""
        stacks = self.client("cloudformation", environment).describe_stacks(StackName=f"shop-{self.service}-{environment}")["Stacks"]
        return stacks[0]["StackStatus"]

    @property
    def service(self) -> str:
        found = re.search(r'^  - name: "(.*)"\n    path', (self.project.folder / "pipewright.yml").read_text(), re.M)
        if found is None:
            raise HarnessError("pipewright.yml names no service")
        return found[1]

    def client(self, service: str, environment: str):
        """As an administrator, for looking only."""
        account = self.accounts[environment]
        return self.cloud.client(self.cloud.administrator(account), service, REGION)

    def address(self, environment: str) -> str | None:
        """What its visitors know, also while an update is under way: CloudFormation shows no outputs then."""
        outputs = self.outputs(environment)
        address = outputs.get("Url") or outputs.get("Endpoint")
        if address:
            self.addresses[environment] = address.removeprefix("https://").rstrip("/")
        return self.addresses.get(environment)

    def state(self, service: str, environment: str = "staging"):
        """The stub of a service in one environment: its failures are prepared there."""
        return self.cloud.state(service, self.accounts[environment], REGION)

    def visit(self, environment: str, path: str = "/") -> str:
        """What a visitor of the environment sees, with the status before it."""
        address = self.address(environment)
        if address is None or address not in self.cloud.sites:
            return "nothing"
        status, _, body = self.cloud.sites[address](path, {})
        return f"{status} {body.decode() if isinstance(body, bytes) else body}"

    def unexpected(self) -> list[str]:
        """What the emulator did not understand: no verdict that follows it is worth anything."""
        return self.cloud.unexpected()

    def pipelines_calls(self, since: int = 0) -> list:
        """The calls of the pipeline and of what it made: those of the person and of this test left out."""
        return [call for call in self.cloud.calls[since:] if call.principal.kind != "user"]

    def logins(self, since: int = 0) -> list[str]:
        """The roles of environments and of the image repository that were taken since then."""
        taken = [call.params["RoleArn"] for call in self.cloud.calls[since:] if call.operation.startswith("AssumeRole")]
        return [role for role in taken if role.endswith(("-deploy", "-push", "-cloudformation"))]

    def released(self, environment: str) -> dict:
        """The record of what an environment runs, which the pipeline keeps in its bucket."""
        stack = self.client("cloudformation", environment).describe_stacks(StackName=f"shop-{environment}-bootstrap")["Stacks"][0]
        bucket = next(out["OutputValue"] for out in stack["Outputs"] if out["OutputKey"] == "ArtifactBucketName")
        return json.loads(self.client("s3", environment).get_object(Bucket=bucket, Key=f"{self.service}/deployed.json")["Body"].read())

    def what_was_released(self, environment: str) -> tuple[str, str]:
        """The commit and the digest of the record: the sequence of a rerun may be a newer one."""
        record = self.released(environment)
        return record["commit"], record["digest"]

    def runs_here(self) -> dict[str, str]:
        """What each environment's visitors see: what a change must, or must not, have moved."""
        return {environment: self.visit(environment) for environment in self.accounts}
