"""EventBridge between CodeCommit and what its events start: rules are matched, targets called as the role they name."""

from __future__ import annotations

import json
import re
from typing import Any

from botocore.exceptions import ClientError

from aws.base import AwsError
from engines import HarnessError


def deliver(cloud: Any, account: str, region: str, event: dict, findings: list[str]) -> list[str]:
    """Sends one event to the default bus; the ids of what it started. A target that is refused is a silent loss there."""
    person = cloud.client(cloud.administrator(account), "events", region)
    started = []
    for rule in person.list_rules()["Rules"]:
        if rule["State"] == "ENABLED" and "EventPattern" in rule and matches(json.loads(rule["EventPattern"]), event):
            for target in person.list_targets_by_rule(Rule=rule["Name"])["Targets"]:
                try:
                    started.append(_call(cloud, region, target, event))
                except (ClientError, AwsError) as error:
                    findings.append(f"the rule {rule['Name']} could not start {target['Arn']}: {error}")
    return started


def matches(pattern: dict, event: dict) -> bool:
    """Whether an event pattern of literal values names this event."""
    for key, wanted in pattern.items():
        found = event.get(key)
        if isinstance(wanted, dict):
            if not isinstance(found, dict) or not matches(wanted, found):
                return False
        elif not _one_of(wanted, found):
            return False
    return True


def _one_of(wanted: list, found: Any) -> bool:
    if any(isinstance(value, dict) for value in wanted):
        raise HarnessError(f"the event pattern {wanted} is not known here")
    values = found if isinstance(found, list) else [found]
    return any(value in wanted for value in values)


def _call(cloud: Any, region: str, target: dict, event: dict) -> str:
    unknown = set(target) - {"Id", "Arn", "RoleArn", "InputTransformer"}
    if unknown:
        raise HarnessError(f"an EventBridge target with {sorted(unknown)} is not known here")
    role = cloud.assume(target["RoleArn"], "events.amazonaws.com", "eventbridge")
    service, name = target["Arn"].split(":")[2], re.split("[:/]", target["Arn"])[-1]
    if service == "codepipeline":
        answer = cloud.client(role, "codepipeline", region).start_pipeline_execution(name=name)
        return answer["pipelineExecutionId"]
    if service == "codebuild":
        given = transformed(target["InputTransformer"], event) if "InputTransformer" in target else {}
        return cloud.client(role, "codebuild", region).start_build(projectName=name, **given)["build"]["id"]
    raise HarnessError(f"an EventBridge target of {service} is not known here")


def transformed(transformer: dict, event: dict) -> dict:
    """The input that an InputTransformer makes: each <name> becomes the value as JSON."""
    text = transformer["InputTemplate"]
    for name, path in transformer.get("InputPathsMap", {}).items():
        value: Any = event
        for part in path.removeprefix("$.").split("."):
            value = value[part]
        text = text.replace(f"<{name}>", json.dumps(value))
    return json.loads(text)


def pushed(repository: str, account: str, region: str, push: Any) -> dict:
    """The event of a push: docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html."""
    detail = {
        "event": "referenceUpdated" if push.previous else "referenceCreated",
        "repositoryName": repository,
        "referenceType": push.kind,
        "referenceName": push.name,
        "referenceFullName": f"refs/{'heads' if push.kind == 'branch' else 'tags'}/{push.name}",
        "commitId": push.commit,
    }
    return _event("CodeCommit Repository State Change", repository, account, region, detail)


def requested(repository: str, account: str, region: str, request: dict) -> dict:
    """The event of a pull request."""
    detail = {"repositoryNames": [repository], "pullRequestStatus": "Open", "isMerged": "False", **request}
    return _event("CodeCommit Pull Request State Change", repository, account, region, detail)


def _event(kind: str, repository: str, account: str, region: str, detail: dict) -> dict:
    arn = f"arn:aws:codecommit:{region}:{account}:{repository}"
    return {
        "version": "0", "source": "aws.codecommit", "detail-type": kind, "account": account, "region": region,
        "resources": [arn], "detail": detail,
    }  # fmt: skip
