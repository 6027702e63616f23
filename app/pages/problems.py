"""Errors for people: the API's problem, as a page, for whoever asks for a page.

What the API answers to programs stays what it is. Only a client that says it takes HTML, at an
address that is none of the API's, gets a page; so a browser does, and curl does not.
"""

import json
from collections.abc import Awaitable, Callable
from typing import cast

from fastapi import FastAPI, Request, Response
from starlette.responses import HTMLResponse
from starlette.types import Scope

from app.api.errors import problem_response
from app.pages.render import SECURITY, common_values, find_root, render

Handler = Callable[[Request, Exception], Awaitable[Response]]
_OF_PROGRAMS = ("/v1", "/healthz", "/readyz", "/metrics", "/openapi.json", "/static", "/assets")


def add_problem_pages(app: FastAPI) -> None:
    """Let every problem that the application answers with be a page where one is wanted."""
    for error, handler in list(app.exception_handlers.items()):
        app.exception_handlers[error] = _with_page(cast(Handler, handler))


def wants_page(request: Request) -> bool:
    """Say whether a request is one for a page."""
    path: str = request.scope["path"]
    path = path.removeprefix(find_root(request))
    first = "/" + path.lstrip("/").partition("/")[0]
    accepted = request.headers.get("accept", "")
    return first not in _OF_PROGRAMS and "text/html" in accepted.lower()


def write_problem(scope: Scope, status: int, detail: str) -> Response:
    """Answer with a problem that no handler of the application has seen, as a page or as JSON.

    Args:
        scope: The request's.
        status: 400 to 599.
        detail: What went wrong, in words for people.
    """
    return _to_page(Request(scope), problem_response(scope, status, detail))


def _with_page(handler: Handler) -> Handler:
    async def answer(request: Request, error: Exception) -> Response:
        return _to_page(request, await handler(request, error))

    return answer


def _to_page(request: Request, response: Response) -> Response:
    """Return the page of a problem for whoever wants one, else the response as it is."""
    if response.status_code < 400 or not wants_page(request):
        return response
    problem = json.loads(bytes(response.body))
    body = render("problem.html", **common_values(request), requests=(), problem=problem)
    kept = ("cache-control", "retry-after", "allow")
    headers = {name: response.headers[name] for name in kept if name in response.headers}
    return HTMLResponse(
        # A damaged address can hold lone surrogates.
        body.encode("utf-8", "replace"),
        status_code=response.status_code,
        headers={**headers, **SECURITY},
    )
