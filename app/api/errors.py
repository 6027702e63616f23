"""One shape for every error: RFC 9457 problem details.

Nothing that this server sends with a status of 400 or more has another body: unknown paths,
methods that are not allowed, parameters that are wrong, a database that is away and exceptions
that nobody foresaw all come as ``application/problem+json``.
"""

import difflib
import json
import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import Field
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.types import Scope
from typing_extensions import TypedDict

from app.api.paging import CursorError
from app.db.engine import is_interrupted
from app.db.search import SearchError

PROBLEM_JSON = "application/problem+json"
ALLOWED_METHODS = "GET, HEAD, OPTIONS"
RETRY_AFTER_SECONDS = 2
# A problem repeats the address that it is about, but not eight kilobytes of it.
INSTANCE_LENGTH = 512
_PHRASES = {414: "URI Too Long", 422: "Unprocessable Content"}

logger = logging.getLogger("onrecord.api")

FieldProblem = TypedDict(  # "in" is a keyword of Python, so the class form cannot be written
    "FieldProblem",
    {
        "in": Annotated[
            str, Field(description="Where the fault is: query or path.", examples=["query"])
        ],
        "name": Annotated[
            str, Field(description="The parameter at fault, as it was sent.", examples=["speeker"])
        ],
        "detail": Annotated[
            str,
            Field(
                description="What is wrong, in words for people.",
                examples=["Unknown parameter. Did you mean 'speaker'?"],
            ),
        ],
        "allowed": Annotated[
            list[str] | None,
            Field(
                description="The names or values that would have been accepted, when they can "
                "be listed.",
                examples=[["speaker", "about", "form"]],
            ),
        ],
    },
)
FieldProblem.__doc__ = "One thing that is wrong with a request, and where."


class Problem(TypedDict):
    """An error, as RFC 9457 describes it."""

    type: Annotated[
        str,
        Field(
            description="A URI that names the kind of problem; about:blank says that the status "
            "tells it all.",
            examples=["about:blank"],
        ),
    ]
    title: Annotated[
        str, Field(description="The status in words.", examples=["Unprocessable Content"])
    ]
    status: Annotated[
        int, Field(description="The HTTP status code.", ge=400, le=599, examples=[422])
    ]
    detail: Annotated[
        str,
        Field(
            description="What went wrong with this request, in words for people.",
            examples=["The request has a parameter that this path does not know: speeker."],
        ),
    ]
    instance: Annotated[
        str,
        Field(
            description="The path and query that were asked for, cut at 512 characters.",
            examples=["/v1/quotes?speeker=sergei-naryshkin"],
        ),
    ]
    errors: Annotated[
        list[FieldProblem],
        Field(
            description="Every single fault that was found; empty when there is nothing more "
            "to tell.",
            examples=[
                [
                    {
                        "in": "query",
                        "name": "speeker",
                        "detail": "Unknown parameter. Did you mean 'speaker'?",
                        "allowed": ["speaker", "about", "form"],
                    }
                ]
            ],
        ),
    ]


class ProblemError(Exception):
    """Ends a request with a problem.

    Args:
        status: The HTTP status code, 400 to 599.
        detail: What went wrong, in words for people.
        errors: Every single fault, when there are several or one has a name.
        headers: More response headers.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Iterable[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """See the class."""
        self.status = status
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})
        super().__init__(detail)


def not_found(kind: str, public_id: str) -> ProblemError:
    """Return the 404 for a resource ("article", "art_…") that the data does not hold."""
    return ProblemError(404, f"There is no {kind} with the id {public_id[:100]!r}.")


def not_ready(detail: str) -> ProblemError:
    """Return the 503 for data that cannot be served yet, with a Retry-After header."""
    return ProblemError(503, detail, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def wrong_parameter(
    name: str, detail: str, *, allowed: Iterable[str] | None = None
) -> ProblemError:
    """Return the 422 for one query parameter."""
    field = field_problem(name, detail, allowed=allowed)
    return ProblemError(422, f"The parameter {name[:100]} is wrong: {detail}", errors=[field])


def field_problem(
    name: str, detail: str, *, where: str = "query", allowed: Iterable[str] | None = None
) -> FieldProblem:
    """Return one fault of a request; `where` is ``query`` or ``path``."""
    return {
        "in": where,
        "name": name[:100],
        "detail": detail,
        "allowed": None if allowed is None else list(allowed),
    }


def find_nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that is spelled most like `word`, or None when none is near."""
    near = difflib.get_close_matches(word[:100].lower(), list(choices), n=1, cutoff=0.6)
    return near[0] if near else None


def problem_response(
    scope: Scope,
    status: int,
    detail: str,
    *,
    errors: Iterable[FieldProblem] = (),
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Response:
    """Build the response for a problem from the ASGI scope of its request.

    Args:
        scope: The request's.
        status: 400 to 599.
        detail: What went wrong, in words for people.
        errors: Every single fault.
        headers: More response headers.
        more: Extension members (RFC 9457, 3.2) for this kind of problem.
    """
    body: Problem = {
        "type": "about:blank",
        "title": _PHRASES.get(status) or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": _instance(scope),
        "errors": list(errors),
    }
    # ensure_ascii also carries the lone surrogates that a damaged address can hold.
    content = json.dumps({**body, **(more or {})}, ensure_ascii=True).encode("ascii")
    return Response(
        content,
        status_code=status,
        media_type=PROBLEM_JSON,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def _instance(scope: Scope) -> str:
    path = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogateescape")
    query = scope.get("query_string", b"")
    address = path + (b"?" + query if query else b"")
    return str(address.decode("latin-1")[:INSTANCE_LENGTH])


def add_error_handlers(app: FastAPI) -> None:
    """Make every exception that a request can raise come out as a problem."""
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(CursorError, _on_cursor_error)
    app.add_exception_handler(SearchError, _on_search_error)
    app.add_exception_handler(DBAPIError, _on_database_error)
    app.add_exception_handler(PoolTimeoutError, _on_busy)


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return problem_response(
        request.scope, error.status, error.detail, errors=error.errors, headers=error.headers
    )


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    detail = error.detail
    if error.status_code == 404:
        detail = "There is nothing at this path. /v1 lists what there is."
    elif error.status_code == 405:
        headers["Allow"] = ALLOWED_METHODS
        detail = f"{request.method[:20]} is not allowed here: the data is read-only."
    return problem_response(request.scope, error.status_code, detail, headers=headers)


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [_to_field_problem(found) for found in error.errors()]
    names = ", ".join(dict.fromkeys(field["name"] for field in errors))
    return problem_response(
        request.scope, 422, f"The request has a wrong value for: {names}.", errors=errors
    )


def _to_field_problem(found: dict[str, Any]) -> FieldProblem:
    location = [str(part) for part in found["loc"]]
    where = location[0] if location else "query"
    name = location[1] if len(location) > 1 else where
    detail = str(found["msg"]).removeprefix("Value error, ")
    expected = (found.get("ctx") or {}).get("expected")
    allowed = None
    if found["type"] in ("enum", "literal_error") and isinstance(expected, str):
        allowed = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
        near = find_nearest(str(found.get("input")), allowed)
        if near:
            detail += f". Did you mean '{near}'?"
    return field_problem(name, detail, where=where, allowed=allowed)


async def _on_cursor_error(request: Request, error: Exception) -> Response:
    problem = wrong_parameter("cursor", str(error))
    return await _on_problem(request, problem)


async def _on_search_error(request: Request, error: Exception) -> Response:
    return await _on_problem(request, wrong_parameter("q", str(error)))


async def _on_database_error(request: Request, error: Exception) -> Response:
    if isinstance(error, DBAPIError) and is_interrupted(error):
        # Without its text: a query holds what users typed.
        logger.warning("a query for %s took too long and was ended", request.scope["path"])
        detail = "The answer took too long to find. Ask for less: narrower filters, rarer words."
        return await _on_problem(request, not_ready(detail))
    logger.error("the database did not answer: %s", error)
    return await _on_problem(request, not_ready("The database cannot be read just now."))


async def _on_busy(request: Request, error: Exception) -> Response:
    logger.warning("no connection to the database was free: %s", error)
    return await _on_problem(request, not_ready("More is being asked than can be answered."))
