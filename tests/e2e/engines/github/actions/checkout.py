"""actions/checkout: a real fetch of the event's commit from the bare repository, with the rights of the job's token."""

from __future__ import annotations

import base64
import os
import re
import subprocess
from pathlib import Path

from engines.github.actions import Call, Failed
from engines.github.permissions import allows

SERVER = "https://github.com/"
HEADER = f"http.{SERVER}.extraheader"


def main(call: Call) -> None:
    """The default ref is the event's own; another one is fetched by its name or its commit."""
    call.only("ref", "persist-credentials", "fetch-depth", "path", "repository")
    grant = call.site.tokens.get(call.inputs["token"])
    host, event = call.site.host, call.job.run.event
    if call.inputs["repository"] != host.repository or grant is None or not allows(grant.permissions, "contents", "read"):
        gone = f"fatal: repository '{SERVER}{call.inputs['repository']}/' not found"
        raise Failed(f"{gone}\nThe process '/usr/bin/git' failed with exit code 128")
    folder = call.folder / call.inputs["path"]
    folder.mkdir(parents=True, exist_ok=True)
    ref, commit = (event.ref, event.sha) if not call.inputs["ref"] else _resolve(call, call.inputs["ref"])
    _git(call, folder, "init", "--quiet")
    _git(call, folder, "remote", "add", "origin", f"{SERVER}{host.repository}")
    depth = call.inputs["fetch-depth"]
    limit = [] if depth == "0" else [f"--depth={depth}"]
    _git(call, folder, "fetch", "--quiet", "--no-tags", *limit, f"file://{host.bare}", f"+{commit}:{_local(ref)}")
    branch = ["-B", ref.removeprefix("refs/heads/")] if ref.startswith("refs/heads/") else ["--detach"]
    _git(call, folder, "checkout", "--quiet", "--force", *branch, _local(ref))
    if call.flag("persist-credentials"):
        secret = base64.b64encode(f"x-access-token:{call.inputs['token']}".encode()).decode()
        _git(call, folder, "config", "--local", HEADER, f"AUTHORIZATION: basic {secret}")
    call.state["folder"] = str(folder)
    call.outputs |= {"ref": ref, "commit": commit}
    call.lines.append(f"Checked out {commit} ({ref})")


def post(call: Call) -> None:
    """Takes the token out of the repository's configuration."""
    folder = Path(call.state.get("folder", ""))
    if call.state.get("folder") and (folder / ".git").exists():
        subprocess.run(["git", "-C", folder, "config", "--local", "--unset-all", HEADER], check=False, env=_environment(call))


def _resolve(call: Call, ref: str) -> tuple[str, str]:
    """The full name and the commit of a ref that the workflow names."""
    bare = call.site.host.bare
    names = [ref] if ref.startswith("refs/") else [f"refs/heads/{ref}", f"refs/tags/{ref}"]
    if re.fullmatch(r"[0-9a-f]{40}", ref):
        names = [ref]
    for name in names:
        found = subprocess.run(
            ["git", "-C", bare, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"], capture_output=True, text=True, check=False
        )
        if found.returncode == 0:
            return name, found.stdout.strip()
    raise Failed(f"A branch or tag with the name '{ref}' could not be found")


def _local(ref: str) -> str:
    """Where the fetched commit is kept in the clone."""
    if re.fullmatch(r"[0-9a-f]{40}", ref):
        return "refs/remotes/origin/checkout"
    return ref.replace("refs/heads/", "refs/remotes/origin/", 1).replace("refs/pull/", "refs/remotes/pull/", 1)


def _environment(call: Call) -> dict[str, str]:
    return {"PATH": call.environment["PATH"], "HOME": call.environment["HOME"], "LANG": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0"} | (
        {"SSL_CERT_DIR": os.environ["SSL_CERT_DIR"]} if "SSL_CERT_DIR" in os.environ else {}
    )


def _git(call: Call, folder: Path, *arguments: str) -> None:
    command = ["git", "-c", "safe.directory=*", "-c", "init.defaultBranch=main", "-C", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=_environment(call), check=False)
    if done.returncode:
        raise Failed(f"{done.stderr}The process '/usr/bin/git' failed with exit code {done.returncode}")
