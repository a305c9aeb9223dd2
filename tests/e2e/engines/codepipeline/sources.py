"""The source of a build on the machine: artifacts out of the bucket, or a clone of the repository, fetched as the project's role."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from engines import Host

from . import connections, files
from .builds import Build, Location
from .permissions import permit
from .projects import repository_of


def fetch(session: "Any", build: Build, host: Host, folder: Path) -> dict[str, str]:
    """Fills the machine's folders; the variables that name them and the version. Raises what stands in the way."""
    if build.project["source"]["type"] == "CODEPIPELINE":
        return _artifacts(session, build, folder)
    return _clone(session, build, host, folder)


def _artifacts(session: Any, build: Build, folder: Path) -> dict[str, str]:
    """CodePipeline's inputs: the primary one is the source folder, each other has a folder and a variable of its own."""
    if not build.inputs:
        raise connections.ConnectionRefused("a project with the source CODEPIPELINE is built by CodePipeline alone")
    variables = {}
    for number, (name, location) in enumerate(build.inputs.items()):
        target = folder / "src" if number == 0 else folder / f"src-{number}"
        files.unpack(get(session, location), target)
        if number:
            variables[f"CODEBUILD_SRC_DIR_{name}"] = str(target)
    primary = next(iter(build.inputs.values()))
    build.data["resolvedSourceVersion"] = primary.revision
    version = f"arn:aws:s3:::{primary.bucket}/{primary.key}"
    return variables | {"CODEBUILD_SOURCE_VERSION": version, "CODEBUILD_RESOLVED_SOURCE_VERSION": primary.revision}


def get(session: Any, location: Location) -> bytes:
    """Reads an artifact, in the version that was handed over."""
    bucket = session.client("s3")
    bucket.get_bucket_location(Bucket=location.bucket)
    bucket.get_bucket_acl(Bucket=location.bucket)
    version = {"VersionId": location.version} if location.version else {}
    if version:
        arn = f"arn:aws:s3:::{location.bucket}/{location.key}"
        permit(session.cloud, session.principal, session.region, "s3:GetObjectVersion", arn)
    return bucket.get_object(Bucket=location.bucket, Key=location.key, **version)["Body"].read()


def _clone(session: Any, build: Build, host: Host, folder: Path) -> dict[str, str]:
    """A clone of one commit, with the .git that artifacts lack."""
    source = build.project["source"]
    reach(session, source, build.project)
    origin, commit = _origin(build, host)
    target = folder / "src"
    depth = source.get("gitCloneDepth") or 0
    _git("init", "--quiet", str(target))
    _git("-C", str(target), "remote", "add", "origin", source["location"])
    shallow = [f"--depth={depth}"] if depth else []
    _git("-C", str(target), "fetch", "--quiet", *shallow, f"file://{origin}", commit)
    _git("-C", str(target), "-c", "advice.detachedHead=false", "checkout", "--quiet", commit)
    build.data["resolvedSourceVersion"] = commit
    return {
        "CODEBUILD_SOURCE_REPO_URL": source["location"],
        "CODEBUILD_SOURCE_VERSION": build.data.get("sourceVersion", commit),
        "CODEBUILD_RESOLVED_SOURCE_VERSION": commit,
    }


def reach(session: Any, source: dict, project: dict) -> None:
    """The role has to be allowed what stands between it and the repository."""
    repository = repository_of(project)
    if source["type"] == "CODECOMMIT":
        name = repository.rsplit("/", 1)[-1]
        connections.use_codecommit(session.cloud, session.principal, session.region, name, ["GitPull"])
        return
    auth = source.get("auth") or {}
    if auth.get("type") != "CODECONNECTIONS":
        raise connections.ConnectionRefused("the project names no connection, and no other credential is known here")
    actions = ["UseConnection", "GetConnection", "GetConnectionToken"]
    connections.use(session.cloud, session.principal, session.region, auth["resource"], actions, repository)


def _origin(build: Build, host: Host) -> tuple[Path, str]:
    """Where the commit lies: a request of a fork is fetched through the host, which has its commits too."""
    version = build.data.get("sourceVersion") or host.default_branch
    commit = build.overrides.get("commit")
    if commit is None:
        commit = host.commit(version)
    held = subprocess.run(["git", "-C", str(host.bare), "cat-file", "-e", commit], capture_output=True, check=False)
    return (host.bare if held.returncode == 0 or host.fork is None else host.fork), commit


def _git(*arguments: str) -> None:
    environment = {"PATH": "/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1", "HOME": "/nonexistent", "GIT_CONFIG_COUNT": "1"}
    trust = {"GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    subprocess.run(["git", *arguments], check=True, capture_output=True, env=environment | trust)
