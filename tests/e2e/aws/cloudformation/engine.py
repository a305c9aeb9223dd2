"""What all operations of the stub share: finding stacks, credentials, holding, and driving what is under way."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Callable, Iterator

from ..base import AwsError, Call, Credentials, Service
from . import schema
from .model import Stack, Wish
from .template import invalid
from .work import Steps


@dataclass
class Hold:
    """A test's wish that an operation of a stack stops before a resource."""

    before: str | None
    polls: int | None
    met: bool = False


class Engine(Service):
    """The state and the switches. Tests use `hold`, `release`, `express_waits` and `early_validation`."""

    name = "cloudformation"
    concurrent = True  # its own calls come through the same door

    def __init__(self, cloud: Any):
        super().__init__(cloud)
        self.stacks: list[Stack] = []
        # Whether AWS::ECS::ExpressGatewayService awaits its rollout: True, False or "blind" (resources/ecs.py).
        self.express_waits: bool | str = True
        # Whether change sets fail on names that are taken, as AWS does since November 2025.
        self.early_validation = True
        self._holds: dict[str, Hold] = {}
        self._locks: dict[str, threading.RLock] = {}
        cloud.cloudformation = self

    # -- for tests

    def state(self, account: str, region: str) -> dict[str, Stack]:
        """The stacks that are there, by name."""
        return {one.name: one for one in self.alive(account, region)}

    def hold(self, stack: str, *, before: str | None = None, polls: int | None = None) -> None:
        """The next operation on a stack of that name stops before its first resource, or before that one.

        It goes on after `release`, or when the stack has been looked at `polls` times.
        """
        self._holds[stack] = Hold(before, polls)

    def release(self, stack: str) -> None:
        """Lets a held operation go on to its end."""
        self._holds.pop(stack, None)
        for one in [one for one in self.stacks if one.name == stack]:
            with self.lock_of(one):
                self._drive(one)

    # -- stacks

    def alive(self, account: str, region: str) -> list[Stack]:
        """The stacks that are not deleted."""
        return [one for one in self.stacks if (one.account, one.region) == (account, region) and one.status != "DELETE_COMPLETE"]

    def find(self, call: Call, name: str | None = None) -> Stack | None:
        """By name those that are there, by ARN the deleted ones too."""
        name = name or call.params["StackName"]
        if name.startswith("arn:"):
            mine = [one for one in self.stacks if (one.account, one.region) == (call.account, call.region)]
            return next((one for one in mine if one.id == name), None)
        return next((one for one in self.alive(call.account, call.region) if one.name == name), None)

    def existing(self, call: Call) -> Stack:
        """The stack, or the refusal that every client looks for."""
        found = self.find(call)
        if found is None:
            raise invalid(f"Stack with id {call.params['StackName']} does not exist")
        return found

    def exported(self, stack: Stack, name: str) -> str | None:
        """What another stack of the same account and region exports under that name."""
        for one in self.alive(stack.account, stack.region):
            for output in one.outputs:
                if output.get("ExportName") == name:
                    return output["OutputValue"]
        return None

    def tags_of(self, stack: Stack, wish: Wish, logical: str, kind: str) -> dict[str, str]:
        """The stack's tags and CloudFormation's own, as far as the type takes them."""
        described = schema.of(kind)
        if described.tags is None:
            return {}
        own = {"stack-name": stack.name, "stack-id": stack.id, "logical-id": logical} if described.system_tags else {}
        return {**{f"aws:cloudformation:{key}": value for key, value in own.items()}, **wish.tags}

    # -- credentials

    def role(self, call: Call, stack: Stack | None) -> str | None:
        """The role of the request or the one that the stack has had; it must let CloudFormation in."""
        role = call.params.get("RoleARN") or (stack.role if stack else None)
        if role:
            self._assume(role)
        return role

    def _assume(self, role: str) -> Credentials:
        try:
            return self.cloud.assume(role, "cloudformation.amazonaws.com", "AWSCloudFormation")
        except AwsError:
            raise invalid(f"Role {role} is invalid or cannot be assumed") from None

    def clients(self, call: Call, role: str | None) -> Callable[[str], Any]:
        """Clients with the role's credentials, which are renewed in time, or with the caller's."""
        kept: dict[str, Credentials] = {}

        def client(service: str) -> Any:
            if role is None:
                return self.cloud.client(call.credentials, service, call.region)
            old = kept.get(role)
            if old is None or (old.expires and old.expires < self.cloud.clock.now() + timedelta(minutes=5)):
                kept[role] = self._assume(role)
            return self.cloud.client(kept[role], service, call.region)

        return client

    def steps(self, call: Call, stack: Stack, wish: Wish | None, role: str | None) -> Steps:
        """The steps of a new operation."""
        token = call.params.get("ClientRequestToken") or call.params.get("ClientToken")
        return Steps(self, stack, wish, self.clients(call, role), f"{stack.id}#{len(stack.events)}", token)

    # -- work under way

    def lock_of(self, stack: Stack) -> threading.RLock:
        """One lock for each stack, so that a held one stops no other."""
        with self.lock:
            return self._locks.setdefault(stack.id, threading.RLock())

    def start(self, stack: Stack, work: Iterator[str]) -> None:
        """Starts an operation; it ends before this returns unless a test holds it."""
        with self.lock_of(stack):
            stack.work = work
            self._drive(stack)

    def looked_at(self, stack: Stack) -> None:
        """A client has polled: a hold that counts polls runs down."""
        hold = self._holds.get(stack.name)
        if hold is None or stack.work is None or not hold.met or hold.polls is None:
            return
        hold.polls -= 1
        if hold.polls < 0:
            self.release(stack.name)

    def _drive(self, stack: Stack) -> None:
        hold = self._holds.get(stack.name)
        while stack.work is not None:
            if hold is not None and hold.met:
                return
            try:
                logical = next(stack.work)
            except StopIteration:
                stack.work = None
                return
            except BaseException:
                stack.work = None
                raise
            if hold is not None and hold.before in (None, logical):
                hold.met = True
