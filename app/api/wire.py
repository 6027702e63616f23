"""What every answer has in common, whatever it is: one plain ASGI layer around the application.

Request ids, CORS, HEAD, OPTIONS, addresses that are too long, and exceptions that nobody foresaw.
"""

import logging
import random
import re

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.errors import ALLOWED_METHODS, problem_response

MAX_URL_BYTES = 8192
EXPOSED_HEADERS = "ETag, Link, Retry-After, X-Request-ID, X-Dataset-Version"
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}", re.ASCII)
_RANDOM = random.Random()  # noqa: S311 (ids for a log, no secrets)  # nosec B311
logger = logging.getLogger("onrecord.api")


class WireMiddleware:
    """Wraps an application so that each of its answers keeps the API's common promises.

    - ``X-Request-ID``: the client's own when it is 1 to 128 letters, digits and ``. _ : -``, else
      a new one.
    - CORS for everybody, without credentials.
    - HEAD is GET without the body, with the same headers.
    - OPTIONS is answered here.
    - An address of more than 8 kB is a 414.
    - An exception that nothing else has answered is a 500, and is logged with the request's id.
    """

    def __init__(self, app: ASGIApp) -> None:
        """See the class."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method: str = scope["method"]
        request_id = _request_id(scope)
        started = False

        async def send_common(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(raw=message["headers"])
                headers["X-Request-ID"] = request_id
                headers["Access-Control-Allow-Origin"] = "*"
                headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"
                # Pages bring their own; data that a browser is made to show may load nothing.
                headers.setdefault("Content-Security-Policy", DATA_POLICY)
            elif method == "HEAD" and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        path = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogateescape")
        if len(path) + len(scope["query_string"]) > MAX_URL_BYTES:
            detail = f"The address is longer than {MAX_URL_BYTES} bytes."
            await problem_response(scope, 414, detail)(scope, receive, send_common)
            return
        if method == "OPTIONS":
            await _options_response(scope, receive, send_common)
            return
        if method == "HEAD":
            # Whoever would write a long answer may look, and save itself the work.
            scope = {**scope, "method": "GET", "onrecord.head": True}
        try:
            await self._app(scope, receive, send_common)
        except Exception:
            logger.exception("request %s to %s failed", request_id, scope["path"])
            if started:  # half an answer is out: only breaking off tells the client
                raise
            detail = f"This is a fault of the server. Its log tells more under {request_id}."
            await problem_response(scope, 500, detail)(scope, receive, send_common)


def make_request_id(sent: bytes | None) -> str:
    """Return the id of a request: the client's own when it can be one, else a new one."""
    if sent is not None:
        words = sent.decode("latin-1")
        if _REQUEST_ID.fullmatch(words):
            return words
    # Not secret: a number of the process's own costs 0.4 µs, the system's 13 µs.
    return f"{_RANDOM.getrandbits(64):016x}"


def _request_id(scope: Scope) -> str:
    sent = next((value for name, value in scope["headers"] if name == b"x-request-id"), None)
    return make_request_id(sent)


async def _options_response(scope: Scope, receive: Receive, send: Send) -> None:
    headers = {
        "Allow": ALLOWED_METHODS,
        "Access-Control-Allow-Methods": ALLOWED_METHODS,
        "Access-Control-Max-Age": "86400",
    }
    for name, value in scope["headers"]:
        if name == b"access-control-request-headers":
            headers["Access-Control-Allow-Headers"] = value.decode("latin-1")
    await Response(status_code=204, headers=headers)(scope, receive, send)
