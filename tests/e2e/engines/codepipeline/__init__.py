"""CodePipeline V2 and CodeBuild: what their APIs were told at the door, done as the services do it."""

from .engine import CodePipeline

__all__ = ["CodePipeline"]
