"""Articles from their rows, and to embed in other things."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row
from sqlmodel import Session

from app.api.articles.queries import get_articles
from app.api.articles.schemas import Article, article_from_row, article_hit
from app.api.articles.texts import get_texts
from app.db.search import Query


def build_article_list(
    session: Session, rows: Sequence[Row[Any]], *, query: Query | None = None
) -> list[Article]:
    """Return the articles of some rows, in their order; one query when something is searched.

    Args:
        session: Where from.
        rows: Those of `queries.select_articles`.
        query: What was searched, or None.
    """
    if query is None:
        return [article_from_row(row) for row in rows]
    texts = get_texts(session, (row.key for row in rows))
    return [
        article_from_row(row, hit=article_hit(texts[row.key], title=row.title, query=query))
        for row in rows
    ]


def build_articles(session: Session, keys: Iterable[int]) -> dict[int, Article]:
    """Return the articles with these keys, by key; one query, none for no keys."""
    return {key: article_from_row(row) for key, row in get_articles(session, keys).items()}
