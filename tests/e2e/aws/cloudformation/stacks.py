"""Operations on stacks that change something without a change set."""

from __future__ import annotations

from typing import Any

from ..base import AwsError, Call
from . import creating, names, plan, states, updating, wishes
from .engine import Engine
from .model import Stack
from .refusals import in_state, refuse_unsupported
from .template import invalid
from .transforms import TransformFailed

NO_UPDATES = "No updates are to be performed."


class Stacks(Engine):
    """Create, update, delete, cancel, continue."""

    def create_stack(self, call: Call) -> dict[str, Any]:
        """Starts at once."""
        refuse_unsupported(call)
        name = call.params["StackName"]
        wishes.check_name(name)
        if self.find(call) is not None:
            raise AwsError("AlreadyExistsException", f"Stack [{name}] already exists")
        now = self.cloud.clock.now()
        stack = Stack(name, names.stack_id(call.account, call.region, name), call.account, call.region, now)
        wish = self._wish(call, stack)
        failure = "DO_NOTHING" if call.params.get("DisableRollback") else "ROLLBACK"
        wish.on_failure = call.params.get("OnFailure", failure)
        stack.role, stack.protected = wish.role, bool(call.params.get("EnableTerminationProtection"))
        plan.compare(self, stack, wish)
        self.stacks.append(stack)
        stack.move("CreateStack", "User Initiated", now, wish.token)
        self.start(stack, creating.create(self.steps(call, stack, wish, wish.role)))
        return {"StackId": stack.id}

    def _wish(self, call: Call, stack: Stack) -> Any:
        role = self.role(call, stack)
        wish = wishes.read(self, call, stack, wishes.text_of(self, call, stack))
        wish.role = role
        wish.retain_except_on_create = bool(call.params.get("RetainExceptOnCreate"))
        if wish.transforms and "CAPABILITY_AUTO_EXPAND" not in wish.capabilities:
            raise AwsError("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_AUTO_EXPAND]")
        wishes.permit_transforms(self, call, wish)
        try:
            wishes.expand(wish, stack)
        except TransformFailed as problem:
            raise invalid(str(problem)) from None
        wishes.check_capabilities(wish)
        return wish

    def update_stack(self, call: Call) -> dict[str, Any]:
        """Refused where nothing would change."""
        refuse_unsupported(call)
        stack = self.find(call)
        if stack is None:
            raise invalid(f"Stack [{call.params['StackName']}] does not exist")
        in_state(stack, "UpdateStack", "updated")
        wish = self._wish(call, stack)
        if not plan.changes_anything(self, stack, wish, plan.compare(self, stack, wish)):
            raise invalid(NO_UPDATES)
        if call.params.get("DisableRollback"):
            wish.on_failure = "DO_NOTHING"
        stack.role, stack.updated = wish.role, self.cloud.clock.now()
        stack.move("UpdateStack", "User Initiated", stack.updated, wish.token)
        self.start(stack, updating.update(self.steps(call, stack, wish, wish.role)))
        return {"StackId": stack.id}

    def delete_stack(self, call: Call) -> dict[str, Any]:
        """A stack that does not exist is deleted already."""
        stack = self.find(call)
        if stack is None or stack.status in ("DELETE_COMPLETE", "DELETE_IN_PROGRESS"):
            return {}
        if stack.protected:
            raise invalid(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
        if stack.work is not None and stack.status != "CREATE_IN_PROGRESS" or not states.allows(stack.status, "DeleteStack"):
            raise invalid(f"Stack [{stack.name}] cannot be deleted while in status {stack.status}")
        retained = call.params.get("RetainResources") or []
        if retained and stack.status != "DELETE_FAILED":
            raise invalid("Invalid operation on stack. Specify RetainResources only for a stack in DELETE_FAILED state.")
        role = self.role(call, stack)
        steps = self.steps(call, stack, stack.current, role)
        stack.work = None
        stack.move("DeleteStack", "User Initiated", self.cloud.clock.now(), steps.token)
        self.start(stack, creating.delete(steps, retained))
        return {}

    def cancel_update_stack(self, call: Call) -> dict[str, Any]:
        """Only while it updates."""
        stack = self.existing(call)
        if not states.allows(stack.status, "CancelUpdateStack"):
            raise invalid(f"CancelUpdateStack cannot be called from current stack status {stack.status}")
        stack.cancelled = True
        stack.move("CancelUpdateStack", "User Initiated", self.cloud.clock.now())
        self.release(stack.name)
        return {}

    def continue_update_rollback(self, call: Call) -> dict[str, Any]:
        """Takes up the rollback where it failed; resources to skip stay as they are."""
        refuse_unsupported(call)
        stack = self.existing(call)
        if not states.allows(stack.status, "ContinueUpdateRollback"):
            raise invalid(f"Stack:{stack.id} is in {stack.status} state and can not continue rollback.")
        role = self.role(call, stack)
        stack.move("ContinueUpdateRollback", "User Initiated", self.cloud.clock.now())
        steps = self.steps(call, stack, stack.current, role)
        self.start(stack, updating.roll_back(steps, call.params.get("ResourcesToSkip") or []))
        return {}

    def update_termination_protection(self, call: Call) -> dict[str, Any]:
        """On or off."""
        stack = self.existing(call)
        stack.protected = bool(call.params["EnableTerminationProtection"])
        return {"StackId": stack.id}
