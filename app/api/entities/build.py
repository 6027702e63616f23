"""Entities from their rows, and to embed in other things."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row
from sqlmodel import Session

from app.api.entities.queries import get_entities, get_names
from app.api.entities.schemas import ArticleEntity, Entity, entity_from_row
from app.db.search import Query


def build_entity_list(
    session: Session, rows: Sequence[Row[Any]], *, query: Query | None = None
) -> list[Entity]:
    """Return the entities of some rows, in their order; two queries, none for no rows.

    Args:
        session: Where from.
        rows: With the columns of the entities' table.
        query: What was searched, or None.
    """
    names = get_names(session, (row.key for row in rows))
    return [
        entity_from_row(row, aliases=names.aliases, roles=names.roles, query=query) for row in rows
    ]


def build_article_entities(
    session: Session, rows: Sequence[Row[Any]], *, query: Query | None = None
) -> list[ArticleEntity]:
    """Return the entities of an article from rows of `queries.find_article_entities`."""
    return [
        {"entity": entity, "mention_count": row.here}
        for entity, row in zip(build_entity_list(session, rows, query=query), rows, strict=True)
    ]


def build_entities(session: Session, keys: Iterable[int | None]) -> dict[int | None, Entity]:
    """Return the entities with these keys, by key; three queries, none for no keys."""
    rows = get_entities(session, keys)
    return dict(zip(rows, build_entity_list(session, list(rows.values())), strict=True))
