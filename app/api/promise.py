"""Routes whose endpoints write their answers themselves: models are for the document alone.

FastAPI would build a serializer for each route's model, nested as they are, though nothing is
serialized by it: 0.45 s of a start where all imports took 1.15 s (one core, the machine busy).
"""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter

from app.api.straight import StraightRoute

_PROMISE = "onrecord_promise"


class Router(APIRouter):
    """An APIRouter that keeps each route's `response_model` for the document."""

    def __init__(self, **more: Any) -> None:
        """Take what FastAPI's takes."""
        super().__init__(route_class=StraightRoute, **more)

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        """Add a route; see `fastapi.APIRouter.add_api_route`."""
        model = more.pop("response_model", None)
        if isinstance(model, type):
            setattr(endpoint, _PROMISE, model)
        super().add_api_route(path, endpoint, response_model=None, **more)


def get_promise(endpoint: Callable[..., Any] | None) -> type | None:
    """Return the model of what an endpoint answers, or None."""
    found: type | None = getattr(endpoint, _PROMISE, None)
    return found
