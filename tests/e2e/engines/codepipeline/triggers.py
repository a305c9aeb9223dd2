"""The triggers of a pipeline: which pushes start it, and with which commit."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from engines import HarnessError

from . import connections
from .files import expression

# Above this many changed files the filter on paths is passed over (AWS's own guidance for CodePipeline, facts/aws.md).
_MOST_FILES = 100


@dataclass
class Push:
    """A push of a branch or a tag."""

    kind: str  # branch or tag
    name: str
    commit: str
    previous: str = ""
    files: list[str] = field(default_factory=list)
    actor: str = ""


def starts(cloud: Any, pipeline: Any, repository: str, push: Push) -> dict[str, dict[str, str]] | None:
    """The revisions of the execution that the push starts, or None."""
    for action in pipeline.definition["stages"][0]["actions"]:
        if action["actionTypeId"]["provider"] != "CodeStarSourceConnection":
            continue
        settings = action["configuration"]
        heard = settings["FullRepositoryId"] == repository
        if heard and connections.status(cloud, settings["ConnectionArn"]) == "AVAILABLE" and _wanted(pipeline, action, push):
            return {action["name"]: {"commit": push.commit, "branch": push.name if push.kind == "branch" else ""}}
    return None


def _wanted(pipeline: Any, action: dict, push: Push) -> bool:
    mine = [
        trigger["gitConfiguration"]
        for trigger in pipeline.definition.get("triggers") or []
        if trigger["gitConfiguration"]["sourceActionName"] == action["name"]
    ]
    if not mine:
        settings = action["configuration"]
        detects = settings.get("DetectChanges", "true") == "true"
        return detects and push.kind == "branch" and push.name == settings["BranchName"]
    return any(_filter(each, push) for git in mine for each in git.get("push") or [])


def _filter(found: dict, push: Push) -> bool:
    unknown = set(found) - {"branches", "tags", "filePaths"}
    if unknown:
        raise HarnessError(f"a push filter with {sorted(unknown)} is not known here")
    criteria = found.get("tags" if push.kind == "tag" else "branches")
    if criteria is None or not matches(criteria, [push.name]):
        return False
    paths = found.get("filePaths")
    return paths is None or len(push.files) > _MOST_FILES or matches(paths, push.files)


def matches(criteria: dict, names: list[str]) -> bool:
    """Whether one of the names is included and not excluded; excludes go first."""
    includes, excludes = criteria.get("includes"), criteria.get("excludes") or []
    left = [name for name in names if not _any(excludes, name)]
    return any(includes is None or _any(includes, name) for name in left)


def _any(patterns: list[str], name: str) -> bool:
    return any(re.fullmatch(expression(pattern), name) for pattern in patterns)


def hears_requests(pipeline: Any) -> bool:
    """Whether pull requests start this pipeline too."""
    return any(trigger["gitConfiguration"].get("pullRequest") for trigger in pipeline.definition.get("triggers") or [])
