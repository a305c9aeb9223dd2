"""Runs a function's handler as its runtime does: the unpacked code, its variables, its role, its timeout."""

from __future__ import annotations

import atexit
import functools
import importlib.util
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import tools

from ...base import AwsError, HarnessError

HERE = Path(__file__).parent
# What the Python runtimes bring along besides Python itself.
SDK = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
# A busy machine needs a moment before the handler is reached; the function's own timeout comes on top.
START_SECONDS = 10


class Failed(Exception):
    """The function has no answer; the text is what its log would say."""


def run(cloud: Any, function: Any, event: dict) -> Any:
    """What the handler returns. `function` is moto's."""
    if function.package_type != "Zip":
        raise HarnessError("the harness runs functions out of zip files only")
    folder = Path(tempfile.mkdtemp(prefix="e2e-function-"))
    try:
        task = folder / "task"
        with zipfile.ZipFile(io.BytesIO(function.code_bytes)) as archive:
            archive.extractall(task)
        _layers_are_unknown(function)
        return _call(_command(function), task, _environment(cloud, function, task), function, event, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _layers_are_unknown(function: Any) -> None:
    if function.layers:
        raise HarnessError("the harness does not run functions with layers")


def _call(command: list[str], task: Path, environment: dict, function: Any, event: dict, folder: Path) -> Any:
    seconds = int(function.timeout or 3)
    result = folder / "result.json"
    line = [*command, function.handler, str(result)]
    try:
        done = subprocess.run(
            line, cwd=task, env=environment, input=json.dumps(event), capture_output=True, text=True,
            timeout=seconds + START_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        raise Failed(f"Task timed out after {seconds} seconds") from late
    if done.returncode or not result.exists():
        raise Failed(f"{function.handler}: {done.stdout}{done.stderr}")
    return json.loads(result.read_text())


def _command(function: Any) -> list[str]:
    runtime = function.run_time
    if runtime.startswith("python"):
        return [python(runtime), str(HERE / "bootstrap.py")]
    if runtime.startswith("nodejs"):
        return [node(), str(HERE / "bootstrap.mjs")]
    raise HarnessError(f"the harness has no runtime {runtime}")


@functools.cache
def python(runtime: str) -> str:
    """The interpreter of exactly that version."""
    version = runtime.removeprefix("python")
    versions = Path(os.path.realpath(sys.executable)).parents[2]
    found = [str(path) for path in versions.glob(f"{version}*/bin/python{version}")] + [shutil.which(f"python{version}")]
    program = next((one for one in found if one), None)
    if program is None:
        raise HarnessError(f"this machine has no {runtime}")
    return program


@functools.cache
def node() -> str:
    """The checkers' Node.js, else the machine's: one version stands for all nodejs runtimes."""
    own = tools.CHECKERS.parent / "npm" / "node_modules" / ".bin" / "node"
    return str(own if own.exists() else shutil.which("node"))


@functools.cache
def sdk() -> str:
    """A folder with the AWS SDK and nothing else, so that a package the zip lacks is lacking."""
    folder = Path(tempfile.mkdtemp(prefix="e2e-sdk-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in SDK:
        origin = Path(importlib.util.find_spec(name).origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        (folder / source.name).symlink_to(source)
    return str(folder)


def _environment(cloud: Any, function: Any, task: Path) -> dict[str, str]:
    """The function's variables and the credentials of its role, by which its calls come through the front door."""
    try:
        credentials = cloud.assume(function.role, by="lambda.amazonaws.com", session=function.function_name[:64])
    except AwsError as refusal:
        raise Failed("The role defined for the function cannot be assumed by Lambda.") from refusal
    own = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(task.parent),
        "TZ": ":UTC",
        "LANG": "C.UTF-8",
        "PYTHONPATH": f"{task}:{sdk()}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LAMBDA_TASK_ROOT": str(task),
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
    }
    return {**cloud.environment(credentials, function.region), **own, **function.environment_vars}
