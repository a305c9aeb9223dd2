"""Hands a request to moto inside this process, for what moto really does; its state is emptied for each Cloud."""

from __future__ import annotations

import io
import os
import threading
from typing import Any

# Roles attach AWS's own managed policies; moto keeps their real texts, but only on demand.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")

from moto.backends import get_backend  # noqa: E402
from moto.core.base_backend import BackendDict  # noqa: E402
from moto.core.model_instances import reset_model_data  # noqa: E402
from moto.iam.access_control import PermissionResult  # noqa: E402
from moto.iam.models import IAMBackend  # noqa: E402
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: E402
from moto.s3.models import FakeBucket  # noqa: E402

# Moto reads bucket policies without their conditions; the decision is aws/iam.py's alone.
FakeBucket.get_permission = lambda self, action, resource: PermissionResult.NEUTRAL

_make_aws_policies = IAMBackend._init_aws_policies


def _aws_policies(backend: IAMBackend) -> list:
    """AWS's 1,500 managed policies are read once for all accounts: it takes a tenth of a second."""
    if not _aws_policy_list:
        _aws_policy_list.extend(_make_aws_policies(backend))
    return list(_aws_policy_list)


_aws_policy_list: list = []
IAMBackend._init_aws_policies = _aws_policies

_application = DomainDispatcherApplication(create_backend_app)
_lock = threading.RLock()  # moto is one global state and not made for threads


def reset() -> None:
    """Empties every backend."""
    with _lock:
        BackendDict.reset()
        reset_model_data()


def backend(service: str, account: str, region: str) -> Any:
    """Moto's own state of a service, to look into. Global services live in the region `aws`."""
    backends = get_backend(service)
    assert isinstance(backends, BackendDict)
    regions = backends[account]
    return regions["aws"] if service in ("iam", "s3", "sts", "route53", "cloudfront") else regions[region]


def answer(environ: dict, body: bytes, signing_name: str, account: str, region: str):
    """Moto's answer: status, headers, body."""
    scope = f"20260101/{region}/{signing_name}/aws4_request"
    mine = {
        **environ,
        "wsgi.input": io.BytesIO(body),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_X_MOTO_ACCOUNT_ID": account,
        "HTTP_USER_AGENT": "e2e",  # moto would read a region out of it
        "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/{scope}, SignedHeaders=host, Signature=none",
    }
    for name in ("HTTP_TRANSFER_ENCODING", "wsgi.input_terminated", "werkzeug.request"):
        mine.pop(name, None)
    seen: dict[str, Any] = {}

    def start_response(status: str, headers: list, exc_info: Any = None) -> None:
        seen["status"], seen["headers"] = int(status.split()[0]), headers

    with _lock:
        chunks = _application(mine, start_response)
        content = b"".join(chunks)
    return seen["status"], seen["headers"], content
