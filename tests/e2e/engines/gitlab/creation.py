"""Makes a pipeline from an event, or none: what `workflow: rules`, the commit message and the jobs' rules decide."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Callable

from engines import HarnessError, Host, Job, Run

from . import configuration, glab, local, machines, rules
from .configuration import Configuration, JobSpec
from .events import SKIP, Event, event_variables
from .pipelines import Pipeline, State

FILE = ".gitlab-ci.yml"


def create(event: Event, host: Host, folder: Path, number: Callable[[str], int]) -> Pipeline | None:
    """The pipeline with its jobs, none of them started; None where GitLab makes none."""
    variables = event_variables(event, host) | glab.variables(host, event)
    checkout = folder / "configuration"
    machines.check_out(event, checkout, host)
    try:
        if not (checkout / FILE).exists() or SKIP.search(variables["CI_COMMIT_MESSAGE"]):
            return None
        return _create(event, checkout, variables, number)
    finally:
        shutil.rmtree(checkout)


def _create(event: Event, checkout: Path, variables: dict[str, str], number: Callable[[str], int]) -> Pipeline | None:
    try:
        listed = {job["name"]: job for job in local.jobs(checkout, checkout.parent / "listing", variables)}
    except local.Refused as refused:
        return _failed(event, checkout.parent, number, str(refused))
    file = configuration.read((checkout / FILE).read_text())
    if file.workflow is not None:
        rule = rules.matching(file.workflow, variables)
        if rule is None or rule.get("when") == "never":
            return None
    pipeline = _new(event, file, variables, checkout.parent, number)
    for spec in file.jobs:
        when = _when(spec, variables, listed[spec.name]["when"])
        if when != "never":
            job = Job(spec.name, environment=spec.environment)
            pipeline.states[spec.name] = State(spec, when == "manual", job)
            pipeline.run.jobs[spec.name] = job
    missing = pipeline.missing_needs()
    if missing:
        return _failed(event, checkout.parent, number, "\n".join(missing))
    return pipeline if pipeline.states else None


def _when(spec: JobSpec, variables: dict[str, str], theirs: str) -> str:
    """Whether a job is in the pipeline, and whether it waits for a person; two evaluators must say the same."""
    ours = "on_success"
    if spec.rules is not None:
        rule = rules.matching(spec.rules, variables | spec.variables)
        ours = "never" if rule is None else rule.get("when", "on_success")
    if ours != theirs:
        raise HarnessError(f"{spec.name}: gitlab-ci-local says {theirs}, the engine says {ours}: {spec.rules}")
    return ours


def _new(event: Event, file: Configuration, variables: dict[str, str], folder: Path, number: Callable[[str], int]) -> Pipeline:
    """An empty pipeline with its numbers; a retry of a job changes none of them."""
    iid = number(f"pipelines of {event.repository.path}")
    numbered = {"CI_PIPELINE_ID": folder.name, "CI_PIPELINE_IID": str(iid), "CI_PIPELINE_URL": f"{event.repository.url}/-/pipelines/{folder.name}"}
    pipeline = Pipeline(int(folder.name), iid, event, file, variables | numbered, folder)
    pipeline.run = Run(folder.name, {}, {"pipeline": pipeline})
    return pipeline


def _failed(event: Event, folder: Path, number: Callable[[str], int], message: str) -> Pipeline:
    """A file that GitLab refuses makes a pipeline that has failed and has no jobs; the page shows the reason."""
    pipeline = _new(event, Configuration([], None, []), {}, folder, number)
    pipeline.run.jobs[FILE] = Job(FILE, "failure", f"Unable to create pipeline\n{message}")
    return pipeline
