"""Operations that only look."""

from __future__ import annotations

import base64
from typing import Any

from ..base import Call
from .engine import Engine
from .model import Event, Resource, Stack
from .template import invalid

PAGE = 100
UNMODELLED = (
    "REVIEW_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
)  # fmt: skip


class Reading(Engine):
    """Describe, list and get."""

    def describe_stacks(self, call: Call) -> dict[str, Any]:
        """One stack, or all that are there."""
        if "StackName" not in call.params:
            return {"Stacks": [self._shown(one) for one in self.alive(call.account, call.region)]}
        stack = self.existing(call)
        self.looked_at(stack)
        if stack.status == "DELETE_COMPLETE" and not call.params["StackName"].startswith("arn:"):
            raise invalid(f"Stack with id {call.params['StackName']} does not exist")
        return {"Stacks": [self._shown(stack)]}

    def _shown(self, stack: Stack) -> dict[str, Any]:
        wish = stack.current
        answer = {
            "StackId": stack.id, "StackName": stack.name, "CreationTime": stack.created, "StackStatus": stack.status,
            "DisableRollback": bool(wish and wish.on_failure == "DO_NOTHING"), "NotificationARNs": [],
            "Parameters": [one.shown() for one in wish.parameters.values()] if wish else [],
            "Capabilities": wish.capabilities if wish else [],
            "Tags": [{"Key": key, "Value": value} for key, value in wish.tags.items()] if wish else [],
            "EnableTerminationProtection": stack.protected, "RollbackConfiguration": {},
            "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
        }  # fmt: skip
        done = stack.status.endswith("_COMPLETE") and stack.status not in ("ROLLBACK_COMPLETE", "DELETE_COMPLETE")
        optional = {
            "StackStatusReason": stack.reason, "RoleARN": stack.role, "LastUpdatedTime": stack.updated,
            "DeletionTime": stack.deleted, "Outputs": stack.outputs if done else None,
            "Description": wish.template.get("Description") if wish else None,
            "ChangeSetId": next((one.id for one in stack.change_sets.values()), None),
        }  # fmt: skip
        return {**answer, **{key: value for key, value in optional.items() if value}}

    def list_stacks(self, call: Call) -> dict[str, Any]:
        """The deleted ones too."""
        wanted = call.params.get("StackStatusFilter")
        mine = [one for one in self.stacks if (one.account, one.region) == (call.account, call.region)]
        return {
            "StackSummaries": [
                {"StackId": one.id, "StackName": one.name, "CreationTime": one.created, "StackStatus": one.status}
                for one in mine
                if not wanted or one.status in wanted
            ]
        }

    def describe_stack_events(self, call: Call) -> dict[str, Any]:
        """The newest first, in pages."""
        stack = self.find(call)
        if stack is None:
            raise invalid(f"Stack [{call.params['StackName']}] does not exist")
        self.looked_at(stack)
        # The real service also writes REVIEW_IN_PROGRESS and *_CLEANUP_IN_PROGRESS, which its own model does not have.
        events = [self._event(stack, one) for one in reversed(stack.events) if one.status not in UNMODELLED]
        start = int(base64.b64decode(call.params["NextToken"])) if call.params.get("NextToken") else 0
        answer: dict[str, Any] = {"StackEvents": events[start : start + PAGE]}
        if start + PAGE < len(events):
            answer["NextToken"] = base64.b64encode(str(start + PAGE).encode()).decode()
        return answer

    @staticmethod
    def _event(stack: Stack, event: Event) -> dict[str, Any]:
        answer = {
            "StackId": stack.id, "StackName": stack.name, "EventId": event.id, "LogicalResourceId": event.logical,
            "PhysicalResourceId": event.physical, "ResourceType": event.type, "Timestamp": event.time,
            "ResourceStatus": event.status,
        }  # fmt: skip
        optional = {"ResourceStatusReason": event.reason, "ClientRequestToken": event.token}
        return {**answer, **{key: value for key, value in optional.items() if value}}

    def describe_events(self, call: Call) -> dict[str, Any]:
        """Only what the early validation of change sets found; the rest is in DescribeStackEvents."""
        name = call.params.get("StackName") or call.params["ChangeSetName"]
        stacks = [one for one in self.stacks if name in (one.name, one.id) or any(name == each.id for each in one.change_sets.values())]
        return {
            "OperationEvents": [
                {
                    "EventId": f"{each.id}-{index}", "StackId": stack.id, "EventType": "VALIDATION_ERROR",
                    "LogicalResourceId": logical, "ResourceType": kind, "Timestamp": each.created,
                    "ValidationFailureMode": "FAIL", "ValidationStatus": "FAILED", "ValidationStatusReason": reason,
                }
                for stack in stacks for each in stack.change_sets.values()
                for index, (logical, kind, reason) in enumerate(each.problems)
            ]
        }  # fmt: skip

    def _resources(self, call: Call, time: str) -> tuple[Stack, list[dict[str, Any]]]:
        stack = self.existing(call)
        return stack, [self._resource(one, time) for one in stack.resources.values()]

    @staticmethod
    def _resource(one: Resource, time: str) -> dict[str, Any]:
        answer = {
            "LogicalResourceId": one.logical, "ResourceType": one.type, time: one.time, "ResourceStatus": one.status,
            "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
        }  # fmt: skip
        optional = {"PhysicalResourceId": one.physical, "ResourceStatusReason": one.reason}
        return {**answer, **{key: value for key, value in optional.items() if value}}

    def list_stack_resources(self, call: Call) -> dict[str, Any]:
        """All of a stack."""
        return {"StackResourceSummaries": self._resources(call, "LastUpdatedTimestamp")[1]}

    def describe_stack_resources(self, call: Call) -> dict[str, Any]:
        """All, or one by its logical id."""
        stack, found = self._resources(call, "Timestamp")
        wanted = call.params.get("LogicalResourceId")
        return {
            "StackResources": [
                {"StackName": stack.name, "StackId": stack.id, **one}
                for one in found
                if wanted in (None, one["LogicalResourceId"])
            ]
        }

    def describe_stack_resource(self, call: Call) -> dict[str, Any]:
        """One."""
        stack, found = self._resources(call, "LastUpdatedTimestamp")
        logical = call.params["LogicalResourceId"]
        for one in found:
            if one["LogicalResourceId"] == logical:
                return {"StackResourceDetail": {"StackName": stack.name, "StackId": stack.id, **one}}
        raise invalid(f"Resource {logical} does not exist for stack {stack.name}")

    def list_exports(self, call: Call) -> dict[str, Any]:
        """Every export of the account and region."""
        return {
            "Exports": [
                {"ExportingStackId": one.id, "Name": output["ExportName"], "Value": output["OutputValue"]}
                for one in self.alive(call.account, call.region)
                for output in one.outputs
                if "ExportName" in output
            ]
        }
