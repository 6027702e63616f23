"""What every answer has in common, whatever it is: one plain ASGI layer around the application.

Request ids, CORS, HEAD, OPTIONS, addresses that are too long, and exceptions that nobody foresaw.
"""

import logging
import random
import re
from collections.abc import Callable, Iterable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.errors import ALLOWED_METHODS, problem_response

MAX_URL_BYTES = 8192
EXPOSED_HEADERS = "ETag, Link, Retry-After, X-Request-ID, X-Dataset-Version"

WriteProblem = Callable[[Scope, int, str], Response]

_JSON = ".json"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}", re.ASCII)
_COMMON = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", EXPOSED_HEADERS.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)
# Pages bring their own; nobody shows data in a frame of theirs.
_POLICY = (b"content-security-policy", b"frame-ancestors 'none'")
_COMMON_NAMES = frozenset((*(name for name, _ in _COMMON), b"x-request-id"))
_RANDOM = random.Random()  # noqa: S311 (ids for a log, no secrets)  # nosec B311
logger = logging.getLogger("onrecord.api")


class WireMiddleware:
    """Wraps an application so that each of its answers keeps the API's common promises.

    - ``X-Request-ID``: the client's own when it is 1 to 128 letters, digits and ``. _ : -``, else
      a new one.
    - CORS for everybody, without credentials.
    - HEAD is GET without the body, with the same headers.
    - OPTIONS is answered here.
    - ``.json`` behind a path of the data is the path itself, whose answer is JSON anyway.
    - An address of more than 8 kB is a 414.
    - An exception that nothing else has answered is a 500, and is logged with the request's id.

    Args:
        app: What is wrapped.
        write_problem: Writes the errors that are answered here, from scope, status and detail.
    """

    def __init__(self, app: ASGIApp, *, write_problem: WriteProblem = problem_response) -> None:
        """See the class."""
        self._app = app
        self._write_problem = write_problem

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method: str = scope["method"]
        request_id = find_request_id(scope)
        started = False

        async def send_common(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = add_common(message["headers"])
                headers.append((b"x-request-id", request_id.encode()))
                message = {**message, "headers": headers}
            elif method == "HEAD" and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        path = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogateescape")
        if len(path) + len(scope["query_string"]) > MAX_URL_BYTES:
            detail = f"The address is longer than {MAX_URL_BYTES} bytes."
            await self._write_problem(scope, 414, detail)(scope, receive, send_common)
            return
        if method == "OPTIONS":
            await _options_response(scope, receive, send_common)
            return
        if method == "HEAD":
            # Whoever would write a long answer may look, and save itself the work.
            scope = {**scope, "method": "GET", "onrecord.head": True}
        if scope["path"].endswith(_JSON):
            scope = {**scope, "path": _without_json(scope["path"])}
        try:
            await self._app(scope, receive, send_common)
        except Exception:
            logger.exception("request %s to %s failed", request_id, scope["path"])
            if started:  # half an answer is out: only breaking off tells the client
                raise
            detail = f"This is a fault of the server. Its log tells more under {request_id}."
            await self._write_problem(scope, 500, detail)(scope, receive, send_common)


def add_common(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return an answer's headers with those that all answers have, but for the request's id."""
    found = [header for header in headers if header[0] not in _COMMON_NAMES]
    if all(name != _POLICY[0] for name, _ in found):
        found.append(_POLICY)
    found += _COMMON
    return found


def make_request_id(sent: bytes | None) -> str:
    """Return the id of a request: the client's own when it can be one, else a new one."""
    if sent is not None:
        words = sent.decode("latin-1")
        if _REQUEST_ID.fullmatch(words):
            return words
    # Not secret: a number of the process's own needs no call of the system for each request.
    return f"{_RANDOM.getrandbits(64):016x}"


def _without_json(path: str) -> str:
    """Return the path of the data whose answer is JSON; a text alone is plain without it."""
    is_own = "/v1/" not in path or path.endswith("/text.json")
    return path if is_own else path.removesuffix(_JSON)


def find_request_id(scope: Scope) -> str:
    """Return the id of a request from its headers, the first sent: see `make_request_id`."""
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
