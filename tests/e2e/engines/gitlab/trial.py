"""A project on GitLab for the engine's own tests: hand-written files, and jobs that write down what they are given."""

from __future__ import annotations

import subprocess
from pathlib import Path

import tools
from aws.cloud import Cloud
from engines import Host

from . import GitLab

PYTHON = "public.ecr.aws/docker/library/python:3.13-bookworm"
NODE = "public.ecr.aws/docker/library/node:24-bookworm"
AWS = "public.ecr.aws/aws-cli/aws-cli:2.36.46"
DOCKER = "public.ecr.aws/docker/library/docker:28.5.2-cli"
MAIN = '$CI_COMMIT_BRANCH == "main"'


class Trial:
    """The engine with an empty AWS and a repository that a test fills."""

    def __init__(self, folder: Path):
        self.cloud = Cloud(stubs=[])
        bare = folder / "host.git"
        self.work = folder / "work"
        subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", bare], check=True)
        self.host = Host("gitlab", "acme/shop", bare)
        subprocess.run(["git", "init", "--quiet", "--initial-branch=main", self.work], check=True)
        (folder / "engine").mkdir()
        self.engine = GitLab(self.cloud, self.host, tools.make(folder / "bin"), folder / "engine")

    def close(self) -> list[str]:
        """Ends it; what the emulated AWS did not understand."""
        unexpected = self.cloud.unexpected()
        self.engine.close()
        self.cloud.close()
        return unexpected

    def git(self, *arguments: str) -> str:
        identity = ["-c", "user.name=Alice", "-c", "user.email=alice@example.com"]
        return self.host.git(*identity, *arguments, folder=self.work)

    def commit(self, message: str = "A change", **files: str) -> None:
        """Commits files by name; `ci` is the pipeline's."""
        for name, text in files.items():
            path = self.work / (".gitlab-ci.yml" if name == "ci" else name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)

    def send(self, branch: str = "main", bare: Path | None = None) -> None:
        self.git("push", "--quiet", "--force", str(bare or self.host.bare), f"HEAD:refs/heads/{branch}")

    def push(self, message: str = "A change", branch: str = "main", **files: str):
        """A commit on a branch, and what it starts."""
        self.commit(message, **files)
        self.send(branch)
        return self.engine.push(branch)


def job(name: str, *script: str, image: str = AWS, more: str = "", needs: str = "[]", rule: str = "") -> str:
    """One job as YAML, as short as the tests want it."""
    lines = "".join(f"    - |\n      {line}\n" for line in script)
    rules = f"  rules:\n    - if: '{rule}'\n" if rule else ""
    return f'{name}:\n  image:\n    name: {image}\n    entrypoint: [""]\n  needs: {needs}\n{rules}{more}  script:\n{lines}'
