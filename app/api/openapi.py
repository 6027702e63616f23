"""The OpenAPI document: what FastAPI makes of the code, with what the code cannot say.

That is: the problems that every operation can answer with, the response headers, 304, real answers
as examples, and which operation goes on from which.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Literal

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts
from pydantic import TypeAdapter

from app.api.answers import add_answers
from app.api.errors import PROBLEM_JSON, Problem
from app.api.follow import links_of
from app.api.health import ReadinessProblem
from app.api.promise import get_promise

DESCRIPTION = """
On Record reads news articles and works out who said and claimed what about whom. This API serves
what it found: articles, the people, organisations and places in them, quotations and claims.

- **Read-only.** GET and HEAD; everybody may call it from a browser (CORS).
- **Offsets are exact.** Every span is half-open, in Unicode code points of
  `/v1/articles/{id}/text`: `text[start:end]` are its words.
- **Lists** come in one envelope with `data`, `meta` and `links`. Go on by following `links.next`.
- **Filters**: a repeated value means OR, different names mean AND. A value that nothing has gives
  an empty list; an unknown or misspelt *name* is refused with 422.
- **Formats** are suffixes: `.json` (what comes without one), and for lists and counts `.ndjson` and
  `.csv` with every row, for quotations and claims `.atom` with the newest.
- **Copies** of a story count once with `distinct=story`.
- **Errors** are RFC 9457 problems, always.
- **Caching**: every answer has an `ETag`; data change only when articles are read in.
"""

TAGS: list[dict[str, Any]] = [
    {"name": "quotes", "description": "Words between quotation marks, and who said them."},
    {"name": "claims", "description": "What somebody, or the article itself, claims to be so."},
    {"name": "entities", "description": "People, organisations and places, one over all articles."},
    {"name": "articles", "description": "The articles, their text, and all that was found in it."},
    {
        "name": "unnamed-sources",
        "description": "Whom articles cite without a name, and who leans on that.",
    },
    {"name": "sources", "description": "The files that the articles were read from."},
    {"name": "service", "description": "What is here, in which version, and whether it runs."},
]

_ERRORS = {
    "404": "There is no such thing.",
    "410": "The article was here once and has been removed.",
    "414": "The address is longer than 8 kB.",
    "422": "A parameter is unknown or has a wrong value; `errors` names each.",
    "500": "A fault of the server.",
    "503": "The data cannot be served yet: the first files are being read. Retry-After says when "
    "to ask again; /readyz tells the progress.",
}

_HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {
        "description": "Weak validator: changes with the data, the software and the address. "
        "Send it back in If-None-Match.",
        "schema": {"type": "string"},
        "example": 'W/"5f1d0c2b7a9e8d3c4b6a1f20"',
    },
    "Last-Modified": {
        "description": "When the data last changed.",
        "schema": {"type": "string"},
        "example": "Thu, 28 Nov 2024 09:30:00 GMT",
    },
    "Cache-Control": {
        "description": "How long the answer may be kept.",
        "schema": {"type": "string"},
        "example": "public, max-age=60, stale-while-revalidate=600",
    },
    "X-Dataset-Version": {
        "description": "The version of the data, as `meta.dataset_version` in lists.",
        "schema": {"type": "string"},
        "example": "ds_2ur0t1adjsi3l",
    },
    "X-Request-ID": {
        "description": "The request's id in the server's log: the client's own, or a new one.",
        "schema": {"type": "string"},
        "example": "9f86d081884c7d65",
    },
    "Link": {
        "description": "The page's own address and its neighbours' (RFC 8288).",
        "schema": {"type": "string"},
        "example": '</v1/quotes>; rel="self"',
    },
    "Location": {
        "description": "Where it is now.",
        "schema": {"type": "string"},
        "example": "/v1/entities/vladimir-putin",
    },
    "Retry-After": {
        "description": "Seconds to wait before asking again.",
        "schema": {"type": "string"},
        "example": "2",
    },
}
_DATA_HEADERS = ("ETag", "Last-Modified", "Cache-Control", "X-Dataset-Version", "X-Request-ID")


def build_openapi(app: FastAPI) -> dict[str, Any]:
    """Return the application's OpenAPI 3.1 document; built once for each application."""
    built: dict[str, Any] | None = app.openapi_schema
    if built is None:
        built = _complete(
            get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                description=app.description,
                license_info=app.license_info,
                tags=app.openapi_tags,
                routes=app.routes,
                separate_input_output_schemas=False,
            ),
            promises=_list_promises(app),
        )
        app.openapi_schema = built
    return built


def _complete(document: dict[str, Any], *, promises: Mapping[str, type]) -> dict[str, Any]:
    document = deepcopy(document)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    models = dict.fromkeys((*promises.values(), Problem, ReadinessProblem))
    adapters: list[tuple[Any, Literal["validation"], TypeAdapter[Any]]] = [
        (model, "validation", TypeAdapter(model)) for model in models
    ]
    refs, found = TypeAdapter.json_schemas(adapters, ref_template="#/components/schemas/{model}")
    schemas.update(found["$defs"])
    components["headers"] = deepcopy(_HEADERS)
    for path, operations in document["paths"].items():
        for operation in operations.values():
            if path in promises:
                for content in operation["responses"]["200"]["content"].values():
                    content["schema"] = refs[promises[path], "validation"]
            _complete_operation(operation, path=path)
    add_answers(document)
    return document


def _list_promises(app: FastAPI) -> dict[str, type]:
    """Return the models of answers by path."""
    return {
        str(context.path): model
        for context in iter_route_contexts(app.routes)
        if (model := get_promise(getattr(context.original_route, "endpoint", None))) is not None
    }


def _complete_operation(operation: dict[str, Any], *, path: str) -> None:
    for parameter in operation.get("parameters", []):
        _tidy_parameter(parameter)
    operation.get("parameters", []).sort(key=_rank_parameter)
    responses = operation["responses"]
    is_data = path.startswith("/v1")
    statuses = ["414", "422", "500"]
    if "{" in path:
        statuses.append("404")
    if "{article_id}" in path:
        statuses.append("410")
    if is_data:
        statuses.append("503")
    for status in statuses:
        responses[status] = _problem(status, "Problem")
    if path == "/readyz":
        responses["503"] = _problem("503", "ReadinessProblem")
    names = list(_DATA_HEADERS) if is_data else ["Cache-Control", "X-Request-ID"]
    is_list = any(p["name"] == "cursor" for p in operation.get("parameters", []))
    if is_list:
        names.append("Link")
    responses["200"]["headers"] = _refer(names)
    links = links_of(operation["operationId"])
    if links:
        responses["200"]["links"] = links
    if "{entity_id}" in path:
        responses["308"] = {
            "description": "The entity was found to be another one; Location is its address.",
            "headers": _refer([*names, "Location"]),
        }
    if is_data:
        responses["304"] = {
            "description": "The client has the current answer: If-None-Match lists its ETag.",
            "headers": _refer(names),
        }
    operation["responses"] = dict(sorted(responses.items()))


def _tidy_parameter(parameter: dict[str, Any]) -> None:
    # A parameter that is not there is not null: the query has no null.
    schema = parameter["schema"]
    options = schema.get("anyOf", [])
    if {"type": "null"} in options:
        rest = [option for option in options if option != {"type": "null"}]
        del schema["anyOf"]
        schema.update(rest[0] if len(rest) == 1 else {"anyOf": rest})
    if schema.get("default", ...) in (None, []):
        del schema["default"]


def _rank_parameter(parameter: dict[str, Any]) -> int:
    # As one thinks: which thing, what in it, then in which order and how much of it.
    if parameter["in"] == "path":
        return -2
    ranks = {"q": -1, "sort": 1, "include": 2, "facet": 3, "limit": 4, "cursor": 5}
    return ranks.get(parameter["name"], 0)


def _problem(status: str, schema: str) -> dict[str, Any]:
    names = ["X-Request-ID"] + (["Retry-After"] if status == "503" else [])
    return {
        "description": _ERRORS[status],
        "headers": _refer(names),
        "content": {PROBLEM_JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }


def _refer(names: list[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
