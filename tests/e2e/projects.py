"""A stranger's repository: a sample, a git host, and what `pipewright init` wrote and printed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import tools
from engines import Host, HarnessError

SAMPLES = tools.REPOSITORY / "tests"
HOSTS = {"github": "https://github.com", "gitlab": "https://gitlab.com", "codebuild": "https://github.com"}


@dataclass(frozen=True)
class FollowUp:
    """One thing that `init` asks a person to do."""

    title: str
    command: str


class Project:
    """A sample in a work folder of alice, with a bare repository in the place of its git host."""

    def __init__(self, folder: Path, sample: str, ci: str, repository: str = "acme/shop"):
        self.ci = ci
        self.folder = folder / "work"
        self.home = folder / "alice"
        self.home.mkdir(parents=True)
        shutil.copytree(SAMPLES / sample, self.folder)
        bare = folder / "host.git"
        subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", bare], check=True)
        provider = "gitlab" if ci == "gitlab" else "github"
        self.host = Host(provider=provider, repository=repository, bare=bare)
        self._settings(f"{HOSTS[ci]}/{repository}.git")
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("remote", "add", "origin", f"{HOSTS[ci]}/{repository}.git")
        self.commit("The application")
        self.follow_ups: list[FollowUp] = []
        self.printed = ""

    def _settings(self, url: str) -> None:
        """The remote is what a person has; git is told where its host really is."""
        text = f'[user]\n\tname = Alice\n\temail = alice@example.com\n[url "{self.host.bare}"]\n\tinsteadOf = {url}\n'
        (self.home / ".gitconfig").write_text(text + "[safe]\n\tdirectory = *\n")

    def environment(self) -> dict[str, str]:
        return {"HOME": str(self.home), "PATH": os.environ["PATH"], "NO_COLOR": "1", "LANG": "C.UTF-8"}

    def git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.folder), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=self.environment(), check=False)
        if done.returncode:
            raise HarnessError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
        return done.stdout.strip()

    def pipewright(self, *arguments: str) -> str:
        """Runs the program under proof in the work folder; what it printed."""
        command = [str(tools.pipewright()), *arguments]
        # Without the setting that says where the host really is: pipewright shall see the remote as alice typed it.
        environment = self.environment() | {"HOME": str(self.home / "no-settings")}
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, env=environment, check=False)
        if done.returncode:
            raise HarnessError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def init(self, *flags: str) -> None:
        """`init --yes`; the follow-ups are read as data, and proven to be what a person sees."""
        flags = ("init", "--yes", "--ci", self.ci, *flags)
        answer = self.pipewright(*flags, "--json", "--dry-run")
        told = json.loads(answer[answer.index("{") : answer.rindex("}") + 1])
        self.follow_ups = [FollowUp(**each) for each in told["follow_ups"]]
        self.printed = self.pipewright(*flags)
        _is_printed(self.printed, self.follow_ups)

    def write(self, path: str, text: str) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def replace(self, path: str, pattern: str, by: str) -> None:
        """Changes a file of the project; a pattern that is not there is a mistake of the test."""
        text, count = re.subn(pattern, by, (self.folder / path).read_text())
        if not count:
            raise HarnessError(f"{path} has no {pattern!r}")
        self.write(path, text)

    def commit(self, message: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def push(self, branch: str = "main") -> None:
        self.git("push", "--quiet", "--force", "origin", f"HEAD:refs/heads/{branch}")


    def fork(self, branch: str) -> None:
        """A stranger's copy of the repository gets that branch; ours does not have it."""
        if self.host.fork is None:
            self.host.fork = self.host.bare.with_name("fork.git")
            subprocess.run(["git", "clone", "--quiet", "--bare", self.host.bare, self.host.fork], check=True)
        self.git("push", "--quiet", "--force", str(self.host.fork), f"HEAD:refs/heads/{branch}")
        self.git("push", "--quiet", "origin", "--delete", branch)


def _is_printed(text: str, follow_ups: list[FollowUp]) -> None:
    lines = [line.strip() for line in text.splitlines()]
    for follow_up in follow_ups:
        for line in follow_up.command.splitlines():
            if line.strip() not in lines:
                raise HarnessError(f"init has the follow-up {follow_up.title!r} but did not print {line!r}")
