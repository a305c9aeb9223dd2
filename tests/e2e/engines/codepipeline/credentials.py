"""The container credentials endpoint: the only way in which a build comes by the credentials of its project's role."""

from __future__ import annotations

import json
import threading
import uuid
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Callable

# The service renews a key before it ends; a command that starts late must not get a dying one.
_RENEW_BEFORE = timedelta(minutes=15)


class Endpoint:
    """Serves the keys of the builds that run, each under a path that cannot be guessed."""

    def __init__(self, clock):
        self._clock = clock
        self._roles: dict[str, tuple[str, Callable]] = {}
        self._keys: dict[str, object] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def open(self, role: str, take: Callable) -> str:
        """The address for one build; `take()` makes a new key of its role."""
        path = f"/v2/credentials/{uuid.uuid4()}"
        self._roles[path] = (role, take)
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def close_build(self, address: str) -> None:
        """From now on the address knows nothing."""
        path = "/" + address.split("/", 3)[3]
        self._roles.pop(path, None)
        self._keys.pop(path, None)

    def close(self) -> None:
        """Ends the server."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str) -> dict | None:
        """What the endpoint says, None where there is nothing."""
        if path not in self._roles:
            return None
        role, take = self._roles[path]
        key = self._keys.get(path)
        if key is None or key.expires - self._clock.now() < _RENEW_BEFORE:
            key = self._keys[path] = take()
        return {
            "RoleArn": role,
            "AccessKeyId": key.access_key,
            "SecretAccessKey": key.secret_key,
            "Token": key.token,
            "Expiration": key.expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def _handler(endpoint) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # noqa: N802
                found = endpoint.answer(self.path)
                body = json.dumps(found).encode()
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Says nothing on the terminal."""

        return Handler
