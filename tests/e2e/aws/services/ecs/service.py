"""The operations that change an Express Mode service, and the hosts that its running version answers on."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from images.container import stop_all

from ... import moto
from ...base import AwsError, Call
from ..regional import Regional, identifier, pairs
from . import infrastructure
from .clusters import Clusters
from .reads import Reads
from .rollout import HEX, Rollout
from .shown import described
from .state import DEPLOYMENT, Cluster, ExpressService, Revision, State

NO_VPC = "No default VPC was found in this Region. Specify subnets in networkConfiguration."
# What a revision takes over from the one before it, where an update does not name it.
CONFIGURATION = (
    "executionRoleArn", "taskRoleArn", "cpu", "memory", "cpuArchitecture", "networkConfiguration",
    "healthCheckPath", "primaryContainer", "scalingTarget", "taskDefinitionArn",
)  # fmt: skip
DEFAULTS = {"cpu": "1024", "memory": "2048", "healthCheckPath": "/ping"}


class Ecs(Clusters, Reads, Regional):
    """The stub. It calls the front door itself (pulls, secrets, logs), so it locks for itself."""

    name = "ecs"
    concurrent = True
    State = State

    def __init__(self, cloud: Any):
        super().__init__(cloud)
        stop_all()  # what an earlier Cloud of this process left running

    def create_express_gateway_service(self, call: Call) -> dict:
        given, state = call.params, self.here(call)
        name = given.get("serviceName") or f"express-{identifier(10)}"
        self._demand_task_definition(call, given.get("cluster", "default"), name)
        cluster = self._cluster(call, given.get("cluster", "default"))
        self._network(call, given.get("networkConfiguration"))
        infrastructure.check(self.cloud, given["infrastructureRoleArn"], call.account, call.region)
        if "primaryContainer" not in given or "executionRoleArn" not in given:
            raise AwsError("InvalidParameterException", "primaryContainer and executionRoleArn are required.")
        with self.lock:
            self._free(state.find(name, cluster.name))
            arn = f"arn:aws:ecs:{call.region}:{call.account}:service/{cluster.name}/{name}"
            host = f"{name}-{identifier(8, HEX)}.ecs.{call.region}.on.aws"
            role = given["infrastructureRoleArn"]
            service = ExpressService(name, arn, cluster, role, host, call.time, updated=call.time)
            service.tags = pairs(given.get("tags"), upper=False)
            service.happens("CreateExpressGatewayService")
            state.services.append(service)
            self.cloud.sites[host] = lambda path, headers: self._visit(state, service, path)
            Rollout(state, service).begin(self._revision(service, {}, given, call))
            return {"service": described(service)}

    def _demand_task_definition(self, call: Call, cluster: str, name: str) -> None:
        """Express Mode registers a task definition with the caller's permissions.

        https://github.com/aws-actions/amazon-ecs-deploy-express-service (README, Permissions)
        """
        arn = f"arn:aws:ecs:{call.region}:{call.account}:task-definition/{cluster.rsplit('/', 1)[-1]}-{name}:*"
        self.cloud.authoriser.demand(call, "ecs:RegisterTaskDefinition", arn)

    def _cluster(self, call: Call, name: str) -> Cluster:
        """Express Mode makes the cluster `default` with the caller's permissions where there is none."""
        state = self.here(call)
        if name.rsplit("/", 1)[-1] == "default" and "default" not in state.clusters:
            try:
                self.cloud.client(call.credentials, "ecs", call.region).create_cluster(clusterName="default")
            except ClientError as refusal:
                error = refusal.response["Error"]
                raise AwsError(error["Code"], error["Message"]) from refusal
        return state.cluster(name)

    def _network(self, call: Call, network: dict | None) -> None:
        """Subnets that are given must exist; without any there must be a default VPC."""
        ec2 = moto.backend("ec2", call.account, call.region)
        subnets = {key for zone in ec2.subnets.values() for key in zone}
        missing = [one for one in (network or {}).get("subnets", []) if one not in subnets]
        if missing:
            raise AwsError("InvalidParameterException", f"The subnet ID '{missing[0]}' does not exist")
        if not (network or {}).get("subnets") and not any(vpc.is_default for vpc in ec2.vpcs.values()):
            raise AwsError("InvalidParameterException", NO_VPC)

    @staticmethod
    def _free(old: ExpressService | None) -> None:
        """A name is free once its service is gone."""
        if old and old.status == "ACTIVE":
            raise AwsError("InvalidParameterException", "Creation of service was not idempotent.")
        if old and old.status == "DRAINING":
            raise AwsError("InvalidParameterException", "Unable to Start a service that is still Draining.")

    def _revision(self, service: ExpressService, before: dict, given: dict, call: Call) -> Revision:
        number = len(service.revisions) + 1
        named = {key: given[key] for key in CONFIGURATION if key in given}
        container = {"containerPort": 80, **before.get("primaryContainer", {}), **named.get("primaryContainer", {})}
        configuration = {**DEFAULTS, **before, **named, "primaryContainer": container}
        arn = f"{service.arn.replace(':service/', ':service-revision/')}/{identifier(19, '0123456789')}"
        return Revision(arn, number, configuration, call.time)

    def update_express_gateway_service(self, call: Call) -> dict:
        with self.lock:
            state, service = self.here(call), self.active(call)
            self._demand_task_definition(call, service.cluster.name, service.name)
            latest = service.revisions[-1]
            revision = self._revision(service, latest.configuration, call.params, call)
            self._network(call, revision.configuration.get("networkConfiguration"))
            service.happens("UpdateExpressGatewayService")
            service.updated = call.time
            if self._differs(service, revision):
                Rollout(state, service).begin(revision)
            return {"service": described(service, target=service.revisions[-1])}

    @staticmethod
    def _differs(service: ExpressService, revision: Revision) -> bool:
        """Whether there is something to roll out: what was asked for last is not asked for again, unless it failed."""
        last = service.deployments[-1]
        standing = last.target if last.open or last.status == "SUCCESSFUL" else service.running
        return standing is None or standing.configuration != revision.configuration

    def delete_express_gateway_service(self, call: Call) -> dict:
        with self.lock:
            service = self.active(call)
            for deployment in service.deployments:
                if deployment.open:
                    deployment.happens("superseded", call.time, "The service was deleted.")
            service.happens("DeleteExpressGatewayService")
            self.cloud.sites.pop(service.host, None)
            return {"service": described(service)}

    def stop_service_deployment(self, call: Call) -> dict:
        with self.lock:
            deployment = self.deployment(call, call.params["serviceDeploymentArn"])
            if not DEPLOYMENT.allows(deployment.status, "stop with rollback"):
                raise AwsError("ConflictException", "The service deployment has already completed.")
            deployment.happens("stop with rollback", call.time, "Rollback was requested by StopServiceDeployment.")
            return {"serviceDeploymentArn": deployment.arn}

    @staticmethod
    def _visit(state: State, service: ExpressService, path: str) -> tuple[int, dict, bytes]:
        """What the load balancer answers: the running container, or 503 while there is none."""
        running = service.running
        if running is None or running.container is None:
            return 503, {"Content-Type": "text/html"}, b"503 Service Temporarily Unavailable\n"
        digest = {"x-image-digest": running.digest}
        if running.digest in state.answers:
            return state.answers[running.digest], digest, f"{running.digest}, as the test wants it\n".encode()
        status, headers, body = running.container.get(path)
        kept = {key: value for key, value in headers.items() if key.lower() in ("content-type", "location")}
        return status or 502, {**kept, **digest}, body
