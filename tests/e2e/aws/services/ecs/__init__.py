"""ECS Express Mode: services whose rollouts progress, succeed, fail and go back, one step for each time a client looks."""

from .service import Ecs

__all__ = ["Ecs"]
