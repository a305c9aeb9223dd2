"""The Serverless transform, by AWS's own translator."""

from __future__ import annotations

import copy
from typing import Any

import boto3
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from ..base import HarnessError
from .parameters import Parameter

SERVERLESS = "AWS::Serverless-2016-10-31"
# AWS keeps this map by listing its own policies; names in it may be written without their ARN.
POLICIES = {
    name: f"arn:aws:iam::aws:policy/service-role/{name}"
    for name in ("AWSLambdaBasicExecutionRole", "AWSLambdaVPCAccessExecutionRole", "AWSLambdaSQSQueueExecutionRole")
}


class TransformFailed(Exception):
    """The text is what the change set says."""


def declared(template: dict[str, Any]) -> list[str]:
    """The transforms of a template; any but Serverless is an error of the harness."""
    names = template.get("Transform") or []
    names = [names] if isinstance(names, str) else list(names)
    unknown = [name for name in names if name != SERVERLESS]
    if unknown:
        raise HarnessError(f"the transforms {unknown} are not emulated")
    return names


def apply(template: dict[str, Any], parameters: dict[str, Parameter], region: str, account: str) -> dict[str, Any]:
    """The template without its transforms."""
    if not declared(template):
        return template
    session = boto3.Session(region_name=region, aws_access_key_id="none", aws_secret_access_key="none")
    values: dict[str, Any] = {key: one.value for key, one in parameters.items()}
    values |= {"AWS::Region": region, "AWS::AccountId": account, "AWS::Partition": "aws"}
    try:
        done = Translator(POLICIES, Parser(), None, session).translate(copy.deepcopy(template), values)
    except InvalidDocumentException as problem:
        causes = " ".join(cause.message for cause in problem.causes)
        raise TransformFailed(f"Transform {SERVERLESS} failed with: {problem.message} {causes}") from None
    done.pop("Transform", None)
    return done
