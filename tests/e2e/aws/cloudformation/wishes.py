"""Reads from a request what a stack is to become, and refuses what CloudFormation refuses at once."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.exceptions import ClientError

from ..base import AwsError, Call
from . import capabilities, order, parameters, schema, template, transforms
from .model import Stack, Wish
from .template import invalid

INLINE_LIMIT = 51_200
FILE_LIMIT = 1_000_000
NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")
VIRTUAL = re.compile(r"(?P<bucket>.+)\.s3[.-].*amazonaws\.com|(?P<other>.+)\.s3\.localhost")


def check_name(name: str) -> None:
    """Refuses what is no name of a stack."""
    if not NAME.fullmatch(name):
        raise invalid(
            f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
        )


def text_of(engine: Any, call: Call, stack: Stack | None) -> str:
    """The template as it was given."""
    params = call.params
    given = [name for name in ("TemplateBody", "TemplateURL") if params.get(name)]
    if params.get("UsePreviousTemplate") or not given:
        if stack is None or stack.current is None or not params.get("UsePreviousTemplate"):
            raise invalid("Either Template URL or Template Body must be specified.")
        return stack.current.text
    if len(given) > 1:
        raise invalid("Cannot specify both Template URL and Template Body.")
    if given == ["TemplateURL"]:
        return _fetch(engine, call, params["TemplateURL"])
    if len(params["TemplateBody"].encode()) > INLINE_LIMIT:
        raise invalid(
            "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: "
            f"Member must have length less than or equal to {INLINE_LIMIT}"
        )
    return params["TemplateBody"]


def _fetch(engine: Any, call: Call, url: str) -> str:
    parts = urlsplit(url)
    match = VIRTUAL.fullmatch(parts.netloc)
    path = unquote(parts.path).lstrip("/")
    bucket, _, key = path.partition("/")
    if match:
        bucket, key = match.group("bucket") or match.group("other"), path
    elif "amazonaws.com" not in parts.netloc and not url.startswith(engine.cloud.url):
        raise invalid("TemplateURL must be a supported URL.")
    try:
        found = engine.cloud.client(call.credentials, "s3", call.region).get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        raise invalid(f"S3 error: {error.response['Error'].get('Message', 'Access Denied')}") from None
    content = found["Body"].read()
    if len(content) > FILE_LIMIT:
        raise invalid(f"Template may not exceed {FILE_LIMIT} bytes in size.")
    return content.decode()


def read(engine: Any, call: Call, stack: Stack, text: str) -> Wish:
    """The wish with its parameters; transforms are still to come."""
    raw, params = template.load(text), call.params
    template.check(raw)
    previous = stack.current.parameters if stack.current else {}
    fetch = _parameter_store(engine, call)
    values = parameters.resolve(raw.get("Parameters") or {}, params.get("Parameters") or [], previous, fetch)
    tags = params.get("Tags")
    kept = stack.current.tags if stack.current else {}
    return Wish(
        text=text, template=raw, parameters=values,
        tags=kept if tags is None else {tag["Key"]: tag["Value"] for tag in tags},
        role=params.get("RoleARN") or stack.role, capabilities=list(params.get("Capabilities") or []),
        token=params.get("ClientRequestToken") or params.get("ClientToken"), transforms=transforms.declared(raw),
    )  # fmt: skip


def _parameter_store(engine: Any, call: Call) -> Any:
    def fetch(name: str) -> str:
        try:
            found = engine.cloud.client(call.credentials, "ssm", call.region).get_parameters(Names=[name])
        except ClientError as error:
            raise invalid(error.response["Error"]["Message"]) from None
        if not found["Parameters"]:
            raise invalid(f"Unable to fetch parameters [{name}] from parameter store for this account.")
        return found["Parameters"][0]["Value"]

    return fetch


def permit_transforms(engine: Any, call: Call, wish: Wish) -> None:
    """A transform of AWS's own is a resource of the CreateChangeSet action."""
    for name in wish.transforms:
        arn = f"arn:aws:cloudformation:{call.region}:aws:transform/{name.removeprefix('AWS::')}"
        engine.cloud.authoriser.demand(call, "cloudformation:CreateChangeSet", arn)


def expand(wish: Wish, stack: Stack) -> None:
    """Applies the transforms and looks at what came out."""
    wish.template = transforms.apply(wish.template, wish.parameters, stack.region, stack.account)
    if wish.transforms:
        template.check(wish.template)
    strange = sorted({one["Type"] for one in wish.template["Resources"].values() if not schema.known(one["Type"])})
    if strange:
        raise invalid(f"Template format error: Unrecognized resource types: [{', '.join(strange)}]")
    order.creation_order(wish.template["Resources"])


def check_capabilities(wish: Wish) -> None:
    """Refuses a template whose IAM resources nobody has acknowledged."""
    lacking = capabilities.lacking(wish.template, wish.capabilities)
    if lacking:
        raise AwsError("InsufficientCapabilitiesException", f"Requires capabilities : [{lacking}]")
