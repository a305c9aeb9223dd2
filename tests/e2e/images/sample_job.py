"""A job that runs docker with a machine and a HOME of its own, for the tests of the shim."""

from __future__ import annotations

import subprocess

from aws.services import sample

HOST = sample.NAME.split("/")[0]
BUILD = ("build", "--platform", "linux/amd64", "--provenance=false", "--sbom=false", "--file", "Dockerfile")


class Job:
    """A job with a machine and a HOME of its own."""

    def __init__(self, cloud, machine, folder, credentials=None):
        self.folder, self.cloud = folder, cloud
        (folder / "home").mkdir(parents=True)
        signed = cloud.environment(credentials, sample.REGION)
        self.environment = {**machine.environment, **signed, "PATH": machine.path, "HOME": str(folder / "home")}

    def run(self, *command, given=None, folder=None):
        done = subprocess.run(
            command, env=self.environment, cwd=folder or self.folder, input=given,
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def docker(self, *arguments, **more):
        return self.run("docker", *arguments, **more)

    def build(self, tag, folder=None):
        return self.docker(*BUILD, "--tag", tag, ".", folder=folder)

    def login(self):
        return self.run("bash", "-c", f"aws ecr get-login-password | docker login --username AWS --password-stdin {HOST}")
