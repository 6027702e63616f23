"""Connections: one engine that writes, one that cannot.

PostgreSQL's are made in `app.db.postgresql`; the rest here is SQLite's. That is used in write-ahead
logging, so that the API reads the last committed state while ingest writes the next.
https://www.sqlite.org/wal.html
"""

import math
import os
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from app.db.json_text import write_json
from app.db.search import RANK_TEXT, rank_text
from app.db.urls import is_postgresql

PAGE_BYTES = 8192
"""Of a database file's pages, where we make the file; SQLite's own choice is 4096.

Among a million articles 4 percent more pages of a speaker are given a second with these (see also
`app.records.packing`), and the lists of a word in full-text search a fifth quicker to walk.
"""

# Connections of one reader: one for each thread that queries.
POOL_SIZE = 8
_BUSY_MS = 10_000  # how long a connection waits for a lock before it says "database is locked"
_PER_CONNECTION = (
    f"PRAGMA busy_timeout={_BUSY_MS}",  # first, so that the others wait too
    "PRAGMA temp_store=MEMORY",
)
_WRITER = (
    f"PRAGMA page_size={PAGE_BYTES}",  # before all that writes, and of a new file alone
    "PRAGMA journal_mode=WAL",
    # Under WAL, NORMAL syncs at checkpoints only. A crash of the program loses nothing; a power
    # cut may lose the last commits but never corrupts the file, and whatever was lost is a seed
    # file that the next ingest finds unread and reads again. FULL would sync once per article.
    "PRAGMA synchronous=NORMAL",
    "PRAGMA recursive_triggers=ON",  # INSERT OR REPLACE fires delete triggers: search stays in step
    "PRAGMA cache_size=-65536",  # 64 MiB
    "PRAGMA mmap_size=268435456",  # 256 MiB: pages come from the system's cache without a copy
)
# Of the log before it is copied into the file: 16 MB, where SQLite's own 1,000 pages are 4 or 8. A
# page that many commits change is copied less often.
_LOG_BYTES = 2000 * PAGE_BYTES
_READER = ("PRAGMA query_only=ON",)
# Counts by month of everything read the ends of 120 months, of three lists some 3 MB: among a
# million articles 149 to 190 of them a second with 2 MiB, 174 to 267 with 8.
_CACHE_KIB = 8192


# How often SQLite asks whether a query's time is up: every so many steps of its virtual machine,
# which is every one to five milliseconds, and too seldom to be seen in a query's time.
_STEPS_BETWEEN_LOOKS = 20_000
# How long a request waits for a connection that others hold.
_POOL_SECONDS = 10.0


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
    if is_postgresql(parsed):
        raise ValueError(f"the database {parsed.render_as_string()} is a server's and no file")
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
    if is_postgresql(url):
        from app.db import postgresql

        return postgresql.make_writer_engine(url)
    path = database_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    pragmas = (*_PER_CONNECTION, f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}", *_WRITER)

    def connect() -> sqlite3.Connection:
        connection = _connect(str(path), pragmas=pragmas)
        (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
        connection.execute(f"PRAGMA wal_autocheckpoint={_LOG_BYTES // page_bytes}").close()
        return connection

    engine = create_engine(
        make_url(url), creator=connect, poolclass=QueuePool, json_serializer=write_json
    )
    _begin_with(engine, "BEGIN IMMEDIATE")
    return engine


def make_reader_engine(
    url: str,
    *,
    pool_size: int = POOL_SIZE,
    query_seconds: float = math.inf,
    cache_kib: int = _CACHE_KIB,
) -> Engine:
    """Make the engine that the API reads with. It never creates or changes anything.

    The file is opened with ``mode=ro`` and ``query_only``, so that no mistake above can write. A
    transaction sees one state of the database from its first statement to its end.

    Args:
        url: An SQLAlchemy URL; the file need not exist yet (see `database_ready`).
        pool_size: The most connections at once, one for each thread that queries.
        query_seconds: How long a statement may take, from its start to its last row; then the
            database itself ends it, with an error that `is_interrupted` knows. What is read in
            portions gets the time anew for each: see `allow_more_time`.
        cache_kib: Of SQLite's own cache for each connection, at most; the system's holds the rest.

    Raises:
        ValueError: The URL is refused, see `database_path`.
    """
    if is_postgresql(url):
        from app.db import postgresql

        return postgresql.make_reader_engine(
            url, pool_size=pool_size, pool_seconds=_POOL_SECONDS, query_seconds=query_seconds
        )
    path = database_path(url)

    def connect() -> sqlite3.Connection:
        if not path.exists():
            raise DatabaseMissingError(path)
        uri = f"{path.as_uri()}?mode=ro{'&immutable=1' if _is_at_rest(path) else ''}"
        pragmas = (*_PER_CONNECTION, *_READER, f"PRAGMA cache_size=-{cache_kib}")
        connection = _connect(uri, pragmas=pragmas, seconds=query_seconds)
        connection.create_function(RANK_TEXT, 2, rank_text, deterministic=True)
        # No other file can be reached from here, by whatever statement.
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        return connection

    parsed: URL = make_url(url)
    engine = create_engine(
        parsed,
        creator=connect,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=_POOL_SECONDS,
        # The one that was used last has the inner pages of the trees, and its statements, at hand.
        pool_use_lifo=True,
    )
    event.listen(engine, "begin", _begin_reading)
    event.listen(engine, "before_cursor_execute", _start_clock)
    return engine


class TimedConnection(sqlite3.Connection):
    """A connection whose statements end when their time is up (`sqlite3_progress_handler`).

    https://www.sqlite.org/c3ref/progress_handler.html
    """

    seconds = math.inf
    until = math.inf

    def limit(self, seconds: float) -> None:
        """Let each statement take so long from its `start_clock`."""
        self.seconds = seconds
        if seconds < math.inf:
            self.set_progress_handler(self._is_late, _STEPS_BETWEEN_LOOKS)

    def start_clock(self, *, most: float = math.inf) -> None:
        """Give the statement that begins, or goes on, all of the time, but not over `most`."""
        self.until = time.monotonic() + min(self.seconds, most)

    def _is_late(self) -> bool:
        return time.monotonic() > self.until


def _is_at_rest(path: Path) -> bool:
    """Say whether a database lies where we cannot write, and nobody has it open for writing.

    Even a reader needs the write-ahead log's index, the -shm file. Where a writer has the database
    open, it is there; otherwise SQLite makes it, and in a folder that is read-only it cannot. Such
    a file is opened as one that does not change, which it does not: a log would be beside it.
    https://www.sqlite.org/wal.html#read_only_databases
    """
    if path.with_name(f"{path.name}-wal").exists():
        return False
    return not os.access(path.parent, os.W_OK)


def allow_more_time(connection: Connection) -> None:
    """Give a statement that is read in portions its time anew for the next one."""
    raw = connection.connection.driver_connection
    if isinstance(raw, TimedConnection):
        raw.start_clock()


def interrupt(connection: Connection) -> None:
    """End the statement that another thread runs on this connection, if there is one."""
    raw = connection.connection.driver_connection
    if isinstance(raw, sqlite3.Connection):
        raw.interrupt()
    else:
        from app.db import postgresql

        postgresql.interrupt(raw)


def is_interrupted(error: BaseException) -> bool:
    """Say whether a statement was ended because it took too long, or nobody waits for it."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT
    if "psycopg" not in sys.modules:
        return False
    from app.db import postgresql

    return postgresql.is_interrupted(cause)


def _begin_reading(connection: Connection) -> None:
    # Past SQLAlchemy, whose way to a statement was a tenth of a search; this one cannot fail.
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    raw.execute("BEGIN").close()


def _start_clock(connection: Connection, *_: Any) -> None:
    allow_more_time(connection)


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


def _connect(
    name: str, *, pragmas: tuple[str, ...], seconds: float = math.inf
) -> sqlite3.Connection:
    # Python's own sqlite3 begins transactions late and commits them around DDL; with
    # isolation_level None it does neither, and SQLAlchemy's begin event says BEGIN.
    connection = sqlite3.connect(
        name,
        uri=name.startswith("file:"),
        isolation_level=None,
        check_same_thread=False,
        factory=TimedConnection,
    )
    try:
        connection.limit(seconds)
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
