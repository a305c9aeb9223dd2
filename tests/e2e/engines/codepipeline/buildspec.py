"""Reads a buildspec as CodeBuild does: what CodeBuild refuses is the build's error, what we do not know is the harness's."""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

from engines import HarnessError

PHASES = ("install", "pre_build", "build", "post_build")
_TOP = {"version", "env", "phases", "artifacts", "cache"}
_ENV = {"shell", "variables", "parameter-store", "secrets-manager", "exported-variables"}
_PHASE = {"on-failure", "runtime-versions", "commands", "finally"}
_ARTIFACTS = {"files", "name", "base-directory", "discard-paths", "exclude-paths", "secondary-artifacts"}
_CACHE = {"paths"}


class SpecError(Exception):
    """CodeBuild would end the build in DOWNLOAD_SOURCE with YAML_FILE_ERROR."""


@dataclass
class Phase:
    """One of the four phases that a buildspec may fill."""

    commands: list[str] = field(default_factory=list)
    always: list[str] = field(default_factory=list)
    on_failure: str | None = None
    runtimes: dict[str, str] = field(default_factory=dict)


@dataclass
class Buildspec:
    """What a buildspec says; `artifacts` and `cache` as it wrote them."""

    shell: str
    variables: dict[str, str]
    parameters: dict[str, str]
    secrets: dict[str, str]
    exported: list[str]
    phases: dict[str, Phase]
    artifacts: dict | None
    cache: list[str]


def read(text: str) -> Buildspec:
    """A buildspec of version 0.2."""
    try:
        spec = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SpecError(f"YAML_FILE_ERROR: {error}") from error
    if not isinstance(spec, dict) or "version" not in spec or "phases" not in spec:
        raise SpecError("YAML_FILE_ERROR: a buildspec needs version and phases")
    if str(spec["version"]) != "0.2":
        raise HarnessError(f"buildspec version {spec['version']}: only 0.2 is known here")
    _known(spec, _TOP, "the buildspec")
    _known(spec["phases"], set(PHASES), "phases")
    env = spec.get("env") or {}
    _known(env, _ENV, "env")
    return Buildspec(
        shell=_shell(env.get("shell", "sh")),
        variables=_strings(env.get("variables"), "env.variables"),
        parameters=_strings(env.get("parameter-store"), "env.parameter-store"),
        secrets=_strings(env.get("secrets-manager"), "env.secrets-manager"),
        exported=list(env.get("exported-variables") or []),
        phases={name: _phase(spec["phases"].get(name), name) for name in PHASES},
        artifacts=_artifacts(spec.get("artifacts")),
        cache=_cache(spec),
    )


def _known(found: dict, allowed: set[str], where: str) -> None:
    if not isinstance(found, dict):
        raise SpecError(f"YAML_FILE_ERROR: {where} is no mapping")
    unknown = set(found) - allowed
    if unknown:
        raise HarnessError(f"{where} of a buildspec: nothing is known here of {sorted(map(str, unknown))}")


def _shell(name: str) -> str:
    if name not in ("sh", "bash"):
        raise HarnessError(f"env.shell: {name} is not known here")
    return name


def _strings(found: dict | None, where: str) -> dict[str, str]:
    found = found or {}
    if not isinstance(found, dict):
        raise SpecError(f"YAML_FILE_ERROR: {where} is no mapping")
    for name, value in found.items():
        if not isinstance(value, str | int | float):
            raise SpecError(f"YAML_FILE_ERROR: {where}.{name} is no text")
        if name.startswith("CODEBUILD_"):
            raise HarnessError(f"{where}.{name}: the prefix is reserved, what CodeBuild does then is not documented")
    return {name: str(value) for name, value in found.items()}


def _phase(found: dict | None, name: str) -> Phase:
    if found is None:
        return Phase()
    _known(found, _PHASE, f"phases.{name}")
    if "runtime-versions" in found and name != "install":
        raise HarnessError(f"phases.{name}.runtime-versions: only the one of install is known here")
    on_failure = found.get("on-failure")
    if on_failure not in (None, "ABORT", "CONTINUE"):
        raise HarnessError(f"phases.{name}.on-failure: {on_failure} is not known here")
    return Phase(
        commands=_commands(found.get("commands"), f"phases.{name}.commands"),
        always=_commands(found.get("finally"), f"phases.{name}.finally"),
        on_failure=on_failure,
        runtimes={str(key): str(value) for key, value in (found.get("runtime-versions") or {}).items()},
    )


def _commands(found: list | None, where: str) -> list[str]:
    if found is not None and not isinstance(found, list):
        raise SpecError(f"YAML_FILE_ERROR: {where} is no list")
    for index, command in enumerate(found or []):
        if not isinstance(command, str):
            raise SpecError(f"YAML_FILE_ERROR: Expected {where}[{index}] to be of string type: found {command!r}")
    return list(found or [])


def _artifacts(found: dict | None) -> dict | None:
    if found is None:
        return None
    _known(found, _ARTIFACTS, "artifacts")
    for name, each in (found.get("secondary-artifacts") or {}).items():
        _known(each, _ARTIFACTS - {"secondary-artifacts"}, f"artifacts.secondary-artifacts.{name}")
        _files(each, f"artifacts.secondary-artifacts.{name}")
    if "secondary-artifacts" not in found:
        _files(found, "artifacts")
    return found


def _files(found: dict, where: str) -> None:
    if not isinstance(found.get("files"), list) or not found["files"]:
        raise SpecError(f"YAML_FILE_ERROR: {where} needs files")
    for key in ("name", "discard-paths", "exclude-paths"):
        if found.get(key) not in (None, "no", False):
            raise HarnessError(f"{where}.{key} is not known here")


def _cache(spec: dict) -> list[str]:
    if spec.get("cache") is None:
        return []
    _known(spec["cache"], _CACHE, "cache")
    return list(spec["cache"].get("paths") or [])
