"""One emulated AWS, made empty for each test, behind one HTTP door in this process."""

from __future__ import annotations

import importlib
import threading
import traceback
from dataclasses import dataclass
from typing import Any, Callable

import boto3
import botocore.session
from botocore.config import Config
from werkzeug.wrappers import Response

from . import moto, sts
from .authorise import Authoriser
from .base import AwsError, Call, Clock, Credentials, HarnessError, Principal, Service
from .buckets import Buckets
from .door import Door
from .faults import Faults
from .policies import PolicyStore
from .principals import Principals
from .server import Server, control, site
from .tokens import TokenServer

__all__ = ["Account", "AwsError", "Call", "Clock", "Cloud", "Credentials", "HarnessError", "Principal", "Service"]

_one = threading.Lock()  # moto's state is global, so one Cloud at a time
_session = boto3.Session(botocore_session=botocore.session.Session())  # keeps the models, which are slow to read


@dataclass(frozen=True)
class Account:
    """One account of a cloud."""

    id: str
    cloud: "Cloud"

    @property
    def administrator(self) -> Credentials:
        """The key of a person with AdministratorAccess."""
        return self.cloud.administrator(self.id)


class Cloud:
    """See the contract: state, credentials, clients and what went wrong. Close it, or use it in a `with`."""

    def __init__(self, stubs: list[type[Service]] | None = None) -> None:
        """With every stub of the harness, or with these alone: moto answers for all other services."""
        if not _one.acquire(blocking=False):
            raise HarnessError("another Cloud is open in this process: close it first")
        try:
            self._begin(stub_classes() if stubs is None else [sts.Sts, *stubs])
        except BaseException:
            _one.release()
            raise

    def _begin(self, stubs: list[type[Service]]) -> None:
        moto.reset()
        self.calls: list[Call] = []
        self.sites: dict[str, Callable] = {}
        self.clock = Clock()
        self.faults = Faults()
        self.tokens = TokenServer(self.clock)
        self.principals = Principals(self.clock)
        self.buckets = Buckets()
        self.policies = PolicyStore(self)
        self.authoriser = Authoriser(self)
        self._unexpected: list[str] = []
        self._accounts: dict[str, Account] = {}
        self._clients: dict[tuple, Any] = {}
        self._lock = threading.RLock()
        self._stubs = {one.name: one(self) for one in stubs}
        self._door = Door(self)
        self._server = Server(self._serve)
        self.url = self._server.url

    def __enter__(self) -> "Cloud":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stops the server; another Cloud can be made afterwards. Closing twice does no harm."""
        if self._server is not None:
            self._server.close()
            self._server = None
            _one.release()

    def account(self, id: str) -> Account:
        """The account of that number, made empty on first use."""
        with self._lock:
            return self._accounts.setdefault(id, Account(id, self))

    def administrator(self, account: str | Account) -> Credentials:
        """The key of a person with AdministratorAccess in that account."""
        id = account.id if isinstance(account, Account) else account
        self.account(id)
        return self.principals.administrator(id)

    def environment(self, credentials: Credentials | None, region: str | None) -> dict[str, str]:
        """Variables that point a child process at this cloud, and sign it in when there are credentials."""
        variables = {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "NO_PROXY": "localhost,127.0.0.1",
            "no_proxy": "localhost,127.0.0.1",
        }
        if region:
            variables |= {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
        if credentials:
            variables |= {"AWS_ACCESS_KEY_ID": credentials.access_key, "AWS_SECRET_ACCESS_KEY": credentials.secret_key}
            variables |= {"AWS_SESSION_TOKEN": credentials.token} if credentials.token else {}
        return variables

    def client(self, credentials: Credentials | None, service: str, region: str) -> Any:
        """A boto3 client at this door. It never retries, so that a planted fault is met once."""
        key = (credentials.access_key if credentials else None, service, region)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._new_client(credentials, service, region)
            return self._clients[key]

    def _new_client(self, credentials: Credentials | None, service: str, region: str) -> Any:
        signed = credentials or Credentials("", "")
        config = Config(
            retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, proxies={}, max_pool_connections=50
        )
        return _session.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id=signed.access_key or None,
            aws_secret_access_key=signed.secret_key or None,
            aws_session_token=signed.token,
            config=config if credentials else config.merge(Config(signature_version=botocore.UNSIGNED)),
        )

    def assume(self, role_arn: str, by: Principal | str, session: str) -> Credentials:
        """What AWS services do with service roles; `by` is a principal or a name such as codebuild.amazonaws.com."""
        return sts.assume(self, role_arn, by, session)

    def principal(self, credentials: Credentials) -> Principal:
        """Whose credentials these are."""
        return self.principals.find(credentials.access_key, credentials.token)[1]

    def stub(self, service: str) -> Service | None:
        """Our own stub of a service; None where moto answers."""
        return self._stubs.get(service)

    def register(self, stub: Service) -> None:
        """Puts a stub in the place of moto or of another stub."""
        self._stubs[stub.name] = stub

    def state(self, service: str, account: str | None = None, region: str | None = None) -> Any:
        """The stub's own state: `stub.state(account, region)` where it has one, else the stub; else moto's backend."""
        stub = self.stub(service)
        if stub is None:
            return moto.backend(service, account, region)
        return stub.state(account, region) if hasattr(stub, "state") else stub

    def note(self, message: str, cause: Exception | None = None) -> None:
        """Remembers an error of the harness."""
        where = "".join(traceback.format_exception(cause)) if cause else ""
        self._unexpected.append(message + ("\n" + where if where else ""))

    def unexpected(self) -> list[str]:
        """All errors of the harness so far; a test in which this is not empty has proven nothing."""
        return list(self._unexpected)

    def _serve(self, request: Any) -> Response:
        if request.path.startswith("/_harness/"):
            return control(self, request)
        if request.path.startswith("/_site/"):
            return site(self, request)
        return self._door(request)


def stub_classes() -> list[type[Service]]:
    """The stubs of all parts of the harness that are there."""
    found: list[type[Service]] = [sts.Sts]
    for module, attribute in (("aws.services", "SERVICES"), ("aws.cloudformation", "SERVICE")):
        try:
            value = getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError as error:
            if error.name != module:
                raise
            continue
        found.extend(value if isinstance(value, list) else [value])
    return found
