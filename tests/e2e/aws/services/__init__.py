"""The stubs of the services that moto does not have, or only pretends to have."""

from importlib import import_module

from ..base import Service

# Each folder or module, and the class in it. Two are another engineer's and may not be there yet.
_STUBS = {
    "amplify": "Amplify",
    "apigatewayv2": "HttpApis",
    "codebuild": "CodeBuild",
    "codeconnections": "CodeConnections",
    "codepipeline": "CodePipeline",
    "ecr": "Ecr",
    "ecs": "Ecs",
}


def _found() -> list[type[Service]]:
    stubs = []
    for module, name in _STUBS.items():
        try:
            stubs.append(getattr(import_module(f"{__name__}.{module}"), name))
        except ModuleNotFoundError as missing:
            # Only an absent stub is passed over, never a stub that lacks something itself.
            if missing.name != f"{__name__}.{module}":
                raise
    return stubs


SERVICES: list[type[Service]] = _found()
