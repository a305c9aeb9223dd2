"""What CodeBuild refuses in a project, and what of a project is not known here."""

from __future__ import annotations

from urllib.parse import urlparse

from aws.base import AwsError, HarnessError

from .table import rules

_KNOWN = {
    "name", "arn", "description", "source", "sourceVersion", "artifacts", "cache", "environment", "serviceRole",
    "timeoutInMinutes", "queuedTimeoutInMinutes", "encryptionKey", "tags", "logsConfig", "created", "lastModified", "webhook",
    "badgeEnabled", "concurrentBuildLimit",
}  # fmt: skip
_SOURCE = {"type", "location", "gitCloneDepth", "buildspec", "auth", "reportBuildStatus", "insecureSsl"}
_ENVIRONMENT = {"type", "image", "computeType", "environmentVariables", "privilegedMode", "imagePullCredentialsType"}
_CACHE_MODES = {"LOCAL_CUSTOM_CACHE", "LOCAL_SOURCE_CACHE", "LOCAL_DOCKER_LAYER_CACHE"}
REMOTE = {"GITHUB", "GITHUB_ENTERPRISE", "GITLAB", "GITLAB_SELF_MANAGED", "BITBUCKET", "CODECOMMIT"}


def checked(cloud, call, project: dict) -> None:
    """Raises the refusal, or returns."""
    _supported(project)
    source, artifacts = project["source"], project["artifacts"]
    if (source["type"] == "CODEPIPELINE") != (artifacts["type"] == "CODEPIPELINE"):
        _refuse("Invalid artifacts: source type CODEPIPELINE and artifacts type CODEPIPELINE go together")
    if source["type"] in REMOTE and not source.get("location"):
        _refuse("Invalid project source: location is required")
    cache = project.get("cache", {"type": "NO_CACHE"})
    if cache["type"] == "S3" and not cache.get("location"):
        _refuse("Invalid cache: location is required for S3 cache type")
    if cache["type"] == "LOCAL" and not cache.get("modes"):
        _refuse("Invalid cache: at least one mode is required for LOCAL cache type")
    minutes = project.get("timeoutInMinutes", 60)
    if not 5 <= minutes <= 2160:
        _refuse("Invalid timeout: it must be between 5 and 2160 minutes")
    try:
        cloud.assume(project["serviceRole"], "codebuild.amazonaws.com", "AWSCodeBuild")
    except AwsError as error:
        arn = project["serviceRole"]
        rules("codebuild").go("project", "asked for", "its role does not trust CodeBuild")
        _refuse(f"CodeBuild is not authorized to perform: sts:AssumeRole on service role. Check {arn}: {error.message}")


def _refuse(message: str) -> None:
    raise AwsError("InvalidInputException", message)


def _supported(project: dict) -> None:
    """What would be passed over silently is an error of the harness."""
    for found, known, where in (
        (project, _KNOWN, "the project"),
        (project["source"], _SOURCE, "source"),
        (project["environment"], _ENVIRONMENT, "environment"),
        (project["artifacts"], {"type"}, "artifacts"),
    ):
        unknown = {key for key, value in found.items() if value not in (None, [], {})} - known
        if unknown:
            raise HarnessError(f"{where} of CodeBuild: nothing is known here of {sorted(unknown)}")
    if project["source"]["type"] not in {*REMOTE, "CODEPIPELINE"}:
        raise HarnessError(f"source type {project['source']['type']} is not known here")
    if project["artifacts"]["type"] not in ("CODEPIPELINE", "NO_ARTIFACTS"):
        raise HarnessError(f"artifacts type {project['artifacts']['type']} is not known here")
    if project["environment"]["type"] != "LINUX_CONTAINER":
        raise HarnessError(f"environment type {project['environment']['type']} is not known here")
    _logs_and_cache(project)


def _logs_and_cache(project: dict) -> None:
    logs = project.get("logsConfig") or {}
    if (logs.get("s3Logs") or {}).get("status") == "ENABLED":
        raise HarnessError("logs in S3 are not known here")
    cache = project.get("cache") or {}
    if set(cache.get("modes", [])) - _CACHE_MODES or cache.get("cacheNamespace"):
        raise HarnessError(f"cache {cache} is not known here")


def repository_of(project: dict) -> str:
    """`acme/shop` out of the project's address."""
    return urlparse(project["source"]["location"]).path.strip("/").removesuffix(".git")
