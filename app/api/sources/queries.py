"""Which rows a request for seed files is about."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session

from app.api.counting import Dimension
from app.api.listing import Listing
from app.api.paging import Term
from app.api.search import matches, rank_of
from app.api.sorting import read_order
from app.api.sources.schemas import SourceFilters
from app.api.stored import sources

_ALL = select(sources)
_BY_KEY = Term("key", sources.c.key, int)
_TERMS = {
    "path": Term("path", sources.c.path, str),
    "article_count": Term("article_count", sources.c.article_count, int),
    "size": Term("size", sources.c.size, int),
    "read_at": Term("read_at", sources.c.read_at, datetime),
    "id": _BY_KEY,
}
SOURCE_DIMENSIONS = {
    "status": Dimension(sources.c.status),
    "format": Dimension(sources.c.format),
}


def find_sources(*, filters: SourceFilters) -> Listing:
    """Return the list of seed files that pass the filters."""
    statement = _ALL
    if filters.status:
        statement = statement.where(sources.c.status.in_(filters.status))
    if filters.format:
        statement = statement.where(sources.c.format.in_(filters.format))
    relevance = None
    if filters.q is not None:
        rank = rank_of(sources.c.path, q=filters.q)
        statement = statement.where(matches(sources.c.path, q=filters.q)).add_columns(
            rank.label("rank")
        )
        relevance = Term("rank", rank, float)
    order = read_order(filters.sort, terms=_TERMS, last=[_BY_KEY], relevance=relevance)
    return Listing(statement, sources, order, key=sources.c.key, rows=_ALL)


def get_source(session: Session, key: int) -> Row[Any] | None:
    """Return a seed file's row, or None."""
    return session.execute(select(sources).where(sources.c.key == key)).one_or_none()
