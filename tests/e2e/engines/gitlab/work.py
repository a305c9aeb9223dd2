"""One job from its start to its end: its machine, its variables and tokens, what may end it early, and what it leaves."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from engines import HarnessError

from . import local, machines, stores
from .claims import claims
from .events import ISSUER, slug
from .local import Process
from .machines import Machine
from .pipelines import Pipeline, State

if TYPE_CHECKING:
    from .service import Service

OUTDATED = "The deployment job is older than the latest deployment, and therefore failed."


def perform(service: Service, pipeline: Pipeline, state: State) -> None:
    """Runs a job whose turn it is."""
    if service.outdated(state, pipeline):
        state.become("failed", OUTDATED)
        return
    state.become("running")
    state.began = True
    state.job.started = service.next_start()
    number = service.number("job")
    door = service.cloud.environment(None, None)
    machine = machines.prepare(pipeline.folder / str(number), state.spec, pipeline.event, service.host, service.tools, door)
    cache = _bring(service, pipeline, state, machine)
    process = local.start(machine, state.spec.name, _variables(service, pipeline, state, number, machine))
    service.working.append((state, process))
    code = local.wait(process, _Watch(service, state))
    service.working.remove((state, process))
    _end(service, pipeline, state, process, code, cache)


def _bring(service: Service, pipeline: Pipeline, state: State, machine: Machine) -> Path | None:
    """Fetches what the job finds in its checkout: first its cache, then the artifacts of the jobs it names."""
    cache = None
    if state.spec.cache is not None:
        cache = stores.cache_folder(service.folder / "caches", state.spec, machine.checkout, pipeline.event.protected)
        stores.restore_cache(cache, machine.checkout)
    needs = state.spec.needs
    names = [need.job for need in needs if need.artifacts] if needs is not None else [other.spec.name for other in pipeline.before(state)]
    for name in names:
        artifacts = pipeline.states[name].artifacts if name in pipeline.states else None
        if artifacts is not None:
            stores.copy(artifacts, machine.checkout)
    return cache


def _variables(service: Service, pipeline: Pipeline, state: State, number: int, machine: Machine) -> dict[str, str]:
    """Everything that GitLab gives to the job: a token only where the file asks for one."""
    spec = state.spec
    variables = pipeline.variables | {
        "CI_JOB_ID": str(number), "CI_JOB_NAME": spec.name, "CI_JOB_NAME_SLUG": slug(spec.name), "CI_JOB_STAGE": spec.stage,
        "CI_JOB_URL": f"{pipeline.event.repository.url}/-/jobs/{number}", "CI_JOB_IMAGE": spec.image, "CI_JOB_TIMEOUT": str(spec.timeout),
        "CI_PROJECT_DIR": str(machine.checkout), "CI_BUILDS_DIR": str(machine.checkout.parent),
    }  # fmt: skip
    for name, audience in spec.id_tokens.items():
        said = claims(pipeline.event, service.host, spec, audience, pipeline.id, number)
        variables[name] = service.cloud.tokens.issue(ISSUER, said, lifetime=spec.timeout)
    return variables


class _Watch:
    """Ends a job at its timeout, by the clock of the emulated AWS, and does what a test wants done while it works."""

    def __init__(self, service: Service, state: State):
        self.spec = state.spec
        self.cloud = service.cloud
        self.began: datetime = self.cloud.clock.now()
        self.deed = service.plan(state.spec.name)
        # Calls made before the last line of the script began; None while it has not.
        self.calls: int | None = None

    def __call__(self, process: Process) -> None:
        if (self.cloud.clock.now() - self.began).total_seconds() > self.spec.timeout:
            process.kill("timeout")
        if self.deed and self._at_work(process):
            deed, self.deed = self.deed, None
            deed(process)

    def _at_work(self, process: Process) -> bool:
        """Whether its last line has begun, and has made a call to AWS where the job has a token for that."""
        last = self.spec.script[-1].split("\n")[0]
        if self.calls is None:
            if f"$ {last}" not in process.log():
                return False
            self.calls = len(self.cloud.calls)
        talks = bool(self.spec.id_tokens)
        return not talks or len(self.cloud.calls) > self.calls


def _end(service: Service, pipeline: Pipeline, state: State, process: Process, code: int, cache: Path | None) -> None:
    machine = process.machine
    state.job.log = process.log()
    if machine.unknown:
        raise HarnessError(f"{state.spec.name}: {machine.unknown}")
    if process.ended == "timeout":
        state.become("failed", f"ERROR: Job failed: execution took longer than {state.spec.timeout}s")
    elif process.ended == "canceled":
        state.become("canceled", "ERROR: Job failed: canceled")
    elif code:
        state.become("failed", f"ERROR: Job failed: {_exit_code(machine, code)}")
    else:
        _succeed(service, pipeline, state, machine, cache)
    machines.remove(machine)


def _exit_code(machine: Machine, code: int) -> str:
    """gitlab-ci-local's own errors are the harness's: a failing script is what it reports as FAIL."""
    said = (machine.folder / "runner.log").read_text(errors="replace")
    found = re.search(r"FAIL (\d+)", said)
    if found is None:
        raise HarnessError(f"gitlab-ci-local ended with {code}:\n{said[-4000:]}")
    return f"exit code {found[1]}"


def _succeed(service: Service, pipeline: Pipeline, state: State, machine: Machine, cache: Path | None) -> None:
    if cache is not None:
        stores.save_cache(cache, machine.checkout, state.spec.cache["paths"])
    state.artifacts = stores.artifacts_of(machine) if state.spec.artifacts else None
    if state.spec.environment and state.deployment is not None:
        service.deployed[state.spec.environment] = (state.deployment, pipeline.event.sha)
    state.become("success", "Job succeeded")
