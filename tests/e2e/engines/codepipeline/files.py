"""The files of an artifact or a cache: found by CodeBuild's patterns, packed into a zip, and unpacked from one."""

from __future__ import annotations

import io
import os
import re
import stat
import subprocess
import zipfile
from pathlib import Path

from .table import rules


def matching(folder: Path, patterns: list[str]) -> list[Path]:
    """The files below `folder` that a pattern names, in order; `**/*` is all of them."""
    wanted = re.compile("|".join(f"(?:{expression(each)})" for each in patterns))
    found = []
    for root, folders, names in os.walk(folder):
        folders.sort()
        linked = [name for name in folders if (Path(root) / name).is_symlink()]
        for name in sorted([*names, *linked]):
            path = Path(root) / name
            if wanted.fullmatch(path.relative_to(folder).as_posix()):
                found.append(path)
    return found


def expression(pattern: str) -> str:
    """A glob as a regular expression: `**/` is any depth, `*` anything but a slash."""
    pattern = pattern.removeprefix("./")
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(known.get(part, re.escape(part)) for part in parts)


def pack(folder: Path, paths: list[Path]) -> bytes:
    """A zip with names relative to `folder`; modes and links are kept."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (2026, 1, 1, 0, 0, 0))
            entry.external_attr = path.lstat().st_mode << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, os.readlink(path) if path.is_symlink() else path.read_bytes())
    return buffer.getvalue()


def unpack(content: bytes, folder: Path) -> None:
    """The files of a zip, their modes and links among them."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            target = folder / entry.filename
            if not target.resolve().is_relative_to(folder.resolve()):
                raise ValueError(f"{entry.filename} leaves the folder")
            _write(archive, entry, target)


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    mode = entry.external_attr >> 16
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_symlink():
        target.unlink()
    if entry.is_dir():
        target.mkdir(exist_ok=True)
    elif stat.S_ISLNK(mode):
        target.symlink_to(archive.read(entry).decode())
    else:
        target.write_bytes(archive.read(entry))
        target.chmod(stat.S_IMODE(mode) or 0o644)


def source_zip(repository: Path, commit: str) -> bytes:
    """CODE_ZIP: the files of one commit, without .git. No file can be run as a program: nobody promises that bit."""
    command = ["git", "-C", str(repository), "archive", "--format=zip", commit]
    made = subprocess.run(command, capture_output=True, check=True).stdout
    mode = {"plain": 0o644}[rules("codepipeline").go("file", "executable", "put into a CODE_ZIP")]
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if not stat.S_ISLNK(entry.external_attr >> 16) and not entry.is_dir():
                entry.external_attr = (stat.S_IFREG | mode) << 16
            new.writestr(entry, old.read(entry))
    return buffer.getvalue()
