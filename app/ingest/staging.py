"""The table beside the others that a cluster's workers write to, see `app.ingest.staged`.

It is PostgreSQL's, made by each run of ingest that has workers which write, and dropped at its end.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TextClause,
    delete,
    select,
    text,
)

from app.db import tables
from app.db.bulk import insert_rows
from app.ingest.kept import unpack
from app.ingest.staged import AFTER, BEFORE, Rows, Staged
from app.parsing.types import ParsedArticle

# A row of it holds all rows of one article, those of each table as a JSON array: one look-up and
# one statement move them.
_STAGED = Table(
    "staged_articles",
    MetaData(),
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("source_key", BigInteger, nullable=False, index=True),
    Column("article_key", BigInteger, nullable=False),
    Column("parse", LargeBinary, nullable=False),
    *(Column(name, Text, nullable=False) for name in (*BEFORE, *AFTER)),
    prefixes=["UNLOGGED"],  # after a crash of the server the run begins anew anyway
)
_GONE = "the rows that the cluster's workers wrote are gone; run ingest again"
_PARSE = (
    "moved_parse AS (INSERT INTO article_parses (article_key, parsed) "
    "SELECT article_key, parse FROM staged)"
)


class StagedRowsGoneError(Exception):
    """Rows that a worker wrote are not there any more: the run cannot go on."""


def open_staging(connection: Connection) -> None:
    """Make the table that workers write to, in place of one that an earlier run may have left."""
    _STAGED.drop(connection, checkfirst=True)
    _STAGED.create(connection)
    for name in (*BEFORE, *AFTER):
        # Rows are read once and go: compressing them would cost more than it saves.
        connection.exec_driver_sql(f"ALTER TABLE {_STAGED.name} ALTER {name} SET STORAGE EXTERNAL")


def close_staging(connection: Connection) -> None:
    """Drop the table with whatever is left in it."""
    _STAGED.drop(connection, checkfirst=True)


def write_staged(
    connection: Connection, articles: Sequence[tuple[Rows, bytes]], *, source_key: int
) -> list[int]:
    """Write the rows of a file's articles, by one COPY.

    Args:
        connection: Of the worker's own, in a transaction that the caller commits.
        articles: For each its rows and its packed parse.
        source_key: The file's.

    Returns:
        The key of each in the table; no other attempt at the file has it.
    """
    keys = [secrets.randbits(63) for _ in articles]
    insert_rows(
        connection,
        _STAGED,
        [
            {
                "key": key,
                "source_key": source_key,
                "article_key": rows.article_key,
                "parse": parse,
                **rows.of_table,
            }
            for key, (rows, parse) in zip(keys, articles, strict=True)
        ],
    )
    return keys


def move_locals(connection: Connection, staged: Staged) -> None:
    """Have the server move what an article says of its entities to where the resolver finds it."""
    _move(connection, _to_statement(BEFORE), staged)


def move_rows(connection: Connection, staged: Staged) -> None:
    """Have the server move all other rows of an article, for which the guess was right."""
    _move(connection, _to_statement(AFTER, also=_PARSE), staged)


def read_parsed(connection: Connection, staged: Staged) -> tuple[ParsedArticle, bytes]:
    """Return an article for which the guess was wrong, parsed and packed."""
    row = connection.execute(
        select(_STAGED.c.parse, _STAGED.c.articles).where(_STAGED.c.key == staged.key)
    ).one_or_none()
    if row is None:
        raise StagedRowsGoneError(_GONE)
    (stored,) = json.loads(row.articles)
    parsed = unpack(row.parse, text=stored["text"])
    raw = replace(
        parsed.raw, title=stored["title"], authors=tuple(stored["authors"]), meta=stored["meta"]
    )
    return replace(parsed, raw=raw), row.parse


def drop_staged(connection: Connection, *, source_key: int) -> None:
    """Drop what was written of a file, once all of it is where it belongs."""
    connection.execute(delete(_STAGED).where(_STAGED.c.source_key == source_key))


def _move(connection: Connection, statement: TextClause, staged: Staged) -> None:
    if connection.scalar(statement, {"key": staged.key}) != 1:
        raise StagedRowsGoneError(_GONE)


@cache
def _to_statement(names: tuple[str, ...], *, also: str | None = None) -> TextClause:
    """Return one statement that moves the rows of some tables. Its end checks foreign keys."""
    parts = ["staged AS MATERIALIZED (SELECT * FROM staged_articles WHERE key = :key)"]
    for name in names:
        columns = ", ".join(f'"{column.name}"' for column in tables.metadata.tables[name].columns)
        parts.append(
            f"moved_{name} AS (INSERT INTO {name} ({columns}) SELECT {columns} FROM "  # noqa: S608  # nosec B608: our own names
            f"json_populate_recordset(NULL::{name}, (SELECT {name} FROM staged)::json))"
        )
    parts += [also] if also else []
    return text(f"WITH {', '.join(parts)} SELECT count(*) FROM staged")  # noqa: S608  # nosec B608: our own names
