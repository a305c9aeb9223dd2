"""The environment of a build: what CodeBuild sets itself, and the variables of the project, of the call and of the buildspec."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from engines import HarnessError

from .builds import Build
from .buildspec import Buildspec, SpecError


def own(build: Build, region: str, source: str) -> dict[str, str]:
    """Those of the user guide's list that concern every build."""
    data = build.data
    named = {
        "BUILD_ARN": data["arn"],
        "BUILD_ID": build.id,
        "BUILD_IMAGE": data["environment"]["image"],
        "BUILD_NUMBER": str(data["buildNumber"]),
        "BUILD_SUCCEEDING": "1",
        "INITIATOR": data["initiator"],
        "KMS_KEY_ID": data["encryptionKey"],
        "LOG_PATH": build.id.split(":")[1],
        "PROJECT_ARN": build.project["arn"],
        "SRC_DIR": source,
        "START_TIME": str(int(data["startTime"].timestamp() * 1000)),
    }
    found = {f"CODEBUILD_{name}": value for name, value in named.items()}
    return {"AWS_REGION": region, "AWS_DEFAULT_REGION": region, **found, **build.webhook}


def chosen(session: Any, build: Build, spec: Buildspec) -> dict[str, str]:
    """The call's variables win over the project's, and those over the buildspec's. Raises SpecError where one is refused."""
    declared = [{"name": name, "value": value} for name, value in spec.variables.items()]
    declared += [{"name": name, "value": value, "type": "PARAMETER_STORE"} for name, value in spec.parameters.items()]
    declared += [{"name": name, "value": value, "type": "SECRETS_MANAGER"} for name, value in spec.secrets.items()]
    everything = [*declared, *build.project["environment"].get("environmentVariables", []), *build.variables]
    winning = {each["name"]: each for each in everything}
    return {name: _value(session, each) for name, each in winning.items()}


def _value(session: Any, variable: dict) -> str:
    kind, value = variable.get("type") or "PLAINTEXT", variable["value"]
    try:
        if kind == "PARAMETER_STORE":
            return _parameter(session, value)
        if kind == "SECRETS_MANAGER":
            return _secret(session, value)
    except ClientError as error:
        raise SpecError(f"Decrypted Variables Error: {error}") from error
    return value


def _parameter(session: Any, name: str) -> str:
    answer = session.client("ssm").get_parameters(Names=[name], WithDecryption=True)
    if answer["InvalidParameters"]:
        raise SpecError(f"Decrypted Variables Error: parameter does not exist: {name}")
    return answer["Parameters"][0]["Value"]


def _secret(session: Any, reference: str) -> str:
    """`secret-id:json-key:version-stage:version-id`; the id may be an ARN."""
    parts = reference.split(":")
    size = 7 if reference.startswith("arn:") else 1
    id, rest = ":".join(parts[:size]), parts[size:]
    if any(rest[1:]):
        raise HarnessError("a version of a secret is not known here")
    text = session.client("secretsmanager").get_secret_value(SecretId=id)["SecretString"]
    if not rest or not rest[0]:
        return text
    found = json.loads(text)
    if rest[0] not in found:
        raise SpecError(f"Decrypted Variables Error: the secret {id} has no key {rest[0]}")
    return str(found[rest[0]])
