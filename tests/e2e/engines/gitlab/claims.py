"""What GitLab puts into an ID token (lib/gitlab/ci/jwt.rb and jwt_v2.rb of gitlabhq/gitlabhq)."""

from __future__ import annotations

import re

from engines import Host

from .configuration import JobSpec
from .events import ISSUER, USERS, Event

# By the environment's name, where the file names no tier (app/models/environment.rb).
TIERS = [
    ("development", r"(dev|review|trunk)"),
    ("testing", r"(test|tst|int|ac(ce|)pt|qa|qc|control|quality)"),
    ("staging", r"(st(a|)g|mod(e|)l|pre|demo|non)"),
    ("production", r"(pr(o|)d|live)"),
]


def claims(event: Event, host: Host, spec: JobSpec, audience: str, pipeline_id: int, job_id: int) -> dict:
    """The claims of one token of one job. The subject names no environment: every job of the branch has the same."""
    repository = event.repository
    ref_type = "tag" if event.tag else "branch"
    said = {
        "iss": ISSUER, "aud": audience, "sub": f"project_path:{repository.path}:ref_type:{ref_type}:ref:{event.ref}",
        "namespace_id": repository.namespace_id, "namespace_path": repository.path.rsplit("/", 1)[0],
        "project_id": repository.id, "project_path": repository.path, "job_project_id": repository.id,
        "job_project_path": repository.path, "project_visibility": "private" if repository.private else "public",
        "user_id": USERS[event.actor], "user_login": event.actor, "user_email": f"{event.actor}@example.com",
        "pipeline_id": str(pipeline_id), "pipeline_source": event.source, "job_id": str(job_id),
        "ref": event.ref, "ref_type": ref_type, "ref_path": f"refs/{'tags' if event.tag else 'heads'}/{event.ref}",
        "ref_protected": str(event.protected).lower(),
        "runner_id": 12270859, "runner_environment": "gitlab-hosted", "sha": event.sha,
        "ci_config_ref_uri": f"gitlab.com/{repository.path}//.gitlab-ci.yml@{event.ref_path}", "ci_config_sha": event.sha,
    }  # fmt: skip
    return said | _environment(spec.environment, host)


def _environment(name: str | None, host: Host) -> dict[str, str]:
    if name is None:
        return {}
    tier = next((tier for tier, pattern in TIERS if re.search(pattern, name, re.IGNORECASE)), "other")
    protected = str(name in host.environments).lower()
    return {"environment": name, "environment_protected": protected, "deployment_tier": tier, "environment_action": "start"}
