"""The texts of articles, for whatever shows words of them."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, Text, bindparam, case, func, select
from sqlmodel import Session

from app.api.search import SearchHit, find_hit
from app.api.stored import articles
from app.db.search import Query

# The words, where they stand in the article (one part or several), and of several the `stretch_of`.
Said = tuple[str, Sequence[Sequence[int]], str | None]


_TEXTS = select(articles.c.key, articles.c.text).where(
    articles.c.key.in_(bindparam("wanted", expanding=True))
)


def get_texts(session: Session, keys: Iterable[int]) -> dict[int, str]:
    """Return the texts of several articles, by key; one query, none for no keys."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    rows = session.execute(_TEXTS, {"wanted": wanted})
    return {row.key: row.text for row in rows}


def stretch_of(said: Table, parts: Column[Any]) -> ColumnElement[str | None]:
    """Return a row's stretch of its article's text, from its first part to its last.

    Null of what is in one part, whose own words are all of it. That needs no look at the article.
    """
    length = said.c.end - said.c.start
    text = select(func.substr(articles.c.text, said.c.start + 1, length, type_=Text))
    of_article = text.where(articles.c.key == said.c.article_key).scalar_subquery()
    return case((func.json_array_length(parts) > 1, of_article))


def find_hits(said: Sequence[Said], *, query: Query) -> list[SearchHit]:
    """Say where a query matches in quotations or claims, in their order."""
    return [
        find_hit(words, query=query, at=parts[0][0])
        if stretch is None
        else find_hit(stretch, query=query, parts=parts, at=parts[0][0])
        for words, parts, stretch in said
    ]
