"""What jobs and people find on their machines: the real commands by name, three shims, and a way to the package registries."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from engines import Tools

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
INSTALLED = Path(os.environ.get("PIPEWRIGHT_E2E", REPOSITORY / "target" / "e2e"))
CHECKERS = Path(os.environ.get("PIPEWRIGHT_CHECKERS", REPOSITORY / "target" / "checkers" / "bin"))

# How a package manager of this machine reaches its registry; no credential is among them.
_REGISTRY_WORDS = ("_PROXY", "_proxy", "CA_BUNDLE", "CA_CERTS", "CERT", "CAINFO", "GOPROXY", "GONOSUMDB", "GOFLAGS", "GOSUMDB")
_REGISTRY_PREFIXES = ("npm_config_", "NPM_CONFIG_", "PIP_", "UV_")


def pipewright() -> Path:
    """The program whose output is proven."""
    return Path(os.environ.get("PIPEWRIGHT_BINARY", REPOSITORY / "target" / "release" / "pipewright"))


def make(folder: Path) -> Tools:
    """A PATH in a folder of its own; caches are shared, so that a package is fetched once per machine."""
    folder.mkdir(parents=True)
    commands = _commands()
    for name, program in commands.items():
        (folder / name).symlink_to(program)
    path = f"{folder}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return Tools(path=path, environment=_environment(), commands=commands)


def _commands() -> dict[str, Path]:
    virtual = INSTALLED / "venv" / "bin"
    node = CHECKERS.parent / "npm" / "node_modules" / ".bin" / "node"
    npm = Path(shutil.which("npm") or "npm").resolve()
    commands = {
        "aws": virtual / "aws",
        "sam": INSTALLED / "sam" / "bin" / "sam",
        "uv": virtual / "uv",
        "node": node.resolve(),
        "npm": npm,
        "npx": npm.with_name("npx-cli.js"),
        "go": Path(shutil.which("go") or "go").resolve(),
        "docker": HERE / "images" / "docker",
    }
    return commands | _pythons() | {shim.name: shim for shim in (HERE / "shims").iterdir()}


def _pythons() -> dict[str, Path]:
    """Each Python of the machine by its version: a function's runtime must be there to be built."""
    folder = Path(os.path.realpath(INSTALLED / "venv" / "bin" / "python")).parents[2]
    found = {}
    for program in folder.glob("3.*/bin/python3.*"):
        if program.name.removeprefix("python3.").isdigit():
            found[program.name] = program
    return found


def _environment() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(_REGISTRY_PREFIXES) or any(word in name for word in _REGISTRY_WORDS)
    }
    caches = INSTALLED / "caches"
    return kept | {
        "npm_config_cache": str(caches / "npm"),
        "npm_config_prefer_offline": "true",
        "PIP_CACHE_DIR": str(caches / "pip"),
        "UV_CACHE_DIR": str(caches / "uv"),
        "GOMODCACHE": str(caches / "go"),
        "GOCACHE": str(caches / "go-build"),
        "PIPEWRIGHT_E2E_PYTHON": os.path.realpath(INSTALLED / "venv" / "bin" / "python"),
        "LANG": "C.UTF-8",
    }
