"""How each target is made to fail, and what a person must then read at the end of the log."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Callable, Iterator

from aws.base import Call
from cells import CIS, Cell
from lab import REGION, Lab

DEPLOY = "deploy-staging"
# Why tasks stopped, or which alarm rang.
CAUSES = {"tasks": "Essential container in task exited", "alarm": "shop-app-staging-5xx"}
PUT_BACK = "CloudFormation could not make the change and put the stack back"


@dataclass(frozen=True)
class Failure:
    """One way to fail: how it is planted for the time of a run, and the words that the red log must end with."""

    planted: Callable[[Lab], AbstractContextManager]
    says: tuple[str, ...]
    # What stands further up.
    cause: str = ""


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


@dataclass(frozen=True)
class Target:
    """The ways of one target to fail."""

    # Of the first create of its stack.
    create: Failure
    # The job that pushes what was built, and its being refused that.
    pushes: str
    push: Failure
    # Of a deployment: AWS puts the old version back, or keeps it.
    rollbacks: Callable[[Cell], list[Failure]]
    # Makes what is deployed next go on for ever; what the log of a run says that has waited for it; the call after which it is so.
    never_ends: Callable[[Lab], None]
    waited: tuple[str, ...]
    midway: tuple[str, str, int]
    # A change without which an update of the stack would find nothing to do: file, text, and the text in its place.
    change: tuple[str, str, str] | None = None
    # After a smoke test that failed: on the first deployment, and on a later one.
    nothing_before: str = "there is no other release to go back to"
    went_back: str = "so the previous release is back"


def _rollouts(cell: Cell) -> list[Failure]:
    """Each CI sees CloudFormation in all its moods; that tasks fail and that an alarm rings take turns."""
    turn = CIS.index(cell.ci)
    update = ("ecs", "UpdateExpressGatewayService", ("InvalidParameterException", "The task definition is invalid."))
    found = [Failure(partial(refused, *update), ("The task definition is invalid.", PUT_BACK))]
    for number, waits in enumerate((True, False, "blind")):
        by = ("tasks", "alarm")[(turn + number) % 2]
        says = ("What the container said: aws logs tail /shop/staging/app", *((PUT_BACK,) if waits is True else ("The new version failed.", "runs again")))
        found.append(Failure(partial(failed_rollout, by, waits), says, cause=CAUSES[by]))
    return found


AMPLIFY = Target(
    create=Failure(
        partial(refused, "amplify", "CreateApp", ("LimitExceededException", "You have reached the maximum number of apps.")),
        ("The stack shop-web-staging was not deployed", "You have reached the maximum number of apps."),
    ),
    pushes=DEPLOY,
    push=Failure(closed_upload, ("403",)),
    rollbacks=lambda cell: [
        Failure(
            partial(refused, "amplify", "UpdateApp", ("LimitExceededException", "Too many changes of this app.")),
            ("The stack shop-web-staging was not deployed", "Too many changes of this app."),
        ),
        Failure(failed_job, ("Amplify could not publish", "ended as FAILED", "Visitors see what they saw before")),
    ],
    never_ends=endless_jobs,
    waited=("Amplify could not publish", "ended as RUNNING", "Visitors see what they saw before"),
    midway=("amplify", "StartDeployment", 1),
    change=("deploy/amplify.yaml", "SAMEORIGIN", "DENY"),
)
ECS = Target(
    create=Failure(
        partial(refused, "ecs", "CreateExpressGatewayService", ("InvalidParameterException", "The subnets are in no zone.")),
        ("The subnets are in no zone.", "CloudFormation could not make the change"),
    ),
    pushes="build-image",
    push=Failure(
        partial(refused, "ecr", "PutImage", ("AccessDeniedException", "The policy forbids this image."), times=None),
        ("The policy forbids this image.",),
    ),
    rollbacks=_rollouts,
    never_ends=endless_rollout,
    waited=("The new version failed.", "runs again"),
    midway=("ecs", "ListServiceDeployments", 2),
    nothing_before="there is no other release to return to",
    went_back="runs again",
)
LAMBDA = Target(
    create=Failure(
        partial(refused, "lambda", "CreateFunction", ("CodeStorageExceededException", "Code storage limit exceeded.")),
        ("The stack shop-api-staging was not deployed", "Code storage limit exceeded."),
    ),
    pushes=DEPLOY,
    push=Failure(
        partial(refused, "s3", "PutObject", ("AccessDenied", "Access Denied by the bucket's policy"), times=None, by="staging-deploy"),
        ("Access Denied",),
    ),
    rollbacks=lambda cell: [
        Failure(
            partial(refused, "lambda", "UpdateFunctionCode", ("CodeStorageExceededException", "Code storage limit exceeded.")),
            ("The stack shop-api-staging was not deployed", "Code storage limit exceeded."),
        )
    ],
    never_ends=endless_update,
    waited=("The stack shop-api-staging is still UPDATE_IN_PROGRESS after half an hour", "Run this job again when that has ended"),
    midway=("cloudformation", "ExecuteChangeSet", 1),
    nothing_before="This was the first deployment: there is nothing to go back to",
    went_back="so the previous version is back",
)
TARGETS: dict[str, Target] = {"amplify": AMPLIFY, "ecs-express": ECS, "lambda": LAMBDA}


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
