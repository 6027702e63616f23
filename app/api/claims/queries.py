"""Which rows a request for claims is about."""

from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Row, Select, bindparam, select
from sqlmodel import Session

from app.api.claims.parameters import ClaimConditions, ClaimFilters
from app.api.counting import Dimension
from app.api.filters import in_articles, in_entities, published_between
from app.api.hits import Searched
from app.api.listing import FirstPage, Listing, keep_named, prepare_first_page
from app.api.opened import Shape
from app.api.paging import Term
from app.api.search import join_hits
from app.api.sorting import read_order
from app.api.stored import claim_about, claim_records, claims
from app.api.stories.distinct import keep_words
from app.db.search import OPEN, Query, SearchTarget

_BY_KEY = Term("key", claims.c.key, int)
_BY_ARTICLE = Term("article_key", claims.c.article_key, int)
_TERMS = {
    "published_at": Term("published_at", claims.c.published_at, datetime, nullable=True),
    "check_worthiness": Term("check_worthiness", claims.c.check_worthiness, float),
    "confidence": Term("confidence", claims.c.confidence, float),
    "position": Term("start", claims.c.start, int),
    "id": _BY_KEY,
}
CLAIM_ORDER = read_order("-published_at", terms=_TERMS, last=[_BY_KEY], relevance=None)
CLAIM_DIMENSIONS = {
    "claimant": Dimension(claims.c.claimant_key, is_entity=True),
    "about": Dimension(
        claim_about.c.entity_key, is_entity=True, through=(claim_about, claim_about.c.claim_key)
    ),
    "source": Dimension(claims.c.outlet),
    "kind": Dimension(claims.c.kind),
    "cue": Dimension(claims.c.cue_lemma),
    "attribution": Dimension(claims.c.claimant_kind),
    "language": Dimension(claims.c.language),
}


@cache
def select_claims() -> Select[Any]:
    """Return the statement for claims with what the API answers of each, its `record`."""
    return (
        select(claims, claim_records.c.record)
        .select_from(claims)
        .join(claim_records, claim_records.c.claim_key == claims.c.key)
    )


# What `build_claims` reads of a row, and its place in the order of dates.
_READ = select(
    claim_records.c.claim_key.label("key"),
    claim_records.c.claimant_key,
    claim_records.c.published_at,
    claim_records.c.record,
)


def find_claims(
    *,
    filters: ClaimConditions,
    query: Query | None,
    article_key: int | None = None,
    claimant: str | None = None,
) -> Listing:
    """Return the list of claims that pass the filters.

    Args:
        filters: What the client asked for.
        query: What it searches, or None.
        article_key: Only those of this article.
        claimant: Only those of the entity with this slug.
    """
    statement = select_claims()
    if article_key is not None:
        statement = statement.where(claims.c.article_key == article_key)
    if claimant is not None:
        statement = statement.where(in_entities(claims.c.claimant_key, [claimant]))
    if filters.claimant:
        statement = statement.where(in_entities(claims.c.claimant_key, filters.claimant))
    if filters.article:
        statement = statement.where(in_articles(claims.c.article_key, filters.article))
    for column, values in (
        (claims.c.kind, filters.kind),
        (claims.c.cue_lemma, filters.cue),
        (claims.c.claimant_kind, filters.attribution),
        (claims.c.outlet, filters.source),
        (claims.c.language, filters.language),
    ):
        if values:
            statement = statement.where(column.in_(values))
    for column, flag in (
        (claims.c.hedged, filters.hedged),
        (claims.c.negated, filters.negated),
        (claims.c.has_number, filters.has_number),
    ):
        if flag is not None:
            statement = statement.where(column.is_(flag))
    for column, least in (
        (claims.c.check_worthiness, filters.min_check_worthiness),
        (claims.c.confidence, filters.min_confidence),
    ):
        if least is not None:
            statement = statement.where(column >= least)
    statement = published_between(statement, claims.c.published_at, filters)
    statement, named = keep_named(
        statement, claims.c.key, said=claim_about.c.claim_key, slugs=filters.about
    )
    found = join_hits(statement, SearchTarget.CLAIMS, query=query, table=claims)
    statement = keep_words(found, claims, distinct=filters.distinct)
    sort = filters.sort if isinstance(filters, ClaimFilters) else "id"
    order = read_order(
        sort,
        terms=_TERMS,
        last=[_BY_KEY],
        relevance=found.relevance,
        before={"position": _BY_ARTICLE},
    )
    return Listing(
        statement,
        found.counted,
        order,
        key=claims.c.key,
        rows=_READ,
        hits=found.hits,
        is_scattered=bool(filters.about),
        named=named if query is None and filters.distinct is None else None,
    )


@lru_cache(maxsize=64)
def prepare_shape(shape: Shape) -> FirstPage:
    """Return the first page of a list that is not searched; its rows are for `build_claims`."""
    columns = [claims.c.claimant_key, claim_records.c.record]
    filters = shape.make_filters()
    return prepare_first_page(find_claims(filters=filters, query=None), columns=columns)


_SEARCHED = Searched(SearchTarget.CLAIMS, one="claim", who="claimant")


@lru_cache(maxsize=64)
def prepare_search(sort: str) -> FirstPage:
    """Return the first page of what a search finds, in an order, for `read_search`."""
    listing = find_claims(filters=ClaimFilters(sort=sort), query=OPEN)
    return prepare_first_page(listing, searched=_SEARCHED)


# Made once: making a statement takes as long as running one that finds a row.
_WANTED: BindParameter[int] = bindparam("wanted", type_=BigInteger())
_ONE = select_claims().where(claims.c.key == _WANTED)
_OF_ARTICLE = (
    select_claims().where(claims.c.article_key == _WANTED).order_by(claims.c.start, claims.c.key)
)


def get_claim(session: Session, key: int) -> Row[Any] | None:
    """Return a claim's row, or None."""
    return session.execute(_ONE, {"wanted": key}).one_or_none()


def get_article_claims(session: Session, article_key: int) -> list[Row[Any]]:
    """Return all claims of an article, in text order; one query."""
    return list(session.execute(_OF_ARTICLE, {"wanted": article_key}).all())
