"""The local registry: Debian's docker-registry on loopback, one process per test run, which ends when the tests do."""

from __future__ import annotations

import atexit
import hashlib
import http.client
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

CONFIGURATION = """version: 0.1
storage: {{filesystem: {{rootdirectory: {storage}}}, delete: {{enabled: true}}}}
http: {{addr: "127.0.0.1:{port}"}}
log: {{level: error, accesslog: {{disabled: true}}}}
"""
# The registry dies with whoever holds the other end of its standard input.
WATCHED = 'docker-registry serve "$1" >"$2" 2>&1 & pid=$!; read -r _; kill $pid'
MANIFEST_TYPES = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)
START_SECONDS = 20
_shared: "Registry | None" = None
_lock = threading.Lock()


def shared() -> "Registry":
    """The one of this process; started when it is first needed."""
    global _shared
    with _lock:
        if _shared is None:
            _shared = Registry()
            atexit.register(_shared.close)
        return _shared


def digest_of(body: bytes) -> str:
    return "sha256:" + hashlib.sha256(body).hexdigest()


class RegistryError(Exception):
    """The local registry answered what it must not: an error of the harness."""


class Registry:
    """A running docker-registry and the few requests that the harness itself makes to it."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="e2e-registry-"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        configuration = self.folder / "registry.yml"
        configuration.write_text(CONFIGURATION.format(storage=self.folder / "storage", port=self.port))
        command = ["sh", "-c", WATCHED, "registry", str(configuration), str(self.folder / "log")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE)
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            try:
                return self.request("GET", "/v2/").expect(200)
            except OSError:
                time.sleep(0.05)
        raise RegistryError("docker-registry did not start: " + (self.folder / "log").read_text())

    def close(self) -> None:
        """Ends the process and deletes what it stored."""
        self._process.stdin.close()
        self._process.wait(timeout=START_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    def request(self, method: str, path: str, body: bytes | None = None, headers: dict | None = None) -> "Answer":
        """One HTTP request to the registry, as it stands."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            reply = connection.getresponse()
            return Answer(reply.status, dict(reply.getheaders()), reply.read())
        finally:
            connection.close()

    def manifest(self, name: str, reference: str) -> "Answer | None":
        """The manifest of a tag or a digest, or None where there is none."""
        answer = self.request("GET", f"/v2/{name}/manifests/{reference}", headers={"Accept": ", ".join(MANIFEST_TYPES)})
        return None if answer.status == 404 else answer.expect(200) or answer

    def put_manifest(self, name: str, reference: str, body: bytes, media_type: str) -> str:
        """Stores a manifest under a tag or its digest; the registry refuses one whose layers it lacks."""
        path = f"/v2/{name}/manifests/{reference}"
        self.request("PUT", path, body, {"Content-Type": media_type}).expect(201)
        return digest_of(body)

    def delete_manifest(self, name: str, digest: str) -> None:
        """Removes an image and every tag on it."""
        self.request("DELETE", f"/v2/{name}/manifests/{digest}").expect(202)

    def blob(self, name: str, digest: str) -> bytes | None:
        """A layer or a configuration."""
        answer = self.request("GET", f"/v2/{name}/blobs/{digest}")
        return None if answer.status == 404 else answer.body

    def put_blob(self, name: str, body: bytes) -> str:
        """Stores a layer or a configuration."""
        digest = digest_of(body)
        start = self.request("POST", f"/v2/{name}/blobs/uploads/", b"")
        start.expect(202)
        place = start.headers["Location"].split(f":{self.port}", 1)[1]
        headers = {"Content-Type": "application/octet-stream"}
        self.request("PUT", f"{place}&digest={digest}", body, headers).expect(201)
        return digest

    def mount(self, name: str, digest: str, source: str) -> None:
        """Gives a repository a layer that another one has."""
        self.request("POST", f"/v2/{name}/blobs/uploads/?mount={digest}&from={source}", b"").expect(201)


class Answer:
    """An HTTP answer of the registry."""

    def __init__(self, status: int, headers: dict, body: bytes):
        self.status, self.headers, self.body = status, headers, body

    def expect(self, status: int) -> None:
        """Raises unless the status is that."""
        if self.status != status:
            raise RegistryError(f"docker-registry: {self.status} {self.body.decode(errors='replace')}")
