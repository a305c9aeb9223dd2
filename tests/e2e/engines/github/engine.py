"""GitHub Actions as the tests use it: events in, runs out."""

from __future__ import annotations

import re
import shlex
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator

from engines import Engine, HarnessError, Host, Run, Tools
from engines.github import contract, events, gh
from engines.github.actions import perform, stand_ins
from engines.github.jobs import Machine
from engines.github.runs import WorkflowRun
from engines.github.scheduler import Scheduler
from engines.github.site import Grant, Site
from engines.github.workflow import PATH, Workflow

FIRST_RUN = 9_000_000_001


class GitHub(Engine):
    """One repository on github.com with its Actions."""

    def __init__(self, cloud, host: Host, tools: Tools, folder: Path):
        super().__init__(cloud, host, tools, folder)
        self.site = Site(host, folder)
        with_post = {name for name, stand_in in stand_ins().items() if stand_in.post}
        self.actions = contract.write_actions(folder / "actions", with_post)
        self.machine = Machine(self)
        self.scheduler = Scheduler(host, self.machine.evaluate, self.machine.execute, self.machine.stop)
        self.requests: dict[tuple[bool, str], int] = {}
        self._heads: dict[str, str] = {}
        self._together = False
        self.site.routes = {"/action": self._action, "/oidc": self.machine.identity, "/gh": lambda told, *_: gh.run(self, told)}

    def close(self) -> None:
        self.site.close()

    # What happens on the host.

    def push(self, branch: str, *, actor: str = "alice") -> Run | None:
        return self._pushed(f"refs/heads/{branch}", actor)

    def tag(self, name: str) -> Run | None:
        return self._pushed(f"refs/tags/{name}", "alice")

    def pull_request(self, branch: str, *, fork: bool = False, title: str = "A change", target: str = "main") -> Run | None:
        number = self.requests.get((fork, branch))
        action = "opened" if number is None else "synchronize"
        number = self.requests.setdefault((fork, branch), len(self.requests) + 1)
        return self._happens(events.pull_request(self.host, branch, number, fork=fork, title=title, target=target, action=action))

    def dispatch(self, inputs: dict[str, str], *, branch: str | None = None, actor: str = "alice") -> Run | None:
        """A person starts the workflow (gh workflow run)."""
        ref = f"refs/heads/{branch or self.host.default_branch}"
        return self._happens(events.dispatch(self.host, ref, actor, inputs))

    def start_later(self, inputs: dict[str, str], branch: str, actor: str) -> None:
        """The same from a shell of that person (or pasted by `approve`): it runs at the next `settle`."""
        together, self._together = self._together, True
        try:
            self.dispatch(inputs, branch=branch, actor=actor)
        finally:
            self._together = together

    @contextmanager
    def together(self) -> Iterator[None]:
        """What happens inside happens before any job has run: pushes in quick succession."""
        self._together = True
        try:
            yield
        finally:
            self._together = False
        self.settle()

    # What a person does with a run.

    def approve(self, run: Run, environment: str, *, reviewer: str | None = None) -> Run:
        """Lets a held job go on; where production is a run of its own, does literally what the run's page says."""
        found = self.run_of(run)
        held = [job for job in found.jobs.values() if job.state == "approval" and job.environment == environment]
        if not held:
            return self._start_what_is_named(found, environment)
        allowed = self.host.environments[environment].reviewers
        if reviewer is not None and reviewer not in allowed:
            raise HarnessError(f"GitHub lets only {allowed} review {environment}")
        for job in held:
            job.approved = True
        self.settle()
        return found.seen

    def reject(self, run: Run, environment: str) -> Run:
        """A reviewer refuses: the job is red, and what waited behind it goes on."""
        found = self.run_of(run)
        held = [job for job in found.jobs.values() if job.state == "approval" and job.environment == environment]
        if not held:
            raise HarnessError(f"no job of run {run.id} waits for {environment}")
        for job in held:
            job.end("failure", f"The deployment to {environment} was rejected.")
            self.scheduler.groups.leave(job)
        self.settle()
        return found.seen

    def rerun(self, run: Run, *, failed_only: bool = False) -> Run:
        """ "Re-run all jobs", or "Re-run failed jobs": the same commit, id and number, one attempt more."""
        found = self.run_of(run)
        if not found.over:
            raise HarnessError(f"run {run.id} has not ended")
        again = {job.spec.id for job in found.jobs.values() if job.state in ("failure", "cancelled")}
        while grown := {job.spec.id for job in found.jobs.values() if again & set(job.spec.needs)} - again:
            again |= grown
        found.attempt += 1
        found.admitted, found.group = False, None
        seen, found.seen = found.seen, Run(found.id, context=dict(found.seen.context))
        found.seen.jobs |= seen.jobs
        found.begin(self.cloud.clock.now, again if failed_only else None)
        self.settle()
        return found.seen

    def hold(self, point: Callable[[str], bool]) -> None:
        """Kills, once, the first job or step ("job" or "job: name of the step") that `point` accepts, as soon as it works."""
        self.machine.point = point

    def cancel(self, why: str = "The run was canceled by @alice.") -> None:
        """Kills the job that works now; from any thread, such as the effect of an injected fault."""
        self.machine.cancel(why)

    def settle(self) -> None:
        """Runs what can run without a person."""
        if not self._together:
            self.scheduler.settle()
        self.site.raise_errors()

    def person(self, login: str = "alice") -> dict[str, str]:
        """What a person's shell needs to use gh: a PATH that begins with it, and that person's token."""
        path = f"{Path(__file__).parent / 'shims'}:{self.tools.path}"
        return {"PATH": path, "HARNESS_GITHUB": self.site.url, "GH_TOKEN": self.site.token(Grant(login), "gho")}

    def run_of(self, run: Run) -> WorkflowRun:
        return self.site.runs[run.id]

    def _pushed(self, ref: str, actor: str) -> Run | None:
        event = events.push(self.host, ref, actor, self._heads.get(ref, events.ZERO))
        self._heads[ref] = event.sha
        return self._happens(event)

    def _happens(self, event: events.Event) -> Run | None:
        text = self.host.git("show", f"{event.sha}:{PATH}")
        workflow = Workflow(text)
        contract.check(workflow)
        if not events.starts(workflow, event):
            return None
        number = len(self.site.runs) + 1
        run = WorkflowRun(str(FIRST_RUN + number), number, event, workflow)
        run.seen = Run(run.id)
        run.begin(self.cloud.clock.now)
        self.site.runs[run.id] = run
        self.scheduler.runs.append(run)
        self.settle()
        return run.seen

    def _start_what_is_named(self, run: WorkflowRun, environment: str) -> Run:
        """Pastes the command that the run's summary shows for this environment."""
        summaries = "\n".join(job.summary for job in run.jobs.values())
        for command in re.findall(r"`(gh workflow run [^`]*)`", summaries):
            if f"environment={environment}" in shlex.split(command):
                known = set(self.site.runs)
                said = gh.run(self, {"arguments": shlex.split(command)[1:], "folder": str(self.host.bare), "environment": self.person()})
                if said["code"]:
                    raise HarnessError(f"{command}: {said['error']}")
                self.settle()
                return self.site.runs[(set(self.site.runs) - known).pop()].seen
        raise HarnessError(f"nothing waits for {environment}, and no summary says how it starts:\n{run.seen.describe()}\n{summaries}")

    def _action(self, told: dict, token: str, _query: str) -> dict:
        return perform(told, self.site.tokens[token].job, self.site)
