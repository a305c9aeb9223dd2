"""Runs builds as CodeBuild does: a machine for each, one credentials endpoint for all."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

from engines import Host, Tools

from .builds import Build
from .credentials import Endpoint
from .session import Session
from .work import Work


class Builder:
    """Makes a machine per build. `findings` collects what a reader of the generated files should know."""

    def __init__(self, cloud: Any, host: Host, tools: Tools, folder: Path):
        self.cloud, self.host, self.tools, self.folder = cloud, host, tools, folder
        self.endpoint = Endpoint(cloud.clock)
        self.findings: list[str] = []
        # Asked while a command runs; True stops the build as a person's StopBuild would.
        self.interrupt: Callable[[Build, Session], bool] = lambda build, session: False

    def run(self, build: Build, region: str) -> None:
        """Until COMPLETED."""
        Work(self, build, region).run()

    def close(self) -> None:
        """Ends the credentials endpoint."""
        self.endpoint.close()
