"""CodePipeline with CodeBuild: hears what happens on the git host, and does what the pipelines in the door's stubs say."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

from botocore.exceptions import ClientError

from engines import Engine, HarnessError, Host, Run, Tools

from . import jobs, triggers
from .actions import Actions
from .builder import Builder
from .executions import Execution
from .holding import Holder
from .hosts import Watch
from .reception import Reception
from .requests import Requests
from .scheduler import Scheduler
from .triggers import Push


class CodePipeline(Engine):
    """`findings`: what is asked of an image that it does not hold, and lost events; `statuses`: what the host was told."""

    def __init__(self, cloud: Any, host: Host, tools: Tools, folder: Path):
        super().__init__(cloud, host, tools, folder)
        self.runs: dict[str, Run] = {}
        self._meanwhile: list[tuple[Callable[[str], bool], Callable[[], Any]]] = []
        self._builder = Builder(cloud, host, tools, folder / "builds")
        self.findings = self._builder.findings
        self._holder = Holder(cloud)
        self._builder.interrupt = lambda build, session: self._stop(build)
        self._watch = Watch(host)
        self._reception = Reception(cloud, host, self.findings)
        self._requests = Requests(self._reception, self._watch, self._builder, self._job_starts)
        self.statuses = self._requests.statuses
        self._scheduler = Scheduler(Actions(cloud, host, self._builder, self._job_starts))

    def close(self) -> None:
        """Ends the credentials endpoint."""
        self._builder.close()

    # What happens on the host.

    def push(self, branch: str, *, actor: str = "alice") -> Run | None:
        """The execution that a push of the branch starts.

        A pipeline starts by itself when it is made, with what the branch holds
        then. The first push of that very commit is taken for the one that came
        before the pipeline, which told nobody: that execution's run is returned.
        """
        push = self._watch.push(branch, actor)
        first = self._reception.first_of(push)
        return self._settled(first[0]) if first else self._pushed(push)

    def push_all(self, commits: list[tuple[str, str]]) -> list[Run]:
        """Pushes so quick that the last one is heard before the first has begun: (branch, commit), in their order."""
        started = []
        for branch, commit in commits:
            self.host.git("update-ref", f"refs/heads/{branch}", commit)
            started += self._reception.pushed(self._watch.push(branch, "alice"))
        self.settle()
        return [self.runs[execution.id] for _, execution in started]

    def tag(self, name: str) -> Run | None:
        """What a pushed tag starts."""
        return self._pushed(self._watch.tag(name))

    def pull_request(self, branch: str, *, fork: bool = False, title: str = "A change", target: str = "main") -> Run | None:
        """The build of the project with a webhook; one job, named as the project. None while a comment has to allow it."""
        if any(triggers.hears_requests(pipeline) for pipeline in self._reception.pipelines()):
            raise HarnessError("a pipeline that pull requests start is not known here")
        return self._requests.opened(branch, fork, title, target)

    def comment(self, branch: str, *, role: str) -> Run | None:
        """`/codebuild_run` under the request of that branch, by somebody with that role, such as GITHUB_WRITE."""
        return self._requests.commented(branch, role)

    # What a person does.

    def approve(self, run: Run, environment: str) -> Run:
        """PutApprovalResult by an administrator, then everything that it lets go on. A run that waits for none is an error."""
        return self.answer(run, environment, "Approved")

    def reject(self, run: Run, environment: str) -> Run:
        """The same with a no: the stage fails."""
        return self.answer(run, environment, "Rejected")

    def answer(self, run: Run, environment: str, word: str, credentials: Any = None) -> Run:
        """`credentials`: of the person who answers; whoever lacks the permission gets the ClientError."""
        pipeline, execution = self._found(run)
        for stage, action in jobs.names(execution.definition):
            waiting = execution.action(stage, action)
            if jobs.environment_of(stage) == environment and waiting.token and waiting.status == "InProgress":
                self._client(pipeline, credentials).put_approval_result(
                    pipelineName=pipeline.name, stageName=stage, actionName=action,
                    result={"status": word, "summary": f"{word} by a person"}, token=waiting.token,
                )  # fmt: skip
                return self._settled((pipeline, execution))
        raise HarnessError(f"nothing waits for a person before {environment}: {run.context.get('status')}")

    def rerun(self, run: Run) -> Run:
        """What a person finds on the page: "Retry stage" where one failed, else a new execution of the same commit.

        A stage that a newer execution has come to cannot be retried; then it is
        a new execution, too. `context["how"]` says which. A pull request's
        build is retried (RetryBuild).
        """
        if run.id in self._requests.builds:
            return self._requests.retried(run)
        pipeline, execution = self._found(run)
        failed = [name for name, stage in execution.stages.items() if stage.status in ("Failed", "Stopped")]
        if failed and self._retried(pipeline, execution, failed[0]):
            run.context["how"] = "RetryStageExecution"
            return self._settled((pipeline, execution))
        return self._again(pipeline, execution)

    def _retried(self, pipeline: Any, execution: Execution, stage: str) -> bool:
        try:
            self._client(pipeline).retry_stage_execution(
                pipelineName=pipeline.name, stageName=stage, pipelineExecutionId=execution.id, retryMode="FAILED_ACTIONS"
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "NotLatestPipelineExecutionException":
                raise
            return False
        return True

    def _again(self, pipeline: Any, execution: Execution) -> Run:
        revisions = [
            {"actionName": name, "revisionType": "COMMIT_ID", "revisionValue": found["commit"]}
            for name, found in execution.revisions.items()
        ]
        id = self._client(pipeline).start_pipeline_execution(name=pipeline.name, sourceRevisions=revisions)["pipelineExecutionId"]
        run = self._settled((pipeline, next(one for one in pipeline.executions if one.id == id)))
        run.context["how"] = "StartPipelineExecution with the same commit"
        return run

    def hold(self, point: Callable[[str], bool]) -> None:
        """Stop build for the next job that `point` accepts: a deployment after its first change at AWS, others at once."""
        self._holder.wait_for(point)

    def meanwhile(self, point: Callable[[str], bool], deed: Callable[[], Any]) -> None:
        """Does `deed` once, when a job that `point` accepts starts: a push, say, that comes while a build works."""
        self._meanwhile.append((point, deed))

    def settle(self) -> None:
        """Runs all that can go on without a person: what was started at the door, approvals whose time is over."""
        pipelines = self._reception.pipelines()
        self._scheduler.settle(pipelines)
        self._requests.run_all()
        self._holder.check()
        for pipeline in pipelines:
            for execution in pipeline.executions:
                self._run(pipeline, execution)

    # Inside.

    def _job_starts(self, name: str, deploys: bool) -> int:
        number = self.next_start()
        due = [one for one in self._meanwhile if one[0](name)]
        self._meanwhile = [one for one in self._meanwhile if one not in due]
        for _, deed in due:
            deed()
        self._holder.starts(name, deploys)
        return number

    def _stop(self, build: Any) -> bool:
        build.stop = build.stop or self._holder.now()
        return build.stop

    def _pushed(self, push: Push) -> Run | None:
        started = self._reception.pushed(push)
        alone = self._requests.pushed(push)
        self.settle()
        found = [self._run(*one) for one in started] + alone
        if len(found) > 1:
            raise HarnessError("one push started several executions: a Run is one")
        return found[0] if found else None

    def _settled(self, found: tuple[Any, Execution]) -> Run:
        self.settle()
        return self._run(*found)

    def _run(self, pipeline: Any, execution: Execution) -> Run:
        run = self.runs.setdefault(execution.id, Run(execution.id))
        return jobs.refresh(run, pipeline, execution)

    def _found(self, run: Run) -> tuple[Any, Execution]:
        for pipeline in self._reception.pipelines():
            for execution in pipeline.executions:
                if execution.id == run.id:
                    return pipeline, execution
        raise HarnessError(f"no pipeline has an execution {run.id}")

    def _client(self, pipeline: Any, credentials: Any = None) -> Any:
        region, account = pipeline.arn.split(":")[3:5]
        return self.cloud.client(credentials or self.cloud.administrator(account), "codepipeline", region)
