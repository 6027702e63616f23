"""One entity straight from SQLite, for `app.api.plain`."""

import json
import sqlite3
from datetime import UTC, datetime
from types import SimpleNamespace
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
        row.external_ids = json.loads(row.external_ids)
        row.first_seen, row.last_seen = _to_time(row.first_seen), _to_time(row.last_seen)
        return entity_from_row(
            row,
            aliases={key: _fetch(connection, _ALIASES, (key, MAX_ALIASES))},
            roles={key: _fetch(connection, _ROLES, (key, MAX_ROLES))},
        )
    finally:
        connection.text_factory = bytes


def _fetch(connection: sqlite3.Connection, sql: str, values: tuple[Any, ...]) -> list[Any]:
    found = connection.execute(sql, values)
    names = [column[0] for column in found.description]
    return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in found]


def _to_time(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored).replace(tzinfo=UTC)
