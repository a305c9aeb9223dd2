"""The machines that run jobs: each gets a fresh folder, home and token, and only the rights that its job has."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Callable
from urllib.parse import parse_qs

from aws.tokens import GITHUB as ISSUER
from engines import HarnessError
from engines.github import contract, expressions
from engines.github.act import Act, Outcome
from engines.github.permissions import allows, claims
from engines.github.runs import JobRun, WorkflowRun
from engines.github.site import Grant
from engines.github.workflow import PATH

SHIMS = Path(__file__).parent / "shims"


class Machine:
    """Runs one job at a time."""

    def __init__(self, engine):
        self.engine = engine
        self.point: Callable[[str], bool] | None = None
        self.working: tuple[JobRun, Act] | None = None
        self._count = 0

    def execute(self, job: JobRun) -> None:
        """The whole job; its result and its log are in the job then."""
        runtime = self.engine.site.token(Grant(job.run.event.actor, {}, job), "runtime")
        token = self.engine.site.token(Grant("github-actions[bot]", job.permissions, job))
        job.seen.log = ""
        act = self._act(job.run, job.run.workflow.cut(job.spec.id), token)
        self.working = (job, act)
        try:
            outcome = act.run(
                self._environment(job, runtime), context=self._context(job.run), variables=self._variables(job.run),
                actions=self.engine.actions, watch=self._watch, tick=self._tick(job),
            )  # fmt: skip
        finally:
            self.working = None
            self.engine.site.revoke(job)
            shutil.rmtree(act.folder, ignore_errors=True)
        self.engine.site.raise_errors()
        self._settle(job, outcome)

    def evaluate(self, run: WorkflowRun, condition: str, texts: dict[str, str]) -> dict[str, str] | None:
        """The texts as GitHub would read them, None where the condition is false."""
        act = self._act(run, expressions.workflow(run.workflow.on, condition, texts), "none")
        machine = {"PATH": self.engine.tools.path}
        outcome = act.run(machine, context=self._context(run), variables=self._variables(run), actions={})
        shutil.rmtree(act.folder, ignore_errors=True)
        if outcome.result == "failure":
            raise HarnessError(f"act cannot evaluate {condition} {texts}:\n{outcome.log}")
        return None if outcome.result == "skipped" else {name: "" for name in texts} | outcome.outputs.get(expressions.PROBE, {})

    def identity(self, _body: dict, token: str, query: str) -> dict:
        """What stands at ACTIONS_ID_TOKEN_REQUEST_URL."""
        grant = self.engine.site.tokens.get(token)
        if grant is None or grant.person or not allows(grant.job.permissions, "id-token", "write"):
            raise PermissionError("this job may not have an identity token")
        audience = parse_qs(query).get("audience", [None])[0]
        said = claims(self.engine.host, grant.job.run, grant.job.environment, audience)
        return {"value": self.engine.cloud.tokens.issue(ISSUER, said)}

    def stop(self, job: JobRun) -> None:
        if self.working and self.working[0] is job:
            self.cancel("The operation was canceled.")

    def cancel(self, why: str) -> None:
        if self.working:
            self.working[1].cancel(why)

    def _act(self, run: WorkflowRun, workflow: str, token: str) -> Act:
        self._count += 1
        folder = self.engine.folder / "jobs" / f"{self._count:03}"
        event = run.event
        return Act(folder, workflow=workflow, event=event.name, payload=event.payload, actor=event.actor, token=token)

    def _environment(self, job: JobRun, runtime: str) -> dict[str, str]:
        """Of the machine: no credential is among it but what the job's own permissions give."""
        tools, site = self.engine.tools, self.engine.site
        door = self.engine.cloud.environment(None, None)
        own = {"PATH": f"{SHIMS}:{tools.path}", "HARNESS_GITHUB": site.url, "RUNNER_ENVIRONMENT": "github-hosted"}
        own["ACTIONS_RUNTIME_TOKEN"] = runtime
        if allows(job.permissions, "id-token", "write"):
            own |= {"ACTIONS_ID_TOKEN_REQUEST_URL": f"{site.url}/oidc?api-version=2.0", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": runtime}
        return tools.environment | door | own

    def _context(self, run: WorkflowRun) -> dict[str, str]:
        host, event = self.engine.host, run.event
        return {
            "GITHUB_REPOSITORY": host.repository, "GITHUB_REPOSITORY_OWNER": host.repository.split("/")[0],
            "GITHUB_REPOSITORY_ID": host.repository_id, "GITHUB_REPOSITORY_OWNER_ID": host.owner_id,
            # act takes the commit from SHA_REF.
            "SHA_REF": event.sha, "GITHUB_REF": event.ref, "GITHUB_REF_NAME": event.ref_name, "GITHUB_REF_TYPE": event.ref_type,
            "GITHUB_HEAD_REF": event.head_ref, "GITHUB_BASE_REF": event.base_ref, "GITHUB_TRIGGERING_ACTOR": event.actor,
            "GITHUB_RUN_ID": run.id, "GITHUB_RUN_NUMBER": str(run.number), "GITHUB_RUN_ATTEMPT": str(run.attempt),
            "GITHUB_WORKFLOW_REF": f"{host.repository}/{PATH}@{event.ref}", "GITHUB_WORKFLOW_SHA": event.sha, "GITHUB_RETENTION_DAYS": "90",
        }  # fmt: skip

    def _variables(self, run: WorkflowRun) -> dict[str, str]:
        """A contributor's run has none (unproven for variables, documented for secrets)."""
        return {} if run.event.fork else self.engine.host.variables

    def _watch(self, act: Act, line: dict) -> None:
        """Whether a test wants this job killed now."""
        if self.point is None or not str(line["msg"]).startswith("\u2b50 Run Main "):
            return
        job = self.working[0].spec.id
        if self.point(job) or self.point(f"{job}: {line['step']}"):
            self.point = None
            act.cancel("The run was canceled by @alice.")

    def _tick(self, job: JobRun) -> Callable[[Act], None]:
        clock = self.engine.cloud.clock
        deadline = clock.now() + timedelta(minutes=job.spec.minutes)

        def tick(act: Act) -> None:
            if clock.now() > deadline:
                act.cancel(f"The job has exceeded the maximum execution time of {job.spec.minutes:g}m0s")

        return tick

    def _settle(self, job: JobRun, outcome: Outcome) -> None:
        if outcome.result != "skipped":
            job.seen.started = self.engine.next_start()
        job.seen.log = outcome.log
        job.summary = outcome.summary
        job.run.seen.context.setdefault("summary", {})[job.spec.id] = outcome.summary
        contract.check_outputs(job.spec, outcome.outputs, outcome.passed)
        job.end(outcome.result)
