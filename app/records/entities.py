"""What is promised of an entity, and the same as JSON, ready made, on SQLite.

Whoever is quoted is embedded in his quotations again and again. To find him, read his aliases and
roles and write him as JSON takes 190 µs and more; with his record it is one look-up of 40. Pages of
speakers among a million articles, of whom one in seven or eight was not in the server's memory,
took 9 percent less (in process, old and new in turns, 70 rounds of 200 pages).

The records are SQLite's alone, as plain pages are (`app.api.plain`), and are no part of the data:
triggers drop an entity's when anything of it changes (migration 0011), the end of an ingest makes
those that are missing, and in between whoever wants one makes it from the rows.
"""

import sqlite3
from collections import namedtuple
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json
from sqlalchemy import Connection, Engine

from app.db.dialect import SQLITE
from app.db.ids import ARTICLE, to_id
from app.db.tables import metadata
from app.records.packing import pack

# What is told of each entity; nobody reads more, and a famous one has thousands.
MAX_ALIASES = 50
MAX_ROLES = 20

_Row = namedtuple("_Row", metadata.tables["entities"].c.keys())  # type: ignore[misc]  # its columns
# Whoever said nothing is embedded nowhere.
_MISSING = """\
SELECT key FROM entities LEFT JOIN entity_records ON entity_records.entity_key = entities.key
WHERE key > ? AND record IS NULL AND (quote_count > 0 OR claim_count > 0) ORDER BY key LIMIT ?"""
_INSERT = "INSERT INTO entity_records (entity_key, record) VALUES (?, ?)"
# The columns are those of `_Row`.
_ENTITY = f"SELECT {', '.join(_Row._fields)} FROM entities WHERE key = ?"  # noqa: S608  # nosec B608
_ALIASES = """\
SELECT text, count FROM entity_aliases
WHERE entity_key = ? ORDER BY count DESC, text LIMIT ?"""
_ROLES = """\
SELECT text, article_key, start, "end" FROM entity_roles
WHERE entity_key = ? ORDER BY article_key, start, "end" LIMIT ?"""
_AT_ONCE = 1_000  # records that are made in one transaction


class _Alias(NamedTuple):
    text: str
    uses: int


class _Role(NamedTuple):
    text: str
    article_key: int
    start: int
    end: int


def entity_record(row: Any, *, aliases: Sequence[Any], roles: Sequence[Any]) -> dict[str, Any]:
    """Return what is promised of an entity, `app.api.entities.schemas.Entity`.

    Args:
        row: Has the columns of the entities' table.
        aliases: Have the columns of the aliases' table, the count as `uses`; in order.
        roles: Have the columns of the roles' table; in order.
    """
    address = f"/v1/entities/{row.slug}"
    return {
        "id": row.slug,
        "type": row.type,
        "name": row.name,
        "aliases": [{"text": alias.text, "count": alias.uses} for alias in aliases],
        "roles": [
            {
                "text": role.text,
                "article_id": to_id(ARTICLE, role.article_key),
                "span": {"start": role.start, "end": role.end},
            }
            for role in roles
        ],
        "external_ids": {
            "geonames": row.external_ids.get("geonames"),
            "iso3166": row.external_ids.get("iso3166"),
            "wikidata": row.external_ids.get("wikidata"),
        },
        "country": row.country,
        "location": (
            None
            if row.latitude is None or row.longitude is None
            else {"latitude": row.latitude, "longitude": row.longitude}
        ),
        "article_count": row.article_count,
        "mention_count": row.mention_count,
        "quote_count": row.quote_count,
        "claim_count": row.claim_count,
        "first_seen": row.first_seen,
        "last_seen": row.last_seen,
        "links": {
            "self": address,
            "mentions": f"{address}/mentions",
            "quotes": f"{address}/quotes",
            "claims": f"{address}/claims",
        },
        "search": None,
    }


def read_entity(connection: sqlite3.Connection, key: int) -> bytes:
    """Return what is promised of an entity as JSON, made from its rows; three queries.

    Args:
        connection: Its texts may come as bytes.
        key: Of an entity that is there.
    """
    with _texts_as_str(connection):
        row: Any = _Row._make(connection.execute(_ENTITY, (key,)).fetchone())
        aliases = connection.execute(_ALIASES, (key, MAX_ALIASES)).fetchall()
        roles = connection.execute(_ROLES, (key, MAX_ROLES)).fetchall()
    row = row._replace(
        external_ids=from_json(row.external_ids),
        first_seen=_to_time(row.first_seen),
        last_seen=_to_time(row.last_seen),
    )
    return to_json(
        entity_record(
            row, aliases=list(map(_Alias._make, aliases)), roles=list(map(_Role._make, roles))
        )
    )


def fill_entity_records(connection: sqlite3.Connection, *, after: int = -1) -> int | None:
    """Make some records that are missing, in the transaction; the smallest keys first.

    Args:
        connection: Whose texts come as they are.
        after: The key that the last call returned.

    Returns:
        The last key; None when there are no more.
    """
    keys = [key for (key,) in connection.execute(_MISSING, (after, _AT_ONCE))]
    records = [(key, pack(read_entity(connection, key))) for key in keys]
    connection.executemany(_INSERT, records).close()
    return keys[-1] if len(keys) == _AT_ONCE else None


def drop_entity_records(connection: Connection) -> None:
    """Drop all that there are: another version may have made them otherwise."""
    if connection.dialect.name == SQLITE:
        connection.exec_driver_sql("DELETE FROM entity_records")


def make_entity_records(engine: Engine) -> Iterator[int]:
    """Make all that are missing, where there are any at all.

    Args:
        engine: A writer's.

    Yields:
        After each transaction, how many are made at most.
    """
    last: int | None = -1
    made = 0
    while last is not None and engine.dialect.name == SQLITE:
        with engine.begin() as connection:
            driver: Any = connection.connection.driver_connection
            last = fill_entity_records(driver, after=last)
        made += _AT_ONCE
        yield made


@contextmanager
def _texts_as_str(connection: sqlite3.Connection) -> Iterator[None]:
    usual = connection.text_factory
    connection.text_factory = str
    try:
        yield
    finally:
        connection.text_factory = usual


def _to_time(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(f"{stored}+00:00")
