"""PostgreSQL's side of the connections: what is set on them, and what the server has to be.

Everything is set when a connection is made, so that a server that others use too needs no
configuration. https://www.postgresql.org/docs/current/runtime-config-client.html
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.types.string import StrDumperUnknown
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    NullPool,
    create_engine,
    event,
    inspect,
    make_url,
    text,
)

from app.db.ids import to_key

OLDEST = 15
_MIGRATION_LOCK = to_key("lock", "migration") >> 1
_INGEST_LOCK = to_key("lock", "ingest") >> 1
_EVERY = ("timezone=UTC", "client_encoding=UTF8")
_WRITER = (
    # As with SQLite (`app.db.engine`): a crash of the server may lose the last moment's commits,
    # never consistency, and whatever was lost is read again by the next ingest.
    "synchronous_commit=off",
)
_READER = (
    "default_transaction_read_only=on",
    "jit=off",  # compiling takes longer than any of our queries should
)


class DatabaseUnfitError(ValueError):
    """The server is too old or its database holds no Unicode."""


def make_writer_engine(url: str) -> Engine:
    """Make the engine that ingest and migrations write with.

    Args:
        url: ``postgresql+psycopg://…`` or ``postgresql://…``.

    Raises:
        ValueError: The URL names another driver.
    """
    options = _to_options(url, *_EVERY, *_WRITER)
    return create_engine(
        _to_psycopg(url),
        pool_pre_ping=True,
        connect_args={"options": options, "application_name": "onrecord ingest"},
    )


def make_reader_engine(
    url: str, *, pool_size: int, pool_seconds: float, query_seconds: float
) -> Engine:
    """Make the engine that the API reads with: the server itself refuses its every write.

    A transaction sees one state of the database from its first statement to its end.

    Args:
        url: ``postgresql+psycopg://…`` or ``postgresql://…``; may be a read replica's.
        pool_size: The most connections at once, one for each thread that queries.
        pool_seconds: How long a thread waits for one.
        query_seconds: How long a statement may take before the server ends it; infinite for ever.
            A result that is read in portions is one statement for each.

    Raises:
        ValueError: The URL names another driver.
    """
    limit = 0 if math.isinf(query_seconds) else max(1, round(query_seconds * 1000))
    engine = create_engine(
        _to_psycopg(url),
        isolation_level="REPEATABLE READ",
        pool_timeout=pool_seconds,
        pool_size=pool_size,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={
            "options": _to_options(url, *_EVERY, *_READER, f"statement_timeout={limit}"),
            "application_name": "onrecord",
            # A plan made once for all words would be wrong for most: words are common or rare.
            # It also lets a pooler between hand out another connection for each transaction.
            "prepare_threshold": None,
        },
    )

    def adapt(connection: psycopg.Connection[Any], record: object) -> None:  # noqa: ARG001
        connection.adapters.register_dumper(str, _AskedText)

    event.listen(engine, "connect", adapt)
    return engine


def interrupt(connection: Any) -> None:
    """End the statement that another thread runs on a connection of psycopg's."""
    if isinstance(connection, psycopg.Connection):
        connection.cancel()


def is_interrupted(error: object) -> bool:
    """Say whether the server ended a statement that took too long, or that nobody waits for."""
    return isinstance(error, psycopg.errors.QueryCanceled)


class _AskedText(StrDumperUnknown):
    """A text that is looked for; one with a NUL, which PostgreSQL cannot hold, is found nowhere."""

    def dump(self, obj: str) -> Any:
        """Return the text with a code point that is no character in place of NUL."""
        return super().dump(obj.replace("\0", "\uffff"))


def check_server(connection: Connection) -> None:
    """Refuse a server or a database that cannot hold what we store.

    Raises:
        DatabaseUnfitError: It is older than PostgreSQL 15 or not in UTF-8.
    """
    version = connection.scalar(text("SHOW server_version_num")) or "0"
    if int(version) < OLDEST * 10_000:
        raise DatabaseUnfitError(
            f"On Record needs PostgreSQL {OLDEST} or newer; this one is {int(version) // 10_000}"
        )
    encoding = connection.scalar(text("SHOW server_encoding"))
    if encoding != "UTF8":
        raise DatabaseUnfitError(
            f"the database is in {encoding}; make one in Unicode: "
            "CREATE DATABASE onrecord TEMPLATE template0 ENCODING 'UTF8'"
        )


def lock_migrations(connection: Connection) -> None:
    """Let one process at a time change the tables, until the end of its transaction."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})


def set_binary_order(connection: Connection) -> None:
    """Give every text column of our tables the order of code points, which SQLite has.

    After migrations, whatever they added: so that lists have the same order on both databases and
    in every locale. With nothing to do it changes nothing.
    https://www.postgresql.org/docs/current/collation.html
    """
    inspector = inspect(connection)
    quote = connection.dialect.identifier_preparer.quote
    found = connection.execute(
        text(
            "SELECT table_name, column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND table_name = ANY(:tables) "
            "AND data_type IN ('text', 'character varying') "
            "AND collation_name IS DISTINCT FROM 'C' ORDER BY table_name, ordinal_position"
        ),
        {"tables": inspector.get_table_names()},
    ).all()
    changes: dict[str, list[str]] = {}
    for table, column, kind in found:
        changes.setdefault(table, []).append(
            f'ALTER COLUMN {quote(column)} TYPE {kind} COLLATE "C"'
        )
    for table, columns in changes.items():
        connection.exec_driver_sql(f"ALTER TABLE {quote(table)} {', '.join(columns)}")


@contextmanager
def open_ingest_lock(url: str) -> Iterator["IngestLock"]:
    """Open the connection that holds ingest's lock for as long as the ``with`` block lasts."""
    engine = create_engine(
        _to_psycopg(url),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={"application_name": "onrecord ingest lock"},
    )
    with engine.connect() as connection:
        yield IngestLock(connection)


class IngestLock:
    """An advisory lock of the server's: it goes with the connection, however that ends.

    https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
    """

    def __init__(self, connection: Connection) -> None:
        """Hold nothing yet."""
        self._connection = connection

    def take(self) -> bool:
        """Take the lock if nobody has it, and say whether it was taken."""
        taken = self._connection.scalar(
            text("SELECT pg_try_advisory_lock(:key)"), {"key": _INGEST_LOCK}
        )
        return bool(taken)

    def describe_holder(self) -> str:
        """Return who has the lock, as far as the server tells; empty when nobody does."""
        row = self._connection.execute(
            text(
                "SELECT activity.pid, activity.client_addr, activity.backend_start "
                "FROM pg_locks JOIN pg_stat_activity AS activity USING (pid) "
                "WHERE locktype = 'advisory' AND granted "
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
                "AND (classid::bigint << 32) + objid::bigint = :key"
            ),
            {"key": _INGEST_LOCK},
        ).one_or_none()
        if row is None:
            return ""
        where = f" from {row.client_addr}" if row.client_addr else ""
        since = f", since {row.backend_start:%Y-%m-%dT%H:%M:%S%z}" if row.backend_start else ""
        return f"server process {row.pid}{where}{since}"


def _to_psycopg(url: str) -> URL:
    parsed = make_url(url)
    if parsed.drivername not in ("postgresql", "postgresql+psycopg"):
        raise ValueError(
            f"the database {parsed.render_as_string()} is not supported: "
            "use postgresql+psycopg://user@host/database"
        )
    return parsed.set(drivername="postgresql+psycopg")


def _to_options(url: str, *settings: str) -> str:
    given = make_url(url).query.get("options", "")
    words = [given] if isinstance(given, str) else [*given]
    return " ".join([*filter(None, words), *(f"-c {setting}" for setting in settings)])
