"""What a build leaves behind: artifacts, cache and logs, written as the project's role."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from engines import HarnessError

from . import files
from .builds import Build
from .buildspec import Buildspec
from .table import rules

# PutLogEvents takes 1,048,576 bytes, 26 of them for each event, and 10,000 events.
_BATCH_BYTES, _BATCH_EVENTS = 1_000_000, 10_000


class UploadError(Exception):
    """UPLOAD_ARTIFACTS ends with this context."""


def upload_artifacts(session: Any, build: Build, spec: Buildspec, source: Path) -> list[str]:
    """Puts each output where CodePipeline wants it; lines for the log."""
    lines = []
    for number, (name, location) in enumerate(build.outputs.items()):
        declared = _declared(spec, name, number, len(build.outputs))
        base = source / declared.get("base-directory", ".")
        if not base.is_dir():
            raise UploadError(f"CLIENT_ERROR: no matching base directory path found for {declared['base-directory']}")
        found = files.matching(base.resolve(), declared["files"])
        if not found:
            raise UploadError("CLIENT_ERROR: no matching artifact paths found")
        session.client("s3").put_object(Bucket=location.bucket, Key=location.key, Body=files.pack(base.resolve(), found))
        lines.append(f"Uploaded {len(found)} files as {name}")
    return lines


def _declared(spec: Buildspec, name: str, number: int, count: int) -> dict:
    """One output takes `artifacts`; several take the secondary ones by name, and the rest of them what stands first."""
    declared = spec.artifacts or {}
    secondary = declared.get("secondary-artifacts") or {}
    if count > 1 and name in secondary:
        return secondary[name]
    if not declared.get("files"):
        raise UploadError(f"CLIENT_ERROR: the buildspec declares no artifacts for {name}")
    if number and count > 1:
        raise HarnessError(f"the output artifact {name} is no secondary artifact: what CodeBuild does then is not documented")
    return declared


class Cache:
    """The cache of a project: a folder of this engine, or an object below the location in S3."""

    def __init__(self, session: Any, project: dict, local: Path):
        self._session = session
        settings = project.get("cache") or {"type": "NO_CACHE"}
        self.kind = settings["type"]
        if self.kind == "LOCAL" and "LOCAL_CUSTOM_CACHE" not in settings["modes"]:
            self.kind = "NO_CACHE"
        self._local = local / f"{project['name']}.zip"
        self._bucket, _, prefix = settings.get("location", "").partition("/")
        self._key = f"{prefix}/cache.zip".lstrip("/")

    def restore(self, source: Path) -> str:
        """A line for the log; a cache that cannot be read does not stop the build."""
        try:
            content = self._read()
        except ClientError as error:
            return f"Unable to download cache, {rules('codebuild').go('cache', 'there', 'cannot be read')}: {error}"
        if content:
            files.unpack(content, source)
        return "Cache restored" if content else "There is no cache yet"

    def _read(self) -> bytes | None:
        if self.kind == "LOCAL":
            return self._local.read_bytes() if self._local.exists() else None
        if self.kind == "NO_CACHE":
            return None
        try:
            return self._session.client("s3").get_object(Bucket=self._bucket, Key=self._key)["Body"].read()
        except ClientError as error:
            # Without s3:ListBucket an absent object is answered with 403, and CodeBuild goes on in both cases.
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise

    def save(self, source: Path, patterns: list[str]) -> str:
        """A line for the log; a cache that cannot be written does not fail the build."""
        if any(pattern.startswith(("/", "~")) for pattern in patterns):
            raise HarnessError("a cache outside the source folder is not known here")
        if self.kind == "NO_CACHE" or not patterns:
            return "No cache to save"
        content = files.pack(source, files.matching(source, patterns))
        if self.kind == "LOCAL":
            self._local.parent.mkdir(parents=True, exist_ok=True)
            self._local.write_bytes(content)
            return "Cache saved"
        try:
            self._session.client("s3").put_object(Bucket=self._bucket, Key=self._key, Body=content)
        except ClientError as error:
            return f"Unable to upload cache, {rules('codebuild').go('cache', 'made', 'cannot be written')}: {error}"
        return "Cache saved"


class Logs:
    """The build's stream in CloudWatch Logs."""

    def __init__(self, session: Any, build: Build):
        settings = (build.project.get("logsConfig") or {}).get("cloudWatchLogs") or {"status": "ENABLED"}
        self._on = settings["status"] == "ENABLED"
        self._session = session
        self.group = settings.get("groupName") or f"/aws/codebuild/{build.project['name']}"
        prefix = settings.get("streamName")
        self.stream = "/".join(part for part in (prefix, build.id.split(":")[1]) if part)

    def open(self) -> None:
        """Makes the stream, and the group where there is none yet."""
        if not self._on:
            return
        client = self._session.client("logs")
        try:
            client.create_log_stream(logGroupName=self.group, logStreamName=self.stream)
        except client.exceptions.ResourceNotFoundException:
            client.create_log_group(logGroupName=self.group)
            client.create_log_stream(logGroupName=self.group, logStreamName=self.stream)

    def write(self, lines: list[str], now: Any) -> None:
        """Appends lines."""
        events = [{"timestamp": int(now.timestamp() * 1000), "message": line[:200_000]} for line in lines if line]
        batch: list[dict] = []
        size = 0
        for event in events:
            length = len(event["message"].encode()) + 26
            if batch and (size + length > _BATCH_BYTES or len(batch) == _BATCH_EVENTS):
                self._put(batch)
                batch, size = [], 0
            batch.append(event)
            size += length
        if batch:
            self._put(batch)

    def _put(self, batch: list[dict]) -> None:
        if self._on:
            self._session.client("logs").put_log_events(logGroupName=self.group, logStreamName=self.stream, logEvents=batch)
