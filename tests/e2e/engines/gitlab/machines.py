"""The machine that one job runs on: a fresh checkout, a fresh HOME, a /tmp of its own, and a PATH of its image's commands."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from engines import HarnessError, Host, Tools

from . import images
from .configuration import JobSpec
from .events import Event

DEPTH = 20
DAEMON = "public.ecr.aws/docker/library/docker:*-dind"
START = """#!/bin/bash
# Runs in mount and process namespaces of its own, so nothing that the job starts or leaves in /tmp outlives it.
{mounts}
cd "$1" && exec {shell} "$2"
"""


@dataclass
class Machine:
    """The folders of one job; `folder` holds them all."""

    folder: Path
    image: images.Image

    @property
    def checkout(self) -> Path:
        return self.folder / "builds" / "project"

    @property
    def state(self) -> Path:
        """gitlab-ci-local's own folder, kept out of the checkout."""
        return self.folder / "state"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def unknown(self) -> str:
        """What the job asked of the machine that the harness does not know; empty when nothing."""
        file = self.folder / "unknown"
        return file.read_text() if file.exists() else ""


def check_out(event: Event, folder: Path, host: Host) -> None:
    """A fresh, shallow, detached clone, as the runner makes it."""
    folder.mkdir(parents=True)
    host.git("init", "--quiet", folder=folder)
    host.git("fetch", "--quiet", f"--depth={DEPTH}", f"file://{event.repository.bare}", event.sha, folder=folder)
    host.git("checkout", "--quiet", "--detach", event.sha, folder=folder)
    host.git("remote", "add", "origin", f"{event.repository.url}.git", folder=folder)


def prepare(folder: Path, spec: JobSpec, event: Event, host: Host, tools: Tools, door: dict[str, str]) -> Machine:
    """Makes the machine of a job; `door` is how the emulated AWS is reached, without a credential."""
    machine = Machine(folder, images.image(spec.image))
    if not machine.image.starts_shell and spec.entrypoint != [""]:
        raise HarnessError(f"{spec.name}: the entrypoint of {spec.image} is no shell, and the job does not replace it")
    check_out(event, machine.checkout, host)
    (folder / "tmp").mkdir(mode=0o1777)
    images.fill(folder / "bin", machine.image.commands, tools)
    images.fill_packages(folder / "packages", machine.image.commands, tools)
    (folder / "install").symlink_to(images.MACHINE / "install")
    (folder / "real").mkdir()
    (folder / "real" / "aws").symlink_to(tools.commands["aws"])
    (folder / "daemon").write_text(_daemon(spec))
    (folder / "path").write_text(tools.path)
    _write_environment(machine, tools, door)
    start = folder / "start"
    mounts = "\n".join(_mounts(folder, tools))
    start.write_text(START.format(mounts=mounts, shell=shlex.join(machine.image.shell)))
    start.chmod(0o755)
    if "pip" in machine.image.commands:
        _make_python(machine, tools, door)
    return machine


def _daemon(spec: JobSpec) -> str:
    """The host name of the Docker daemon beside the job; empty without one."""
    names = []
    for service in spec.services:
        if not images.fnmatch.fnmatchcase(service["name"], DAEMON):
            raise HarnessError(f"{spec.name}: the service {service['name']} is not known")
        names.append(service.get("alias", "docker"))
    return names[0] if names else ""


def _environment(machine: Machine, tools: Tools, door: dict[str, str]) -> dict[str, str]:
    full = tools.environment_for(machine.home) | door
    # A container has none of it, and /tmp is the job's own.
    del full["TMPDIR"]
    for name in machine.image.commands:
        if name.startswith("python3.") and name in tools.commands:
            full["PIPEWRIGHT_E2E_PYTHON"] = str(tools.commands[name])
    return full


def _write_environment(machine: Machine, tools: Tools, door: dict[str, str]) -> None:
    """What the job finds set. The image's variables give way to those of the job, all but these two."""
    lines = []
    full = _environment(machine, tools, door) | {"PATH": f"{machine.home}/.venv/bin:{machine.folder / 'bin'}"}
    for name, value in full.items():
        text = f"export {name}={shlex.quote(value)}"
        lines.append(text if name in ("PATH", "HOME") else f"[ -n \"${{{name}+set}}\" ] || {text}")
    (machine.folder / "environment").write_text("\n".join(lines) + "\n")


def _make_python(machine: Machine, tools: Tools, door: dict[str, str]) -> None:
    """The image has its Python from the start; here the first call makes it, with programs that the image lacks."""
    full = _environment(machine, tools, door)
    done = subprocess.run(["bash", "-c", "python3 --version"], env=full, capture_output=True, text=True, check=False)
    if done.returncode:
        raise HarnessError(f"no Python for {machine.image.name}: {done.stderr}")


def _mounts(folder: Path, tools: Tools) -> list[str]:
    """Commands that make /tmp the job's own, but keep in it what the harness itself has there."""
    places = [str(folder), *tools.path.split(":"), *map(str, tools.commands.values()), *tools.environment.values()]
    kept = {Path(place).parts[2] for place in places if place.startswith("/tmp/")}
    own = folder / "tmp"
    lines = []
    for name in sorted(kept):
        lines.append(f"/bin/mkdir -p {shlex.quote(f'{own}/{name}')}")
        lines.append(f"/bin/mount --rbind {shlex.quote(f'/tmp/{name}')} {shlex.quote(f'{own}/{name}')}")
    return ["set -e", *lines, f"/bin/mount --rbind {shlex.quote(str(own))} /tmp", "set +e"]


def remove(machine: Machine) -> None:
    """Takes away what only the job needed; its artifacts and its log stay."""
    for name in ("builds", "bin", "packages", "home", "tmp"):
        shutil.rmtree(machine.folder / name, ignore_errors=True)
