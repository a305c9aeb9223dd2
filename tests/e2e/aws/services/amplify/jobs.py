"""Deployments by upload: an address for the zip, a job that moves when it is looked at, and the site that it publishes."""

from __future__ import annotations

import zipfile
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ...base import AwsError, Call
from ..regional import identifier
from .site import unpacked
from .state import START_WITHIN, STOPS_WITHIN, App, Branch, Job, State

UNFINISHED = (
    "The last job(deployment) {} was not finished, please wait until it finish or use StopJob operation to cancel it "
    "before creating a new deployment."
)


class Jobs:
    """The operations on jobs; a part of the stub of Amplify."""

    def create_deployment(self, call: Call) -> dict:
        state, app, branch = self.here(call), self.app(call), self.branch(call)
        for job in branch.jobs:
            stopped(job, call.time)
        if branch.jobs and branch.jobs[-1].open:
            raise AwsError("BadRequestException", UNFINISHED.format(branch.jobs[-1].id))
        key = str(len(branch.jobs) + 1)
        job = Job(key, f"{branch.arn}/jobs/{key.zfill(10)}", call.time, identifier(64))
        job.happens("CreateDeployment", call.time)
        branch.jobs.append(job)
        return {"jobId": key, "fileUploadUrls": {}, "zipUploadUrl": self._address(state, app, branch, job)}

    def _address(self, state: State, app: App, branch: Branch, job: Job) -> str:
        """A presigned address in Amplify's own bucket; whoever has it may upload, for eight hours."""
        host = f"aws-amplify-prod-{state.region}-artifacts.s3.{state.region}.amazonaws.com"
        if host not in self.cloud.sites:
            self.cloud.sites[host] = self._receiver(state.region)
        seconds = int(START_WITHIN.total_seconds())
        query = f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires={seconds}&X-Amz-Signature={job.secret}"
        return f"https://{host}/{app.id}/{branch.name.replace('/', '-')}/{job.id.zfill(10)}/DEPLOY/artifacts.zip?{query}"

    def _receiver(self, region: str) -> Any:
        def receive(path: str, headers: dict, request: Any) -> tuple[int, dict, str]:
            with self.lock:
                return self._upload(region, path, request)

        receive.takes_request = True
        return receive

    def _upload(self, region: str, path: str, request: Any) -> tuple[int, dict, str]:
        signature = parse_qs(urlsplit(path).query).get("X-Amz-Signature", [""])[0]
        jobs = [
            job
            for (_, where), state in self._states.items()
            if where == region
            for app in state.apps.values()
            for branch in app.branches.values()
            for job in branch.jobs
            if job.secret == signature
        ]
        if not jobs or request.method != "PUT":
            return 403, {}, "<Error><Code>SignatureDoesNotMatch</Code></Error>"
        if self.cloud.clock.now() > jobs[0].created + START_WITHIN:
            return 403, {}, "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
        jobs[0].archive = request.get_data()
        return 200, {}, ""

    def start_deployment(self, call: Call) -> dict:
        state, branch = self.here(call), self.branch(call)
        if not call.params.get("jobId"):
            raise AwsError("BadRequestException", "Must specify jobId or sourceUrl for StartDeploymentRequest.")
        job = branch.job(call.params["jobId"])
        stopped(job, call.time)
        if job.status != "PENDING" or job.started:
            raise AwsError("BadRequestException", f"The job {job.id} is not in a state in which it can be started.")
        job.started = call.time
        if call.time > job.created + START_WITHIN:
            job.happens("started after 8 hours", call.time, "The deployment was started too late.")
        else:
            job.happens("StartDeployment", call.time)
            job.plan = state.plans.pop(0) if state.plans else None
        return {"jobSummary": summary(job)}

    def get_job(self, call: Call) -> dict:
        app, branch = self.app(call), self.branch(call)
        job = branch.job(call.params["jobId"])
        self._look(app, branch, job, call.time)
        step = {
            "stepName": "DEPLOY",
            "startTime": job.started or job.created,
            "endTime": job.ended or call.time,
            "status": job.status,
            "statusReason": job.reason,
        }
        return {"job": {"summary": summary(job), "steps": [step] if job.started else []}}

    def list_jobs(self, call: Call) -> dict:
        branch = self.branch(call)
        for job in branch.jobs:
            stopped(job, call.time)
        return {"jobSummaries": [summary(job) for job in reversed(branch.jobs)]}

    def stop_job(self, call: Call) -> dict:
        job = self.branch(call).job(call.params["jobId"])
        if not job.open:
            raise AwsError("BadRequestException", f"The job {job.id} cannot be stopped: it is {job.status}.")
        job.happens("StopJob", call.time)
        job.stopping = job.stopping or call.time
        return {"jobSummary": summary(job)}

    def _look(self, app: App, branch: Branch, job: Job, now: datetime) -> None:
        """One step further for one look, if the job can move."""
        if job.status == "PENDING" and job.started:
            job.happens("taken up", now)
        elif job.status == "RUNNING":
            self._publish(app, branch, job, now)
        elif job.status == "CANCELLING":
            job.happens("stopped", now)

    @staticmethod
    def _publish(app: App, branch: Branch, job: Job, now: datetime) -> None:
        if job.plan and job.plan.never_ends:
            return job.happens("waiting", now)
        if job.plan or job.archive is None:
            return job.happens("failed", now, job.plan.reason if job.plan else "There is no uploaded artifact.")
        try:
            branch.published = unpacked(job.archive, app.settings.get("customHeaders"))
        except zipfile.BadZipFile:
            return job.happens("failed", now, "The uploaded artifact is not a zip file.")
        branch.active_job = job.id
        job.happens("published", now)


def stopped(job: Job, now: datetime) -> None:
    """A job that is being stopped ends by itself, also when nobody looks."""
    if job.status == "CANCELLING" and now >= job.stopping + STOPS_WITHIN:
        job.happens("stopped", now)


def summary(job: Job) -> dict:
    """A job as ListJobs shows it."""
    shown = {
        "jobArn": job.arn,
        "jobId": job.id,
        "commitId": "",
        "commitMessage": "",
        "commitTime": job.created,
        "startTime": job.started or job.created,
        "status": job.status,
        "jobType": "MANUAL",
    }
    return shown | ({"endTime": job.ended} if job.ended else {})
