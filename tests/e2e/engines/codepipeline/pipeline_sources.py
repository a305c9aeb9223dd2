"""The source actions of a pipeline: the commit that an execution takes, put into the artifact bucket as the pipeline's role."""

from __future__ import annotations

import secrets
from typing import Any

from engines import HarnessError, Host

from . import connections, files
from .builds import Location
from .executions import ActionFailed, ActionRun, Execution
from .session import Session
from .table import rules

_LOOKS = "its location, versioning and ACL are read"

def bring(session: Session, host: Host, pipeline: Any, execution: Execution, action: dict, run: ActionRun) -> None:
    """The action's whole work; raises what stands in the way."""
    settings = action["configuration"]
    if settings.get("OutputArtifactFormat", "CODE_ZIP") != "CODE_ZIP":
        raise HarnessError("a source as a clone (CODEBUILD_CLONE_REF) is not known here")
    repository = _reach(session, host, action)
    given = execution.revisions.get(action["name"], {})
    branch = given.get("branch") or settings["BranchName"]
    commit = given.get("commit") or _head(host, branch)
    execution.revisions[action["name"]] = {"commit": commit, "branch": branch}
    name = action["outputArtifacts"][0]["name"]
    execution.artifacts[name] = _put(session, pipeline, name, files.source_zip(host.bare, commit), commit)
    message = host.git("log", "-1", "--format=%B", commit)
    run.variables = {
        "CommitId": commit, "BranchName": branch, "CommitMessage": message, "FullRepositoryName": repository,
        "AuthorDate": host.git("log", "-1", "--format=%aI", commit),
    }  # fmt: skip
    run.log = f"{repository} {branch} {commit}\n{message}"


def _head(host: Host, branch: str) -> str:
    try:
        return host.commit(branch)
    except HarnessError as error:
        raise ActionFailed(f"No Branch [{branch}] found") from error


def _reach(session: Session, host: Host, action: dict) -> str:
    """Whether the role may read the repository; its name."""
    settings = action["configuration"]
    if action["actionTypeId"]["provider"] == "CodeCommit":
        # https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html
        needed = ["GetBranch", "GetCommit", "UploadArchive", "GetUploadArchiveStatus"]
        connections.use_codecommit(session.cloud, session.principal, session.region, settings["RepositoryName"], needed)
        return settings["RepositoryName"]
    name = settings["FullRepositoryId"]
    connections.use(session.cloud, session.principal, session.region, settings["ConnectionArn"], ["UseConnection"], name)
    if name != host.repository:
        raise ActionFailed(f"The connection has no repository {name}")
    return name


def _put(session: Session, pipeline: Any, name: str, content: bytes, revision: str) -> Location:
    """Into the artifact bucket. AWS lists the looks at the bucket as needed; it never says when they happen."""
    location = location_in(pipeline, name)
    bucket = session.client("s3")
    looks = {_LOOKS: (bucket.get_bucket_location, bucket.get_bucket_versioning, bucket.get_bucket_acl)}
    for look in looks[rules("codepipeline").go("bucket", "named", "the first artifact is put")]:
        look(Bucket=location.bucket)
    answer = bucket.put_object(Bucket=location.bucket, Key=location.key, Body=content)
    return Location(location.bucket, location.key, answer.get("VersionId"), revision)


def location_in(pipeline: Any, name: str) -> Location:
    """A new place for an artifact: CodePipeline cuts both names short in its keys."""
    key = f"{pipeline.name[:20]}/{name[:10]}/{secrets.token_hex(4)[:7]}"
    return Location(pipeline.definition["artifactStore"]["location"], key)
