"""Connections: one engine that writes, one that cannot.

PostgreSQL's are made in `app.db.postgresql`; the rest here is SQLite's. That is used in write-ahead
logging, so that the API reads the last committed state while ingest writes the next.
https://www.sqlite.org/wal.html
"""

import sqlite3
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, make_url
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from app.db import postgresql

# Connections of one reader: one for each thread that queries.
POOL_SIZE = 8
_BUSY_MS = 10_000  # how long a connection waits for a lock before it says "database is locked"
_PER_CONNECTION = (
    f"PRAGMA busy_timeout={_BUSY_MS}",  # first, so that the others wait too
    "PRAGMA mmap_size=268435456",  # 256 MiB: pages come from the system's cache without a copy
    "PRAGMA temp_store=MEMORY",
)
_WRITER = (
    "PRAGMA journal_mode=WAL",
    # Under WAL, NORMAL syncs at checkpoints only. A crash of the program loses nothing; a power
    # cut may lose the last commits but never corrupts the file, and whatever was lost is a seed
    # file that the next ingest finds unread and reads again. FULL would sync once per article.
    "PRAGMA synchronous=NORMAL",
    "PRAGMA recursive_triggers=ON",  # INSERT OR REPLACE fires delete triggers: search stays in step
    "PRAGMA cache_size=-65536",  # 64 MiB
)
_READER = (
    "PRAGMA query_only=ON",
    "PRAGMA cache_size=-16384",  # 16 MiB for each of the pool's connections
)


class DatabaseMissingError(Exception):
    """The reader's file is not there yet: nothing has been ingested.

    Args:
        path: Where it was looked for.
    """

    def __init__(self, path: Path) -> None:
        """See the class."""
        self.path = path
        super().__init__(f"there is no database at {path} yet; `onrecord ingest` makes it")


def database_path(url: str) -> Path:
    """Return the absolute path of an SQLite URL's file.

    Raises:
        ValueError: The URL is not SQLite's, or names no file: ingest and the API are separate
            processes, which can share a file but not a database in memory.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        raise ValueError(
            f"the database {parsed.render_as_string()} is not supported: use sqlite:///path or "
            "postgresql+psycopg://user@host/database"
        )
    name = parsed.database
    if not name or name == ":memory:" or name.startswith("file:"):
        raise ValueError(
            f"the database {url!r} names no file: ingest and the API are separate processes and "
            "share one, for instance sqlite:///data/onrecord.db"
        )
    return Path(name).absolute()


def make_writer_engine(url: str, *, foreign_keys: bool = True) -> Engine:
    """Make the engine that ingest and migrations write with; creates the file's folder.

    Every transaction begins with BEGIN IMMEDIATE: a writer waits for the lock at its start, where
    waiting helps, and never fails in the middle because somebody else wrote. DDL is part of the
    transaction like everything else.

    Args:
        url: An SQLAlchemy URL: ``sqlite:///relative``, ``sqlite:////absolute`` or PostgreSQL's.
        foreign_keys: Off only for migrations, which on SQLite drop and rebuild tables: with
            cascades on, that would empty the tables that point at them.

    Raises:
        ValueError: The URL is refused, see `database_path`.
        OSError: The folder cannot be created.
    """
    if postgresql.is_postgresql(url):
        return postgresql.make_writer_engine(url)
    path = database_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    pragmas = (*_PER_CONNECTION, f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}", *_WRITER)

    def connect() -> sqlite3.Connection:
        return _connect(str(path), pragmas=pragmas)

    engine = create_engine(make_url(url), creator=connect, poolclass=QueuePool)
    _begin_with(engine, "BEGIN IMMEDIATE")
    return engine


def make_reader_engine(url: str, *, pool_size: int = POOL_SIZE) -> Engine:
    """Make the engine that the API reads with. It never creates or changes anything.

    The file is opened with ``mode=ro`` and ``query_only``, so that no mistake above can write. A
    transaction sees one state of the database from its first statement to its end.

    Args:
        url: An SQLAlchemy URL; the file need not exist yet (see `database_ready`).
        pool_size: The most connections at once, one for each thread that queries.

    Raises:
        ValueError: The URL is refused, see `database_path`.
    """
    if postgresql.is_postgresql(url):
        return postgresql.make_reader_engine(url, pool_size=pool_size)
    path = database_path(url)
    uri = f"{path.as_uri()}?mode=ro"

    def connect() -> sqlite3.Connection:
        if not path.exists():
            raise DatabaseMissingError(path)
        return _connect(uri, pragmas=(*_PER_CONNECTION, *_READER))

    parsed: URL = make_url(url)
    engine = create_engine(
        parsed, creator=connect, poolclass=QueuePool, pool_size=pool_size, max_overflow=0
    )
    _begin_with(engine, "BEGIN")
    return engine


def open_session(engine: Engine) -> Session:
    """Return a session that begins its transaction with its first query; close it after use.

    Raises:
        DatabaseMissingError: At the first query, when the reader's file is not there.
    """
    return Session(engine, autoflush=False, expire_on_commit=False)


def database_ready(engine: Engine) -> bool:
    """Say whether the database is there and holds our tables (which may still be empty).

    Raises:
        sqlalchemy.exc.DatabaseError: The file is there and is not a database, or is unreadable.
    """
    try:
        with engine.connect() as connection:
            return engine.dialect.has_table(connection, "dataset")
    except DatabaseMissingError:
        return False
    except OperationalError as error:
        # Removed between the look and the opening.
        if engine.dialect.name == "sqlite" and not database_path(str(engine.url)).exists():
            return False
        raise error


def _connect(name: str, *, pragmas: tuple[str, ...]) -> sqlite3.Connection:
    # Python's own sqlite3 begins transactions late and commits them around DDL; with
    # isolation_level None it does neither, and SQLAlchemy's begin event says BEGIN.
    connection = sqlite3.connect(
        name, uri=name.startswith("file:"), isolation_level=None, check_same_thread=False
    )
    try:
        for pragma in pragmas:
            connection.execute(pragma).close()
    except BaseException:
        connection.close()
        raise
    return connection


def _begin_with(engine: Engine, statement: str) -> None:
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    event.listen(engine, "begin", begin)
