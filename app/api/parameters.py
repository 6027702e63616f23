"""Query parameters: what they look like, and that no unknown one passes.

A misspelt filter that is silently ignored returns the wrong rows with a 200; so an unknown name, or
a second value for a parameter that takes one, is a 422 that says what was meant.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, get_origin
from urllib.parse import parse_qsl

from fastapi import Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from app.api.errors import FieldProblem, ProblemError, field_problem, find_nearest
from app.db.search import MAX_QUERY_CHARS

MAX_LIMIT = 200
DEFAULT_LIMIT = 50

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _read_time(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        if _DATE.fullmatch(value):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        if _DATE_TIME.fullmatch(value):
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except OverflowError:  # the first and last hours of the calendar, in other time zones
        return datetime.min.replace(tzinfo=UTC) if value < "5" else datetime.max.replace(tzinfo=UTC)
    except ValueError:
        pass
    raise ValueError(
        "must be a date (2024-11-28) or a date and time with its zone (2024-11-28T09:30:00Z; "
        "a + in a URL is written %2B)"
    )


def _read_flag(value: object) -> object:
    if isinstance(value, str):
        if value in ("true", "false"):
            return value == "true"
        raise ValueError("must be true or false")
    return value


Moment = Annotated[
    datetime,
    BeforeValidator(_read_time),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "format": "date"},
                {"type": "string", "format": "date-time"},
            ]
        }
    ),
]
Flag = Annotated[bool, BeforeValidator(_read_flag), WithJsonSchema({"type": "boolean"})]
Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Parameters(BaseModel):
    """The query parameters of one path, read and checked. Frozen.

    What checks them is built at the first request for the path, not for all paths at the start.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)


class PageParameters(Parameters):
    """What every list takes."""

    limit: int = Field(
        default=DEFAULT_LIMIT,
        ge=1,
        le=MAX_LIMIT,
        description="The most items on a page.",
        examples=[20],
    )
    cursor: str | None = Field(
        default=None,
        max_length=2000,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="Where the page begins or ends: taken from `links.next` or `links.prev` of "
        "another page of the same list, never made by hand. A cursor of a list with other filters "
        "or another sort is refused.",
        examples=["nJ8hOe4yKQ1bMCwiMjAyNC0xMS0yOCJd"],
    )


class PublishedParameters(Parameters):
    """When the article was published."""

    published_from: Moment | None = Field(
        default=None,
        description="Only from articles published at this time or later (inclusive). A date stands "
        "for its first moment in UTC. Articles without a date never match.",
        examples=["2024-11-01"],
    )
    published_before: Moment | None = Field(
        default=None,
        description="Only from articles published before this time (exclusive). A date stands for "
        "its first moment in UTC. Articles without a date never match.",
        examples=["2024-12-01"],
    )


class SearchParameters(Parameters):
    """Full-text search."""

    q: str | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_QUERY_CHARS,
        description='Search words. All must occur; "a phrase" in quotation marks must occur as it '
        "stands; -word must not occur; word* matches every word that begins so. Case and accents "
        "do not matter. Each hit says under `search` where it matched.",
        examples=["front crumbling"],
    )


def include_pattern(*names: str) -> str:
    """Return the pattern of an `include` parameter: the names, parted by commas."""
    choices = "|".join(names)
    return f"^({choices})(,({choices}))*$"


def facet_field(*names: str) -> Any:
    """Return the field of a `facet` parameter over the names."""
    return Field(
        default=None,
        pattern=include_pattern(*names),
        max_length=200,
        description="Also count the whole list by these, parted by commas: "
        + ", ".join(names)
        + ". The answer's `facets` has the most frequent values of each.",
        examples=[names[0], f"{names[0]},{names[1]}"],
    )


def split_words(value: str | None) -> tuple[str, ...]:
    """Return the words of a comma-separated parameter, without repetitions, in order."""
    return tuple(dict.fromkeys(value.split(","))) if value else ()


@cache
def query_names(model: type[Parameters]) -> Mapping[str, bool]:
    """Return a model's parameter names, each with whether it may be repeated."""
    return {
        name: get_origin(field.annotation) is list for name, field in model.model_fields.items()
    }


def check_names(request: Request, model: type[Parameters]) -> None:
    """Refuse parameters that the path does not know, and second values where one is taken.

    Raises:
        ProblemError: 422 that names each one and, where there is one, the nearest known name.
    """
    raw = request.scope["query_string"]
    if not raw:
        return
    allowed = query_names(model)
    pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True)
    seen: set[str] = set()
    errors: list[FieldProblem] = []
    for name, _ in pairs:
        if name not in allowed:
            errors.append(_unknown(name, allowed))
        elif name in seen and not allowed[name]:
            errors.append(field_problem(name, "This parameter takes one value; it was repeated."))
        seen.add(name)
    if errors:
        names = ", ".join(dict.fromkeys(error["name"] for error in errors))
        raise ProblemError(422, f"These parameters are not accepted: {names}.", errors=errors)


def _unknown(name: str, allowed: Mapping[str, Any]) -> FieldProblem:
    detail = "Unknown parameter."
    near = find_nearest(name, allowed)
    if near:
        detail += f" Did you mean '{near}'?"
    elif not allowed:
        detail += " This path takes none."
    return field_problem(name, detail, allowed=allowed)
