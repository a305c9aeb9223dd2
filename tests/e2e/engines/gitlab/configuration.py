"""Reads .gitlab-ci.yml into jobs; a key that the engine does not enforce is an error of the harness, never ignored."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from engines import HarnessError

# Every key that the engine enforces itself or knows gitlab-ci-local to enforce, by its place in the file.
KNOWN = {
    "": {"stages", "workflow"},
    "workflow": {"rules"},
    "workflow.rules": {"if", "when"},
    "job": {
        "stage", "image", "services", "rules", "needs", "environment", "resource_group", "interruptible", "timeout",
        "id_tokens", "artifacts", "cache", "variables", "script",
    },
    "image": {"name", "entrypoint"},
    "services": {"name", "alias"},
    "rules": {"if", "when", "allow_failure"},
    "needs": {"job", "artifacts", "optional"},
    "environment": {"name"},
    "cache": {"key", "paths"},
    "cache.key": {"prefix", "files"},
    "artifacts": {"paths", "expire_in"},
    "id_tokens": {"aud"},
}  # fmt: skip
SECONDS = {"second": 1, "minute": 60, "hour": 3600}


@dataclass(frozen=True)
class Need:
    """A job that another one waits for, and whether it takes that one's artifacts."""

    job: str
    artifacts: bool = True
    optional: bool = False


@dataclass(frozen=True)
class JobSpec:
    """One job as the file has it."""

    name: str
    stage: str
    image: str
    script: list[str]
    entrypoint: list[str] | None = None
    services: list[dict[str, str]] = field(default_factory=list)
    rules: list[dict[str, Any]] | None = None
    # None: it waits for the stages before its own.
    needs: list[Need] | None = None
    environment: str | None = None
    resource_group: str | None = None
    interruptible: bool = False
    timeout: int = 3600
    id_tokens: dict[str, str] = field(default_factory=dict)
    artifacts: list[str] = field(default_factory=list)
    cache: dict[str, Any] | None = None
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Configuration:
    """The whole file."""

    stages: list[str]
    # None: every event starts a pipeline.
    workflow: list[dict[str, Any]] | None
    jobs: list[JobSpec]


def read(text: str) -> Configuration:
    """The file as data; what YAML refuses is for gitlab-ci-local to tell, so this sees only what it accepts."""
    data = yaml.safe_load(text)
    jobs = {name: value for name, value in data.items() if name not in KNOWN[""]}
    stages = data.get("stages", ["build", "test", "deploy"])
    workflow = data.get("workflow", {})
    _check("workflow", workflow)
    rules = workflow.get("rules")
    for rule in rules or []:
        _check("workflow.rules", rule)
    return Configuration(stages, rules, [_job(name, value) for name, value in jobs.items()])


def seconds(text: str) -> int:
    """What `timeout: 1 hour 15 minutes` means."""
    parts = re.findall(r"(\d+) (second|minute|hour)s?", text)
    if not parts or " ".join(re.findall(r"\d+ \w+", text)) != text:
        raise HarnessError(f".gitlab-ci.yml: the timeout {text!r} is not understood")
    return sum(int(number) * SECONDS[unit] for number, unit in parts)


def _check(place: str, value: Any) -> None:
    if not isinstance(value, dict):
        raise HarnessError(f".gitlab-ci.yml: {place} is {value!r}, which the engine does not read")
    unknown = set(value) - KNOWN[place]
    if unknown:
        raise HarnessError(f".gitlab-ci.yml: {place} has {sorted(unknown)}, which the engine does not enforce")


def _job(name: str, data: Any) -> JobSpec:
    if not isinstance(data, dict) or name.startswith("."):
        raise HarnessError(f".gitlab-ci.yml: {name} is no job that the engine knows")
    _check("job", data)
    image = _image(name, data.get("image"))
    return JobSpec(
        name=name,
        stage=data.get("stage", "test"),
        image=image["name"],
        entrypoint=image.get("entrypoint"),
        script=_script(name, data["script"]),
        services=[_checked("services", each) for each in data.get("services", [])],
        rules=_rules(data.get("rules")),
        needs=_needs(data.get("needs")),
        environment=_checked("environment", data.get("environment", {})).get("name"),
        resource_group=data.get("resource_group"),
        interruptible=data.get("interruptible", False),
        timeout=seconds(data.get("timeout", "1 hour")),
        id_tokens={token: _audience(value) for token, value in data.get("id_tokens", {}).items()},
        artifacts=_checked("artifacts", data.get("artifacts", {})).get("paths", []),
        cache=_cache(data.get("cache")),
        variables=_variables(name, data.get("variables", {})),
    )


def _checked(place: str, value: Any) -> dict[str, Any]:
    _check(place, value)
    return value


def _image(name: str, value: Any) -> dict[str, Any]:
    if value is None:
        raise HarnessError(f".gitlab-ci.yml: {name} has no image, so the runner would choose one")
    return {"name": value} if isinstance(value, str) else _checked("image", value)


def _script(name: str, lines: Any) -> list[str]:
    lines = [lines] if isinstance(lines, str) else lines
    for line in lines:
        # gitlab-ci-local echoes the first line between double quotes and escapes all but this.
        if "`" in line.split("\n")[0]:
            raise HarnessError(f".gitlab-ci.yml: {name} has a backtick that gitlab-ci-local would run twice")
    return lines


def _rules(rules: Any) -> list[dict[str, Any]] | None:
    for rule in rules or []:
        _check("rules", rule)
        if rule.get("when", "on_success") not in ("on_success", "manual", "never") or rule.get("allow_failure"):
            raise HarnessError(f".gitlab-ci.yml: the rule {rule} is not enforced by the engine")
    return rules


def _needs(needs: Any) -> list[Need] | None:
    if needs is None:
        return None
    full = [{"job": each} if isinstance(each, str) else _checked("needs", each) for each in needs]
    return [Need(each["job"], each.get("artifacts", True), each.get("optional", False)) for each in full]


def _audience(value: Any) -> str:
    audience = _checked("id_tokens", value)["aud"]
    if not isinstance(audience, str) or "$" in audience:
        raise HarnessError(f".gitlab-ci.yml: the audience {audience!r} is not understood")
    return audience


def _cache(cache: Any) -> dict[str, Any] | None:
    if cache is None:
        return None
    _check("cache.key", _checked("cache", cache)["key"])
    return cache


def _variables(name: str, variables: dict[str, Any]) -> dict[str, str]:
    for key, value in variables.items():
        if isinstance(value, dict) or key.startswith(("CI_", "GITLAB_")) or key in ("PATH", "HOME"):
            raise HarnessError(f".gitlab-ci.yml: {name} sets {key} to {value!r}, which the engine does not do as GitLab would")
    return {key: str(value) for key, value in variables.items()}
