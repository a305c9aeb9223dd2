"""Which commands a job finds: those of its image and no other. What no source says is in an image is not there."""

from __future__ import annotations

import fnmatch
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from engines import HarnessError, Tools

HERE = Path(__file__).parent
MACHINE = HERE / "machine"
BUSYBOX = Path("/bin/busybox")
SYSTEM = "/usr/local/sbin:/usr/local/bin:/usr/local/go/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Commands whose place ours take: they change the job's machine, or need more of ours than the image has.
OWN = {"apk", "apt-get", "aws", "docker", "pip", "pip3", "python", "python3"}


@dataclass(frozen=True)
class Image:
    """What a job's image is to the job."""

    name: str
    # The shell that the runner finds in it: bash, or busybox's ash.
    shell: list[str]
    commands: list[str]
    # Whether it starts a shell when the job says nothing about the entrypoint.
    starts_shell: bool


def rows(table: str) -> list[list[str]]:
    """The lines of one of the tables beside this file, without its comment."""
    lines = (HERE / table).read_text().splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def image(name: str) -> Image:
    """What is known of an image; one that is in no table is an error of the harness."""
    kits = {kit: commands.split() for kit, commands, _ in rows("kits.tsv")}
    for pattern, shell, names, starts_shell, _ in rows("images.tsv"):
        if fnmatch.fnmatchcase(name, pattern):
            commands = [command for kit in names.split() for command in kits[kit]]
            program = ["/bin/bash"] if shell == "bash" else [str(BUSYBOX), "ash"]
            return Image(name, program, commands + _versioned(name), starts_shell == "yes")
    raise HarnessError(f"images.tsv does not know the image {name}")


def _versioned(name: str) -> list[str]:
    """An image of Python 3.13 has a python3.13, which `sam build` looks for."""
    found = re.search(r"python[:]?(3\.\d+)", name)
    return [f"python{found[1]}"] if found else []


def fill(folder: Path, commands: list[str], tools: Tools) -> None:
    """Makes a folder of exactly these commands, for a PATH."""
    folder.mkdir(parents=True, exist_ok=True)
    if "*busybox" in commands:
        _fill_from_busybox(folder)
    for name in commands:
        if not name.startswith("*"):
            _place(folder / name, _program(name, tools))


def fill_packages(folder: Path, commands: list[str], tools: Tools) -> None:
    """Lays out what the image's package manager could install, package by package."""
    for manager, package, names, _ in rows("packages.tsv"):
        if manager in commands:
            fill(folder / manager / package, names.split(), tools)


def _fill_from_busybox(folder: Path) -> None:
    applets = subprocess.run([BUSYBOX, "--list"], capture_output=True, text=True, check=True).stdout.split()
    for applet in applets:
        if applet not in ("dpkg", "dpkg-deb", "rpm", "rpm2cpio"):
            _place(folder / applet, BUSYBOX)
    # A wait in the cloud is none here: that holds for every image.
    (folder / "sleep").unlink()


def _program(name: str, tools: Tools) -> Path:
    if name in OWN:
        return MACHINE / name.removesuffix("3")
    if name in tools.commands:
        return tools.commands[name]
    # Where this machine lacks what the image has, the job must not be blamed.
    return Path(shutil.which(name, path=SYSTEM) or MACHINE / "absent")


def _place(link: Path, target: Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(target)
