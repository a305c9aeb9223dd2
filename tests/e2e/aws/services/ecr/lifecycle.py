"""Lifecycle policies: which images they let expire.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
"""

from __future__ import annotations

import fnmatch
from datetime import datetime, timedelta
from typing import Any, Iterable

from ...base import AwsError, HarnessError

SELECTION = {"tagStatus", "tagPrefixList", "tagPatternList", "countType", "countUnit", "countNumber"}


def check(document: dict) -> None:
    """Refuses a policy as AWS does; what the harness does not know is its own error."""
    rules = document.get("rules") or []
    priorities = [rule["rulePriority"] for rule in rules]
    if not rules or len(set(priorities)) != len(priorities):
        raise _invalid("every rule needs a rulePriority of its own")
    for rule in rules:
        selection = rule["selection"]
        if set(selection) - SELECTION or rule["action"] != {"type": "expire"}:
            raise HarnessError(f"a lifecycle rule has something unknown: {rule}")
        patterns = selection.get("tagPatternList") or selection.get("tagPrefixList")
        if (selection["tagStatus"] == "tagged") != bool(patterns):
            raise _invalid("tagPatternList or tagPrefixList belongs to tagStatus tagged, and to that only")
        if selection["tagStatus"] == "any" and rule["rulePriority"] != max(priorities):
            raise _invalid("a rule with tagStatus any must have the highest rulePriority")


def _invalid(reason: str) -> AwsError:
    return AwsError("InvalidParameterException", f"Invalid parameter at 'LifecyclePolicyText': {reason}")


def expired(document: dict, images: Iterable[Any], now: datetime) -> list[str]:
    """The digests of all images that some rule lets expire.

    An image that matches the tags of a rule is out of reach for the rules after it.
    """
    left = sorted(images, key=lambda image: image.pushed)
    found = []
    for rule in sorted(document["rules"], key=lambda rule: rule["rulePriority"]):
        selection = rule["selection"]
        mine = [image for image in left if _selects(selection, image.tags)]
        left = [image for image in left if image not in mine]
        found += [image.digest for image in _counted(selection, mine, now)]
    return found


def _selects(selection: dict, tags: list[str]) -> bool:
    status = selection["tagStatus"]
    if status != "tagged":
        return status == "any" or not tags
    patterns = selection.get("tagPatternList") or [prefix + "*" for prefix in selection["tagPrefixList"]]
    return all(any(fnmatch.fnmatchcase(tag, pattern) for tag in tags) for pattern in patterns)


def _counted(selection: dict, oldest_first: list[Any], now: datetime) -> list[Any]:
    number = selection["countNumber"]
    if selection["countType"] == "imageCountMoreThan":
        return oldest_first[: max(0, len(oldest_first) - number)]
    if selection["countType"] == "sinceImagePushed" and selection.get("countUnit") == "days":
        return [image for image in oldest_first if image.pushed < now - timedelta(days=number)]
    raise HarnessError(f"countType {selection['countType']} is not known")
