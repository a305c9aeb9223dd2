"""What happens on GitLab that may start a pipeline, and the variables and token claims that follow from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from engines import Host

ISSUER = "https://gitlab.com"
# Who the forks belong to: nobody of the project's members.
STRANGER = "mallory"
USERS = {"alice": "1001", "bob": "1002", STRANGER: "6660"}
SKIP = re.compile(r"\[(ci[ _-]skip|skip[ _-]ci)\]", re.IGNORECASE)


@dataclass(frozen=True)
class Repository:
    """A project of GitLab: the one that pipewright was run in, or a fork of it."""

    path: str
    id: str
    namespace_id: str
    bare: Path
    default_branch: str
    private: bool

    @property
    def url(self) -> str:
        return f"{ISSUER}/{self.path}"


@dataclass(frozen=True)
class MergeRequest:
    """An open merge request; its pipeline runs in the project that its branch is in."""

    iid: int
    title: str
    source: Repository
    target: Repository
    target_branch: str
    base: str


@dataclass(frozen=True)
class Event:
    """A push or a merge request."""

    repository: Repository
    # The branch or tag, whose commit is in the repository.
    ref: str
    tag: bool
    sha: str
    protected: bool
    actor: str
    merge_request: MergeRequest | None = None

    @property
    def source(self) -> str:
        return "merge_request_event" if self.merge_request else "push"

    @property
    def ref_path(self) -> str:
        """What a pipeline belongs to: a newer one of the same makes an older one redundant."""
        if self.merge_request:
            return f"refs/merge-requests/{self.merge_request.iid}/head"
        return f"refs/{'tags' if self.tag else 'heads'}/{self.ref}"


def own(host: Host) -> Repository:
    """The project itself."""
    return Repository(host.repository, host.repository_id, host.owner_id, host.bare, host.default_branch, host.private)


def fork_of(host: Host) -> Repository:
    """The stranger's copy of the project."""
    path = f"{STRANGER}/{host.repository.rsplit('/', 1)[1]}"
    return Repository(path, "7700001", "9900001", host.fork or host.bare, host.default_branch, host.private)


def slug(text: str) -> str:
    """How GitLab makes a name safe for host names."""
    return re.sub(r"[^a-z0-9]", "-", text.lower())[:63].strip("-")


def event_variables(event: Event, host: Host) -> dict[str, str]:
    """The predefined variables that `rules` and jobs see, whatever the job."""
    repository = event.repository
    group, name = repository.path.rsplit("/", 1)
    variables = {
        "CI": "true", "GITLAB_CI": "true", "CI_SERVER_HOST": "gitlab.com", "CI_SERVER_URL": ISSUER, "CI_API_V4_URL": f"{ISSUER}/api/v4",
        "CI_PIPELINE_SOURCE": event.source, "CI_DEFAULT_BRANCH": repository.default_branch, "CI_PROJECT_ID": repository.id,
        "CI_PROJECT_NAME": name, "CI_PROJECT_TITLE": name, "CI_PROJECT_PATH": repository.path, "CI_PROJECT_NAMESPACE": group,
        "CI_PROJECT_ROOT_NAMESPACE": group.split("/")[0], "CI_PROJECT_PATH_SLUG": slug(repository.path), "CI_PROJECT_URL": repository.url,
        "CI_PROJECT_VISIBILITY": "private" if repository.private else "public", "CI_COMMIT_REF_NAME": event.ref,
        "CI_COMMIT_REF_SLUG": slug(event.ref), "CI_COMMIT_REF_PROTECTED": str(event.protected).lower(), "CI_COMMIT_SHA": event.sha,
        "CI_COMMIT_SHORT_SHA": event.sha[:8], "GITLAB_USER_LOGIN": event.actor, "GITLAB_USER_NAME": event.actor.title(),
        "GITLAB_USER_EMAIL": f"{event.actor}@example.com", "GITLAB_USER_ID": USERS[event.actor],
    }  # fmt: skip
    variables |= _commit_variables(event, host)
    if event.merge_request:
        return variables | _request_variables(event, event.merge_request, host)
    return variables | {"CI_COMMIT_TAG" if event.tag else "CI_COMMIT_BRANCH": event.ref}


def _commit_variables(event: Event, host: Host) -> dict[str, str]:
    message = host.git("log", "-1", "--format=%B", event.sha, folder=event.repository.bare)
    return {
        "CI_COMMIT_MESSAGE": message,
        "CI_COMMIT_TITLE": message.split("\n")[0],
        "CI_COMMIT_DESCRIPTION": "\n".join(message.split("\n")[1:]).strip(),
        "CI_COMMIT_AUTHOR": host.git("log", "-1", "--format=%an <%ae>", event.sha, folder=event.repository.bare),
        "CI_COMMIT_TIMESTAMP": host.git("log", "-1", "--format=%cI", event.sha, folder=event.repository.bare),
    }


def _request_variables(event: Event, request: MergeRequest, host: Host) -> dict[str, str]:
    source_protected = request.source == request.target and event.ref in host.protected_branches
    facts = {
        "ID": str(800000 + request.iid), "IID": str(request.iid), "REF_PATH": event.ref_path, "EVENT_TYPE": "detached",
        "TITLE": request.title, "DESCRIPTION": "", "DIFF_BASE_SHA": request.base,
        "PROJECT_ID": request.target.id, "PROJECT_PATH": request.target.path, "PROJECT_URL": request.target.url,
        "SOURCE_PROJECT_ID": request.source.id, "SOURCE_PROJECT_PATH": request.source.path, "SOURCE_PROJECT_URL": request.source.url,
        "SOURCE_BRANCH_NAME": event.ref, "SOURCE_BRANCH_PROTECTED": str(source_protected).lower(), "SOURCE_BRANCH_SHA": "",
        "TARGET_BRANCH_NAME": request.target_branch, "TARGET_BRANCH_SHA": "",
        "TARGET_BRANCH_PROTECTED": str(request.target_branch in host.protected_branches).lower(),
    }  # fmt: skip
    variables = {f"CI_MERGE_REQUEST_{name}": value for name, value in facts.items()}
    return variables | {"CI_OPEN_MERGE_REQUESTS": f"{request.target.path}!{request.iid}"}
