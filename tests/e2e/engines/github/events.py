"""What happened on the host, with the payload and the contexts that GitHub makes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from engines import HarnessError, Host
from engines.github.workflow import Workflow, refuse_unknown

ZERO = "0" * 40
SKIP = re.compile(r"\[(skip ci|ci skip|no ci|skip actions|actions skip)\]|^skip-checks: ?true$", re.M)


@dataclass
class Event:
    """One event of one ref."""

    name: str
    ref: str
    # The commit that github.sha names; for a pull request the merge commit.
    sha: str
    # The commit and the branch that the run's page names.
    head_sha: str
    head_branch: str
    actor: str
    payload: dict
    head_ref: str = ""
    base_ref: str = ""
    fork: bool = False
    inputs: dict[str, str] = field(default_factory=dict)

    @property
    def ref_name(self) -> str:
        return re.sub(r"^refs/(heads|tags|pull)/", "", self.ref)

    @property
    def ref_type(self) -> str:
        return "tag" if self.ref.startswith("refs/tags/") else "branch"


def push(host: Host, ref: str, actor: str, before: str = ZERO) -> Event:
    """A pushed branch or tag; `before` is where it pointed until then."""
    sha = host.commit(ref)
    message = host.git("log", "-1", "--format=%B", sha)
    payload = {
        "ref": ref, "before": before, "after": sha, "created": before == ZERO, "deleted": False, "forced": False,
        "head_commit": {"id": sha, "message": message}, "commits": [{"id": sha, "message": message}],
        "pusher": {"name": actor}, **_common(host, actor),
    }  # fmt: skip
    return Event("push", ref, sha, sha, re.sub(r"^refs/\w+/", "", ref), actor, payload)


def pull_request(host: Host, branch: str, number: int, *, fork: bool, title: str, target: str, action: str) -> Event:
    """A request to merge a branch; makes refs/pull/N/head and /merge in the bare repository, as GitHub does."""
    source, actor = (host.fork, "mallory") if fork else (host.bare, "alice")
    if source is None:
        raise HarnessError("the host has no fork")
    head = host.commit(f"refs/heads/{branch}", folder=source)
    host.git("fetch", "--quiet", str(source), f"+{head}:refs/pull/{number}/head")
    merge = _merge(host, number, target, head)
    owner = "mallory/" + host.repository.split("/")[1] if fork else host.repository
    request = {
        "number": number, "title": title, "state": "open", "merged": False, "user": {"login": actor},
        "head": {"ref": branch, "sha": head, "repo": {"full_name": owner, "fork": fork}},
        "base": {"ref": target, "sha": host.commit(target), "repo": {"full_name": host.repository, "fork": False}},
    }  # fmt: skip
    payload = {"action": action, "number": number, "pull_request": request, **_common(host, actor)}
    ref = f"refs/pull/{number}/merge"
    return Event("pull_request", ref, merge, head, branch, actor, payload, branch, target, fork)


def dispatch(host: Host, ref: str, actor: str, inputs: dict[str, str]) -> Event:
    """A person started the workflow."""
    sha = host.commit(ref)
    payload = {"ref": ref, "inputs": inputs, "workflow": ".github/workflows/pipeline.yml", **_common(host, actor)}
    return Event("workflow_dispatch", ref, sha, sha, re.sub(r"^refs/\w+/", "", ref), actor, payload, inputs=inputs)


def starts(workflow: Workflow, event: Event) -> bool:
    """Whether the workflow of that commit listens to this event."""
    if event.name not in workflow.on:
        return False
    filters = workflow.on[event.name]
    if event.name == "push":
        return not SKIP.search(event.payload["head_commit"]["message"]) and _push_matches(filters, event)
    if event.name == "pull_request":
        refuse_unknown("on.pull_request", filters, {"branches"})
        return "branches" not in filters or _matches(filters["branches"], event.base_ref)
    return True


def matches_branch(patterns: list[str], event: Event) -> bool:
    """Whether an environment's deployment branches let this ref deploy; the ref of a pull request is no branch."""
    return event.ref.startswith("refs/heads/") and _matches(patterns, event.ref_name)


def _push_matches(filters: dict, event: Event) -> bool:
    refuse_unknown("on.push", filters, {"branches", "tags"})
    kind, other = ("tags", "branches") if event.ref_type == "tag" else ("branches", "tags")
    if kind not in filters:
        # Naming only branches leaves every tag out, and the other way round; naming neither takes both.
        return other not in filters
    return _matches(filters[kind], event.ref_name)


def _matches(patterns: list[str], name: str) -> bool:
    """GitHub's patterns as far as they are emitted: `*` stops at a slash, `**` does not; the last match decides."""
    answer = False
    for pattern in patterns:
        wanted = pattern.removeprefix("!")
        if re.search(r"[?+\[\]]", wanted):
            raise HarnessError(f"the pattern {pattern} is more than the harness knows")
        regex = re.escape(wanted).replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
        if re.fullmatch(regex, name):
            answer = not pattern.startswith("!")
    return answer


def _common(host: Host, actor: str) -> dict:
    owner = host.repository.split("/")[0]
    repository = {
        "id": int(host.repository_id), "name": host.repository.split("/")[1], "full_name": host.repository, "private": host.private,
        "default_branch": host.default_branch, "owner": {"login": owner, "id": int(host.owner_id)}, "fork": False,
    }  # fmt: skip
    return {"repository": repository, "sender": {"login": actor}}


def _merge(host: Host, number: int, target: str, head: str) -> str:
    """The commit that GitHub makes to try the merge; a conflict starts no run at all there."""
    base = host.commit(target)
    tree = host.git("merge-tree", "--write-tree", base, head).splitlines()[0]
    identity = ("-c", "user.name=GitHub", "-c", "user.email=noreply@github.com")
    merge = host.git(*identity, "commit-tree", tree, "-p", base, "-p", head, "-m", f"Merge {head} into {base}")
    host.git("update-ref", f"refs/pull/{number}/merge", merge)
    return merge
