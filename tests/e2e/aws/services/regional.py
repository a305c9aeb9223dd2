"""The base of the stubs: one state per account and region, and tags as the APIs keep them."""

from __future__ import annotations

import secrets
import string
from typing import Any

from ..base import Call, Service


class Regional(Service):
    """A service whose things live in one account and one region each."""

    State: type

    def __init__(self, cloud: Any):
        super().__init__(cloud)
        self._states: dict[tuple[str, str], Any] = {}

    def state(self, account: str, region: str) -> Any:
        """What the service keeps there, for tests to look into and to prepare failures in."""
        with self.lock:
            if (account, region) not in self._states:
                self._states[account, region] = self.State(self.cloud, account, region)
            return self._states[account, region]

    def here(self, call: Call) -> Any:
        """The state that a call is about."""
        return self.state(call.account, call.region)


def identifier(length: int, alphabet: str = string.ascii_lowercase + string.digits) -> str:
    """A random id of the kind that AWS gives."""
    return "".join(secrets.choice(alphabet) for _ in range(length))


def pairs(tags: list[dict] | None, upper: bool = True) -> dict[str, str]:
    """[{Key, Value}] as a dict."""
    key, value = ("Key", "Value") if upper else ("key", "value")
    return {tag[key]: tag.get(value, "") for tag in tags or []}


def listed(tags: dict[str, str], upper: bool = True) -> list[dict]:
    """The way back."""
    key, value = ("Key", "Value") if upper else ("key", "value")
    return [{key: name, value: text} for name, text in tags.items()]
