"""ECS Express Mode; whether CloudFormation waits for its rollouts is not documented, so both can be had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..schema import of
from .base import Row
from .parts import Failed, Work

POLL = 15  # seconds of the cloud's time
RUNNING = {"PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"}


@dataclass(frozen=True)
class Express(Row):
    """Creates and updates start a rollout; `express_waits` of the engine says whether it is awaited.

    True: the rollout is awaited, and a failed one fails the resource (the real schema lists ListServiceDeployments
    and a limit of 180 minutes, which speaks for it). False: the resource is complete at once.
    "blind": awaited, but a rollout that went back counts as a success (containers-roadmap#1369).
    """

    def make(self, work: Work) -> None:
        """The service and its first rollout."""
        super().make(work)
        self._await(work, None, "create")

    def change(self, work: Work, before: dict[str, Any], tags_before: dict[str, str]) -> None:
        """A new rollout, where anything changed."""
        last = self._newest(work)
        super().change(work, before, tags_before)
        self._await(work, last, "update")

    def remove(self, work: Work) -> None:
        """Awaits that the service is gone."""
        super().remove(work)
        for _ in range(self._limit("delete")):
            found = self.call(work, "describe_express_gateway_service", {"serviceArn": work.resource.physical}, quiet=True)
            if found.get("service", {}).get("status", {}).get("statusCode", "INACTIVE") == "INACTIVE":
                return
            work.cloud.clock.advance(POLL)
        raise Failed("Exceeded attempts to wait")

    @staticmethod
    def _limit(verb: str) -> int:
        return of("AWS::ECS::ExpressGatewayService").data["handlers"][verb]["timeoutInMinutes"] * 60 // POLL

    def _newest(self, work: Work) -> dict[str, Any]:
        arguments = {"service": work.resource.physical}
        if work.properties.get("Cluster"):
            arguments["cluster"] = work.properties["Cluster"]
        found = self.call(work, "list_service_deployments", arguments)["serviceDeployments"]
        return max(found, key=lambda one: one["createdAt"], default={})

    def _await(self, work: Work, last: dict[str, Any] | None, verb: str) -> None:
        if not work.options.express_waits:
            return
        for _ in range(self._limit(verb)):
            rollout = self._newest(work)
            if last is not None and rollout.get("serviceDeploymentArn") == last.get("serviceDeploymentArn"):
                return  # nothing that needs a rollout changed
            status = rollout.get("status", "SUCCESSFUL")
            if status not in RUNNING:
                return self._judge(work, status, rollout.get("statusReason", ""))
            work.cloud.clock.advance(POLL)
        raise Failed("Exceeded attempts to wait")

    def _judge(self, work: Work, status: str, reason: str) -> None:
        blind = work.options.express_waits == "blind" and status.startswith("ROLLBACK")
        if status != "SUCCESSFUL" and not blind:
            raise Failed(
                f"Resource handler returned message: \"Service deployment ended as {status}: {reason}\" "
                f"(RequestToken: {work.resource.logical}, HandlerErrorCode: NotStabilized)"
            )
        self.refresh(work, {})


ROWS = [
    Express(
        type="AWS::ECS::ExpressGatewayService", service="ecs", name="ServiceName", limit=255,
        name_id="join('', ['arn:aws:ecs:', region, ':', account, ':service/', p.Cluster || 'default', '/', p.ServiceName])",
        create="create_express_gateway_service", id="a.service.serviceArn", key={"serviceArn": "id"},
        read="describe_express_gateway_service", update="update_express_gateway_service",
        delete="delete_express_gateway_service",
        attributes={
            "ServiceArn": "id", "Endpoint": "r.service.activeConfigurations[0].ingressPaths[0].endpoint",
            "Status": "r.service.status.statusCode",
        },
    ),
]  # fmt: skip
