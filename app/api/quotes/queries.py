"""Which rows a request for quotations is about."""

from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Row, Select, bindparam, select
from sqlmodel import Session

from app.api.counting import Dimension
from app.api.filters import in_articles, in_entities, published_between
from app.api.hits import Searched
from app.api.listing import FirstPage, Listing, keep_named, prepare_first_page
from app.api.opened import Shape
from app.api.paging import Term
from app.api.quotes.parameters import QuoteConditions, QuoteFilters
from app.api.search import join_hits
from app.api.sorting import read_order
from app.api.stored import quote_about, quote_records, quotes
from app.api.stories.distinct import keep_words
from app.db.search import OPEN, Query, SearchTarget

_BY_KEY = Term("key", quotes.c.key, int)
_BY_ARTICLE = Term("article_key", quotes.c.article_key, int)
_TERMS = {
    "published_at": Term("published_at", quotes.c.published_at, datetime, nullable=True),
    "confidence": Term("confidence", quotes.c.confidence, float),
    "position": Term("start", quotes.c.start, int),
    "id": _BY_KEY,
}
QUOTE_ORDER = read_order("-published_at", terms=_TERMS, last=[_BY_KEY], relevance=None)
QUOTE_DIMENSIONS = {
    "speaker": Dimension(quotes.c.speaker_key, is_entity=True),
    "about": Dimension(
        quote_about.c.entity_key, is_entity=True, through=(quote_about, quote_about.c.quote_key)
    ),
    "source": Dimension(quotes.c.outlet),
    "form": Dimension(quotes.c.form),
    "cue": Dimension(quotes.c.cue_lemma),
    "attribution": Dimension(quotes.c.speaker_kind),
    "language": Dimension(quotes.c.language),
}


@cache
def select_quotes() -> Select[Any]:
    """Return the statement for quotes with what the API answers of each, its `record`."""
    return (
        select(quotes, quote_records.c.record)
        .select_from(quotes)
        .join(quote_records, quote_records.c.quote_key == quotes.c.key)
    )


# What `build_quotes` reads of a row, and its place in the order of dates.
_READ = select(
    quote_records.c.quote_key.label("key"),
    quote_records.c.speaker_key,
    quote_records.c.published_at,
    quote_records.c.record,
)


def find_quotes(
    *,
    filters: QuoteConditions,
    query: Query | None,
    article_key: int | None = None,
    speaker: str | None = None,
) -> Listing:
    """Return the list of quotations that pass the filters.

    Args:
        filters: What the client asked for.
        query: What it searches, or None.
        article_key: Only those of this article.
        speaker: Only those of the entity with this slug.
    """
    statement = select_quotes()
    if article_key is not None:
        statement = statement.where(quotes.c.article_key == article_key)
    if speaker is not None:
        statement = statement.where(in_entities(quotes.c.speaker_key, [speaker]))
    if filters.speaker:
        statement = statement.where(in_entities(quotes.c.speaker_key, filters.speaker))
    if filters.article:
        statement = statement.where(in_articles(quotes.c.article_key, filters.article))
    for column, values in (
        (quotes.c.form, filters.form),
        (quotes.c.cue_lemma, filters.cue),
        (quotes.c.speaker_kind, filters.attribution),
        (quotes.c.outlet, filters.source),
        (quotes.c.language, filters.language),
    ):
        if values:
            statement = statement.where(column.in_(values))
    if filters.min_confidence is not None:
        statement = statement.where(quotes.c.confidence >= filters.min_confidence)
    statement = published_between(statement, quotes.c.published_at, filters)
    statement, named = keep_named(
        statement, quotes.c.key, said=quote_about.c.quote_key, slugs=filters.about
    )
    found = join_hits(statement, SearchTarget.QUOTES, query=query, table=quotes)
    statement = keep_words(found, quotes, distinct=filters.distinct)
    sort = filters.sort if isinstance(filters, QuoteFilters) else "id"
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
        key=quotes.c.key,
        rows=_READ,
        hits=found.hits,
        is_scattered=bool(filters.about),
        named=named if query is None and filters.distinct is None else None,
    )


@lru_cache(maxsize=64)
def prepare_shape(shape: Shape) -> FirstPage:
    """Return the first page of a list that is not searched; its rows are for `build_quotes`."""
    columns = [quotes.c.speaker_key, quote_records.c.record]
    filters = shape.make_filters()
    return prepare_first_page(find_quotes(filters=filters, query=None), columns=columns)


_SEARCHED = Searched(SearchTarget.QUOTES, one="quote", who="speaker")


@lru_cache(maxsize=64)
def prepare_search(sort: str) -> FirstPage:
    """Return the first page of what a search finds, in an order, for `read_search`."""
    listing = find_quotes(filters=QuoteFilters(sort=sort), query=OPEN)
    return prepare_first_page(listing, searched=_SEARCHED)


# Made once: making a statement takes as long as running one that finds a row.
_WANTED: BindParameter[int] = bindparam("wanted", type_=BigInteger())
_ONE = select_quotes().where(quotes.c.key == _WANTED)
_OF_ARTICLE = (
    select_quotes().where(quotes.c.article_key == _WANTED).order_by(quotes.c.start, quotes.c.key)
)


def get_quote(session: Session, key: int) -> Row[Any] | None:
    """Return a quotation's row, or None."""
    return session.execute(_ONE, {"wanted": key}).one_or_none()


def get_article_quotes(session: Session, article_key: int) -> list[Row[Any]]:
    """Return all quotations of an article, in text order; one query."""
    return list(session.execute(_OF_ARTICLE, {"wanted": article_key}).all())
