"""The few requests of GitHub's REST API that are printed or emitted, with the rights that each one takes."""

from __future__ import annotations

import re

from engines import HarnessError, Rule
from engines.github.permissions import allows, subject_prefix
from engines.github.workflow import Workflow


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status, self.message = status, message
        self.body = {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status)}


def request(engine, grant, method: str, path: str, said: dict) -> dict:
    """One request; what is not in the table is an error of the harness."""
    for wanted, pattern, answer in ROUTES:
        found = re.fullmatch(pattern.replace("REPO", f"repos/{re.escape(engine.host.repository)}"), path.strip("/"))
        if method == wanted and found:
            return answer(engine, grant, said, *found.groups())
    raise HarnessError(f"{method} {path}: the harness does not know that request")


def body(fields: list[tuple[str, str, bool]]) -> dict:
    """What gh makes of -f and -F: `a[b]=c` is an object, `a[][b]=c` a list of one; only -F has typed values."""
    said: dict = {}
    for name, text, typed in fields:
        value = {"true": True, "false": False, "null": None}.get(text, int(text) if text.isdigit() else text) if typed else text
        first, *rest = re.findall(r"[^\[\]]+|\[\]", name)
        if not rest:
            said[first] = value
        elif rest[0] == "[]":
            said.setdefault(first, [{}])[0][rest[1]] = value
        else:
            said.setdefault(first, {})[rest[0]] = value
    return said


def dispatch_inputs(workflow: Workflow, given: dict[str, str]) -> dict[str, str]:
    """The inputs of a run that a person starts, refused as GitHub refuses them."""
    if "workflow_dispatch" not in workflow.on:
        raise Refused(422, "Workflow does not have 'workflow_dispatch' trigger")
    known = workflow.on["workflow_dispatch"].get("inputs", {})
    if unknown := set(given) - set(known):
        raise Refused(422, f"Unexpected inputs provided: {sorted(unknown)}")
    values = {name: given.get(name, str(spec.get("default", ""))) for name, spec in known.items()}
    for name, spec in known.items():
        if spec.get("required") and not values[name]:
            raise Refused(422, f"Required input '{name}' not provided")
        if spec.get("type") == "choice" and values[name] not in map(str, spec["options"]):
            raise Refused(422, f"Provided value '{values[name]}' for input '{name}' not in the list of allowed values")
    return values


def _subject(engine, grant, said: dict) -> dict:
    """Whether the prefix is also told where subjects carry no ids is unproven: it is left out, so that the fallback is used."""
    _need(grant, "actions", "read")
    host = engine.host
    answer = {"use_default": True, "use_immutable_subject": host.immutable_subjects}
    return answer | ({"sub_claim_prefix": subject_prefix(host)} if host.immutable_subjects else {})


def _run(engine, grant, said: dict, run_id: str) -> dict:
    _need(grant, "actions", "read")
    if run_id not in engine.site.runs:
        raise Refused(404, "Not Found")
    return engine.site.runs[run_id].as_json(engine.host.repository)


def _user(engine, grant, said: dict) -> dict:
    return {"login": grant.login, "id": engine.site.users[grant.login]}


def _environment(engine, grant, said: dict, name: str) -> dict:
    _need(grant, "actions", "read")
    rule = engine.host.environments.get(name)
    if rule is None:
        raise Refused(404, "Not Found")
    rules = [{"type": "required_reviewers"}] if rule.reviewers else []
    return {"name": name, "protection_rules": rules + ([{"type": "branch_policy"}] if rule.branches else [])}


def _put_environment(engine, grant, said: dict, name: str) -> dict:
    """Reviewers of a private repository need GitHub Enterprise; the host of the tests has no plan, so private ones are refused."""
    _need_person(grant)
    if unknown := set(said) - {"reviewers", "deployment_branch_policy"}:
        raise HarnessError(f"PUT environments: the harness does not know {unknown}")
    if said.get("reviewers") and engine.host.private:
        raise Refused(422, "Please ensure the billing plan supports the required reviewers protection rule.")
    logins = {number: login for login, number in engine.site.users.items()}
    engine.host.environments[name] = Rule(reviewers=[logins[each["id"]] for each in said.get("reviewers", [])])
    engine.site.custom_branches[name] = bool((said.get("deployment_branch_policy") or {}).get("custom_branch_policies"))
    return _environment(engine, grant, {}, name)


def _post_branch(engine, grant, said: dict, name: str) -> dict:
    _need_person(grant)
    if not engine.site.custom_branches.get(name):
        raise Refused(404, "Not Found")
    engine.host.environments[name].branches.append(said["name"])
    return {"name": said["name"], "type": "branch"}


def _need(grant, scope: str, level: str) -> None:
    if not grant.person and not allows(grant.permissions, scope, level):
        raise Refused(403, "Resource not accessible by integration")


def _need_person(grant) -> None:
    if not grant.person:
        raise Refused(403, "Resource not accessible by integration")


ROUTES = [
    ("GET", r"user", _user),
    ("GET", r"REPO/actions/oidc/customization/sub", _subject),
    ("GET", r"REPO/actions/runs/(\d*)", _run),
    ("GET", r"REPO/environments/([\w-]+)", _environment),
    ("PUT", r"REPO/environments/([\w-]+)", _put_environment),
    ("POST", r"REPO/environments/([\w-]+)/deployment-branch-policies", _post_branch),
]
