"""ECR: the API in front of the local registry, whose images are the only ones it knows."""

from .service import Ecr

__all__ = ["Ecr"]
