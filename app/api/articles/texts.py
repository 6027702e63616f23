"""The texts of articles, for whatever shows words of them."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Table, Text, bindparam, case, func, select
from sqlmodel import Session

from app.api.search import SearchHit, find_hit
from app.api.stored import articles
from app.db.search import Query

# The words and where they begin in the article; of several parts where these stand, and the stretch
# of the text from the first to the last.
Said = tuple[str, int, Sequence[Sequence[int]] | None, str | None]


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


def columns_of_said(said: Table, parts: Column[Any]) -> list[ColumnElement[Any]]:
    """Return the columns of a quotation's or claim's row that `list_said` reads.

    What is in one part, as most is, needs no look at its parts and none at the article.

    Args:
        said: Whose table.
        parts: Its column of where the words stand.
    """
    is_several = func.json_array_length(parts) > 1
    length = said.c.end - said.c.start
    text = select(func.substr(articles.c.text, said.c.start + 1, length, type_=Text))
    of_article = text.where(articles.c.key == said.c.article_key).scalar_subquery()
    return [
        said.c.text,
        said.c.start,
        case((is_several, parts)).label("apart"),
        case((is_several, of_article)).label("stretch"),
    ]


def list_said(rows: Iterable[Row[Any]]) -> list[Said]:
    """Return the words of rows with `columns_of_said`."""
    return [(row.text, row.start, row.apart, row.stretch) for row in rows]


def find_hits(said: Iterable[Said], *, query: Query) -> list[SearchHit]:
    """Say where a query matches in quotations or claims, in their order."""
    return [
        find_hit(words if stretch is None else stretch, query=query, parts=parts, at=start)
        for words, start, parts, stretch in said
    ]
