"""How ECS shows its things in answers."""

from __future__ import annotations

from ..regional import listed
from .state import Deployment, ExpressService, Revision, Task


def family(service: ExpressService) -> str:
    """Express Mode names the task definition <cluster>-<service>."""
    return f"{service.cluster.name}-{service.name}"


def task_definition(service: ExpressService, revision: Revision) -> str:
    """The ARN of a revision's task definition."""
    return f"{service.arn.split(':service/')[0]}:task-definition/{family(service)}:{revision.number}"


def configuration(service: ExpressService, revision: Revision) -> dict:
    """One configuration of a service as DescribeExpressGatewayService shows it."""
    own = revision.configuration.get("taskDefinitionArn") or task_definition(service, revision)
    return {
        **revision.configuration,
        "serviceRevisionArn": revision.arn,
        "taskDefinitionArn": own,
        "ingressPaths": [{"accessType": "PUBLIC", "endpoint": f"https://{service.host}/"}],
        "createdAt": revision.created,
    }


def described(service: ExpressService, target: Revision | None = None) -> dict:
    """An Express Mode service; an update answers its target instead of what is active."""
    shown = {
        "serviceName": service.name,
        "serviceArn": service.arn,
        "cluster": service.cluster.name,
        "status": {"statusCode": service.status},
        "createdAt": service.created,
        "updatedAt": service.updated,
    }
    if target is not None:
        return {**shown, "targetConfiguration": configuration(service, target)}
    active = {service.revisions[-1].arn: service.revisions[-1]} if service.running is None else {}
    for one in [service.running, *(each.target for each in service.deployments if each.open)]:
        active |= {one.arn: one} if one else {}
    return {
        **shown,
        "infrastructureRoleArn": service.infrastructure_role,
        "currentDeployment": service.deployments[-1].arn,
        "activeConfigurations": [configuration(service, one) for one in active.values()],
        "tags": listed(service.tags, upper=False),
    }


def brief(service: ExpressService, deployment: Deployment) -> dict:
    """A deployment as ListServiceDeployments shows it."""
    shown = {
        "serviceDeploymentArn": deployment.arn,
        "serviceArn": service.arn,
        "clusterArn": service.cluster.arn,
        "createdAt": deployment.created,
        "targetServiceRevisionArn": deployment.target.arn,
        "status": deployment.status,
    }
    times = {"startedAt": deployment.started, "finishedAt": deployment.finished, "statusReason": deployment.reason}
    return shown | {key: value for key, value in times.items() if value is not None}


def full(service: ExpressService, deployment: Deployment) -> dict:
    """A deployment as DescribeServiceDeployments shows it."""
    shown = brief(service, deployment)
    del shown["targetServiceRevisionArn"]
    sources = [deployment.source] if deployment.source else []
    return {
        **shown,
        "sourceServiceRevisions": [summary(service, one) for one in sources],
        "targetServiceRevision": summary(service, deployment.target),
    }


def summary(service: ExpressService, revision: Revision) -> dict:
    """How many tasks of a revision there are and should be."""
    wanted = (revision.configuration.get("scalingTarget") or {}).get("minTaskCount", 1)
    running = service.tasks_of(revision, "RUNNING")
    counts = {"requestedTaskCount": wanted, "runningTaskCount": running, "pendingTaskCount": max(0, wanted - running)}
    return {"arn": revision.arn, **counts}


def classic(service: ExpressService) -> dict:
    """A service as DescribeServices shows it: the rollout that runs, and every revision that has or gets tasks."""
    opened = [one.target for one in service.deployments if one.open]
    revisions = [one for one in service.revisions if one is service.running or one in opened]
    tasks = sum(task.status == "RUNNING" for task in service.tasks)
    shown = {
        "serviceArn": service.arn,
        "serviceName": service.name,
        "clusterArn": service.cluster.arn,
        "status": service.status,
        "desiredCount": summary(service, service.revisions[-1])["requestedTaskCount"],
        "runningCount": tasks,
        "pendingCount": 0,
        "launchType": "FARGATE",
        "taskDefinition": task_definition(service, (service.running or service.revisions[-1])),
        "currentServiceRevisions": [summary(service, one) for one in revisions],
        "createdAt": service.created,
        "resourceManagementType": "ECS",
    }
    return shown | ({"currentServiceDeployment": service.deployments[-1].arn} if opened else {})


def revision_shown(service: ExpressService, revision: Revision) -> dict:
    """A revision; the digest is known once a task has pulled the image."""
    image = {"containerName": "Main", "image": revision.image}
    return {
        "serviceRevisionArn": revision.arn,
        "serviceArn": service.arn,
        "clusterArn": service.cluster.arn,
        "taskDefinition": task_definition(service, revision),
        "launchType": "FARGATE",
        "containerImages": [image | ({"imageDigest": revision.digest} if revision.digest else {})],
        "createdAt": revision.created,
    }


def task_shown(service: ExpressService, task: Task) -> dict:
    """A task with the reason why it stopped."""
    container = {"name": "Main", "taskArn": task.arn, "image": task.revision.image, "lastStatus": task.status}
    container |= {"imageDigest": task.revision.digest} if task.revision.digest else {}
    container |= {"exitCode": task.exit_code} if task.exit_code is not None else {}
    shown = {
        "taskArn": task.arn,
        "clusterArn": service.cluster.arn,
        "taskDefinitionArn": task_definition(service, task.revision),
        "group": f"service:{service.name}",
        "lastStatus": task.status,
        "desiredStatus": "STOPPED" if task.status == "STOPPED" else "RUNNING",
        "launchType": "FARGATE",
        "createdAt": task.created,
        "containers": [container | ({"reason": task.reason} if task.code == "TaskFailedToStart" else {})],
    }
    more = {"stoppedReason": task.reason, "stopCode": task.code, "stoppedAt": task.stopped}
    return shown | {key: value for key, value in more.items() if value is not None}
