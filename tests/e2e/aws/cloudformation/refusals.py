"""What is refused before anything else: wrong states, and options that the harness does not know."""

from __future__ import annotations

from ..base import Call, HarnessError
from . import states
from .model import Stack
from .template import invalid

UNSUPPORTED = (
    "ResourceTypes", "StackPolicyBody", "StackPolicyURL", "StackPolicyDuringUpdateBody", "StackPolicyDuringUpdateURL",
    "ResourcesToImport", "ImportExistingResources", "IncludeNestedStacks", "NotificationARNs", "DeploymentMode",
    "DeploymentConfig", "ForceRollback", "TimeoutInMinutes",
)  # fmt: skip


def refuse_unsupported(call: Call) -> None:
    """An option that would be passed over in silence is an error of the harness."""
    strange = [name for name in UNSUPPORTED if call.params.get(name)]
    if (call.params.get("RollbackConfiguration") or {}).get("RollbackTriggers"):
        strange.append("RollbackTriggers")
    if call.params.get("ChangeSetType") == "IMPORT":
        strange.append("ChangeSetType IMPORT")
    if strange:
        raise HarnessError(f"{call.operation}: {', '.join(strange)} not emulated")


def in_state(stack: Stack, event: str, verb: str) -> None:
    """Refuses what the table does not allow in the stack's state."""
    if stack.work is not None or not states.allows(stack.status, event):
        raise invalid(f"Stack:{stack.id} is in {stack.status} state and can not be {verb}.")
