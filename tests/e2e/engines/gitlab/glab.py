"""CI/CD variables of the project: what `glab variable set` stored, and which pipelines get them."""

from __future__ import annotations

import json
from pathlib import Path

from engines import Host

from .events import Event, own

# The command that a person finds on her PATH; it finds the project by the remote of the folder it is run in.
COMMAND = Path(__file__).parent / "glab"
# Beside the repository, as both are the project's.
FILE = "gitlab-project.json"


def stored(host: Host) -> dict[str, dict]:
    """Every variable with its value and whether it is protected; those of the Host are not."""
    file = host.bare / FILE
    written = json.loads(file.read_text())["variables"] if file.exists() else {}
    return {name: {"value": value, "protected": False} for name, value in host.variables.items()} | written


def variables(host: Host, event: Event) -> dict[str, str]:
    """What a pipeline of that event gets: a fork has none, and a branch that is not protected only the open ones."""
    if event.repository != own(host):
        return {}
    return {name: each["value"] for name, each in stored(host).items() if event.protected or not each["protected"]}
