"""One build at work: phase by phase, as the table says, with nothing but its project's role."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from botocore.exceptions import ClientError

from aws.base import AwsError

from . import buildspec, images, outputs, sources, variables
from .builds import Build
from .connections import ConnectionRefused
from .machine import Interrupted, Machine
from .session import Session, not_the_harness, take
from .table import rules

# What AWS or the repository refuses ends a phase; anything else is an error of the harness.
_REFUSALS = (AwsError, ClientError, ConnectionRefused, buildspec.SpecError, outputs.UploadError)
_CONTAINER = {"AWS_EXECUTION_ENV": "AWS_ECS_EC2"}


class Work:
    """One build at work."""

    def __init__(self, builder: Any, build: Build, region: str):
        self.builder, self.build, self.region = builder, build, region
        self.cloud = builder.cloud
        self.folder = builder.folder / build.id.replace(":", "-")
        self.succeeding, self.written = True, 0
        self.session: Session | None = None
        self.address = ""

    def run(self) -> None:
        """The phases in the order of the table, each with its outcome."""
        phase, ending = "SUBMITTED", None
        try:
            while phase != "COMPLETED":
                entry = self.build.phase(phase, self.cloud.clock.now())
                outcome = self._outcome(phase, entry)
                entry["endTime"] = self.cloud.clock.now()
                phase = rules("codebuild").go("phase", phase, outcome)
        except Interrupted as interrupted:
            ending, text = interrupted.args
            entry |= {"endTime": self.cloud.clock.now(), "phaseStatus": ending}
            self.say(text, f"[Container] The build is over: {ending}")
        finally:
            self._close()
        events = {"STOPPED": "StopBuild", "TIMED_OUT": "its time is over"}
        passed = "every phase succeeded" if self.succeeding else "a phase failed"
        self.build.end(events.get(ending, passed), self.cloud.clock.now())
        self.build.phase("COMPLETED", self.cloud.clock.now())

    def _close(self) -> None:
        if self.address:
            self.builder.endpoint.close_build(self.address)
        self._flush()

    def say(self, *lines: str) -> None:
        """Adds to the log."""
        self.build.log.extend(line.rstrip("\n") for line in lines if line)

    def _flush(self) -> None:
        if self.session is not None:
            try:
                self.logs.write(self.build.log[self.written :], self.cloud.clock.now())
            except ClientError as error:
                self.say(f"The log was not written: {error}")
            self.written = len(self.build.log)

    def _outcome(self, phase: str, entry: dict) -> str:
        """What a phase came to: a word of the table."""
        deeds = {
            "PROVISIONING": self._provision,
            "DOWNLOAD_SOURCE": self._download,
            "UPLOAD_ARTIFACTS": self._upload,
        }
        try:
            if phase.lower() in buildspec.PHASES:
                return self._phase(phase, entry)
            deeds.get(phase, lambda: None)()
        except _REFUSALS as error:
            not_the_harness(error)
            return self._failed(phase, entry, str(error))
        entry["phaseStatus"] = "SUCCEEDED"
        return "ok"

    def _failed(self, phase: str, entry: dict, message: str, option: str = "") -> str:
        verdict = "succeeding" if self.succeeding else "failing"
        event = "a phase failed, CONTINUE" if option == "CONTINUE" else "a phase failed"
        self.succeeding = rules("codebuild").go("verdict", verdict, event) == "succeeding"
        entry |= {"phaseStatus": "FAILED", "contexts": [{"statusCode": "CLIENT_ERROR", "message": message}]}
        self.say(f"[Container] Phase complete: {phase} State: FAILED", f"[Container] Phase context: {message}")
        return "failed"

    # The phases.

    def _provision(self) -> None:
        project = self.build.project
        role = project["serviceRole"]
        name = f"AWSCodeBuild-{self.build.id.split(':')[1]}"
        session = take(self.cloud, role, "codebuild", name, self.region)
        self.logs = outputs.Logs(session, self.build)
        try:
            self.logs.open()
            self.logs.write(["[Container] Waiting for agent ping"], self.cloud.clock.now())
        except ClientError as error:
            text = "does not allow AWS CodeBuild to create Amazon CloudWatch Logs log streams for build"
            raise AwsError("ACCESS_DENIED", f"Service role {role} {text} {self.build.data['arn']}. {error}") from error
        self.session = session
        self.image = images.Image(project["environment"]["image"])
        privileged = project["environment"].get("privilegedMode", False)
        self.machine = Machine(self.folder, self.builder.tools, self.image, privileged)
        self.machine.ended = self._ended
        self.cache = outputs.Cache(session, project, self.builder.folder / "cache")
        take_key = lambda: self.cloud.assume(role, "codebuild.amazonaws.com", name)  # noqa: E731
        self.address = self.builder.endpoint.open(role, take_key)

    def _ended(self) -> str | None:
        """Whether the build is over although its command is not."""
        limit = timedelta(minutes=self.build.data["timeoutInMinutes"])
        if self.cloud.clock.now() - self.build.data["startTime"] > limit:
            return "TIMED_OUT"
        if self.build.stop or self.builder.interrupt(self.build, self.session):
            return "STOPPED"
        return None

    def _download(self) -> None:
        fetched = sources.fetch(self.session, self.build, self.builder.host, self.folder)
        self.spec = buildspec.read(self._spec_text())
        self.machine.shell = self.spec.shell
        self.say(f"[Container] {self.cache.restore(self.machine.source)}")
        self._runtimes()
        door = self.cloud.environment(None, self.region)
        # The files of the AWS CLI are the build's own.
        door = {name: value for name, value in door.items() if not name.endswith("_FILE")}
        mine = variables.own(self.build, self.region, str(self.machine.source))
        given = variables.chosen(self.session, self.build, self.spec)
        endpoint = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": self.address, **_CONTAINER}
        self.machine.start({**given, **door, **mine, **fetched, **endpoint})

    def _spec_text(self) -> str:
        named = self.build.project["source"].get("buildspec") or "buildspec.yml"
        if "\n" in named:
            return named
        path = self.machine.source / named
        if not path.is_file():
            raise buildspec.SpecError(f"YAML_FILE_ERROR: stat {path}: no such file or directory")
        return path.read_text()

    def _runtimes(self) -> None:
        """Versions that the image lacks are fetched at each build there; here they are a finding."""
        wanted = self.spec.phases["install"].runtimes
        chosen = {name: self.image.version(name, version) for name, version in wanted.items()}
        for name, (version, held) in chosen.items():
            self.say(f"[Container] Installing {'' if held else 'custom '}{name} version {version} ...")
            if not held:
                self.builder.findings.append(f"{self.image.name} does not hold {name} {version}: each build fetches it")
        python = chosen.get("python", (self.image.runtimes["python"][0], True))[0]
        self.machine.set_python(python)

    def _phase(self, name: str, entry: dict) -> str:
        """The commands until one fails, then those of `finally`."""
        phase = self.spec.phases[name.lower()]
        self.machine.export("CODEBUILD_BUILD_SUCCEEDING", "1" if self.succeeding else "0")
        if phase.commands or phase.always:
            self.say(f"[Container] Entering phase {name}")
        wrong = self._commands(phase.commands)
        wrong = self._commands(phase.always) or wrong
        self._flush()
        if wrong is None:
            entry["phaseStatus"] = "SUCCEEDED"
            return "ok"
        self._failed(name, entry, wrong, phase.on_failure or "")
        return f"failed, {phase.on_failure}" if phase.on_failure else "failed"

    def _commands(self, commands: list[str]) -> str | None:
        for command in commands:
            self.say(f"[Container] Running command {command}")
            code, text = self.machine.run(command)
            self.say(text)
            if code:
                missing = [name for name in Machine.missing(text) if name not in self.image.commands]
                self.builder.findings += [f"{self.image.name} has no command {name}" for name in missing]
                self.say(f"[Container] Command did not exit successfully {command} exit status {code}")
                return f"Error while executing command: {command}. Reason: exit status {code}"
        return None

    def _upload(self) -> None:
        """Attempted whatever came before; the cache only of a build that went well."""
        if self.spec.artifacts is None and self.build.outputs and self.succeeding:
            raise outputs.UploadError("CLIENT_ERROR: the buildspec declares no artifacts, and the action has outputs")
        self.say(*outputs.upload_artifacts(self.session, self.build, self.spec, self.machine.source))
        if self.succeeding:
            self.say(f"[Container] {self.cache.save(self.machine.source, self.spec.cache)}")
        exported = {name: self.machine.variable(name) for name in self.spec.exported}
        self.build.data["exportedEnvironmentVariables"] = [
            {"name": name, "value": value} for name, value in exported.items() if value
        ]
