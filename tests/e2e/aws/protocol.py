"""AWS's wire protocols by botocore's models: which operation a request is, its parameters, and its answer's bytes."""

from __future__ import annotations

import functools
from typing import Any

from botocore.compat import HTTPHeaders
from botocore.parsers import create_parser
from moto.core import errors as moto_errors
from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS, RequestParserError
from moto.core.request import determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import SerializationContext, get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound

from .base import AwsError, HarnessError

# Moto warns of each code that a model does not list; refusals such as AccessDenied never are.
moto_errors.warn = lambda *_, **__: None

# Where botocore signs with another name than the service's own, or several services share one.
SIGNED_AS = {
    "apigateway": ("apigateway", "apigatewayv2"),
    "elasticloadbalancing": ("elbv2",),
    "monitoring": ("cloudwatch",),
    "states": ("stepfunctions",),
}
# The operations that nobody signs, told by the Action in their form.
UNSIGNED = {"AssumeRoleWithWebIdentity": "sts"}


class Scope:
    """What the signature says about a request: the key, the region and the signing name."""

    def __init__(self, request: Any):
        self.access_key: str | None = None
        self.region, self.signing_name = "us-east-1", ""
        self.token = request.headers.get("X-Amz-Security-Token") or request.args.get("X-Amz-Security-Token")
        header = request.headers.get("Authorization", "")
        if header.startswith("AWS4-HMAC-SHA256"):
            credential = header.split("Credential=", 1)[1].split(",", 1)[0]
        else:
            credential = request.args.get("X-Amz-Credential", "")
        if credential:
            self.access_key, _, self.region, self.signing_name, _ = credential.rsplit("/", 4)
        elif request.form.get("Action") in UNSIGNED:
            self.signing_name = UNSIGNED[request.form["Action"]]
        else:
            self.signing_name = "s3"  # a public object, or nothing of AWS


def operation_of(request: Any, scope: Scope) -> tuple[OperationModel, dict[str, Any]]:
    """The operation and its parameters; one that no model knows is an error of the harness."""
    for service in SIGNED_AS.get(scope.signing_name, (scope.signing_name,)):
        try:
            operation, uri = get_service_router(service).match(request)
        except NotFound:
            continue
        return operation, parse(operation, request, uri)
    target = request.headers.get("X-Amz-Target") or request.form.get("Action") or request.raw_path
    raise HarnessError(f"no operation of {scope.signing_name or 'any service'} is {request.method} {target}")


def parse(operation: OperationModel, request: Any, uri: dict[str, Any]) -> dict[str, Any]:
    """The request's parameters by the model."""
    values = {
        "method": request.method,
        "values": request.values,
        "headers": request.headers,
        "body": request.get_data(),
        "url_path": request.path,
        "url_params": uri,
    }
    try:
        parsed = PROTOCOL_PARSERS[spoken(operation, request)](operation).parse(values)
    except (RequestParserError, ValueError, AttributeError, TypeError) as error:
        raise AwsError("SerializationException", str(error)) from error
    return {name: value for name, value in parsed.items() if value is not None and value != [] and value != {}}


def serialise(operation: OperationModel, request: Any, result: Any, request_id: str) -> tuple[int, list, bytes]:
    """A stub's answer, or an AwsError, as status, headers and body."""
    protocol = spoken(operation, request)
    if protocol == "query" and request.args.get("ContentType") == "JSON":
        protocol = "query-json"
    serializer = get_serializer_class(operation.service_model.service_name, protocol)
    answer = serializer(operation, SerializationContext(request_id)).serialize(result)
    headers = [(name, str(value)) for name, value in answer["headers"].items()]
    body = answer["body"]
    status = result.status if isinstance(result, AwsError) else answer["status_code"]
    return status, headers + [("x-amzn-RequestId", request_id)], body.encode() if isinstance(body, str) else body


@functools.cache
def operation_model(service: str, operation: str) -> OperationModel:
    """The model of one operation."""
    return get_service_model(service).operation_model(operation)



def spoken(operation: OperationModel, request: Any) -> str:
    """The protocol of this request: some services understand several."""
    return determine_request_protocol(operation.service_model, request.content_type if request else None)


def answer_of(operation: OperationModel, request: Any, status: int, headers: list, body: bytes) -> dict[str, Any]:
    """What botocore would make of an answer: the output's members, or Error with Code and Message."""
    if status < 300 and operation.has_streaming_output:
        body = b""  # the content of an object, in whatever encoding
    parser = create_parser(spoken(operation, request))
    values = {"status_code": status, "headers": _headers(headers), "body": body}
    answer = parser.parse(values, operation.output_shape)
    answer.pop("ResponseMetadata", None)
    return answer


def _headers(pairs: list) -> HTTPHeaders:
    headers = HTTPHeaders()
    for name, value in pairs:
        headers[name] = value
    return headers
