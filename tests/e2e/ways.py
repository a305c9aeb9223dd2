"""The ways of each target to fail, and what a person must then read at the end of the log."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Callable

from breaking import CAUSES, DEPLOY, closed_upload, endless_jobs, endless_rollout, endless_update, failed_job, failed_rollout, refused
from cells import CIS, Cell
from lab import Lab

PUT_BACK = "CloudFormation could not make the change and put the stack back"


@dataclass(frozen=True)
class Failure:
    """One way to fail: how it is planted for the time of a run, and the words that the red log must end with."""

    planted: Callable[[Lab], AbstractContextManager]
    says: tuple[str, ...]
    # AWS's own reason, which the log holds.
    cause: str = ""


@dataclass(frozen=True)
class Target:
    """The ways of one target to fail."""

    # Of the first create of its stack.
    create: Failure
    # The job that pushes what was built, and its being refused that.
    pushes: str
    push: Failure
    # What that log calls the thing that was refused.
    refused: str
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
        outcome = (PUT_BACK,) if waits is True else ("The new version failed.", "runs again")
        says = ("What the container said: aws logs tail /shop/staging/app", *outcome)
        found.append(Failure(partial(failed_rollout, by, waits), says, cause=CAUSES[by]))
    return found


AMPLIFY = Target(
    create=Failure(
        partial(refused, "amplify", "CreateApp", ("LimitExceededException", "You have reached the maximum number of apps.")),
        ("The stack shop-web-staging was not deployed",),
        cause="You have reached the maximum number of apps.",
    ),
    pushes=DEPLOY,
    push=Failure(closed_upload, ("403",)),
    refused="Amplify",
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
        (PUT_BACK,),
        cause="The subnets are in no zone.",
    ),
    pushes="build-image",
    push=Failure(
        partial(refused, "ecr", "PutImage", ("AccessDeniedException", "The policy forbids this image."), times=None),
        ("The policy forbids this image.",),
    ),
    refused="dkr.ecr.eu-west-1.amazonaws.com/shop/app",
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
        ("The stack shop-api-staging was not deployed",),
        cause="Code storage limit exceeded.",
    ),
    pushes=DEPLOY,
    push=Failure(
        partial(refused, "s3", "PutObject", ("AccessDenied", "Access Denied by the bucket's policy"), times=None, by="staging-deploy"),
        ("Access Denied",),
    ),
    refused="Unable to upload artifact Hello",
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
