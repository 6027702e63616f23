"""Refusing at once what could only be answered too late.

A server that takes on more than it can do makes everybody wait, until all have given up and it
works for nobody. Beyond a number of requests under way, one more is told to come back.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.errors import RETRY_AFTER_SECONDS, problem_response

MOST_UNDER_WAY = 100
"""Twelve for each of the reader's eight connections: at a few milliseconds a query the last of them
waits for some tenths of a second."""

_NEVER_REFUSED = frozenset(("/healthz", "/readyz", "/metrics"))


class Shedding:
    """Wraps an application and lets so many requests into it at once."""

    def __init__(self, app: ASGIApp, *, most: int = MOST_UNDER_WAY) -> None:
        """Let `most` requests into `app`."""
        self._app = app
        self._most = most
        self._under_way = 0
        self.refused = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["path"] in _NEVER_REFUSED:
            await self._app(scope, receive, send)
            return
        if self._under_way >= self._most:
            self.refused += 1
            headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
            detail = "More is being asked than can be answered."
            await problem_response(scope, 503, detail, headers=headers)(scope, receive, send)
            return
        self._under_way += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1
