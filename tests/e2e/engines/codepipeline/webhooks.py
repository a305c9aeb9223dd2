"""The webhooks of CodeBuild: which events of a host start a build, and who has to say so first."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from engines import HarnessError

from .table import rules

# CodeBuild's user guide, "Filter webhook events" per provider, and WebhookFilter in the API.
_REQUESTS = ("PULL_REQUEST_CREATED", "PULL_REQUEST_UPDATED", "PULL_REQUEST_MERGED", "PULL_REQUEST_CLOSED")
EVENTS = {
    "GITHUB": {"PUSH", "RELEASED", "PRERELEASED", "WORKFLOW_JOB_QUEUED", "PULL_REQUEST_REOPENED", *_REQUESTS},
    "GITHUB_ENTERPRISE": {"PUSH", "RELEASED", "PRERELEASED", "WORKFLOW_JOB_QUEUED", "PULL_REQUEST_REOPENED", *_REQUESTS},
    "GITLAB": {"PUSH", "RELEASED", "WORKFLOW_JOB_QUEUED", *_REQUESTS},
    "GITLAB_SELF_MANAGED": {"PUSH", "RELEASED", "WORKFLOW_JOB_QUEUED", *_REQUESTS},
    "BITBUCKET": {"PUSH", *_REQUESTS},
}
# The role of a contributor who may push, and of a stranger, by host: what an approver has to have.
WRITER = {"GITHUB": "GITHUB_WRITE", "GITHUB_ENTERPRISE": "GITHUB_WRITE", "BITBUCKET": "BITBUCKET_WRITE"}
_WRITER_GITLAB = "GITLAB_DEVELOPER"


@dataclass
class Event:
    """One event of the host, in the words of CodeBuild."""

    name: str  # PUSH, PULL_REQUEST_CREATED ...
    trigger: str  # branch/main, tag/v1, pr/1
    commit: str
    head_ref: str
    base_ref: str = ""
    previous: str = ""
    actor: str = ""
    message: str = ""
    files: list[str] = field(default_factory=list)
    fork: bool = False
    role: str = ""  # what the author may do in the repository, such as GITHUB_WRITE

    @property
    def variables(self) -> dict[str, str]:
        """The CODEBUILD_WEBHOOK_ variables of the build."""
        named = {
            "ACTOR_ACCOUNT_ID": self.actor,
            "BASE_REF": self.base_ref,
            "EVENT": self.name,
            "HEAD_REF": self.head_ref,
            "PREV_COMMIT": self.previous,
            "TRIGGER": self.trigger,
        }
        return {f"CODEBUILD_WEBHOOK_{name}": value for name, value in named.items() if value}


def writer(source_type: str) -> str:
    """The role of those who may push."""
    return WRITER.get(source_type, _WRITER_GITLAB)


def matches(webhook: dict, event: Event) -> bool:
    """Whether some group of filters lets the event in; all filters of a group must."""
    groups = webhook.get("filterGroups") or []
    if webhook.get("branchFilter"):
        raise HarnessError("branchFilter is not known here: use filter groups")
    return not groups or any(all(_filter(each, event) for each in group) for group in groups)


def _filter(found: dict, event: Event) -> bool:
    pattern = found["pattern"]
    if found["type"] == "EVENT":
        return event.name in [word.strip() for word in pattern.split(",")]
    values = {
        "BASE_REF": [event.base_ref],
        "HEAD_REF": [event.head_ref],
        "ACTOR_ACCOUNT_ID": [event.actor],
        "FILE_PATH": event.files,
        "COMMIT_MESSAGE": [event.message],
    }.get(found["type"])
    if values is None:
        raise HarnessError(f"the webhook filter {found['type']} is not known here")
    matched = any(re.search(pattern, value) for value in values)
    return matched != found.get("excludeMatchedPattern", False)


def decide(webhook: dict, event: Event) -> str:
    """`built`, or `held` until somebody who may comments `/codebuild_run`."""
    policy = webhook.get("pullRequestBuildPolicy")
    if not event.name.startswith("PULL_REQUEST"):
        return "built"
    if policy is None:
        return rules("codebuild").go("request", "opened", "no policy")
    needed = policy["requiresCommentApproval"]
    concerned = needed == "ALL_PULL_REQUESTS" or (needed == "FORK_PULL_REQUESTS" and event.fork)
    trusted = not concerned or event.role in policy.get("approverRoles", [])
    return rules("codebuild").go("request", "opened", "trusted contributor" if trusted else "untrusted contributor")


def comment(webhook: dict, role: str) -> str:
    """What a comment of somebody with that role does to a request that is held."""
    trusted = role in webhook["pullRequestBuildPolicy"].get("approverRoles", [])
    words = "a trusted contributor comments" if trusted else "an untrusted contributor comments"
    return rules("codebuild").go("request", "held", words)
