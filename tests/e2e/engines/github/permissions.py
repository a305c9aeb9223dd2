"""Which rights a job's token has, and what an identity token says about the job: what act knows nothing of."""

from __future__ import annotations

from engines import HarnessError, Host
from engines.github.events import Event
from engines.github.workflow import PATH, JobSpec, Workflow

SCOPES = set("actions attestations checks contents deployments discussions id-token issues packages pages pull-requests statuses".split())
LEVELS = {"none": 0, "read": 1, "write": 2}
# A repository's own setting, where the workflow says nothing.
DEFAULT = {"contents": "read", "packages": "read"}
DEFAULT_AUDIENCE = "https://github.com/{owner}"


def granted(workflow: Workflow, job: JobSpec, event: Event) -> dict[str, str]:
    """A job's `permissions` stand in the place of the workflow's; what is not listed is none."""
    given = job.raw.get("permissions", workflow.raw.get("permissions", DEFAULT))
    if not isinstance(given, dict):
        raise HarnessError(f"permissions: {given} is more than any generated workflow may ask for")
    if unknown := (set(given) - SCOPES) | (set(given.values()) - set(LEVELS)):
        raise HarnessError(f"GitHub knows no permission {unknown}")
    if not event.fork:
        return dict(given)
    # A contributor's run can read at most, and proves nothing to a cloud.
    return {scope: "read" if level == "write" else level for scope, level in given.items() if scope != "id-token"}


def allows(permissions: dict[str, str], scope: str, level: str) -> bool:
    return LEVELS[permissions.get(scope, "none")] >= LEVELS[level]


def subject_prefix(host: Host) -> str:
    """What every subject of the repository begins with."""
    owner, name = host.repository.split("/")
    if host.immutable_subjects:
        return f"repo:{owner}@{host.owner_id}/{name}@{host.repository_id}"
    return f"repo:{host.repository}"


def subject(host: Host, event: Event, environment: str | None) -> str:
    """The environment wins over the event, and the event over the ref."""
    if environment:
        context = f"environment:{environment.replace(':', '%3A')}"
    elif event.name == "pull_request":
        context = "pull_request"
    else:
        context = f"ref:{event.ref}"
    return f"{subject_prefix(host)}:{context}"


def claims(host: Host, run, environment: str | None, audience: str | None) -> dict[str, str]:
    """The claims of a token that this job asks for (docs.github.com, OpenID Connect reference)."""
    event, owner = run.event, host.repository.split("/")[0]
    workflow_ref = f"{host.repository}/{PATH}@{event.ref}"
    said = {
        "sub": subject(host, event, environment), "aud": audience or DEFAULT_AUDIENCE.format(owner=owner),
        "ref": event.ref, "ref_type": event.ref_type, "sha": event.sha, "head_ref": event.head_ref, "base_ref": event.base_ref,
        "ref_protected": str(event.ref_name in host.protected_branches and event.ref.startswith("refs/heads/")).lower(),
        "repository": host.repository, "repository_owner": owner, "repository_id": host.repository_id,
        "repository_owner_id": host.owner_id, "repository_visibility": "private" if host.private else "public",
        "run_id": run.id, "run_number": str(run.number), "run_attempt": str(run.attempt), "runner_environment": "github-hosted",
        "actor": event.actor, "event_name": event.name, "workflow": run.workflow.name,
        "workflow_ref": workflow_ref, "workflow_sha": event.sha, "job_workflow_ref": workflow_ref, "job_workflow_sha": event.sha,
    }  # fmt: skip
    return said | ({"environment": environment} if environment else {})
