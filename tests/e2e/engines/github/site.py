"""github.com as far as one repository needs it: tokens, artifacts, caches and settings, and the server that answers for it."""

from __future__ import annotations

import json
import secrets
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Callable

from engines import HarnessError, Host


@dataclass
class Grant:
    """What a token stands for: a person, or a job with its permissions."""

    login: str
    permissions: dict[str, str] = field(default_factory=dict)
    # The job that it was made for, {} for a person.
    job: object | None = None

    @property
    def person(self) -> bool:
        return self.job is None


class Site:
    """The state of the host that is not git; `errors` are those of the harness, met while a job waited for an answer."""

    def __init__(self, host: Host, folder: Path):
        self.host = host
        self.folder = folder
        self.tokens: dict[str, Grant] = {}
        self.users = {"alice": 501, "bob": 502, "mallory": 666}
        self.runs: dict[str, object] = {}
        self.artifacts: dict[tuple[str, str], object] = {}
        self.caches: dict[str, Path] = {}
        # Environments whose deployment branches are a list of their own.
        self.custom_branches: dict[str, bool] = {}
        self.errors: list[str] = []
        self.routes: dict[str, Callable[[dict, str, str], dict]] = {}
        # What stands in for a version that this machine does not have.
        self.stand_ins: set[str] = set()
        self.server = ThreadingHTTPServer(("localhost", 0), _handler(self))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server.server_address[1]}"

    def token(self, grant: Grant, prefix: str = "ghs") -> str:
        """A new token; it is known until it is revoked."""
        token = f"{prefix}_{secrets.token_hex(18)}"
        self.tokens[token] = grant
        return token

    def revoke(self, job) -> None:
        """A job's tokens end with it."""
        self.tokens = {token: grant for token, grant in self.tokens.items() if grant.job is not job}

    def raise_errors(self) -> None:
        if self.errors:
            errors, self.errors = self.errors, []
            raise HarnessError("\n".join(errors))

    def answer(self, path: str, body: dict, token: str) -> tuple[int, dict]:
        """One request of an action, of gh or of a job that wants an identity token."""
        where, _, query = path.partition("?")
        if where not in self.routes:
            self.errors.append(f"nothing answers {path}")
            return 500, {"message": self.errors[-1]}
        try:
            return 200, self.routes[where](body, token, query)
        except PermissionError as refused:
            return 403, {"message": str(refused)}
        except Exception as error:  # a thread of the server has nobody to raise to
            self.errors.append(f"{path}: {type(error).__name__}: {error}")
            return 500, {"message": self.errors[-1]}

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """JSON in, JSON out."""

        def log_message(self, *_) -> None:
            """The log of the job tells what matters."""

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}"))

        def do_GET(self) -> None:
            self._answer({})

        def _answer(self, body: dict) -> None:
            token = self.headers.get("Authorization", "").rpartition(" ")[2]
            status, said = site.answer(self.path, body, token)
            data = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return Handler
