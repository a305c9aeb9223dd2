"""Puts resources into the order in which they can be made."""

from __future__ import annotations

from typing import Any

from .references import references
from .template import depends_on, invalid


def dependencies(resources: dict[str, Any]) -> dict[str, set[str]]:
    """Each resource with the others that must exist before it."""
    return {
        logical: {
            name
            for name in [*references(resource.get("Properties") or {}), *depends_on(resource), *_policy(resource)]
            if name in resources and name != logical
        }
        for logical, resource in resources.items()
    }


def _policy(resource: dict[str, Any]) -> list[str]:
    return references({key: resource[key] for key in ("UpdatePolicy", "CreationPolicy") if key in resource})


def creation_order(resources: dict[str, Any]) -> list[str]:
    """Dependencies first, otherwise as the template has them; a circle is refused."""
    waiting, done = dependencies(resources), []
    while waiting:
        ready = next((name for name, needs in waiting.items() if needs <= set(done)), None)
        if ready is None:
            raise invalid(f"Circular dependency between resources: [{', '.join(sorted(waiting))}]")
        done.append(ready)
        del waiting[ready]
    return done
