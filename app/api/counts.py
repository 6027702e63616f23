"""The paths of counts: articles, quotations and claims by value and by time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Response
from pydantic import Field
from sqlalchemy import ColumnElement, Integer, bindparam
from sqlmodel import Session

from app.api.articles.parameters import ArticleConditions
from app.api.articles.queries import ARTICLE_DIMENSIONS, find_articles
from app.api.claims.parameters import ClaimConditions
from app.api.claims.queries import CLAIM_DIMENSIONS, find_claims
from app.api.counting import (
    DEFAULT_GROUPS,
    MAX_GROUPS,
    CountList,
    Dimension,
    Groups,
    Interval,
    count_from_row,
    find_groups,
)
from app.api.deps import Call, call_for
from app.api.envelope import item_response
from app.api.listing import Listing
from app.api.months import Counted, Kept, count_kept, find_kept
from app.api.opened import Shape, Statement, make_ready, open_filters, read_rows
from app.api.paging import order_by, select_count
from app.api.parameters import Parameters
from app.api.promise import Router
from app.api.quotes.parameters import QuoteConditions
from app.api.quotes.queries import QUOTE_DIMENSIONS, find_quotes
from app.api.search import read_query
from app.api.stored import articles, claims, quotes
from app.db.search import Query as SearchQuery

router = Router()

_GROUP_TEXT = "What to count by: one line for each value of it."


class IntervalFilters(Parameters):
    """What all counts take, but for how many groups."""

    interval: Interval | None = Field(
        default=None,
        description="Count each day, week (from Monday), month or year by itself, in UTC.",
        examples=["month"],
    )


class IntervalParameters(IntervalFilters):
    """What all counts take."""

    limit: int = Field(
        default=DEFAULT_GROUPS,
        ge=1,
        le=MAX_GROUPS,
        description="The most groups: with interval the earliest, else the most frequent.",
        examples=[20],
    )


class QuoteCountFilters(IntervalFilters, QuoteConditions):
    """What counts of quotations take, but for how many groups."""

    group_by: (
        Literal["speaker", "about", "source", "form", "cue", "attribution", "language"] | None
    ) = Field(default=None, description=_GROUP_TEXT, examples=["speaker"])


class ClaimCountFilters(IntervalFilters, ClaimConditions):
    """What counts of claims take, but for how many groups."""

    group_by: (
        Literal["claimant", "about", "source", "kind", "cue", "attribution", "language"] | None
    ) = Field(default=None, description=_GROUP_TEXT, examples=["kind"])


class ArticleCountFilters(IntervalFilters, ArticleConditions):
    """What counts of articles take, but for how many groups."""

    group_by: Literal["entity", "source", "author", "language"] | None = Field(
        default=None, description=_GROUP_TEXT, examples=["source"]
    )


class QuoteCountParameters(QuoteCountFilters, IntervalParameters):
    """What counts of quotations take."""


class ClaimCountParameters(ClaimCountFilters, IntervalParameters):
    """What counts of claims take."""


class ArticleCountParameters(ArticleCountFilters, IntervalParameters):
    """What counts of articles take."""


def read_counts(
    call: Call,
    session: Session,
    what: Counted,
    parameters: QuoteCountParameters | ClaimCountParameters | ArticleCountParameters,
) -> tuple[Groups, int]:
    """Return the counts that a request asks for, and how many items they are in all.

    Args:
        call: The request, for what was counted before in this version of the data.
        session: Where from.
        what: What is counted.
        parameters: Those of its path.
    """
    kept = find_kept(what, parameters, interval=parameters.interval, group_by=parameters.group_by)
    if kept is not None and not kept.name:
        return _read_whole(call, session, kept, limit=parameters.limit)
    if kept is not None:
        return count_kept(session, kept, limit=parameters.limit)
    query = read_query(parameters.q)
    values: Mapping[str, Any] = {}
    if query is None:
        shape, values = open_filters(parameters, without=("limit",))
        counts = _open_counts(what, shape)
    else:
        counts = _prepare_counts(what, parameters, query)
    rows = read_rows(session, counts.groups, {**values, "most": parameters.limit})
    found = Groups(rows, rows[0].groups if rows else 0)
    if counts.is_parted:
        return found, int(rows[0].total) if rows else 0
    return found, int(read_rows(session, counts.total, values)[0][0])


@dataclass(frozen=True, slots=True)
class _Counts:
    """The statements of counts, with `most`, the number of groups, left open, and more perhaps.

    Attributes:
        groups: Those that are shown.
        total: Of the items; the groups have it too where every item is in one of them.
        is_parted: That is so.
    """

    groups: Statement
    total: Statement
    is_parted: bool


@lru_cache(maxsize=128)
def _open_counts(what: Counted, shape: Shape) -> _Counts:
    counts = _prepare_counts(what, shape.make_filters(), None)
    return replace(counts, groups=make_ready(counts.groups), total=make_ready(counts.total))


def _prepare_counts(what: Counted, filters: Any, query: SearchQuery | None) -> _Counts:
    find, dated, dimensions = _COUNTED[what]
    listing = find(filters=filters, query=query)
    dimension = dimensions[filters.group_by] if filters.group_by else None
    found = find_groups(
        listing,
        dated=dated,
        dimension=dimension,
        interval=filters.interval,
        limit=bindparam("most", type_=Integer()),
    )
    return _Counts(
        groups=found.statement.order_by(*order_by(found.order)),
        total=select_count(listing.statement, counted=listing.counted),
        is_parted=dimension is None or dimension.through is None,
    )


def _read_whole(call: Call, session: Session, kept: Kept, *, limit: int) -> tuple[Groups, int]:
    """Return counts of everything, read once for each version of the data.

    The first and last moment of each month is somewhere else in the index: among a million articles
    3.5 ms of a processor, and 1.1 when they are known (in process).
    """
    dataset = call.source.dataset
    whole: tuple[Groups, int] | None = dataset.get_counts(call.version, kept)
    if whole is None:
        whole = count_kept(session, kept, limit=MAX_GROUPS)
        dataset.put_counts(call.version, kept, whole)
    groups, total = whole
    return Groups(groups.rows[:limit], groups.groups), total


_COUNTED: dict[Counted, tuple[Callable[..., Listing], ColumnElement[Any], Mapping[str, Dimension]]]
_COUNTED = {
    "quotes": (find_quotes, quotes.c.published_at, QUOTE_DIMENSIONS),
    "claims": (find_claims, claims.c.published_at, CLAIM_DIMENSIONS),
    "articles": (find_articles, articles.c.published_at, ARTICLE_DIMENSIONS),
}


def _respond(
    call: Call,
    what: Counted,
    parameters: QuoteCountParameters | ClaimCountParameters | ArticleCountParameters,
) -> Response:
    with call.session() as session:
        found, total = read_counts(call, session, what, parameters)
    body: CountList = {
        "data": [count_from_row(row) for row in found.rows],
        "meta": {
            "total": total,
            "groups": found.groups,
            "limit": parameters.limit,
            "dataset_version": call.version,
        },
        "links": {"self": call.url},
    }
    return item_response(call, body)


@router.get(
    "/v1/quotes/counts",
    tags=["quotes"],
    operation_id="countQuotes",
    summary="Count quotations",
    response_model=CountList,
    response_description="The counts.",
)
def count_quotes(
    call: Annotated[Call, Depends(call_for(QuoteCountParameters))],
    parameters: Annotated[QuoteCountParameters, Query()],
) -> Response:
    """Count quotations by speaker, outlet and so on, over time, or both.

    For instance `?group_by=speaker` for who is quoted most, or
    `?attribution=unnamed&group_by=source` for who relies on anonymous sources.
    """
    return _respond(call, "quotes", parameters)


@router.get(
    "/v1/claims/counts",
    tags=["claims"],
    operation_id="countClaims",
    summary="Count claims",
    response_model=CountList,
    response_description="The counts.",
)
def count_claims(
    call: Annotated[Call, Depends(call_for(ClaimCountParameters))],
    parameters: Annotated[ClaimCountParameters, Query()],
) -> Response:
    """Count claims by claimant, kind and so on, over time, or both."""
    return _respond(call, "claims", parameters)


@router.get(
    "/v1/articles/counts",
    tags=["articles"],
    operation_id="countArticles",
    summary="Count articles",
    response_model=CountList,
    response_description="The counts.",
)
def count_articles(
    call: Annotated[Call, Depends(call_for(ArticleCountParameters))],
    parameters: Annotated[ArticleCountParameters, Query()],
) -> Response:
    """Count articles by outlet, by whom they name and so on, over time, or both."""
    return _respond(call, "articles", parameters)
