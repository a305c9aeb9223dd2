"""CodeConnections: a connection is PENDING until a person accepts it in the console, which no API can do."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...base import AwsError, Call
from ..machine import Machine
from ..regional import Regional, listed, pairs

CONNECTION = Machine(Path(__file__).parent / "codeconnections.transitions.tsv")


@dataclass
class Connection:
    """One connection."""

    name: str
    arn: str
    provider: str
    owner: str
    status: str = "none"
    tags: dict[str, str] = field(default_factory=dict)

    def happens(self, event: str) -> None:
        """Moves on as the table says."""
        self.status = CONNECTION.next(self.status, event)


class State:
    """The connections of one account and region, by ARN."""

    def __init__(self, cloud: Any, account: str, region: str):
        self.cloud, self.account, self.region = cloud, account, region
        self.connections: dict[str, Connection] = {}

    def connection(self, arn: str) -> Connection:
        """The connection of an ARN."""
        if arn not in self.connections:
            raise AwsError("ResourceNotFoundException", f"Connection {arn} not found")
        return self.connections[arn]

    def accept(self, arn: str) -> None:
        """What a person does in the console: lets AWS into the repository."""
        self.connection(arn).happens("accepted in the console")

    def breaks(self, arn: str) -> None:
        """The git host no longer lets AWS in."""
        self.connection(arn).happens("broken")


class CodeConnections(Regional):
    """The stub."""

    name = "codeconnections"
    State = State

    def create_connection(self, call: Call) -> dict:
        given = call.params
        if "ProviderType" not in given or "HostArn" in given:
            raise AwsError("InvalidInputException", "the harness knows connections by ProviderType only")
        arn = f"arn:aws:codeconnections:{call.region}:{call.account}:connection/{uuid.uuid4()}"
        made = Connection(given["ConnectionName"], arn, given["ProviderType"], call.account)
        made.tags = pairs(given.get("Tags"))
        made.happens("CreateConnection")
        self.here(call).connections[arn] = made
        return {"ConnectionArn": arn, "Tags": listed(made.tags)}

    def get_connection(self, call: Call) -> dict:
        return {"Connection": shown(self.here(call).connection(call.params["ConnectionArn"]))}

    def list_connections(self, call: Call) -> dict:
        wanted = call.params.get("ProviderTypeFilter")
        found = self.here(call).connections.values()
        return {"Connections": [shown(one) for one in found if wanted in (None, one.provider)]}

    def delete_connection(self, call: Call) -> dict:
        connection = self.here(call).connection(call.params["ConnectionArn"])
        del self.here(call).connections[connection.arn]
        return {}

    def tag_resource(self, call: Call) -> dict:
        self.here(call).connection(call.params["ResourceArn"]).tags.update(pairs(call.params["Tags"]))
        return {}

    def untag_resource(self, call: Call) -> dict:
        for key in call.params["TagKeys"]:
            self.here(call).connection(call.params["ResourceArn"]).tags.pop(key, None)
        return {}

    def list_tags_for_resource(self, call: Call) -> dict:
        return {"Tags": listed(self.here(call).connection(call.params["ResourceArn"]).tags)}

    def resource_tags(self, arn: str) -> dict[str, str]:
        """For the evaluator."""
        _, _, _, region, account, _ = arn.split(":", 5)
        found = self.state(account, region).connections.get(arn)
        return found.tags if found else {}


def shown(connection: Connection) -> dict:
    """A connection as GetConnection shows it."""
    return {
        "ConnectionName": connection.name,
        "ConnectionArn": connection.arn,
        "ProviderType": connection.provider,
        "OwnerAccountId": connection.owner,
        "ConnectionStatus": connection.status,
    }
