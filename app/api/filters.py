"""Conditions that several lists share."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, func, select

from app.api.parameters import PublishedParameters
from app.api.stored import entities, entity_redirects
from app.db.ids import ARTICLE, from_id


def in_entities(
    column: ColumnElement[Any], slugs: Sequence[str] | Sequence[ColumnElement[str]]
) -> ColumnElement[bool]:
    """Return the condition that a column holds the key of one of the named entities.

    An id that an entity had before it was found to be another one means that other.
    """
    if len(slugs) == 1:  # told to be one value, SQLite reads the rows in the order of its index
        one = select(entities.c.key).where(entities.c.slug == slugs[0]).scalar_subquery()
        former = (
            select(entity_redirects.c.entity_key)
            .where(entity_redirects.c.slug == slugs[0])
            .scalar_subquery()
        )
        return column == func.coalesce(one, former)
    return column.in_(
        select(entities.c.key)
        .where(entities.c.slug.in_(slugs))
        .union_all(select(entity_redirects.c.entity_key).where(entity_redirects.c.slug.in_(slugs)))
    )


def keys_of(prefix: str, public_ids: Sequence[str]) -> list[int]:
    """Return the keys of public ids; what is not an id of that kind has none."""
    found = (from_id(prefix, public_id) for public_id in public_ids)
    return [key for key in found if key is not None]


def in_articles(
    column: ColumnElement[Any], public_ids: Sequence[str] | Sequence[BindParameter[Any]]
) -> ColumnElement[bool]:
    """Return the condition that a column holds the key of one of these articles.

    Args:
        column: Of keys of articles.
        public_ids: Theirs, at least one; or what stands for all of their keys.
    """
    if isinstance(public_ids[0], BindParameter):
        return column.in_(public_ids[0])
    return column.in_(keys_of(ARTICLE, [str(one) for one in public_ids]))


def published_between(
    statement: Select[Any], column: ColumnElement[Any], filters: PublishedParameters
) -> Select[Any]:
    """Keep the rows that were published from one time (inclusive) to another (exclusive)."""
    if filters.published_from is not None:
        statement = statement.where(column >= filters.published_from)
    if filters.published_before is not None:
        statement = statement.where(column < filters.published_before)
    return statement
