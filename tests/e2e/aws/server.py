"""The HTTP side of the door: a threaded server on loopback, and the two paths that are not AWS's."""

from __future__ import annotations

import threading
from typing import Any, Callable

from moto.moto_server.werkzeug_app import BackendRequest, MotoRequestHandler
from werkzeug.serving import make_server
from werkzeug.wrappers import Response


class Handler(MotoRequestHandler):
    """Speaks HTTP/1.1, so that clients keep their connections, and is silent."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        """Says nothing: the calls are recorded by the cloud."""


class Server:
    """Serves `application(request) -> Response` on http://localhost:PORT in a thread of this process."""

    def __init__(self, application: Callable[[Any], Response]):
        def wsgi(environ: dict, start_response: Any) -> Any:
            return application(BackendRequest(environ))(environ, start_response)

        self._server = make_server("127.0.0.1", 0, wsgi, threaded=True, request_handler=Handler)
        self._server.daemon_threads = True
        self.url = f"http://localhost:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stops taking requests; bounded, because the poll above is short."""
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()


def control(cloud: Any, request: Any) -> Response:
    """`POST /_harness/sleep?seconds=N` lets the cloud's clock go on; nothing else is known."""
    if request.method == "POST" and request.path == "/_harness/sleep":
        now = cloud.clock.advance(float(request.args["seconds"]))
        return Response(now.isoformat() + "\n", 200, mimetype="text/plain")
    return Response("no such control\n", 404, mimetype="text/plain")


def site(cloud: Any, request: Any) -> Response:
    """`/_site/<host>/<path>` answers what https://<host>/<path> would."""
    host, _, path = request.raw_path.removeprefix("/_site/").partition("/")
    answer = cloud.sites.get(host)
    if answer is None:
        return Response(f"no host {host}\n", 404, [("x-harness-no-host", host)], mimetype="text/plain")
    query = request.query_string.decode()
    status, headers, body = call_site(answer, request, "/" + path + (f"?{query}" if query else ""))
    return Response(body, status, list(dict(headers).items()))


def call_site(answer: Callable, request: Any, path: str) -> tuple[int, Any, Any]:
    """A site takes (path, headers); one that also has uploads takes the request as a third."""
    headers = dict(request.headers)
    if getattr(answer, "takes_request", False):
        return answer(path, headers, request)
    return answer(path, headers)
