"""How each list is opened for an export: its rows from its filters, its items from its rows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select
from sqlmodel import Session

from app.api.articles.build import build_article_list
from app.api.articles.parameters import ArticleFilters
from app.api.articles.queries import ARTICLE_DIMENSIONS, find_articles
from app.api.articles.router import check_article
from app.api.claims.build import build_claims
from app.api.claims.parameters import ClaimFilters
from app.api.claims.queries import CLAIM_DIMENSIONS, find_claims
from app.api.cooccurrences.queries import build_cooccurrences, find_cooccurrences
from app.api.cooccurrences.schemas import CooccurrenceFilters
from app.api.counting import Dimension, count_from_row, find_groups
from app.api.counts import ArticleCountFilters, ClaimCountFilters, QuoteCountFilters
from app.api.deps import Call
from app.api.entities.build import build_article_entities, build_entity_list
from app.api.entities.mentions import mention_from_row
from app.api.entities.parameters import ArticleEntityFilters, EntityFilters, MentionFilters
from app.api.entities.queries import find_article_entities, find_entities, find_mentions
from app.api.entities.router import check_entity
from app.api.exports.stream import Build, Opened
from app.api.listing import Listing
from app.api.paging import order_by
from app.api.parameters import split_words
from app.api.quotes.build import build_quotes
from app.api.quotes.parameters import QuoteFilters
from app.api.quotes.queries import QUOTE_DIMENSIONS, find_quotes
from app.api.search import read_query
from app.api.sources.queries import find_sources
from app.api.sources.schemas import SourceFilters, source_from_row
from app.api.stored import articles, claim_records, claims, quote_records, quotes
from app.api.stories.queries import build_similar, find_similar, list_telling_words
from app.api.stories.schemas import SimilarArticleFilters
from app.api.unnamed.queries import find_counts, find_unnamed
from app.api.unnamed.schemas import (
    UnnamedCountFilters,
    UnnamedSourceFilters,
    unnamed_from_row,
)
from app.api.unnamed.schemas import (
    count_from_row as unnamed_count_from_row,
)
from app.db.search import Query

Open = Callable[[Call, Any, str], Opened]
# Orders that an index has whatever the filters.
_INDEXED = ("-published_at", "published_at", "id", "-id")


def _each(make: Callable[..., Any], **more: Any) -> Build:
    """Return what builds items from rows by themselves."""

    def build(session: Session, rows: Sequence[Row[Any]]) -> Sequence[Any]:  # noqa: ARG001
        return [make(row, **more) for row in rows]

    return build


def _select_records(
    listing: Listing, record: ColumnElement[str], *, sort: str, query: Query | None
) -> Select[Any] | None:
    # In another order the database would hold all records while it sorts them.
    if query is not None or sort not in _INDEXED:
        return None
    return listing.statement.with_only_columns(record).order_by(*order_by(listing.order))


def open_quotes(
    filters: QuoteFilters, *, article_key: int | None = None, speaker: str | None = None
) -> Opened:
    """Open the quotations, all or those of one article or one speaker (a slug)."""
    query = read_query(filters.q)
    listing = find_quotes(filters=filters, query=query, article_key=article_key, speaker=speaker)
    include = split_words(filters.include)
    return Opened(
        listing,
        lambda session, rows: build_quotes(session, rows, include=include, query=query),
        records=_select_records(listing, quote_records.c.record, sort=filters.sort, query=query),
    )


def open_claims(
    filters: ClaimFilters, *, article_key: int | None = None, claimant: str | None = None
) -> Opened:
    """Open the claims, all or those of one article or one claimant (a slug)."""
    query = read_query(filters.q)
    listing = find_claims(filters=filters, query=query, article_key=article_key, claimant=claimant)
    include = split_words(filters.include)
    return Opened(
        listing,
        lambda session, rows: build_claims(session, rows, include=include, query=query),
        records=_select_records(listing, claim_records.c.record, sort=filters.sort, query=query),
    )


def open_articles(call: Call, filters: ArticleFilters, owner: str) -> Opened:  # noqa: ARG001
    """Open the articles."""
    query = read_query(filters.q)
    listing = find_articles(filters=filters, query=query)
    return Opened(listing, lambda session, rows: build_article_list(session, rows, query=query))


def open_entities(call: Call, filters: EntityFilters, owner: str) -> Opened:  # noqa: ARG001
    """Open the entities."""
    query = read_query(filters.q)
    listing = find_entities(filters=filters, query=query)
    return Opened(listing, lambda session, rows: build_entity_list(session, rows, query=query))


def open_sources(call: Call, filters: SourceFilters, owner: str) -> Opened:  # noqa: ARG001
    """Open the seed files."""
    query = read_query(filters.q)
    listing = find_sources(filters=filters)
    return Opened(listing, _each(source_from_row, query=query))


def open_unnamed(call: Call, filters: UnnamedSourceFilters, owner: str) -> Opened:  # noqa: ARG001
    """Open the unnamed sources."""
    query = read_query(filters.q)
    listing = find_unnamed(filters=filters)
    return Opened(listing, _each(unnamed_from_row, query=query))


def open_unnamed_counts(call: Call, filters: UnnamedCountFilters, owner: str) -> Opened:  # noqa: ARG001
    """Open the counts of unnamed sources."""
    by = filters.group_by
    return Opened(find_counts(filters=filters), _each(unnamed_count_from_row, group_by=by))


def _open_groups(
    listing: Listing,
    filters: QuoteCountFilters | ClaimCountFilters | ArticleCountFilters,
    *,
    dated: ColumnElement[Any],
    dimensions: Mapping[str, Dimension],
) -> Opened:
    groups = find_groups(
        listing,
        dated=dated,
        dimension=dimensions[filters.group_by] if filters.group_by else None,
        interval=filters.interval,
    )
    return Opened(groups, _each(count_from_row))


def open_quote_counts(filters: QuoteCountFilters) -> Opened:
    """Open the counts of quotations: every group."""
    listing = find_quotes(filters=filters, query=read_query(filters.q))
    return _open_groups(listing, filters, dated=quotes.c.published_at, dimensions=QUOTE_DIMENSIONS)


def open_claim_counts(filters: ClaimCountFilters) -> Opened:
    """Open the counts of claims: every group."""
    listing = find_claims(filters=filters, query=read_query(filters.q))
    return _open_groups(listing, filters, dated=claims.c.published_at, dimensions=CLAIM_DIMENSIONS)


def open_article_counts(filters: ArticleCountFilters) -> Opened:
    """Open the counts of articles: every group."""
    listing = find_articles(filters=filters, query=read_query(filters.q))
    return _open_groups(
        listing, filters, dated=articles.c.published_at, dimensions=ARTICLE_DIMENSIONS
    )


def open_article_entities(call: Call, filters: ArticleEntityFilters, owner: str) -> Opened:
    """Open an article's entities."""
    query = read_query(filters.q)
    listing = find_article_entities(check_article(call, owner), filters=filters, query=query)
    return Opened(listing, lambda session, rows: build_article_entities(session, rows, query=query))


def open_similar(call: Call, filters: SimilarArticleFilters, owner: str) -> Opened:  # noqa: ARG001
    """Open the articles that are alike one."""
    key = check_article(call, owner)
    with call.session() as session:
        words_keys = list_telling_words(session, key)
    return Opened(
        find_similar(key, words_keys=words_keys),
        lambda session, rows: build_similar(session, rows, article_key=key, words_keys=words_keys),
    )


def open_cooccurrences(call: Call, filters: CooccurrenceFilters, owner: str) -> Opened:
    """Open an entity's cooccurrences."""
    check_entity(call, owner)
    query = read_query(filters.q)
    return Opened(
        find_cooccurrences(owner, filters=filters, query=query),
        lambda session, rows: build_cooccurrences(session, rows, query=query),
    )


def open_mentions(
    filters: MentionFilters, *, article_key: int | None = None, entity: str | None = None
) -> Opened:
    """Open the mentions in one article or of one entity (a slug)."""
    query = read_query(filters.q)
    listing = find_mentions(filters=filters, article_key=article_key, entity=entity)
    return Opened(listing, _each(mention_from_row, query=query))


def of_article(open_list: Callable[..., Opened]) -> Open:
    """Return what opens the same list for one article, whose id is in the path."""

    def open_one(call: Call, filters: Any, owner: str) -> Opened:
        return open_list(filters, article_key=check_article(call, owner))

    return open_one


def of_entity(open_list: Callable[..., Opened], name: str) -> Open:
    """Return what opens the same list for one entity, given to it under this name."""

    def open_one(call: Call, filters: Any, owner: str) -> Opened:
        check_entity(call, owner)
        return open_list(filters, **{name: owner})

    return open_one


def of_all(open_list: Callable[..., Opened]) -> Open:
    """Return what opens the same list for everything."""

    def open_one(call: Call, filters: Any, owner: str) -> Opened:  # noqa: ARG001
        return open_list(filters)

    return open_one
