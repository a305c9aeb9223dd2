"""Reads the emitted workflow as GitHub does, refuses what the harness does not know, and cuts one job out of its text for act."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import yaml

from engines import HarnessError

PATH = ".github/workflows/pipeline.yml"
TOP = {"name", "on", "permissions", "env", "defaults", "concurrency", "jobs"}
JOB = {"name", "if", "needs", "runs-on", "timeout-minutes", "environment", "concurrency", "permissions", "env", "defaults", "steps"}
STEP = {"name", "id", "if", "uses", "with", "run", "env", "working-directory", "shell", "continue-on-error"}
# What a job without timeout-minutes may take.
DEFAULT_MINUTES = 360


class _Loader(yaml.SafeLoader):
    """YAML 1.2, as GitHub reads it: `on` is a word there, and only true and false are booleans."""


_Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:bool"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$", re.I), list("tTfF"))


@dataclass
class Group:
    """What `concurrency:` says; both texts may hold expressions."""

    group: str
    cancel: str
    queue_all: bool

    @classmethod
    def of(cls, value) -> Group | None:
        if value is None:
            return None
        given = {"group": value} if isinstance(value, str) else dict(value)
        refuse_unknown("concurrency", given, {"group", "cancel-in-progress", "queue"})
        cancel = given.get("cancel-in-progress", False)
        cancel = str(cancel).lower() if isinstance(cancel, bool) else cancel
        queue = given.get("queue", "single")
        if queue not in ("single", "max") or (queue == "max" and cancel == "true"):
            raise HarnessError(f"GitHub refuses this workflow: concurrency has queue {queue} and cancel-in-progress {cancel}")
        return cls(str(given["group"]), cancel, queue == "max")


@dataclass
class JobSpec:
    """One job as the workflow has it."""

    id: str
    raw: dict
    needs: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.raw.get("name", self.id)

    @property
    def condition(self) -> str:
        return str(self.raw.get("if", ""))

    @property
    def environment(self) -> str | None:
        value = self.raw.get("environment")
        return value.get("name") if isinstance(value, dict) else value

    @property
    def group(self) -> Group | None:
        return Group.of(self.raw.get("concurrency"))

    @property
    def minutes(self) -> float:
        return float(self.raw.get("timeout-minutes", DEFAULT_MINUTES))


class Workflow:
    """The workflow file of one commit."""

    def __init__(self, text: str):
        self.text = text
        self.raw = yaml.load(text, Loader=_Loader)
        refuse_unknown("the workflow", self.raw, TOP)
        self.jobs = {name: self._job(name, raw) for name, raw in self.raw["jobs"].items()}
        for job in self.jobs.values():
            if unknown := set(job.needs) - set(self.jobs):
                raise HarnessError(f"GitHub refuses this workflow: {job.id} needs {unknown}")

    @property
    def name(self) -> str:
        return self.raw.get("name", PATH)

    @property
    def on(self) -> dict[str, dict]:
        """Event -> its filters; {} for none."""
        on = self.raw["on"]
        if isinstance(on, str):
            return {on: {}}
        return {event: {} for event in on} if isinstance(on, list) else {event: value or {} for event, value in on.items()}

    @property
    def group(self) -> Group | None:
        return Group.of(self.raw.get("concurrency"))

    @staticmethod
    def _job(name: str, raw: dict) -> JobSpec:
        refuse_unknown(f"the job {name}", raw, JOB)
        if raw["runs-on"] != "ubuntu-24.04":
            raise HarnessError(f"the job {name} runs on {raw['runs-on']}: the harness has only ubuntu-24.04")
        for step in raw["steps"]:
            refuse_unknown(f"a step of {name}", step, STEP)
        needs = raw.get("needs", [])
        return JobSpec(name, raw, [needs] if isinstance(needs, str) else list(needs))

    def cut(self, job: str) -> str:
        """The file that act runs: the emitted text without the other jobs, and without `needs` and `concurrency`,

        which the engine has dealt with before the job starts (act knows no queue, and would run the needs again).
        """
        lines = self.text.splitlines(keepends=True)
        root = yaml.compose(self.text)
        top = _spans(root, len(lines))
        jobs = next(value for key, value in root.value if key.value == "jobs")
        spans = _spans(jobs, top["jobs"][1])
        own = next(value for key, value in jobs.value if key.value == job)
        inner = _spans(own, spans[job][1])
        gone = [span for name, span in spans.items() if name != job]
        gone += [inner[key] for key in ("needs", "concurrency") if key in inner] + [top[key] for key in ("concurrency",) if key in top]
        for start, end in gone:
            lines[start:end] = ["\n"] * (end - start)
        return "".join(lines)


def refuse_unknown(where: str, given: dict, known: set[str]) -> None:
    """A key that the harness does not know would be silently left out of the proof."""
    if unknown := set(given) - known:
        raise HarnessError(f"{where} has {', '.join(sorted(map(str, unknown)))}: the harness does not know that")


def _spans(mapping: yaml.MappingNode, end: int) -> dict[str, tuple[int, int]]:
    """The lines of each key of a block mapping."""
    keys = [key for key, _ in mapping.value]
    if mapping.flow_style or len({key.start_mark.line for key in keys}) < len(keys):
        raise HarnessError("a mapping on one line cannot be cut")
    starts = [key.start_mark.line for key in keys] + [end]
    return {key.value: (starts[at], starts[at + 1]) for at, key in enumerate(keys)}
