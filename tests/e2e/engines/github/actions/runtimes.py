"""actions/setup-node, -python and -go, and aws-actions/setup-sam: the version that was asked for, and the cache of its packages."""

from __future__ import annotations

import glob
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from engines import HarnessError
from engines.github.actions import Call, Failed

# package manager -> what it is cached by, and where its cache lies.
LOCKS = {"npm": "package-lock.json", "yarn": "yarn.lock", "pnpm": "pnpm-lock.yaml", "pip": "requirements.txt", "go": "go.sum"}
FOLDERS = {
    "npm": ("npm_config_cache", ".npm"), "yarn": ("YARN_CACHE_FOLDER", ".cache/yarn"), "pnpm": ("PNPM_HOME", ".local/share/pnpm"),
    "pip": ("PIP_CACHE_DIR", ".cache/pip"), "go": ("GOMODCACHE", "go/pkg/mod"),
}  # fmt: skip


def node(call: Call) -> None:
    """The node of the PATH, when it is of the version asked for."""
    call.only("node-version", "cache", "cache-dependency-path", "package-manager-cache")
    found = _version(call, "node", "--version")
    _compare(call, "node", call.inputs["node-version"], found)
    call.outputs["node-version"] = f"v{found}"
    if call.inputs["cache"]:
        _restore(call, call.inputs["cache"])


def python(call: Call) -> None:
    """The Python of that version; the harness's own `python` and `pip` make their virtual environment from it."""
    call.only("python-version", "cache", "cache-dependency-path")
    asked = call.inputs["python-version"]
    program = call.which(f"python{asked}") or Path(call.environment.get("PIPEWRIGHT_E2E_PYTHON") or call.which("python3"))
    found = _version(call, str(program.resolve()), "--version")
    _compare(call, "python", asked, found)
    call.exports |= {"PIPEWRIGHT_E2E_PYTHON": str(program.resolve()), "pythonLocation": str(program.parent)}
    call.outputs |= {"python-version": found, "python-path": str(program)}
    if call.inputs["cache"]:
        _restore(call, call.inputs["cache"])


def go(call: Call) -> None:
    """The go of the PATH; its modules are cached unless that is switched off."""
    call.only("go-version", "cache", "cache-dependency-path")
    found = _version(call, "go", "version")
    _compare(call, "go", call.inputs["go-version"], found)
    call.outputs["go-version"] = found
    if call.flag("cache"):
        _restore(call, "go")


def sam(call: Call) -> None:
    """The sam of the PATH."""
    call.only("use-installer", "version")
    found = _version(call, "sam", "--version")
    if call.inputs["version"] not in ("", found):
        _compare(call, "sam", call.inputs["version"], found)
    call.lines.append(f"sam {found}")


def save(call: Call) -> None:
    """After a green job, where the key was new: the cache as it is now."""
    key, folder = call.state.get("key"), Path(call.state.get("folder", ""))
    if not key or key in call.site.caches or not folder.is_dir():
        return
    target = call.site.folder / "caches" / hashlib.sha256(key.encode()).hexdigest()[:16]
    target.parent.mkdir(exist_ok=True)
    _copy(folder, target)
    call.site.caches[key] = target
    call.lines.append(f"Cache saved with the key: {key}")


def _version(call: Call, program: str, *arguments: str) -> str:
    environment = {name: value for name, value in call.environment.items() if not name.startswith(("INPUT_", "ACTIONS_"))}
    done = subprocess.run(
        ["/usr/bin/env", program, *arguments], capture_output=True, text=True, env=environment, cwd=call.folder, check=False, timeout=120
    )
    found = re.search(r"\d+(\.\d+)+", done.stdout)
    if done.returncode or found is None:
        raise HarnessError(f"{program} {arguments} says {done.stdout}{done.stderr}")
    return found[0]


def _compare(call: Call, tool: str, asked: str, found: str) -> None:
    """The same major version at least; a stand-in of another minor one is told."""
    wanted = re.fullmatch(r"v?(\d+(?:\.\d+)*)(?:\.x)?", asked)
    if wanted is None:
        raise HarnessError(f"{call.name}: the harness cannot resolve the version {asked!r}")
    want, have = wanted[1].split("."), found.split(".")
    if want[0] != have[0]:
        raise HarnessError(f"{call.name} asks for {tool} {asked}, and this machine has {found}")
    if want != have[: len(want)]:
        call.site.stand_ins.add(f"{tool} {found} in the place of {asked}")
        call.lines.append(f"harness: {tool} {found} stands in for {asked}")
    else:
        call.lines.append(f"Found {tool} {found}")


def _restore(call: Call, manager: str) -> None:
    """The cache of the lock files' hash; none of them there is red, as it is for the real ones."""
    if manager not in LOCKS:
        raise Failed(f"Caching for '{manager}' is not supported")
    pattern = call.inputs["cache-dependency-path"] or f"**/{LOCKS[manager]}"
    files = sorted(file for line in pattern.splitlines() for file in glob.glob(str(call.folder / line.strip()), recursive=True))
    if not files:
        raise Failed(
            "Some specified paths were not resolved, unable to cache dependencies." if call.inputs["cache-dependency-path"]
            else f"Dependencies lock file is not found in {call.folder}. Supported file patterns: {LOCKS[manager]}"
        )  # fmt: skip
    digest = hashlib.sha256(b"".join(Path(file).read_bytes() for file in files)).hexdigest()
    key = f"{call.name.split('-')[-1]}-cache-Linux-x64-{manager}-{digest}"
    variable, usual = FOLDERS[manager]
    folder = Path(call.environment.get(variable) or Path(call.environment["HOME"]) / usual)
    hit = call.site.caches.get(key)
    if hit is not None:
        _copy(hit, folder)
    call.state |= {"key": "" if hit else key, "folder": str(folder)}
    call.outputs["cache-hit"] = str(hit is not None).lower()
    call.lines.append(f"Cache restored from key: {key}" if hit else f"{manager} cache is not found")


def _copy(source: Path, target: Path) -> None:
    """By hard links where the file system allows them: what packages leave in a cache is never changed in place."""
    target.mkdir(parents=True, exist_ok=True)
    for flags in ("-aln", "-an"):
        if subprocess.run(["cp", flags, f"{source}/.", str(target)], capture_output=True, check=False).returncode == 0:
            return
    shutil.copytree(source, target, dirs_exist_ok=True)
