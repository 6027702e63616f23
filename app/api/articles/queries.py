"""Which rows a request for articles is about."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Row, Select, bindparam, exists, select
from sqlmodel import Session

from app.api.articles.parameters import ArticleConditions, ArticleFilters
from app.api.counting import Dimension
from app.api.filters import in_entities, published_between
from app.api.listing import FirstPage, Listing, prepare_first_page
from app.api.paging import Term
from app.api.search import join_hits
from app.api.sorting import read_order
from app.api.stored import (
    article_authors,
    article_entities,
    articles,
    claims,
    quotes,
    removed_articles,
    sources,
)
from app.api.stories.distinct import keep_stories
from app.db.fold import fold
from app.db.search import OPEN, Query, SearchTarget

_BY_KEY = Term("key", articles.c.key, int)
_TERMS = {
    "published_at": Term("published_at", articles.c.published_at, datetime, nullable=True),
    "word_count": Term("word_count", articles.c.word_count, int),
    "quote_count": Term("quote_count", articles.c.quote_count, int),
    "claim_count": Term("claim_count", articles.c.claim_count, int),
    "id": _BY_KEY,
}
ARTICLE_DIMENSIONS = {
    "entity": Dimension(
        article_entities.c.entity_key,
        is_entity=True,
        through=(article_entities, article_entities.c.article_key),
    ),
    "source": Dimension(articles.c.outlet),
    "author": Dimension(
        article_authors.c.name, through=(article_authors, article_authors.c.article_key)
    ),
    "language": Dimension(articles.c.language),
}
_BIG = ("text", "paragraphs", "sentences")


@cache
def select_articles() -> Select[Any]:
    """Return the statement for the columns that `article_from_row` reads; no text."""
    columns = [column for column in articles.c if column.name not in _BIG]
    return (
        select(*columns, sources.c.path.label("source_path"))
        .select_from(articles)
        .join(sources, sources.c.key == articles.c.source_key)
    )


def find_articles(*, filters: ArticleConditions, query: Query | None) -> Listing:
    """Return the list of articles that pass the filters."""
    statement = select_articles()
    if filters.source:
        statement = statement.where(articles.c.outlet.in_(filters.source))
    if filters.language:
        statement = statement.where(articles.c.language.in_(filters.language))
    if filters.author:
        folded = [fold(name) for name in filters.author]
        statement = statement.where(
            articles.c.key.in_(
                select(article_authors.c.article_key).where(article_authors.c.folded.in_(folded))
            )
        )
    for table, column, slugs in (
        (article_entities, "entity_key", filters.entity),
        (quotes, "speaker_key", filters.speaker),
        (claims, "claimant_key", filters.claimant),
    ):
        if slugs:
            named = select(table.c.article_key).where(in_entities(table.c[column], slugs))
            statement = statement.where(articles.c.key.in_(named))
    statement = published_between(statement, articles.c.published_at, filters)
    found = join_hits(statement, SearchTarget.ARTICLES, query=query, table=articles)
    statement = keep_stories(found, distinct=filters.distinct)
    sort = filters.sort if isinstance(filters, ArticleFilters) else "id"
    order = read_order(sort, terms=_TERMS, last=[_BY_KEY], relevance=found.relevance)
    return Listing(
        statement, found.counted, order, key=articles.c.key, rows=select_articles(), hits=found.hits
    )


@lru_cache(maxsize=64)
def prepare_search(sort: str) -> FirstPage:
    """Return the first page of what a search finds, in an order, for `read_search`."""
    return prepare_first_page(find_articles(filters=ArticleFilters(sort=sort), query=OPEN))


# Made once: making a statement takes as long as running one that finds a row.
_WANTED: BindParameter[int] = bindparam("wanted", type_=BigInteger())
_BY_KEYS = select_articles().where(articles.c.key.in_(bindparam("wanted", expanding=True)))
_ONE = select_articles().where(articles.c.key == _WANTED)
_TEXT = select(articles.c.key, *(articles.c[name] for name in _BIG)).where(
    articles.c.key == _WANTED
)


def get_article(session: Session, key: int) -> Row[Any] | None:
    """Return an article's row for `article_from_row`, or None."""
    return session.execute(_ONE, {"wanted": key}).one_or_none()


def get_article_text(session: Session, key: int) -> Row[Any] | None:
    """Return an article's key, text, paragraphs and sentences, or None."""
    return session.execute(_TEXT, {"wanted": key}).one_or_none()


def was_removed(session: Session, key: int) -> bool:
    """Say whether there was such an article once."""
    return bool(session.scalar(select(exists().where(removed_articles.c.key == key))))


def has_article(session: Session, key: int) -> bool:
    """Say whether there is such an article."""
    return bool(session.scalar(select(exists().where(articles.c.key == key))))


def get_articles(session: Session, keys: Iterable[int]) -> dict[int, Row[Any]]:
    """Return the rows of several articles for `article_from_row`, by key; one query."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    rows = session.execute(_BY_KEYS, {"wanted": wanted}).all()
    return {row.key: row for row in rows}
