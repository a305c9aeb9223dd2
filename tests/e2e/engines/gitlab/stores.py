"""Artifacts and caches: what a job leaves, and what a later job finds in its checkout."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from engines import HarnessError

from .configuration import JobSpec
from .machines import Machine


def artifacts_of(machine: Machine) -> Path | None:
    """Where gitlab-ci-local put the artifacts of a job that succeeded."""
    folders = list((machine.state / "artifacts").glob("*"))
    return folders[0] if folders else None


def copy(source: Path, target: Path) -> None:
    """Lays a folder's content over another one's."""
    shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)


def cache_folder(caches: Path, spec: JobSpec, checkout: Path, protected: bool) -> Path:
    """Where the cache of a job is: keyed by the files, and apart for branches that are not protected.

    GitLab hashes the last commits that changed the files, this their content: the same content has the same cache.
    """
    key = spec.cache["key"]
    files = [checkout / name for name in key["files"] if (checkout / name).is_file()]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:20] if files else "default"
    return caches / ("protected" if protected else "unprotected") / f"{key.get('prefix', '')}-{digest}"


def restore_cache(folder: Path, checkout: Path) -> str:
    """Puts a cache into the checkout before the script starts; a line for the log."""
    if not folder.is_dir():
        return "No cache was found."
    _synchronise(folder, checkout, ["."])
    return "The cache was restored."


def save_cache(folder: Path, checkout: Path, paths: list[str]) -> None:
    """Keeps a cache after a job that succeeded."""
    found = [path for path in paths if (checkout / path).exists()]
    folder.mkdir(parents=True, exist_ok=True)
    if found:
        _synchronise(checkout, folder, found)


def _synchronise(source: Path, target: Path, paths: list[str]) -> None:
    done = subprocess.run(["rsync", "-aR", "--", *paths, f"{target}/"], cwd=source, capture_output=True, text=True, check=False)
    if done.returncode:
        raise HarnessError(f"the cache could not be copied: {done.stderr}")
