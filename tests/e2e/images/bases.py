"""Stand-ins for the base images of the fixtures, made in the local registry because no other registry can be reached."""

from __future__ import annotations

import fnmatch
import gzip
import io
import json
import tarfile
from pathlib import Path

from images.registry import Registry, digest_of

HERE = Path(__file__).parent
BUSYBOX = Path("/bin/busybox")

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
CONFIGURATION = "application/vnd.docker.container.image.v1+json"
# Where package managers look for certificates and keep what they fetched; the shim mounts both.
VARIABLES = [
    "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt",
    "NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt",
    "UV_CACHE_DIR=/stand-in/cache/uv",
    "UV_PYTHON_DOWNLOADS=never",
    "PIP_CACHE_DIR=/stand-in/cache/pip",
    "npm_config_cache=/stand-in/cache/npm",
    "npm_config_prefer_offline=true",
    "GOCACHE=/stand-in/cache/go-build",
    "GOMODCACHE=/stand-in/cache/go",
    "GOTOOLCHAIN=local",
]
USERS = "root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\nnonroot:x:65532:65532::/home/nonroot:/bin/sh\n"
FOLDERS = ("etc", "etc/ssl", "root", "home", "tmp", "usr", "usr/bin", "usr/lib", "usr/lib64", "usr/sbin", "stand-in")
LINKS = {"bin": "usr/bin", "lib": "usr/lib", "lib64": "usr/lib64", "sbin": "usr/sbin", "usr/bin/sh": "busybox"}

def table() -> list[tuple[str, str]]:
    """Every pattern with the PATH of its stand-in."""
    lines = (HERE / "bases.tsv").read_text().splitlines()
    return [tuple(line.split("\t")) for line in lines if line and not line.startswith("#")]

def full_name(image: str) -> str:
    """What `python:3.13` means: docker.io/library/python:3.13."""
    image = image if ":" in image.rsplit("/", 1)[-1] else image + ":latest"
    first = image.split("/", 1)[0]
    if "/" in image and ("." in first or ":" in first or first == "localhost"):
        return image
    return "docker.io/" + (image if "/" in image else "library/" + image)

def provide(registry: Registry, image: str) -> bool:
    """Puts the stand-in of an image into the registry; False for an image that has none."""
    name = full_name(image)
    path = next((path for pattern, path in table() if fnmatch.fnmatchcase(name, pattern)), None)
    if path is None:
        return False
    repository, tag = name.rsplit(":", 1)
    place = "bases/" + repository
    if registry.manifest(place, tag) is None:
        layer = file_system()
        configuration = _configuration(layer, path)
        for blob in (gzip.compress(layer, mtime=0), configuration):
            registry.put_blob(place, blob)
        registry.put_manifest(place, tag, _manifest(layer, configuration), MANIFEST)
    return True

def file_system() -> bytes:
    """The file system: a shell, three users, and empty folders that the shim mounts this machine's programs on."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name in FOLDERS:
            _add(archive, name, tarfile.DIRTYPE, mode=0o1777 if name == "tmp" else 0o755)
        for name, target in LINKS.items():
            _add(archive, name, tarfile.SYMTYPE, target=target)
        _add(archive, "etc/passwd", content=USERS.encode(), mode=0o644)
        _add(archive, "usr/bin/busybox", content=BUSYBOX.read_bytes())
    return stream.getvalue()

def _add(archive, name, kind=tarfile.REGTYPE, content=b"", target="", mode=0o755) -> None:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname, entry.mode, entry.size = kind, target, mode, len(content)
    archive.addfile(entry, io.BytesIO(content))

def _configuration(layer: bytes, variables: str) -> bytes:
    content = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Env": [variables, *VARIABLES], "Cmd": ["sh"]},
        "rootfs": {"type": "layers", "diff_ids": [digest_of(layer)]},
        "history": [{"created": "1970-01-01T00:00:00Z", "created_by": "the stand-in of a base image"}],
    }
    return json.dumps(content, sort_keys=True).encode()

def _manifest(layer: bytes, configuration: bytes) -> bytes:
    packed = gzip.compress(layer, mtime=0)
    content = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {"mediaType": CONFIGURATION, "size": len(configuration), "digest": digest_of(configuration)},
        "layers": [{"mediaType": LAYER, "size": len(packed), "digest": digest_of(packed)}],
    }
    return json.dumps(content, sort_keys=True).encode()
