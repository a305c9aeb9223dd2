"""Change sets: made, looked at, executed, deleted."""

from __future__ import annotations

from typing import Any

from ..base import AwsError, Call
from . import creating, names, plan, scope, states, updating, wishes
from .engine import Engine
from .model import ChangeSet, Stack, Wish
from .refusals import in_state, refuse_unsupported
from .schema import Invalid
from .template import invalid
from .transforms import TransformFailed

NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."
VALIDATION = (
    "The following hook(s)/validation failed: [AWS::EarlyValidation::{name}]. "
    "To troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure information."
)


class ChangeSets(Engine):
    """The operations on change sets."""

    def create_change_set(self, call: Call) -> dict[str, Any]:
        """Compares at once; a change set without changes is FAILED, and a new stack is REVIEW_IN_PROGRESS."""
        refuse_unsupported(call)
        kind = call.params.get("ChangeSetType", "UPDATE")
        stack = self._stack_for(call, kind)
        name = call.params["ChangeSetName"]
        if name in stack.change_sets:
            raise AwsError("AlreadyExistsException", f"ChangeSet {name} already exists")
        role = self.role(call, stack)
        wish = wishes.read(self, call, stack, wishes.text_of(self, call, stack))
        wishes.permit_transforms(self, call, wish)
        wish.role, wish.on_failure = role, call.params.get("OnStackFailure", "ROLLBACK")
        if not wish.transforms:  # one with transforms fails later, in its status
            wishes.expand(wish, stack)
            wishes.check_capabilities(wish)
        self._enter(stack, kind)
        id = names.change_set_id(call.account, call.region, name)
        made = ChangeSet(name, id, kind, wish, self.cloud.clock.now(), call.params.get("Description"))
        stack.change_sets[name] = made
        self._compare(call, stack, made)
        return {"Id": made.id, "StackId": stack.id}

    def _stack_for(self, call: Call, kind: str) -> Stack:
        name, found = call.params["StackName"], self.find(call)
        if kind == "UPDATE":
            if found is None:
                raise invalid(f"Stack [{name}] does not exist")
            in_state(found, "CreateChangeSet UPDATE", "updated")
            return found
        if found is not None and found.status != "REVIEW_IN_PROGRESS":
            raise invalid(f"Stack [{name}] already exists and cannot be created again with the changeSet [{call.params['ChangeSetName']}]")
        if found is None:
            wishes.check_name(name)
            id = names.stack_id(call.account, call.region, name)
            found = Stack(name, id, call.account, call.region, self.cloud.clock.now())
        return found

    def _enter(self, stack: Stack, kind: str) -> None:
        if kind == "UPDATE" or stack.status == "REVIEW_IN_PROGRESS":
            states.after(stack.status, f"CreateChangeSet {kind}")
            return
        stack.move("CreateChangeSet CREATE", "User Initiated", self.cloud.clock.now())
        self.stacks.append(stack)

    def _compare(self, call: Call, stack: Stack, made: ChangeSet) -> None:
        try:
            if made.wish.transforms:
                wishes.expand(made.wish, stack)
                wishes.check_capabilities(made.wish)
            changes = plan.compare(self, stack, made.wish)
            scope.outputs(self, stack, made.wish)
        except (TransformFailed, Invalid, AwsError) as problem:
            self._refuse(stack, made, problem)
            return
        taken = self._taken(call, stack, made.wish, changes) if self.early_validation else []
        if taken:
            made.problems = taken
            made.move("failed validation", VALIDATION.format(name="ResourceExistenceCheck"))
        elif not plan.changes_anything(self, stack, made.wish, changes):
            made.move("failed", NO_CHANGES)
        else:
            made.changes = [change.shown() for change in changes]
            made.move("done")

    def _refuse(self, stack: Stack, made: ChangeSet, problem: Exception) -> None:
        if isinstance(problem, AwsError) and not made.wish.transforms:
            del stack.change_sets[made.name]
            raise problem
        if isinstance(problem, Invalid) and self.early_validation:
            made.problems = [("", "", f"{problem}")]
            made.move("failed validation", VALIDATION.format(name="PropertyValidation"))
        elif isinstance(problem, Invalid):
            made.move("done")  # found only when the resource is made
        else:
            made.move("failed", getattr(problem, "message", str(problem)))

    def _taken(self, call: Call, stack: Stack, wish: Wish, changes: list[plan.Change]) -> list[tuple[str, str, str]]:
        """Resources to be added whose names are in use; what the caller or the role may not read is not found."""
        steps = self.steps(call, stack, wish, wish.role)
        return [
            (one.logical, one.type, f"Resource of type '{one.type}' with identifier '{identifier}' already exists.")
            for one in changes
            if one.action == "Add" and (identifier := steps.exists(one.logical, one.type, one.wanted))
        ]

    def _change_set(self, call: Call) -> tuple[Stack, ChangeSet]:
        name = call.params["ChangeSetName"]
        mine = [one for one in self.stacks if (one.account, one.region) == (call.account, call.region)]
        if not name.startswith("arn:"):
            if "StackName" not in call.params:
                raise invalid("StackName must be specified if ChangeSetName is not specified as an ARN.")
            mine = [self.existing(call)]
        for stack in mine:
            for one in stack.change_sets.values():
                if name in (one.name, one.id):
                    return stack, one
        raise AwsError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist", 404)

    def describe_change_set(self, call: Call) -> dict[str, Any]:
        """As it was compared."""
        stack, one = self._change_set(call)
        answer = {
            "ChangeSetName": one.name, "ChangeSetId": one.id, "StackId": stack.id, "StackName": stack.name,
            "Parameters": [value.shown() for value in one.wish.parameters.values()], "CreationTime": one.created,
            "ExecutionStatus": one.execution, "Status": one.status, "Capabilities": one.wish.capabilities,
            "Tags": [{"Key": key, "Value": value} for key, value in one.wish.tags.items()], "Changes": one.changes,
            "NotificationARNs": [], "RollbackConfiguration": {}, "IncludeNestedStacks": False,
        }  # fmt: skip
        optional = {"Description": one.description, "StatusReason": one.reason}
        return {**answer, **{key: value for key, value in optional.items() if value}}

    def list_change_sets(self, call: Call) -> dict[str, Any]:
        """Those of one stack."""
        stack = self.existing(call)
        return {
            "Summaries": [
                {
                    "StackId": stack.id, "StackName": stack.name, "ChangeSetId": one.id, "ChangeSetName": one.name,
                    "ExecutionStatus": one.execution, "Status": one.status, "CreationTime": one.created,
                }
                for one in stack.change_sets.values()
            ]
        }  # fmt: skip

    def delete_change_set(self, call: Call) -> dict[str, Any]:
        """The stack stays, in REVIEW_IN_PROGRESS too."""
        stack, one = self._change_set(call)
        if not states.allows(f"ChangeSet {one.status}", "DeleteChangeSet"):
            raise AwsError("InvalidChangeSetStatus", f"ChangeSet [{one.id}] cannot be deleted in its current status")
        one.move("DeleteChangeSet")
        del stack.change_sets[one.name]
        return {}

    def execute_change_set(self, call: Call) -> dict[str, Any]:
        """Creates or updates the stack; all its other change sets are gone."""
        stack, one = self._change_set(call)
        if one.execution != "AVAILABLE":
            state = one.status if one.execution == "UNAVAILABLE" else one.execution
            raise AwsError("InvalidChangeSetStatus", f"ChangeSet [{one.id}] cannot be executed in its current status of [{state}]")
        in_state(stack, "ExecuteChangeSet", "updated")
        wish = one.wish
        if call.params.get("DisableRollback"):
            wish.on_failure = "DO_NOTHING"
        wish.retain_except_on_create = bool(call.params.get("RetainExceptOnCreate"))
        wish.token = call.params.get("ClientRequestToken")
        one.move("ExecuteChangeSet")
        stack.change_sets = {one.name: one}
        stack.role = wish.role
        stack.updated = self.cloud.clock.now() if one.kind == "UPDATE" else stack.updated
        stack.move("ExecuteChangeSet", "User Initiated", self.cloud.clock.now(), wish.token)
        steps = self.steps(call, stack, wish, wish.role)
        work = creating.create(steps) if one.kind == "CREATE" else updating.update(steps)
        self.start(stack, self._finishing(stack, one, work))
        return {}

    @staticmethod
    def _finishing(stack: Stack, one: ChangeSet, work: Any) -> Any:
        yield from work
        one.move("done" if stack.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE") else "failed")
