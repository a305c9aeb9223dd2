"""Tells the pipelines and projects of an account what happened on the git host; what that started waits to be run."""

from __future__ import annotations

from typing import Any, Iterable

from engines import Host

from . import connections, eventbridge, jobs, triggers, webhooks
from .builds import Build
from .executions import Execution
from .projects import repository_of
from .triggers import Push
from .webhooks import Event


class Reception:
    """Knows where pipelines and projects are kept, and how each host reaches them."""

    def __init__(self, cloud: Any, host: Host, findings: list[str]):
        self.cloud, self.host, self._findings = cloud, host, findings
        self._told: set[str] = set()

    def pipelines(self) -> list[Any]:
        """Of all accounts and regions."""
        return [pipeline for state in self._states("codepipeline") for pipeline in state.pipelines.values()]

    def builds(self) -> list[tuple[Build, Any]]:
        """All builds, with the state that holds them."""
        return [(build, state) for state in self._states("codebuild") for build in state.builds.values()]

    def _states(self, service: str) -> Iterable[Any]:
        return self.cloud.stub(service).everywhere()

    def first_of(self, push: Push) -> list[tuple[Any, Execution]]:
        """The execution that began with its pipeline and takes what was pushed: told of once, for the push before it."""
        found = [
            (pipeline, one)
            for pipeline in self.pipelines()
            for one in pipeline.executions
            if one.trigger == "CreatePipeline" and one.id not in self._told and jobs.takes(one, push.name, push.commit)
        ]
        self._told |= {one.id for _, one in found}
        return found

    def pushed(self, push: Push) -> list[tuple[Any, Execution]]:
        """The executions that a push starts."""
        started = []
        for pipeline in self.pipelines():
            revisions = triggers.starts(self.cloud, pipeline, self.host.repository, push)
            if revisions is not None:
                detail = f"{self.host.repository}@{push.name}"
                started.append((pipeline, pipeline.start("WebhookV2", detail, self.cloud.clock.now(), revisions)))
        return started + (self._by_rule(push) if self.host.provider == "codecommit" else [])

    def _by_rule(self, push: Push) -> list[tuple[Any, Execution]]:
        """CodeCommit's way: EventBridge. The execution clones what was pushed at that moment."""
        started = []
        for state in self._states("codepipeline"):
            event = eventbridge.pushed(self.repository, state.account, state.region, push)
            ids = eventbridge.deliver(self.cloud, state.account, state.region, event, self._findings)
            for pipeline in state.pipelines.values():
                for execution in [one for one in pipeline.executions if one.id in ids]:
                    sources = [action["name"] for action in execution.definition["stages"][0]["actions"]]
                    execution.revisions = {source: {"commit": push.commit, "branch": push.name} for source in sources}
                    started.append((pipeline, execution))
        return started

    @property
    def repository(self) -> str:
        """CodeCommit knows names alone."""
        return self.host.repository.rsplit("/", 1)[-1]

    def event(self, event: Event) -> tuple[list[Build], list[tuple[Any, dict]]]:
        """Tells the webhooks; the builds that it starts, and the projects in which somebody has to allow one first."""
        built, held = [], []
        for state in self._states("codebuild"):
            for project in state.projects.values():
                if not self._hears(project):
                    continue
                event.role = "" if event.fork else webhooks.writer(project["source"]["type"])
                if not webhooks.matches(project["webhook"], event):
                    continue
                if webhooks.decide(project["webhook"], event) == "built":
                    built.append(self.build(state, project, event))
                else:
                    held.append((state, project))
        return built, held

    def _hears(self, project: dict) -> bool:
        if "webhook" not in project or repository_of(project) != self.host.repository:
            return False
        return connections.status(self.cloud, project["source"]["auth"]["resource"]) == "AVAILABLE"

    def build(self, state: Any, project: dict, event: Event) -> Build:
        """A build of the event's commit."""
        build = state.start(project["name"], f"{self.host.provider.title()}-Hookshot", self.cloud.clock.now())
        version = event.trigger if event.trigger.startswith("pr/") else event.commit
        build.data["sourceVersion"] = version
        build.webhook, build.overrides = event.variables, {"commit": event.commit}
        return build

    def requested(self, request: dict) -> list[Build]:
        """A pull request of CodeCommit: the builds that its event starts."""
        found = []
        for state in self._states("codebuild"):
            event = eventbridge.requested(self.repository, state.account, state.region, request)
            ids = eventbridge.deliver(self.cloud, state.account, state.region, event, self._findings)
            found += [state.builds[id] for id in ids if id in state.builds]
        return found
