"""Pull requests, and whatever else builds a project on its own: builds outside of pipelines, each seen as a run of one job."""

from __future__ import annotations

from typing import Any

from engines import HarnessError, Job, Run

from . import webhooks
from .builds import Build
from .hosts import Watch
from .reception import Reception
from .triggers import Push
from .webhooks import Event

_STATUS = {"SUCCEEDED": "success", "STOPPED": "cancelled", "IN_PROGRESS": "waiting"}
_STRANGER = "55501"


class Requests:
    """Opens pull requests, remembers those that wait for a comment, and runs builds."""

    def __init__(self, reception: Reception, watch: Watch, builder: Any, starts: Any):
        self._reception, self._watch, self._builder, self._starts = reception, watch, builder, starts
        self.builds: dict[str, tuple[Build, Any]] = {}
        self.runs: dict[str, Run] = {}
        # Commit, context and state, as the host shows them beside the request.
        self.statuses: list[tuple[str, str, str]] = []
        self._numbers: dict[tuple[str, bool], int] = {}
        self._held: dict[str, tuple[Event, list]] = {}

    def opened(self, branch: str, fork: bool, title: str, target: str) -> Run | None:
        """A request is opened, or gets a new commit where it is open already."""
        host = self._reception.host
        commit = host.commit(branch, self._watch.fork() if fork else None)
        again = (branch, fork) in self._numbers
        number = self._numbers.setdefault((branch, fork), len(self._numbers) + 1)
        if host.provider == "codecommit":
            return self._one(self._reception.requested(_codecommit(number, branch, target, commit, title, again)))
        event = Event(
            name="PULL_REQUEST_UPDATED" if again else "PULL_REQUEST_CREATED", trigger=f"pr/{number}", commit=commit,
            head_ref=f"refs/heads/{branch}", base_ref=f"refs/heads/{target}", message=title, fork=fork,
            actor=_STRANGER if fork else host.owner_id, files=[] if fork else self._watch.changed(target, commit),
        )  # fmt: skip
        built, held = self._reception.event(event)
        if held:
            self._held[branch] = (event, held)
        return self._one(built)

    def commented(self, branch: str, role: str) -> Run | None:
        """`/codebuild_run` by somebody with that role."""
        if branch not in self._held:
            raise HarnessError(f"no request of {branch} waits for a comment")
        event, held = self._held[branch]
        allowed = [each for each in held if webhooks.comment(each[1]["webhook"], role) == "built"]
        if not allowed:
            return None
        del self._held[branch]
        return self._one([self._reception.build(state, project, event) for state, project in allowed])

    def pushed(self, push: Push) -> list[Run]:
        """The projects that a push builds on their own."""
        kind = "heads" if push.kind == "branch" else "tags"
        event = Event(
            name="PUSH", trigger=f"{push.kind}/{push.name}", commit=push.commit, head_ref=f"refs/{kind}/{push.name}",
            previous=push.previous, actor=self._reception.host.owner_id, files=push.files,
        )  # fmt: skip
        built, _ = self._reception.event(event)
        self.run_all()
        return [self.runs[build.id] for build in built]

    def retried(self, run: Run) -> Run:
        """RetryBuild: a new build of the same commit."""
        old, state = self.builds[run.id]
        cloud = self._builder.cloud
        client = cloud.client(cloud.administrator(state.account), "codebuild", state.region)
        new = state.build(client.retry_build(id=old.id)["build"]["id"])
        new.overrides = old.overrides
        self.run_all()
        self.runs[new.id].context["how"] = "RetryBuild"
        return self.runs[new.id]

    def run_all(self) -> None:
        """Runs each build that somebody has started and nobody has run."""
        for build, state in self._reception.builds():
            if not build.data["phases"]:
                self._run(build, state)

    def _run(self, build: Build, state: Any) -> None:
        name = build.project["name"]
        job = Job(name, started=self._starts(name, False))
        self._builder.run(build, state.region)
        job.status, job.log = _STATUS.get(build.status, "failure"), "\n".join(build.log)
        self.builds[build.id] = (build, state)
        self.runs[build.id] = Run(build.id, {name: job}, {"status": build.status, "trigger": build.data["initiator"]})
        if build.project["source"].get("reportBuildStatus"):
            commit = build.data.get("resolvedSourceVersion", "")
            self.statuses.append((commit, f"AWS CodeBuild {state.region} ({name})", build.status))

    def _one(self, built: list[Build]) -> Run | None:
        self.run_all()
        if len(built) > 1:
            raise HarnessError("one event started several builds: a Run is one")
        return self.runs[built[0].id] if built else None


def _codecommit(number: int, branch: str, target: str, commit: str, title: str, again: bool) -> dict:
    return {
        "event": "pullRequestSourceBranchUpdated" if again else "pullRequestCreated",
        "pullRequestId": str(number), "title": title, "sourceCommit": commit,
        "sourceReference": f"refs/heads/{branch}", "destinationReference": f"refs/heads/{target}",
    }  # fmt: skip
