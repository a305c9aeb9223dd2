"""The cells that pipewright offers, each with the sample that proves it; a cell is kind x target x CI."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent

CIS = ("github", "gitlab", "codebuild")
# kind -> target, as the tables of the issues have them. What leaves this table is no longer proven: nothing may.
KINDS = {"spa": "amplify", "container": "ecs-express", "sam": "lambda"}


@dataclass(frozen=True)
class App:
    """A sample, and how a test changes, breaks and recognises it."""

    folder: str
    # The file that holds "version N", and that a test of the sample reads.
    versioned: str
    # A file and a text that ends the build with an error.
    unbuildable: tuple[str, str]
    # What a person answers where the sample does not tell; "CI" in it is the cell's.
    answers: Path | None = None


@dataclass(frozen=True)
class Cell:
    kind: str
    target: str
    ci: str

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.target}-{self.ci}"


CELLS = [Cell(kind, target, ci) for kind, target in KINDS.items() for ci in CIS]

SITE = App(
    "e2e/apps/site", "src/index.html", ("build.js", "throw new Error('this build fails');\n"), HERE / "apps" / "site.yml"
)  # fmt: skip
CONTAINER = App("e2e/apps/container", "server.js", ("Dockerfile", "FROM node:24-alpine\nRUN false\n"))
FUNCTION = App("e2e/apps/function", "src/hello.js", ("package.json", "this is no JSON\n"))
# Small applications without a dependency: every way to be red is tried with them.
SMALL = {"spa": SITE, "container": CONTAINER, "sam": FUNCTION}
