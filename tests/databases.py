"""The databases that tests run on: SQLite's files, and a PostgreSQL server of their own.

A test names a database by a path, whichever kind it runs on; `url_of` says what that stands for.
"""

import hashlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.adapt import Loader
from psycopg.types.datetime import TimestamptzLoader
from psycopg.types.numeric import IntLoader
from psycopg.types.string import TextLoader
from sqlalchemy import Connection, Engine, event, make_url

from app.db import ready
from app.db.schema import upgrade

SQLITE, POSTGRESQL = "sqlite", "postgresql"
KINDS = [SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.postgresql)]
_OLDEST = 15
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
}


class Server:
    """A running server, and the databases that were asked for.

    Its order of letters is that of English and not that of code points, so that a list whose order
    is left to the database's default is told from one that is not.
    """

    def __init__(self, folder: Path, *, programs: Path) -> None:
        self._folder = folder
        self._programs = programs
        self._made: dict[Path, str] = {}
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]

    def start(self) -> None:
        self._run(
            *("initdb", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"),
            *("--locale-provider=icu", "--icu-locale=en-US", "--username=postgres"),
        )
        settings = {**_SETTINGS, "port": self._port, "unix_socket_directories": self._folder}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self._run(
            "pg_ctl", "--wait", f"--log={self._folder / 'log'}", f"--options={options}", "start"
        )

    def stop(self) -> None:
        self._run("pg_ctl", "--mode=immediate", "stop")

    def url_of(self, path: Path) -> str:
        """Return the URL of the database that a path stands for, made without tables at first."""
        if path not in self._made:
            self.copy(path, template="template0")
        return self._url(self._made[path])

    def copy(self, path: Path, *, template: str) -> str:
        """Make a path's database as a copy of another one; return its URL."""
        name = "test_" + hashlib.sha256(str(path).encode()).hexdigest()[:20]
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        self._made[path] = name
        return self._url(name)

    def name_of(self, path: Path) -> str:
        """Return the name of a path's database."""
        return self._made[path]

    def drop(self, path: Path) -> None:
        """Drop a path's database, whoever is connected to it."""
        if name := self._made.pop(path, None):
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        with psycopg.connect(self._url("postgres").replace("+psycopg", ""), autocommit=True) as one:
            one.execute(statement)

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self._port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), f"--pgdata={self._folder / 'data'}", *arguments]
        # The server refuses to run as root.
        user = {"user": "postgres", "group": "postgres", "extra_groups": []} if is_root() else {}
        done = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=self._folder,
            **user,
        )
        assert done.returncode == 0, done.stderr.decode()


def is_root() -> bool:
    return os.geteuid() == 0


def is_required() -> bool:
    """Say whether tests on PostgreSQL fail, and are not left out, where there is none."""
    return POSTGRESQL in os.environ.get("ONRECORD_TEST_REQUIRE", "").split(",")


def find_programs() -> Path | None:
    """Return where Debian, or the path, has initdb and pg_ctl of a version that is new enough."""
    found = [Path(folder) for folder in Path("/usr/lib/postgresql").glob("*/bin")]
    found.sort(key=lambda folder: int(folder.parent.name), reverse=True)
    if one := shutil.which("pg_ctl"):
        found.append(Path(one).resolve().parent)
    for folder in found:
        if not (folder / "initdb").exists():
            continue
        said = subprocess.run(
            [folder / "postgres", "-V"], capture_output=True, text=True, check=True
        )
        if int(said.stdout.split()[2].partition(".")[0]) >= _OLDEST:
            return folder
    return None


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server in a temporary folder."""
    programs = find_programs()
    assert programs is not None, "no PostgreSQL here: apt-get install postgresql"
    with tempfile.TemporaryDirectory(prefix="onrecord-postgresql-") as name:
        if is_root():
            entry = pwd.getpwnam("postgres")
            os.chown(name, entry.pw_uid, entry.pw_gid)
        server = Server(Path(name), programs=programs)
        server.start()
        try:
            yield server
        finally:
            server.stop()


# Which kind the test at hand runs on, and the server, once a test needed it.
_kind = SQLITE
_server: Server | None = None


@contextmanager
def known_server(server: Server) -> Iterator[None]:
    """Let tests that run on PostgreSQL use a server for as long as it lasts."""
    global _server
    _server = server
    try:
        yield
    finally:
        _server = None


def use(kind: str) -> None:
    """Let paths stand for databases of a kind, from now on."""
    global _kind
    _kind = kind


def kind() -> str:
    """Return the kind of database that the test at hand runs on."""
    return _kind


def _running() -> Server:
    assert _server is not None, "a test on PostgreSQL asks for the fixture both_databases"
    return _server


def url_of(path: Path) -> str:
    """Return the URL of the database that a path stands for."""
    return f"sqlite:///{path}" if _kind == SQLITE else _running().url_of(path)


def copy_database(source: Path, path: Path) -> None:
    """Make a database as a copy of another one, to which nobody is connected."""
    if _kind == SQLITE:
        shutil.copy(source, path)
    else:
        _running().copy(path, template=_running().name_of(source))


def drop_database(path: Path) -> None:
    """Drop a database of PostgreSQL's; SQLite's files go with their folder."""
    if _kind == POSTGRESQL:
        _running().drop(path)


def make_empty_database(path: Path) -> None:
    """Make a database with tables and nothing in them."""
    upgrade(url_of(path))


def query_as_sqlite(path: Path, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Return rows of a path's database of PostgreSQL's, each value as SQLite would store it."""
    url = make_url(url_of(path)).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        for kind, loader in _AS_SQLITE.items():
            connection.adapters.register_loader(kind, loader)
        return connection.execute(sql, values or None).fetchall()


class _Number(Loader):
    def load(self, data: Any) -> int:
        return int(bytes(data) == b"t")


class _Moment(TimestamptzLoader):
    def load(self, data: Any) -> Any:
        return super().load(data).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


_AS_SQLITE = {"json": TextLoader, "bool": _Number, "timestamptz": _Moment, "numeric": IntLoader}


@contextmanager
def noted_statements(*engines: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Give a list to which the statements that run meanwhile are added, with their parameters.

    Those too that `app.db.ready` has the driver run, past SQLAlchemy.
    """
    seen: list[tuple[str, Any]] = []

    def note(
        _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
    ) -> None:
        if statement != "BEGIN":
            seen.append((statement, parameters))

    def note_and_run(connection: Connection, sql: str, values: Any) -> Any:
        if connection.engine in engines:
            seen.append((sql, values))
        return run(connection, sql, values)

    run = ready.run_by_driver
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    with pytest.MonkeyPatch.context() as patch:
        for module in list(sys.modules.values()):
            if getattr(module, "run_by_driver", None) is run:
                patch.setattr(module, "run_by_driver", note_and_run)
        try:
            yield seen
        finally:
            for engine in engines:
                event.remove(engine, "before_cursor_execute", note)


def explain(connection: Connection, sql: str, values: Any) -> list[str]:
    """Return the steps of a statement's plan that read a whole table or sort.

    PostgreSQL prefers both for tables as small as the tests' are; it is told not to, and does so
    only where it has no other way.
    """
    values = tuple(values) if isinstance(values, list) else values  # a list would be many of them
    if _kind == SQLITE:
        steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
        return [
            step
            for step in steps
            if (step.startswith("SCAN") and "INDEX" not in step) or "ORDER BY" in step
        ]
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    connection.exec_driver_sql("SET LOCAL enable_sort = off")
    steps = [row[0].strip() for row in connection.exec_driver_sql(f"EXPLAIN {sql}", values)]
    return [
        step for step in steps if "Seq Scan on" in step or step.startswith(("Sort ", "->  Sort"))
    ]
