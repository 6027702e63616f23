"""Conditions that several lists share."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from app.api.parameters import PublishedParameters
from app.api.stored import entities
from app.db.ids import from_id


def in_entities(column: ColumnElement[Any], slugs: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a column holds the key of one of the named entities."""
    return column.in_(select(entities.c.key).where(entities.c.slug.in_(slugs)))


def keys_of(prefix: str, public_ids: Sequence[str]) -> list[int]:
    """Return the keys of public ids; what is not an id of that kind has none."""
    found = (from_id(prefix, public_id) for public_id in public_ids)
    return [key for key in found if key is not None]


def published_between(
    statement: Select[Any], column: ColumnElement[Any], filters: PublishedParameters
) -> Select[Any]:
    """Keep the rows that were published from one time (inclusive) to another (exclusive)."""
    if filters.published_from is not None:
        statement = statement.where(column >= filters.published_from)
    if filters.published_before is not None:
        statement = statement.where(column < filters.published_before)
    return statement
