"""The operations of ECS on clusters, and on the tags of clusters and services."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from ... import moto
from ...base import AwsError, Call
from ..regional import listed, pairs
from .state import Cluster

NO_ROLE = "Unable to assume the service linked role. Please verify that the ECS service linked role exists."


class Clusters:
    """A part of the stub of ECS."""

    def create_cluster(self, call: Call) -> dict:
        state = self.here(call)
        name = call.params.get("clusterName", "default")
        self._service_linked_role(call)
        with self.lock:
            arn = f"arn:aws:ecs:{call.region}:{call.account}:cluster/{name}"
            cluster = state.clusters.setdefault(name, Cluster(name, arn))
            cluster.tags.update(pairs(call.params.get("tags"), upper=False))
            return {"cluster": self.cluster_shown(state, cluster)}

    def _service_linked_role(self, call: Call) -> None:
        """The first cluster of an account: ECS tries to make its role with the caller's permissions, and is not ready yet.

        https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/818
        """
        if self._has_role(call.account):
            return
        try:
            iam = self.cloud.client(call.credentials, "iam", "us-east-1")
            iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
        except ClientError:
            pass  # not permitted: then there is no role, and the next try fails as well
        raise AwsError("InvalidParameterException", NO_ROLE)

    @staticmethod
    def _has_role(account: str) -> bool:
        roles = moto.backend("iam", account, "aws").roles.values()
        return any(role.name == "AWSServiceRoleForECS" for role in roles)

    def delete_cluster(self, call: Call) -> dict:
        with self.lock:
            state = self.here(call)
            cluster = state.cluster(call.params["cluster"])
            if any(one.cluster is cluster and one.status != "INACTIVE" for one in state.services):
                raise AwsError("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
            cluster.status = "INACTIVE"
            del state.clusters[cluster.name]
            return {"cluster": self.cluster_shown(state, cluster)}

    def tag_resource(self, call: Call) -> dict:
        self._tags(call.params["resourceArn"]).update(pairs(call.params["tags"], upper=False))
        return {}

    def untag_resource(self, call: Call) -> dict:
        for key in call.params["tagKeys"]:
            self._tags(call.params["resourceArn"]).pop(key, None)
        return {}

    def list_tags_for_resource(self, call: Call) -> dict:
        return {"tags": listed(self._tags(call.params["resourceArn"]), upper=False)}

    def resource_tags(self, arn: str) -> dict[str, str]:
        """For the evaluator."""
        found = self._by_arn(arn)
        return found.tags if found else {}

    def _tags(self, arn: str) -> dict[str, str]:
        found = self._by_arn(arn)
        if found is None:
            raise AwsError("InvalidParameterException", f"The specified resource {arn} was not found.")
        return found.tags

    def _by_arn(self, arn: str) -> Any:
        _, _, _, region, account, name = arn.split(":", 5)
        state = self.state(account, region)
        return state.find(arn) if name.startswith("service/") else state.clusters.get(name.rsplit("/", 1)[-1])
