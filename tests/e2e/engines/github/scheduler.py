"""What may run now: needs, environments and concurrency groups, over all runs of the repository."""

from __future__ import annotations

import re
from typing import Callable

from engines import HarnessError, Host
from engines.github import events, expressions
from engines.github.groups import Groups
from engines.github.runs import DONE, JobRun, WorkflowRun
from engines.github.workflow import Group

Evaluate = Callable[[WorkflowRun, str, dict[str, str]], "dict[str, str] | None"]


class Scheduler:
    """Moves every run on, a round at a time. In one round all jobs that may start are taken to start at once,

    so what two of them ask for together is decided in the order of their runs; then they are executed one after
    the other. That keeps each test the same every time.
    """

    def __init__(self, host: Host, evaluate: Evaluate, execute: Callable[[JobRun], None], stop: Callable[[JobRun], None]):
        self.host = host
        self.groups = Groups()
        self.runs: list[WorkflowRun] = []
        self._evaluate = evaluate
        self._execute = execute
        self._stop = stop

    def settle(self) -> None:
        """Until nothing goes on without a person."""
        while True:
            starting = [job for run in list(self.runs) for job in self._starting(run)]
            if not starting and not any(self._leave_if_over(run) for run in self.runs):
                return
            for job in starting:
                if job.state not in DONE:  # another one may have cancelled it
                    self._execute(job)
                self.groups.leave(job)

    def cancel(self, run: WorkflowRun, why: str) -> None:
        """What has not ended ends as cancelled."""
        for job in run.jobs.values():
            if job.state not in DONE:
                self._stop(job)
                job.end("cancelled", why)
                self.groups.leave(job)

    def _leave_if_over(self, run: WorkflowRun) -> bool:
        """Whether a run has just made room for the next one in its group."""
        if run.group is None or not run.over:
            return False
        self.groups.leave(run)
        run.group = None
        return True

    def _starting(self, run: WorkflowRun) -> list[JobRun]:
        if run.over or (not run.admitted and not self._admit(run)):
            return []
        starting = []
        while True:
            ready = [job for job in run.jobs.values() if job.ready and job not in starting]
            before = [job.state for job in run.jobs.values()]
            starting += [job for job in ready if self._may_start(job)]
            if before == [job.state for job in run.jobs.values()]:
                return starting

    def _admit(self, run: WorkflowRun) -> bool:
        wanted = run.workflow.group
        if wanted is None:
            run.admitted = True
        elif run.group is None:
            run.group = self._enter(run, wanted, run)
        if run.group is not None:
            run.admitted = self.groups.holds(run.group, run)
        return run.admitted

    def _may_start(self, job: JobRun) -> bool:
        """Its needs are over; what else stands before it?"""
        if any(job.run.jobs[need].state != "success" for need in job.spec.needs):
            if re.search(r"\b(always|failure|cancelled|success)\(\)", job.spec.condition):
                raise HarnessError(f"{job.spec.id}: the harness knows no condition on the result of what a job needs")
            job.end("skipped")
            return False
        if job.state == "new" and self._has_gates(job) and not self._enabled(job):
            return False
        return self._has_turn(job) and self._is_approved(job)

    def _has_gates(self, job: JobRun) -> bool:
        """Whether its condition must be known before it starts: act itself decides for all others."""
        group, environment = job.spec.group, job.spec.environment
        job.environment, job.group = environment, group and group.group
        if not expressions.is_text(environment) or (group and not (expressions.is_text(group.group) and expressions.is_text(group.cancel))):
            return True
        rule = environment and self.host.environments.get(environment)
        return bool(rule) or bool(group and self.groups.busy(group.group, job))

    def _enabled(self, job: JobRun) -> bool:
        """Evaluates what its gates need; a job whose condition is false is not held at them."""
        group = job.spec.group
        texts = {"environment": job.spec.environment or "", "group": group.group if group else "", "cancel": group.cancel if group else ""}
        said = self._evaluate(job.run, job.spec.condition, texts)
        if said is None:
            job.end("skipped")
            return False
        job.environment, job.group = said["environment"] or None, said["group"] or None
        rule = self.host.environments.get(job.environment or "")
        if rule and rule.branches and not events.matches_branch(rule.branches, job.run.event):
            text = f"{job.run.event.ref_name!r} is not allowed to deploy to {job.environment} due to environment protection rules."
            job.end("failure", text)
            return False
        return True

    def _has_turn(self, job: JobRun) -> bool:
        group = job.spec.group
        if group is None:
            return True
        job.group = self._enter(job, group, job.run) if job.state == "new" else job.group
        if self.groups.holds(job.group, job):
            return True
        if job.state not in DONE:
            job.wait("queued", f"Pending: another job holds the concurrency group {job.group}.")
        return False

    def _is_approved(self, job: JobRun) -> bool:
        """A job that waits for a person keeps its place in its group meanwhile (vstorm-co/agenticos#1832)."""
        rule = self.host.environments.get(job.environment or "")
        if job.approved or rule is None or not rule.reviewers:
            return True
        job.wait("approval", f"Waiting: {job.environment} needs a review by {', '.join(rule.reviewers)}.")
        return False

    def _enter(self, holder, wanted: Group, run: WorkflowRun) -> str:
        group, cancel = self._values(wanted, run)
        for gone in self.groups.enter(group, holder, cancel=cancel == "true", queue_all=wanted.queue_all):
            why = f"Canceling since a higher priority waiting request for {group} exists"
            if isinstance(gone, WorkflowRun):
                self.cancel(gone, why)
            else:
                self._stop(gone)
                gone.end("cancelled", why)
            self.groups.leave(gone)
        return group

    def _values(self, wanted: Group, run: WorkflowRun) -> tuple[str, str]:
        if expressions.is_text(wanted.group) and expressions.is_text(wanted.cancel):
            return wanted.group, wanted.cancel
        said = self._evaluate(run, "", {"group": wanted.group, "cancel": wanted.cancel})
        return said["group"], said["cancel"]
