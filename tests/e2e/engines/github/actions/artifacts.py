"""actions/upload-artifact and actions/download-artifact: one zip per name and run, as GitHub keeps them."""

from __future__ import annotations

import glob
import hashlib
import os
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from engines.github.actions import Call, Failed
from engines.github.permissions import allows

MAX_DAYS = 90
CONFLICT = "Failed to CreateArtifact: Received non-retryable error: Failed request: (409) Conflict"
GONE = (
    "Please ensure that your artifact is not expired and the artifact was uploaded using a compatible version of toolkit/upload-artifact."
)


@dataclass
class Artifact:
    """What one run kept under one name."""

    id: int
    file: Path
    digest: str
    expires: datetime


def upload(call: Call) -> None:
    """The files below the path, without hidden ones; the rights of files are lost in the zip, as in the real one."""
    call.only("name", "path", "if-no-files-found", "overwrite", "retention-days", "include-hidden-files", "compression-level")
    name, run = call.inputs["name"], call.job.run
    if not name or re.search(r'["<>|*?:\r\n\\/]', name):
        raise Failed(f"The artifact name is not valid: {name}.")
    files = _files(call)
    if not files:
        return _nothing_found(call)
    key = (run.id, name)
    if key in call.site.artifacts and not call.flag("overwrite"):
        raise Failed(f"{CONFLICT}: an artifact with this name already exists on the workflow run")
    days = int(call.inputs["retention-days"] or MAX_DAYS)
    if not 1 <= days <= MAX_DAYS:
        raise Failed(f"Retention days must be between 1 and {MAX_DAYS}, not {days}.")
    artifact = _zip(call, files, days)
    call.site.artifacts[key] = artifact
    call.outputs |= {
        "artifact-id": str(artifact.id), "artifact-digest": artifact.digest,
        "artifact-url": f"https://github.com/{call.site.host.repository}/actions/runs/{run.id}/artifacts/{artifact.id}",
    }  # fmt: skip
    call.lines.append(f"Artifact {name} has been successfully uploaded! {len(files)} files, SHA256 digest {artifact.digest}")


def download(call: Call) -> None:
    """One artifact by its name; of another run only with a token that may read actions."""
    call.only("name", "path", "run-id", "github-token", "repository")
    name, run_id = call.inputs["name"], call.job.run.id
    if not name or call.inputs["repository"] != call.site.host.repository:
        raise Failed(f"the harness downloads one artifact of one repository, not {call.inputs}")
    if call.inputs["github-token"]:
        run_id = _other_run(call)
    artifact = call.site.artifacts.get((run_id, name))
    if artifact is None:
        raise Failed(f"Unable to download artifact(s): Artifact not found for name: {name}\n        {GONE}")
    if artifact.expires < call.job.now():
        raise Failed(f"Unable to download artifact(s): the artifact {name} has expired")
    if hashlib.sha256(artifact.file.read_bytes()).hexdigest() != artifact.digest:
        raise Failed("Artifact digest mismatch")
    folder = call.folder / os.path.expanduser(call.inputs["path"])
    with zipfile.ZipFile(artifact.file) as packed:
        packed.extractall(folder)
    call.outputs["download-path"] = str(folder)
    call.lines.append(f"Artifact {name} of run {run_id} was downloaded to {folder}")


def _other_run(call: Call) -> str:
    grant, run_id = call.site.tokens.get(call.inputs["github-token"]), call.inputs["run-id"]
    if not run_id.isdigit():
        raise Failed(f"Invalid 'run-id' input: {run_id}")
    if grant is None or not allows(grant.permissions, "actions", "read"):
        raise Failed("Unable to download artifact(s): Resource not accessible by integration")
    if run_id not in call.site.runs:
        raise Failed("Unable to download artifact(s): Not Found")
    return run_id


def _files(call: Call) -> dict[str, Path]:
    """Name in the artifact -> file. One folder or file is taken as it is; of several the common folder is the root."""
    patterns = [line.strip() for line in call.inputs["path"].splitlines() if line.strip()]
    found = [Path(match) for pattern in patterns for match in glob.glob(str(call.folder / pattern), include_hidden=True)]
    files = sorted({file for path in found for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file()})
    if not call.flag("include-hidden-files"):
        files = [file for file in files if not any(part.startswith(".") for part in file.relative_to(call.folder).parts)]
    if not files:
        return {}
    single = len(found) == 1 and found[0].is_dir()
    root = found[0] if single else Path(os.path.commonpath([str(file.parent) for file in files]))
    return {str(file.relative_to(root)): file for file in files}


def _nothing_found(call: Call) -> None:
    message = f"No files were found with the provided path: {call.inputs['path']}. No artifacts will be uploaded."
    if call.inputs["if-no-files-found"] == "error":
        raise Failed(message)
    if call.inputs["if-no-files-found"] == "warn":
        call.lines.append(f"::warning::{message}")


def _zip(call: Call, files: dict[str, Path], days: int) -> Artifact:
    folder = call.site.folder / "artifacts"
    folder.mkdir(exist_ok=True)
    number = len(list(folder.iterdir())) + 1
    target = folder / f"{number}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=int(call.inputs["compression-level"])) as packed:
        for name, file in files.items():
            packed.writestr(zipfile.ZipInfo(name), file.read_bytes())
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    return Artifact(number, target, digest, call.job.now() + timedelta(days=days))
