"""The operations of ECS that look: each look at a service lets its rollout take one step."""

from __future__ import annotations

from datetime import datetime, timezone

from ...base import AwsError, Call
from ..regional import listed
from .rollout import Rollout
from .shown import brief, classic, described, family, full, revision_shown, task_shown
from .state import Cluster, Deployment, ExpressService, State


class Reads:
    """A part of the stub of ECS."""

    def service(self, call: Call, name: str, missing: str = "ServiceNotFoundException") -> ExpressService:
        """The service that a call names, by name and cluster or by ARN."""
        state, cluster = self.here(call), call.params.get("cluster", "default")
        if not name.startswith("arn:"):
            state.cluster(cluster)
        found = state.find(name, cluster)
        if found is None:
            raise AwsError(missing, "Service not found.")
        return found

    def active(self, call: Call) -> ExpressService:
        """The service that a call wants to change."""
        service = self.service(call, call.params["serviceArn"])
        if service.status != "ACTIVE":
            raise AwsError("ServiceNotActiveException", "Service was not ACTIVE.")
        return service

    def look(self, call: Call, service: ExpressService) -> None:
        """A poll."""
        Rollout(self.here(call), service).step()

    def deployment(self, call: Call, arn: str) -> Deployment:
        """The deployment of an ARN."""
        found = [one for service in self.here(call).services for one in service.deployments if one.arn == arn]
        if not found:
            raise AwsError("ServiceDeploymentNotFoundException", "Service deployment not found.")
        return found[0]

    def describe_clusters(self, call: Call) -> dict:
        state, clusters, failures = self.here(call), [], []
        for name in call.params.get("clusters", ["default"]):
            found = state.clusters.get(name.rsplit("/", 1)[-1])
            if found:
                clusters.append(self.cluster_shown(state, found))
            else:
                failures.append({"arn": f"arn:aws:ecs:{call.region}:{call.account}:cluster/{name}", "reason": "MISSING"})
        return {"clusters": clusters, "failures": failures}

    @staticmethod
    def cluster_shown(state: State, cluster: Cluster) -> dict:
        """A cluster as DescribeClusters shows it."""
        services = [one for one in state.services if one.cluster is cluster and one.status == "ACTIVE"]
        running = sum(task.status == "RUNNING" for one in services for task in one.tasks)
        return {
            "clusterArn": cluster.arn,
            "clusterName": cluster.name,
            "status": cluster.status,
            "runningTasksCount": running,
            "activeServicesCount": len(services),
            "tags": listed(cluster.tags, upper=False),
        }

    def describe_express_gateway_service(self, call: Call) -> dict:
        with self.lock:
            service = self.service(call, call.params["serviceArn"], "ResourceNotFoundException")
            self.look(call, service)
            if service.status == "INACTIVE":
                raise AwsError("ResourceNotFoundException", "Service not found.")
            return {"service": described(service)}

    def list_service_deployments(self, call: Call) -> dict:
        with self.lock:
            service = self.service(call, call.params["service"])
            self.look(call, service)
            statuses, between = call.params.get("status"), call.params.get("createdAt") or {}
            found = [
                brief(service, one)
                for one in reversed(service.deployments)
                if (not statuses or one.status in statuses) and within(one.created, between)
            ]
            return {"serviceDeployments": found}

    def describe_service_deployments(self, call: Call) -> dict:
        with self.lock:
            found = []
            for arn in call.params["serviceDeploymentArns"]:
                service = next(one for one in self.here(call).services if self.deployment(call, arn) in one.deployments)
                self.look(call, service)
                found.append(full(service, self.deployment(call, arn)))
            return {"serviceDeployments": found, "failures": []}

    def describe_services(self, call: Call) -> dict:
        with self.lock:
            state, cluster = self.here(call), call.params.get("cluster", "default")
            state.cluster(cluster)
            services, failures = [], []
            for name in call.params["services"]:
                found = state.find(name, cluster)
                if found:
                    self.look(call, found)
                    services.append(classic(found))
                else:
                    arn = f"arn:aws:ecs:{call.region}:{call.account}:service/{cluster}/{name}"
                    failures.append({"arn": arn, "reason": "MISSING"})
            return {"services": services, "failures": failures}

    def describe_service_revisions(self, call: Call) -> dict:
        found, failures = [], []
        revisions = {one.arn: (service, one) for service in self.here(call).services for one in service.revisions}
        for arn in call.params["serviceRevisionArns"]:
            if arn in revisions:
                found.append(revision_shown(*revisions[arn]))
            else:
                failures.append({"arn": arn, "reason": "MISSING"})
        return {"serviceRevisions": found, "failures": failures}

    def list_tasks(self, call: Call) -> dict:
        with self.lock:
            state, given = self.here(call), call.params
            cluster = state.cluster(given.get("cluster", "default"))
            wanted = given.get("desiredStatus", "RUNNING")
            found = [
                task.arn
                for service in state.services
                for task in service.tasks
                if service.cluster is cluster
                and given.get("family", family(service)) == family(service)
                and given.get("serviceName", service.name) == service.name
                and (task.status == "STOPPED") == (wanted == "STOPPED")
            ]
            return {"taskArns": found}

    def describe_tasks(self, call: Call) -> dict:
        state = self.here(call)
        state.cluster(call.params.get("cluster", "default"))
        known = {key: (service, task) for service in state.services for task in service.tasks for key in (task.arn, task.arn[-32:])}
        found = [task_shown(*known[arn]) for arn in call.params["tasks"] if arn in known]
        return {"tasks": found, "failures": [{"arn": arn, "reason": "MISSING"} for arn in call.params["tasks"] if arn not in known]}


def within(moment: datetime, between: dict) -> bool:
    """Whether a moment lies between two, each of which may be absent; the door hands them over without their zone, UTC."""
    after, before = (one and one.replace(tzinfo=timezone.utc) for one in (between.get("after"), between.get("before")))
    return (after is None or moment > after) and (before is None or moment < before)
