"""Alice, who runs what `init` printed: her credentials, her programs, and the deeds that only a person can do in a console."""

from __future__ import annotations

import subprocess
from typing import Callable

from engines import Engine, HarnessError
from engines.gitlab import glab
from projects import FollowUp, Project

# A follow-up that takes longer has met a wait without an end.
LIMIT_SECONDS = 180


class Alice:
    """A person with administrator credentials in each account, by profile."""

    def __init__(self, project: Project, engine: Engine, accounts: dict[str, str], region: str):
        """`accounts`: profile (the environment's name) -> account; the first one is also her default."""
        self.project = project
        self.engine = engine
        self.region = region
        # Deeds in a console, by the beginning of the follow-up's title: done before its command is run.
        self.deeds: dict[str, Callable[[], None]] = {}
        self.bin = project.home / "bin"
        self.bin.mkdir()
        (self.bin / "glab").symlink_to(glab.COMMAND)
        self._configure(accounts)

    def _configure(self, accounts: dict[str, str]) -> None:
        folder = self.project.home / ".aws"
        folder.mkdir(exist_ok=True)
        texts = []
        for profile, account in [("default", next(iter(accounts.values()))), *accounts.items()]:
            key = self.engine.cloud.administrator(account)
            lines = [f"aws_access_key_id = {key.access_key}", f"aws_secret_access_key = {key.secret_key}"]
            texts.append("\n".join([f"[{profile}]", *lines, ""]))
        (folder / "credentials").write_text("\n".join(texts))
        # Version 1 stands in for version 2, which takes an address in an argument for what it is and fetches nothing.
        profiles = ["default", *(f"profile {profile}" for profile in accounts)]
        (folder / "config").write_text("".join(f"[{profile}]\ncli_follow_urlparam = false\n" for profile in profiles))

    def environment(self) -> dict[str, str]:
        door = self.engine.cloud.environment(None, self.region)
        environment = self.engine.tools.environment_for(self.project.home) | door | self.engine.person()
        for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
            environment.pop(name, None)  # she has profiles, a job has none
        return environment | {"PATH": f"{self.bin}:{environment['PATH']}"}

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Pastes a command into her shell, which has no option set."""
        return subprocess.run(
            ["bash", "-c", command], cwd=self.project.folder, env=self.environment(),
            capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False,
        )  # fmt: skip

    def follow(self, steps: list[FollowUp] | None = None) -> None:
        """All follow-ups, literally and in their order; the first that fails ends it."""
        for step in self.project.follow_ups if steps is None else steps:
            for beginning, deed in self.deeds.items():
                if step.title.startswith(beginning):
                    deed()
            done = self.run(step.command)
            if done.returncode or "STOP" in done.stdout:
                text = f"{step.title}\n{step.command}\n{done.stdout}{done.stderr}"
                raise HarnessError(f"a follow-up ended with {done.returncode}: {text}")
