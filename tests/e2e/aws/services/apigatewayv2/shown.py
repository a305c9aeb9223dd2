"""How API Gateway shows its things in answers."""

from __future__ import annotations

from typing import Any


def shown(api: Any) -> dict:
    """An API as GetApi shows it."""
    return {
        "ApiId": api.id,
        "ApiEndpoint": f"https://{api.host}",
        "ProtocolType": "HTTP",
        "RouteSelectionExpression": "$request.method $request.path",
        "CreatedDate": api.created,
        "Tags": api.tags,
        **api.settings,
    }


def stage_shown(stage: Any) -> dict:
    """A stage as GetStage shows it."""
    kept = {key: value for key, value in stage.settings.items() if key != "ApiId"}
    return {**kept, "CreatedDate": stage.created, "LastUpdatedDate": stage.created}
