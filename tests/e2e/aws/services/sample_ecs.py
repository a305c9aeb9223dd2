"""An account in which an Express Mode service can be made, for the tests of ECS."""

from __future__ import annotations

from . import sample
from .ecs.state import FINISHED


class World:
    """An account with everything that a service needs, and a service in it."""

    def __init__(self, cloud, account=sample.BUILD):
        self.cloud, self.account = cloud, account
        self.ecs = sample.client(cloud, "ecs", account)
        self.state = cloud.state("ecs", account, sample.REGION)
        iam = sample.client(cloud, "iam", account)
        iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
        sample.client(cloud, "logs", account).create_log_group(logGroupName="/shop")
        self.execution = sample.role(cloud, "exec", "ecs-tasks.amazonaws.com", managed=sample.EXECUTION, account=account)
        self.infrastructure = sample.role(cloud, "infra", "ecs.amazonaws.com", managed=sample.INFRASTRUCTURE, account=account)

    def given(self, digest, **more):
        logs = {"logGroup": "/shop", "logStreamPrefix": "ecs"}
        image = digest if "/" in digest else f"{sample.NAME}@{digest}"
        container = {"image": image, "containerPort": 8080, "awsLogsConfiguration": logs, **more.pop("container", {})}
        return {"executionRoleArn": self.execution, "healthCheckPath": "/", "primaryContainer": container, **more}

    def create(self, digest, **more):
        given = {"infrastructureRoleArn": self.infrastructure, **self.given(digest, **more)}
        return self.ecs.create_express_gateway_service(serviceName="shop", **given)["service"]

    def update(self, digest, **more):
        arn = self.state.find("shop").arn
        return self.ecs.update_express_gateway_service(serviceArn=arn, **self.given(digest, **more))

    def deployments(self):
        return self.ecs.list_service_deployments(cluster="default", service="shop")["serviceDeployments"]

    def ends(self):
        """The newest rollout when it moves no more, and every status on the way."""
        seen = []
        for _ in range(10):
            newest = self.deployments()[0]
            seen.append(newest["status"])
            if newest["status"] in FINISHED:
                return newest, seen
        raise AssertionError(f"never ends: {seen}")

    def visit(self):
        host = self.state.find("shop").host
        status, _, body = self.cloud.sites[host]("/", {})
        return status, body.decode()

    def stopped(self):
        arns = self.ecs.list_tasks(cluster="default", family="default-shop", desiredStatus="STOPPED")["taskArns"]
        return self.ecs.describe_tasks(cluster="default", tasks=arns)["tasks"] if arns else []
