"""One entity straight from SQLite, for `app.api.plain`."""

import json
import sqlite3
from collections import namedtuple
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from app.api.entities.schemas import MAX_ALIASES, MAX_ROLES, Entity, entity_from_row

_ENTITY = "SELECT * FROM entities WHERE key = ?"
_ALIASES = """\
SELECT text, count AS uses FROM entity_aliases
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
        (row,) = _fetch(connection, _ENTITY, (key,))
        return entity_from_row(
            row._replace(
                external_ids=json.loads(row.external_ids),
                first_seen=_to_time(row.first_seen),
                last_seen=_to_time(row.last_seen),
            ),
            aliases={key: _fetch(connection, _ALIASES, (key, MAX_ALIASES))},
            roles={key: _fetch(connection, _ROLES, (key, MAX_ROLES))},
        )
    finally:
        connection.text_factory = bytes


def _fetch(connection: sqlite3.Connection, sql: str, values: tuple[Any, ...]) -> list[Any]:
    found = connection.execute(sql, values)
    return list(map(_to_row(tuple(column[0] for column in found.description)), found))


@lru_cache
def _to_row(names: tuple[str, ...]) -> Any:
    """Return what makes of a tuple a row with its columns as attributes."""
    made: Any = namedtuple("Row", names)  # type: ignore[misc]  # the names are the database's
    return made._make


def _to_time(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored).replace(tzinfo=UTC)
