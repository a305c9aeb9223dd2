"""A shell in which the tests run what an example's page tells a person to run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from .testing import ACCOUNT, REGION

EXAMPLES = Path(__file__).parents[4] / "docs" / "examples"
OTHER = "222222222222"
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
GH = '#!/bin/sh\necho "repo:acme@90001/shop@70001"\n'


class Shell:
    """Runs the commands of one example as the person who reads its page would."""

    def __init__(self, cloud, folder, example):
        self.cloud = cloud
        self.folder = folder / example
        shutil.copytree(EXAMPLES / example, self.folder)
        tools = folder / "bin"
        tools.mkdir()
        (tools / "gh").write_text(GH)
        (tools / "gh").chmod(0o755)
        profiles = folder / "profiles"
        profiles.write_text("".join(self._profile(name, account) for name, account in self.accounts().items()))
        path = f"{tools}:{Path(sys.executable).parent}:/usr/bin:/bin"
        self.environment = {**cloud.environment(cloud.administrator(ACCOUNT), REGION), "PATH": path, "HOME": str(folder)}
        self.environment["AWS_CONFIG_FILE"] = str(profiles)

    @staticmethod
    def accounts():
        """The profiles that the commands name."""
        return {"development": ACCOUNT, "staging": ACCOUNT, "production": OTHER}

    def _profile(self, name, account):
        key = self.cloud.administrator(account)
        return f"[profile {name}]\naws_access_key_id={key.access_key}\naws_secret_access_key={key.secret_key}\n"

    def commands(self, part):
        """The blocks before the first deployment that speak of `part`."""
        page = (self.folder / "docs" / "DEPLOYMENT.md").read_text()
        blocks = [re.sub(r"(?m)^ {3}", "", block) for block in BLOCK.findall(page.split("## When a job is red")[0])]
        return [block for block in blocks if part in block]

    def run(self, command):
        """Status and log of one command."""
        environment = dict(self.environment)
        if "--profile" in command:
            del environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]
        done = subprocess.run(
            ["bash", "-euc", command], cwd=self.folder, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def bootstrap(self):
        """Every stack before the pipeline's own."""
        for command in self.commands("cloudformation deploy"):
            if "pipeline.yaml" not in command:
                status, log = self.run(command)
                assert status == 0, log
