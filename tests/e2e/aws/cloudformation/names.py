"""Makes the names that CloudFormation gives to what a template leaves unnamed, and the ids of stacks."""

from __future__ import annotations

import hashlib
import uuid

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def generated(stack: str, logical: str, seed: str, limit: int, lower: bool = False) -> str:
    """STACK-LOGICAL-12CHARACTERS; how AWS shortens a long one is not documented, so both halves are shortened alike."""
    suffix = "".join(ALPHABET[byte % len(ALPHABET)] for byte in hashlib.sha256(seed.encode()).digest()[:12])
    room = limit - len(suffix) - 2
    if len(stack) + len(logical) > room:
        part = max(room - len(stack), room // 2)
        logical = logical[:part]
        stack = stack[: room - len(logical)]
    name = f"{stack}-{logical}-{suffix}"
    return name.lower() if lower else name


def stack_id(account: str, region: str, name: str) -> str:
    """A new stack's ARN."""
    return f"arn:aws:cloudformation:{region}:{account}:stack/{name}/{uuid.uuid4()}"


def change_set_id(account: str, region: str, name: str) -> str:
    """A new change set's ARN."""
    return f"arn:aws:cloudformation:{region}:{account}:changeSet/{name}/{uuid.uuid4()}"
