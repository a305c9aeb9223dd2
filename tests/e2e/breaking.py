"""How the emulated AWS is made to fail: each planted for the time of a run."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import Any, Iterator

from aws.base import Call
from lab import REGION, Lab

DEPLOY = "deploy-staging"
# Why tasks stopped, or which alarm rang.
CAUSES = {"tasks": "Essential container in task exited", "alarm": "shop-app-staging-5xx"}


@contextmanager
def refused(service: str, operation: str, error: tuple[str, str], lab: Lab, *, times: int | None = 1, by: str = "") -> Iterator[None]:
    """AWS answers an operation with an error: once, or as long as the run lasts; `by`: only to roles with such a name."""
    fault = lab.cloud.faults.add(service, operation, times=times, error=error, when=lambda call: by in call.principal.arn)
    try:
        yield
    finally:
        fault.times = 0
    assert fault.hits, f"nobody called {service}:{operation}, so nothing was refused"


@contextmanager
def closed_upload(lab: Lab) -> Iterator[None]:
    """Amplify's upload address refuses what is sent to it."""
    host = f"aws-amplify-prod-{REGION}-artifacts.s3.{REGION}.amazonaws.com"
    receiver = dict.__getitem__(lab.cloud.sites, host)
    lab.cloud.sites[host] = lambda path, headers: (403, {}, b"<Error><Code>AccessDenied</Code></Error>")
    try:
        yield
    finally:
        lab.cloud.sites[host] = receiver


@contextmanager
def failed_job(lab: Lab) -> Iterator[None]:
    """The next Amplify job ends as FAILED."""
    state = lab.state("amplify")
    state.next_job()
    yield
    assert not state.plans, "no job was started"


@contextmanager
def failed_rollout(by: str, waits: bool | str, lab: Lab) -> Iterator[None]:
    """ECS takes the next rollout back; CloudFormation awaits that, or does not, or takes it for a success."""
    lab.cloud.cloudformation.express_waits = waits
    plan = lab.state("ecs").next_rollout(CAUSES[by], by=by)
    try:
        yield
    finally:
        lab.cloud.cloudformation.express_waits = True
    assert not plan.times, "no rollout was started"


def endless_jobs(lab: Lab) -> None:
    """Two jobs that never end: that of the run which is cancelled, and that of the run after it."""
    for _ in range(2):
        lab.state("amplify").next_job(never_ends=True)


def endless_rollout(lab: Lab) -> None:
    lab.cloud.cloudformation.express_waits = False
    lab.state("ecs").next_rollout("never", never_ends=True)


def endless_update(lab: Lab) -> None:
    lab.cloud.cloudformation.hold(f"shop-{lab.service}-staging")


def ended(lab: Lab) -> None:
    """What was under way without an end has come to one."""
    lab.cloud.cloudformation.express_waits = True
    lab.cloud.cloudformation.release(f"shop-{lab.service}-staging")


@contextmanager
def cancelled(service: str, operation: str, number: int, lab: Lab) -> Iterator[None]:
    """A person cancels the deployment in the moment of its first such call, or its second."""
    cancels = {"github": lambda: lab.engine.cancel(), "gitlab": lambda: lab.engine.cancel(DEPLOY), "codebuild": lambda: None}

    def effect(call: Call) -> None:
        if fault.hits == number:
            cancels[lab.cell.ci]()

    own = lambda call: call.principal.name.endswith("-deploy")  # noqa: E731, not CloudFormation's
    fault = lab.cloud.faults.add(service, operation, times=number, effect=effect, when=own)
    if lab.cell.ci == "codebuild":
        lab.engine.hold(lambda job: job == DEPLOY and fault.hits == number)
    yield
    assert fault.hits == number, f"{service}:{operation} was called {fault.hits} times, so nothing was cancelled"


@contextmanager
def closed_role(lab: Lab) -> Iterator[None]:
    """The deploy role trusts somebody else: a renamed repository, a person who tidied up."""
    iam: Any = lab.client("iam", "staging")
    role = "shop-staging-deploy"
    trusted = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    somebody = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [somebody]}))
    try:
        yield
    finally:
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(trusted))
