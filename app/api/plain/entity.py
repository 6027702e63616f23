"""One entity straight from SQLite, for `app.api.plain`."""

import sqlite3
from collections import namedtuple
from datetime import datetime
from typing import Any, NamedTuple

from pydantic_core import from_json

from app.api.entities.schemas import MAX_ALIASES, MAX_ROLES, Entity, entity_from_row
from app.api.stored import entities

_Row = namedtuple("_Row", entities.c.keys())  # type: ignore[misc]  # they are the table's


class _Alias(NamedTuple):
    text: str
    uses: int


class _Role(NamedTuple):
    text: str
    article_key: int
    start: int
    end: int


# The columns are those of `_Row`.
_ENTITY = f"SELECT {', '.join(_Row._fields)} FROM entities WHERE key = ?"  # noqa: S608  # nosec B608
_ALIASES = """\
SELECT text, count FROM entity_aliases
WHERE entity_key = ? ORDER BY count DESC, text LIMIT ?"""
_ROLES = """\
SELECT text, article_key, start, "end" FROM entity_roles
WHERE entity_key = ? ORDER BY article_key, start, "end" LIMIT ?"""


def read_entity(connection: sqlite3.Connection, key: int) -> Entity:
    """Return what is promised of an entity; three queries.

    Args:
        connection: Whose texts come as bytes; for this they come as text.
        key: Of an entity that is there.
    """
    connection.text_factory = str
    try:
        row: Any = _Row._make(connection.execute(_ENTITY, (key,)).fetchone())
        aliases = connection.execute(_ALIASES, (key, MAX_ALIASES)).fetchall()
        roles = connection.execute(_ROLES, (key, MAX_ROLES)).fetchall()
    finally:
        connection.text_factory = bytes
    # They have the columns by name, and that is all that is asked of them.
    row = row._replace(
        external_ids=from_json(row.external_ids),
        first_seen=_to_time(row.first_seen),
        last_seen=_to_time(row.last_seen),
    )
    named: list[Any] = list(map(_Alias._make, aliases))
    called: list[Any] = list(map(_Role._make, roles))
    return entity_from_row(row, aliases={key: named}, roles={key: called})


def _to_time(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(f"{stored}+00:00")
