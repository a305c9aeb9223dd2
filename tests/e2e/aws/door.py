"""The way of one request through the cloud: understood, known, allowed, answered, checked and written down."""

from __future__ import annotations

import json
import uuid
from typing import Any
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

from . import moto, protocol, rules, shapes
from .base import AwsError, Call, HarnessError, Service
from .principals import ANONYMOUS, worded


class Door:
    """Answers AWS requests for one Cloud."""

    def __init__(self, cloud: Any):
        self._cloud = cloud

    def __call__(self, request: Any) -> Response:
        """Never raises: what the harness does not know is a 501, and is remembered as unexpected."""
        body = request.get_data(cache=True, parse_form_data=False)
        request_id = str(uuid.uuid4())
        try:
            scope = protocol.Scope(request)
            operation, params = protocol.operation_of(request, scope)
        except HarnessError as error:
            return self._refuse(request, str(error))
        call = self._call(operation, params, scope, request)
        try:
            return self._answer(call, operation, scope, body, request_id)
        except AwsError as error:
            return self._error(call, operation, error, request_id)
        except Exception as error:  # a bug of a stub must fail the test, not kill a thread
            call.error = "HarnessError"
            return self._refuse(request, f"{call.service}:{call.operation}: {type(error).__name__}: {error}", error)

    def _call(self, operation: Any, params: dict, scope: Any, request: Any) -> Call:
        call = Call(
            service=operation.service_model.service_name,
            operation=operation.name,
            params=params,
            principal=ANONYMOUS,
            account="",
            region=scope.region,
            time=self._cloud.clock.now(),
            request=request,
        )
        self._cloud.calls.append(call)
        return call

    def _answer(self, call: Call, operation: Any, scope: Any, body: bytes, request_id: str) -> Response:
        if scope.access_key is not None:
            self._sign_in(call, operation, scope)
        self._check_input(call, operation)
        self._cloud.authoriser.check(call)
        result = self._cloud.faults.apply(call)
        stub = self._cloud.stub(call.service)
        if result is None and stub is None:
            return self._moto(call, operation, scope, body)
        if result is None:
            result = self._handle(stub, call)
        return self._result(call, operation, result, request_id)

    def _sign_in(self, call: Call, operation: Any, scope: Any) -> None:
        try:
            call.credentials, call.principal = self._cloud.principals.find(scope.access_key, scope.token)
        except AwsError as error:
            raise worded(error, call.service, protocol.spoken(operation, call.request)) from error
        call.account = call.principal.account

    @staticmethod
    def _handle(stub: Service, call: Call) -> dict:
        if stub.concurrent:
            return stub.handle(call)
        with stub.lock:
            return stub.handle(call)

    @staticmethod
    def _check_input(call: Call, operation: Any) -> None:
        if operation.input_shape is None:
            return
        wrong = list(shapes.problems(call.params, operation.input_shape))
        if wrong:
            code = "ValidationError" if protocol.spoken(operation, call.request) == "query" else "ValidationException"
            raise AwsError(code, f"{len(wrong)} validation error detected: {'; '.join(wrong)}")

    def _result(self, call: Call, operation: Any, result: dict, request_id: str) -> Response:
        if operation.output_shape is None and result:
            raise HarnessError(f"the operation has no output, but the stub answers {result}")
        self._check_output(operation, result)
        call.answer = result
        status, headers, body = protocol.serialise(operation, call.request, result, request_id)
        return Response(body, status, headers)

    def _moto(self, call: Call, operation: Any, scope: Any, body: bytes) -> Response:
        rules.apply(rules.BEFORE, self._cloud, call)
        account = self._cloud.authoriser.owner(call) or call.account
        environ = call.request.environ
        call.status, headers, content = moto.answer(environ, body, scope.signing_name, account, call.region)
        call.answer = protocol.answer_of(operation, call.request, call.status, headers, content)
        if call.status >= 300:
            error = call.answer.get("Error", {})
            call.error, call.message = error.get("Code") or str(call.status), error.get("Message", "")
        else:
            self._check_output(operation, call.answer)
        rules.apply(rules.AFTER, self._cloud, call)
        return Response(content, call.status, headers)

    @staticmethod
    def _check_output(operation: Any, answer: dict) -> None:
        shape = operation.output_shape
        wrong = list(shapes.problems(answer, shape, limits=False)) if shape else []
        if wrong:
            raise HarnessError("the answer violates the model: " + "; ".join(wrong))

    def _error(self, call: Call, operation: Any, error: AwsError, request_id: str) -> Response:
        call.error, call.message, call.status = error.code, error.message, error.status
        status, headers, body = protocol.serialise(operation, call.request, error, request_id)
        headers += getattr(error, "headers", [])
        return Response(b"" if call.request.method == "HEAD" else body, status, headers)

    def _refuse(self, request: Any, message: str, cause: Exception | None = None) -> Response:
        self._cloud.note(message, cause)
        return harness_error(request, message)


def harness_error(request: Any, message: str) -> Response:
    """A 501 that every client can read, so that the log of a job shows what the harness lacks."""
    if request.headers.get("X-Amz-Target") or "xml" not in request.headers.get("Accept", "xml"):
        body = json.dumps({"__type": "HarnessError", "message": message})
        return Response(body, 501, [("x-amzn-ErrorType", "HarnessError")], mimetype="application/json")
    inner = f"<Code>HarnessError</Code><Message>{escape(message)}</Message>"
    body = f"<Error>{inner}</Error>" if not request.form else f"<ErrorResponse><Error>{inner}</Error></ErrorResponse>"
    return Response(body, 501, [("x-amzn-ErrorType", "HarnessError")], mimetype="application/xml")
