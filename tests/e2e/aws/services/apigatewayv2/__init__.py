"""HTTP APIs of API Gateway in front of Lambda: a visit of the API's address really runs the function's code."""

from .service import HttpApis

__all__ = ["HttpApis"]
