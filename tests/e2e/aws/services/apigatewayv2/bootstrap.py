"""The Python runtime: bootstrap.py HANDLER RESULT reads the event from standard input and writes what the handler returns."""

import importlib
import json
import os
import sys
import types


def main(handler, result):
    """Calls the handler; an exception ends the process, as it ends an invocation."""
    module, _, function = handler.rpartition(".")
    environment = os.environ
    context = types.SimpleNamespace(
        function_name=environment["AWS_LAMBDA_FUNCTION_NAME"],
        function_version=environment["AWS_LAMBDA_FUNCTION_VERSION"],
        memory_limit_in_mb=environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
        aws_request_id="e2e",
        get_remaining_time_in_millis=lambda: 1000,
    )
    event = json.load(sys.stdin)
    answer = getattr(importlib.import_module(module.replace("/", ".")), function)(event, context)
    with open(result, "w", encoding="utf-8") as file:
        json.dump(answer, file)


if __name__ == "__main__":
    # The code's own folder comes first, not this one.
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    main(*sys.argv[1:])
