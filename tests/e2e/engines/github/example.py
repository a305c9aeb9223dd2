"""A repository with a small workflow on an empty AWS, for the tests of this engine."""

from __future__ import annotations

import subprocess
import textwrap
from pathlib import Path

import tools
from aws.cloud import Cloud
from engines import Host
from engines.github import contract
from engines.github.engine import GitHub
from engines.github.workflow import PATH

USES = {action.name.rpartition("/")[2]: f"{action.uses} # {action.tag}" for action in contract.ACTIONS.values()}
CHECKOUT = f"""
- uses: {USES["checkout"]}
  with:
    persist-credentials: false
"""


def workflow(jobs: str, on: str = "on:\n  pull_request:\n  push:\n    branches:\n      - main\n") -> str:
    """A whole workflow of the text of its jobs; NAME in `uses: NAME` stands for the pin of an action."""
    text = f"name: Pipeline\n{on}permissions: {{}}\njobs:\n{textwrap.indent(textwrap.dedent(jobs).strip(chr(10)), '  ')}\n"
    for name, pin in USES.items():
        text = text.replace(f"uses: {name}\n", f"uses: {pin}\n")
    return text


class Example:
    """One repository, its engine and its cloud; use it in a `with`."""

    def __init__(self, folder: Path, text: str, files: dict[str, str] | None = None):
        self.folder = folder
        self.work = folder / "work"
        bare = folder / "host.git"
        _git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(bare))
        _git(folder, "init", "--quiet", "--initial-branch=main", str(self.work))
        _git(self.work, "remote", "add", "origin", str(bare))
        self.host = Host("github", "acme/shop", bare)
        self.commit({PATH: text} | (files or {}))
        self.cloud = Cloud(stubs=[])
        (folder / "engine").mkdir()
        self.engine = GitHub(self.cloud, self.host, tools.make(folder / "bin"), folder / "engine")

    def __enter__(self) -> Example:
        return self

    def __exit__(self, *_) -> None:
        self.engine.close()
        self.cloud.close()

    def commit(self, files: dict[str, str], *, branch: str = "main", message: str = "A change", remote: str = "origin") -> str:
        """Writes the files, commits and pushes; the commit."""
        for path, text in files.items():
            (self.work / path).parent.mkdir(parents=True, exist_ok=True)
            (self.work / path).write_text(text)
        _git(self.work, "add", "--all")
        _git(self.work, "-c", "user.name=Alice", "-c", "user.email=a@example.com", "commit", "--quiet", "--allow-empty", "-m", message)
        _git(self.work, "push", "--quiet", remote, f"HEAD:refs/heads/{branch}")
        return _git(self.work, "rev-parse", "HEAD")

    def fork(self) -> None:
        """Mallory's copy of the repository."""
        self.host.fork = self.folder / "fork.git"
        _git(self.folder, "clone", "--quiet", "--bare", str(self.host.bare), str(self.host.fork))
        _git(self.work, "remote", "add", "fork", str(self.host.fork))


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True).stdout.strip()
