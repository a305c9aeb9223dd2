"""Starts tasks as Fargate does: with the execution role's permissions, whose every call goes through the front door."""

from __future__ import annotations

import json
import re
from typing import Any

from botocore.exceptions import ClientError

from images import registry as local
from images.container import Container

from ...base import AwsError
from .state import Revision

ECR = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/(?P<name>[^:@]+)(?P<reference>[:@].+)?")
TASKS = "ecs-tasks.amazonaws.com"
# Why a task never starts: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
SECRETS = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
LOGS = "ResourceInitializationError: failed to validate logger args: "
PULL = "CannotPullContainerError: "


class CannotStart(Exception):
    """A task stopped before its container ran; the text is ECS's stoppedReason."""


class Launch:
    """One attempt to start the container of a revision. `digest` is what was pulled."""

    def __init__(self, cloud: Any, revision: Revision, region: str, task: str):
        self.cloud, self.revision, self.region, self.task = cloud, revision, region, task
        self.container = revision.configuration["primaryContainer"]

    def pull(self) -> str:
        """Everything that happens before the container runs; answers the image's digest."""
        self._assume(self.revision.configuration.get("taskRoleArn"), "task role")
        self.credentials = self._assume(self.revision.configuration["executionRoleArn"], "execution role")
        self.secrets = {one["name"]: self._secret(one["valueFrom"]) for one in self.container.get("secrets", [])}
        digest = self._image()
        if "awsLogsConfiguration" in self.container:
            self._logs(self.container["awsLogsConfiguration"])
        return digest

    def run(self, digest: str) -> Container:
        """The container itself, once it is healthy; raises NotHealthy."""
        plain = {one["name"]: one["value"] for one in self.container.get("environment", [])}
        region = {"AWS_REGION": self.region, "AWS_DEFAULT_REGION": self.region}
        found = ECR.fullmatch(self.container["image"])
        state = self.cloud.state("ecr", found["account"], found["region"])
        container = Container(
            local.shared(), state.repository(found["name"]).place, digest, self.container["containerPort"],
            {**region, **plain, **self.secrets}, self.container.get("command") or None,
        )  # fmt: skip
        try:
            container.start(self.revision.configuration["healthCheckPath"])
        finally:
            self._write(container.log)
        return container

    def _write(self, text: str) -> None:
        """What the container said, where its log configuration wants it."""
        lines = [line for line in text.splitlines() if line]
        if lines and "awsLogsConfiguration" in self.container:
            now = int(self.cloud.clock.now().timestamp() * 1000)
            self._client("logs", self.region).put_log_events(
                logGroupName=self.container["awsLogsConfiguration"]["logGroup"], logStreamName=self._stream,
                logEvents=[{"timestamp": now, "message": line} for line in lines],
            )  # fmt: skip

    @property
    def _stream(self) -> str:
        return f"{self.container['awsLogsConfiguration']['logStreamPrefix']}/Main/{self.task.rsplit('/', 1)[-1]}"

    def _assume(self, role: str | None, what: str) -> Any:
        if role is None:
            return None
        try:
            return self.cloud.assume(role, by=TASKS, session=self.task.rsplit("/", 1)[-1])
        except AwsError as refusal:
            raise CannotStart(
                f"ECS was unable to assume the {what} '{role}' that was provided for this task. Please verify that the "
                "role being passed has the proper trust relationship and permissions and that your IAM user has "
                "permissions to pass this role."
            ) from refusal

    def _client(self, service: str, region: str) -> Any:
        return self.cloud.client(self.credentials, service, region)

    def _image(self) -> str:
        found = ECR.fullmatch(self.container["image"])
        if found is None:
            raise CannotStart(f"{PULL}the harness's tasks can only pull from ECR, not {self.container['image']}")
        where = {"registryId": found["account"], "repositoryName": found["name"]}
        reference = found["reference"] or ":latest"
        key = {"imageDigest" if reference[0] == "@" else "imageTag": reference[1:]}
        try:
            self._client("ecr", self.region).get_authorization_token()
        except ClientError as refusal:
            raise CannotStart(f"{SECRETS}unable to retrieve ecr registry auth: {words(refusal)}") from refusal
        return self._layers(self._client("ecr", found["region"]), where, key)

    def _layers(self, ecr: Any, where: dict, key: dict) -> str:
        try:
            images = ecr.batch_get_image(**where, imageIds=[key])["images"]
            if not images:
                reference = next(iter(key.values()))
                raise CannotStart(f"{PULL}failed to resolve ref {self.container['image']}: {reference}: not found")
            digest = images[0]["imageId"]["imageDigest"]
            for layer in digests(images[0]["imageManifest"]):
                ecr.get_download_url_for_layer(**where, layerDigest=layer)
            return digest
        except ClientError as refusal:
            raise CannotStart(f"{PULL}pull image manifest has been retried 1 time(s): {words(refusal)}") from refusal

    def _secret(self, reference: str) -> str:
        """The value of a secret or a parameter, read as the execution role."""
        service = reference.split(":")[2] if reference.startswith("arn:") else "ssm"
        try:
            if service == "secretsmanager":
                arn = ":".join(reference.split(":")[:7])
                return self._client(service, arn.split(":")[3]).get_secret_value(SecretId=arn)["SecretString"]
            answer = self._client("ssm", self.region).get_parameters(Names=[reference], WithDecryption=True)
        except ClientError as refusal:
            what = "secret from asm" if service == "secretsmanager" else "secrets from ssm"
            raise CannotStart(f"{SECRETS}unable to retrieve {what}: {words(refusal)}") from refusal
        if answer["InvalidParameters"]:
            raise CannotStart(f"{SECRETS}unable to retrieve secrets from ssm: invalid parameters: {reference}")
        return answer["Parameters"][0]["Value"]

    def _logs(self, logs: dict) -> None:
        try:
            self._client("logs", self.region).create_log_stream(logGroupName=logs["logGroup"], logStreamName=self._stream)
        except ClientError as refusal:
            raise CannotStart(f"{LOGS}create stream has been retried 1 times: {words(refusal)}") from refusal


def digests(manifest: str) -> list[str]:
    """The parts of an image that a host downloads."""
    content = json.loads(manifest)
    return [part["digest"] for part in [content["config"], *content["layers"]]]


def words(refusal: ClientError) -> str:
    """A refusal as the agent quotes it."""
    error = refusal.response["Error"]
    return f"{error['Code']}: {error['Message']}"
