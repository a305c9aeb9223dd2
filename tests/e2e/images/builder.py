"""Runs buildah with a storage of its own per HOME, as each job of a CI finds an empty machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

from images import bases
from images.container import MOUNTS_LABEL

PLACE = Path.home() / ".docker" / "e2e"
STORAGE = ["--root", str(PLACE / "storage"), "--runroot", str(PLACE / "run"), "--storage-driver", "vfs"]
TIMEOUT = 600
# Where the stand-ins of base images find the caches of this machine's package managers.
CACHES = {"UV_CACHE_DIR": "uv", "PIP_CACHE_DIR": "pip", "npm_config_cache": "npm", "GOCACHE": "go-build", "GOMODCACHE": "go"}
REGISTRIES = """unqualified-search-registries = ["docker.io"]
short-name-mode = "disabled"
"""
ONE = """[[registry]]
prefix = "{host}"
location = "127.0.0.1:{port}/bases/{host}"
insecure = true
"""


class Failed(Exception):
    """buildah ended with an error; its own words are already on the log."""


def buildah(command: str, *arguments: str) -> None:
    """One buildah command on this HOME's images."""
    PLACE.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "BUILDAH_ISOLATION": "chroot", "TMPDIR": str(PLACE)}
    line = ["buildah", *STORAGE, command, *arguments]
    done = subprocess.run(line, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT,
                          stdout=sys.stderr, timeout=TIMEOUT, check=False)
    if done.returncode:
        raise Failed(f"docker {command} failed: the lines above say why")


def stored(name: str) -> str:
    """The name of an image in the storage: docker's short names mean Docker Hub's."""
    return bases.full_name(name)


def build(file: Path, context: Path, tags: list[str], port: int) -> None:
    """Builds one Dockerfile; its base images come from the local registry."""
    images = base_images(file.read_text())
    for image in images:
        _provide(image, port)
    hosts = {bases.full_name(image).split("/", 1)[0] for image in images} | {"docker.io"}
    PLACE.mkdir(parents=True, exist_ok=True)
    registries = PLACE / "registries.conf"
    registries.write_text(REGISTRIES + "".join(ONE.format(host=host, port=port) for host in sorted(hosts)))
    names = [word for tag in tags for word in ("--tag", stored(tag))]
    how = ["--registries-conf", str(registries), "--format", "docker", "--network", "host"]
    how += ["--label", f"{MOUNTS_LABEL}={json.dumps(programs())}"]
    volumes = [word for source, target in programs().items() for word in ("--volume", f"{source}:{target}:ro")]
    volumes += [word for source, target in caches().items() for word in ("--volume", f"{source}:{target}:rw")]
    buildah("bud", *how, *volumes, "--file", str(file), *names, str(context))


def base_images(dockerfile: str) -> list[str]:
    """What the FROM lines name, with the defaults of the ARG lines before them."""
    defaults: dict[str, str] = {}
    stages: set[str] = {"scratch"}
    images = []
    for line in dockerfile.splitlines():
        words = line.split()
        if len(words) > 1 and words[0].upper() == "ARG" and "=" in words[1]:
            name, _, value = words[1].partition("=")
            defaults.setdefault(name, value.strip("\"'"))
        if len(words) > 1 and words[0].upper() == "FROM":
            words = [word for word in words[1:] if not word.startswith("--")]
            image = re.sub(r"\$\{?(\w+)\}?", lambda found: defaults.get(found[1], ""), words[0])
            if image not in stages and image not in images:
                images.append(image)
            stages.update(words[2:3])
    return images


def _provide(image: str, port: int) -> None:
    """Asks the process that owns the registry for the stand-in; where there is none, the build says that it cannot pull."""
    door = os.environ["AWS_ENDPOINT_URL"]
    urllib.request.urlopen(f"{door}/_site/registry.harness/bases/{image}", timeout=60).close()


def programs() -> dict[str, str]:
    """This machine's programs, by the place where a build and later the container find them."""
    found = {"/usr": "/usr", "/etc/ssl": "/etc/ssl"}
    newest = next((f"python3.{minor}" for minor in range(20, 9, -1) if shutil.which(f"python3.{minor}")), "python3")
    for name, command in (("python", newest), ("node", "node"), ("go", "go")):
        if program := shutil.which(command):
            found[str(Path(program).resolve().parents[1])] = f"/stand-in/{name}"
    if uv := shutil.which("uv"):
        found[str(Path(uv).resolve())] = "/stand-in/uv/uv"
    return found


def caches() -> dict[str, str]:
    """What package managers keep on this machine."""
    found = {}
    for variable, name in CACHES.items():
        if folder := os.environ.get(variable):
            Path(folder).mkdir(parents=True, exist_ok=True)
            found[folder] = f"/stand-in/cache/{name}"
    return found
