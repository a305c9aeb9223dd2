"""Runs the container of an image of the local registry: its files, its command and user, a network of its own."""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from images.registry import Registry, RegistryError

# The shim writes here which programs of this machine stood in for those of the base image.
MOUNTS_LABEL = "pipewright.e2e.mounts"
START_SECONDS = 20
# A server that answers with another status than 200 for that long will not become healthy.
UNHEALTHY_SECONDS = 2
ENTER = Path(__file__).with_name("enter.sh")
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
_folder: Path | None = None
_lock = threading.Lock()
_running: set["Container"] = set()


def stop_all() -> None:
    """Ends every container of this process."""
    for container in list(_running):
        container.stop()


def _place() -> Path:
    global _folder
    with _lock:
        if _folder is None:
            _folder = Path(tempfile.mkdtemp(prefix="e2e-containers-"))
            atexit.register(shutil.rmtree, _folder, ignore_errors=True)
            atexit.register(stop_all)  # runs before the folder goes
        return _folder


@functools.cache
def _check_namespaces() -> None:
    """Without them nothing can be said about a container: that is no verdict on it."""
    command = ["unshare", "--net", "--mount", "--pid", "--fork", "true"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RegistryError(f"this machine cannot run containers: {done.stderr}")


class NotHealthy(Exception):
    """The container ended, or does not answer its health check; `exit_code` is None while it runs."""

    def __init__(self, reason: str, exit_code: int | None = None):
        super().__init__(reason)
        self.exit_code = exit_code


@dataclass(eq=False)
class Container:
    """One container; nothing of it is reachable but through `get`."""

    registry: Registry
    repository: str  # the image's name in the local registry
    digest: str
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    command: list[str] | None = None

    def start(self, health_path: str) -> None:
        """Returns when the health check answers 200; raises NotHealthy."""
        _check_namespaces()
        configuration = self._configuration()
        root = self._unpacked()
        self._log = tempfile.NamedTemporaryFile(dir=_place(), prefix="log-", delete=False)
        mounts = json.loads(configuration["Labels"].get(MOUNTS_LABEL, "{}"))
        mounted = [word for pair in mounts.items() for word in pair]
        outer = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child=KILL", "sh", str(ENTER)]
        inner = self._inside(configuration, root)
        self._process = subprocess.Popen(
            [*outer, str(root), *mounted, "--", *inner],
            stdin=subprocess.PIPE, stdout=self._log, stderr=subprocess.STDOUT, env={"PATH": PATH},
        )  # fmt: skip
        _running.add(self)
        self._wait(health_path)

    def _inside(self, configuration: dict, root: Path) -> list[str]:
        """The command with the image's variables, folder and user, and with nothing of this machine's."""
        command = self.command or [*(configuration.get("Entrypoint") or []), *(configuration.get("Cmd") or [])]
        user, group = _user(root, configuration.get("User") or "0")
        own = dict(one.split("=", 1) for one in configuration.get("Env") or [])
        environment = {"PATH": PATH, "HOME": "/", **own, **self.environment}
        variables = [f"{name}={value}" for name, value in environment.items()]
        folder = configuration.get("WorkingDir") or "/"
        how = [f"--root={root}", f"--wd={folder}", f"--setgid={group}", f"--setuid={user}"]
        return ["env", "-i", *variables, "/usr/bin/unshare", *how, "--", *command]

    def _wait(self, health_path: str) -> None:
        end, wrong_since = time.monotonic() + START_SECONDS, None
        while time.monotonic() < end:
            if self._process.poll() is not None:
                self.stop()
                raise NotHealthy("Essential container in task exited", self._process.returncode)
            status = self.get(health_path)[0]
            if status == 200:
                return
            wrong_since = (wrong_since or time.monotonic()) if status else None
            if wrong_since and time.monotonic() - wrong_since > UNHEALTHY_SECONDS:
                break
            time.sleep(0.05)
        self.stop()
        what = f"answered {status}" if status else f"did not answer on port {self.port}"
        raise NotHealthy(f"Task failed ELB health checks: {health_path} {what}")

    def get(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """A visit from inside the container's network; status 0 while nothing listens."""
        into = ["nsenter", "-t", str(self._process.pid), "-n"]
        curl = ["/usr/bin/curl", "--silent", "--include", "--max-time", "10", "--noproxy", "*", f"http://127.0.0.1:{self.port}{path}"]
        done = subprocess.run([*into, *curl], capture_output=True, timeout=20, check=False)
        if done.returncode:
            return 0, {}, b""
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines if ": " in line)
        return int(first.split()[1]), headers, body

    @property
    def log(self) -> str:
        """What the container has written so far."""
        return Path(self._log.name).read_text(errors="replace")

    def stop(self) -> None:
        """Ends it and everything that it started."""
        _running.discard(self)
        self._process.stdin.close()
        self._process.wait(timeout=START_SECONDS)

    def _blob(self, digest: str) -> bytes:
        content = self.registry.blob(self.repository, digest)
        if content is None:
            raise RegistryError(f"the local registry lost {digest} of {self.repository}")
        return content

    def _manifest(self) -> dict:
        answer = self.registry.manifest(self.repository, self.digest)
        if answer is None:
            raise RegistryError(f"the local registry lost {self.repository}@{self.digest}")
        return json.loads(answer.body)

    def _configuration(self) -> dict:
        found = json.loads(self._blob(self._manifest()["config"]["digest"]))["config"]
        return {**found, "Labels": found.get("Labels") or {}}

    def _unpacked(self) -> Path:
        """The files of the image, in a folder of this container's own."""
        root = Path(tempfile.mkdtemp(dir=_place(), prefix="root-"))
        root.chmod(0o755)
        for layer in self._manifest()["layers"]:
            command = ["tar", "-xz", "-C", str(root), "--numeric-owner"]
            subprocess.run(command, input=self._blob(layer["digest"]), check=True, timeout=120)
            for mark in list(root.rglob(".wh.*")):
                _remove(mark)
        return root


def _remove(mark: Path) -> None:
    """What a layer says is gone: one file, or with an opaque mark nothing that the harness meets."""
    if mark.name == ".wh..wh..opq":
        raise RegistryError(f"the harness cannot unpack a layer with {mark}")
    gone = mark.with_name(mark.name.removeprefix(".wh."))
    shutil.rmtree(gone) if gone.is_dir() and not gone.is_symlink() else gone.unlink(missing_ok=True)
    mark.unlink()


def _user(root: Path, name: str) -> tuple[str, str]:
    """The numbers of a user of the image and of its group."""
    user, _, group = name.partition(":")
    if user.isdigit():
        return user, group if group.isdigit() else user
    for line in (root / "etc" / "passwd").read_text().splitlines():
        fields = line.split(":")
        if fields[0] == user:
            return fields[2], fields[3]
    raise NotHealthy(f"unable to find user {user}: no matching entries in passwd file")
