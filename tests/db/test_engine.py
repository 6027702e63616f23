import contextlib
import sqlite3
import threading
import time
import types
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, OperationalError

from app.db.engine import (
    PAGE_BYTES,
    DatabaseMissingError,
    allow_more_time,
    database_path,
    database_ready,
    interrupt,
    is_interrupted,
    make_reader_engine,
    make_writer_engine,
    open_session,
)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/deep/er/on record #1?.db".replace("?", "%3F")


def make_table(url: str) -> None:
    engine = make_writer_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE dataset (pk INTEGER PRIMARY KEY)"))
        connection.execute(text("INSERT INTO dataset VALUES (1)"))
    engine.dispose()


def pragma(engine, name):
    with engine.connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_the_writer_makes_the_folder_and_the_file(url, tmp_path):
    make_table(url)
    assert (tmp_path / "deep" / "er").is_dir()
    assert len(list((tmp_path / "deep" / "er").glob("on record #1*.db"))) == 1


def test_the_writer_uses_wal_foreign_keys_and_synchronous_normal(url):
    engine = make_writer_engine(url)
    assert pragma(engine, "journal_mode") == "wal"
    assert pragma(engine, "foreign_keys") == 1
    assert pragma(engine, "synchronous") == 1
    assert pragma(engine, "busy_timeout") == 10_000
    assert pragma(engine, "recursive_triggers") == 1
    engine.dispose()


def test_a_new_file_has_our_pages_and_one_that_is_there_keeps_its_own(url, tmp_path):
    make_table(url)
    engine = make_writer_engine(url)
    assert pragma(engine, "page_size") == PAGE_BYTES != 4096
    assert pragma(engine, "wal_autocheckpoint") == 2000
    engine.dispose()
    with contextlib.closing(sqlite3.connect(tmp_path / "old.db")) as old:
        old.execute("PRAGMA page_size=4096")
        old.execute("CREATE TABLE dataset (pk INTEGER PRIMARY KEY)")
    url = f"sqlite:///{tmp_path / 'old.db'}"
    for make in (make_writer_engine, make_reader_engine):
        engine = make(url)
        assert pragma(engine, "page_size") == 4096
        if make is make_writer_engine:  # the log is as large as with ours
            assert pragma(engine, "wal_autocheckpoint") == 4000
        engine.dispose()


def test_an_insert_through_the_reader_fails(url):
    make_table(url)
    reader = make_reader_engine(url)
    with open_session(reader) as session, pytest.raises(OperationalError, match="readonly"):
        session.execute(text("INSERT INTO dataset VALUES (2)"))
    with reader.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM dataset")) == 1
    reader.dispose()


def test_the_file_stays_closed_to_a_reader_that_lifts_query_only(url):
    make_table(url)
    reader = make_reader_engine(url)
    with reader.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=OFF")
        with pytest.raises(OperationalError, match="readonly"):
            connection.execute(text("DROP TABLE dataset"))
    reader.dispose()


def test_a_reader_of_a_missing_file_says_so_and_makes_nothing(url, tmp_path):
    reader = make_reader_engine(url)
    assert database_ready(reader) is False
    with open_session(reader) as session, pytest.raises(DatabaseMissingError, match="no database"):
        session.execute(text("SELECT 1"))
    assert list(tmp_path.iterdir()) == []
    make_table(url)
    assert database_ready(reader) is True
    reader.dispose()


def test_an_empty_file_is_not_ready(tmp_path):
    (tmp_path / "empty.db").touch()
    reader = make_reader_engine(f"sqlite:///{tmp_path}/empty.db")
    assert database_ready(reader) is False
    reader.dispose()


def test_a_file_that_is_no_database_is_an_error_and_not_merely_unready(tmp_path):
    (tmp_path / "bad.db").write_bytes(b"not a database, but long enough to look at" * 100)
    reader = make_reader_engine(f"sqlite:///{tmp_path}/bad.db")
    with pytest.raises(DatabaseError, match="not a database"):
        database_ready(reader)
    reader.dispose()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?uri=true"])
@pytest.mark.parametrize("make", [make_writer_engine, make_reader_engine])
def test_a_database_in_memory_is_refused(url, make):
    with pytest.raises(ValueError, match="names no file"):
        make(url)


def test_another_database_is_refused_without_its_password():
    with pytest.raises(ValueError, match="not supported") as caught:
        make_writer_engine("mysql://me:secret@host/db")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("make", [make_writer_engine, make_reader_engine])
def test_another_driver_is_refused_without_its_password(make):
    with pytest.raises(ValueError, match=r"use postgresql\+psycopg") as caught:
        make("postgresql+psycopg2://me:secret@host/db")
    assert "secret" not in str(caught.value)


def test_create_table_is_rolled_back_with_its_transaction(url):
    engine = make_writer_engine(url)
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE gone (x)"))
        connection.execute(text("INSERT INTO gone VALUES (1)"))
        connection.rollback()
        assert connection.scalar(text("SELECT count(*) FROM sqlite_master")) == 0
    engine.dispose()


def test_a_reader_sees_one_state_for_its_whole_transaction(url):
    make_table(url)
    reader, writer = make_reader_engine(url), make_writer_engine(url)
    count = text("SELECT count(*) FROM dataset")
    with open_session(reader) as session:
        assert session.scalar(count) == 1
        with writer.begin() as connection:
            connection.execute(text("INSERT INTO dataset VALUES (2)"))
        assert session.scalar(count) == 1
        session.rollback()
        assert session.scalar(count) == 2
    reader.dispose()
    writer.dispose()


def test_a_second_writer_waits_for_the_first(url):
    make_table(url)
    engine = make_writer_engine(url)
    started = threading.Event()

    def write() -> None:
        started.set()
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO dataset VALUES (3)"))

    thread = threading.Thread(target=write)
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM dataset")) == 1
        thread.start()
        started.wait()
        connection.execute(text("INSERT INTO dataset VALUES (2)"))
    thread.join()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM dataset")) == 3
    engine.dispose()


def test_reader_connections_serve_many_threads(url):
    make_table(url)
    reader = make_reader_engine(url, pool_size=2)
    found: list[int] = []

    def read() -> None:
        for _ in range(5):
            with open_session(reader) as session:
                found.append(session.scalar(text("SELECT count(*) FROM dataset")))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1] * 40
    assert reader.pool.checkedout() == 0
    reader.dispose()


ENDLESS = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
)


def test_a_query_that_takes_too_long_is_ended_in_the_database(url):
    make_table(url)
    reader = make_reader_engine(url, pool_size=1, query_seconds=0.2)
    since = time.process_time()
    with pytest.raises(OperationalError) as caught, open_session(reader) as session:
        session.execute(ENDLESS)
    assert is_interrupted(caught.value)
    assert time.process_time() - since < 5
    with open_session(reader) as session:
        assert session.scalar(text("SELECT count(*) FROM dataset")) == 1
    reader.dispose()


def test_rows_that_are_read_in_portions_have_the_time_for_each(url, monkeypatch):
    make_table(url)
    clock = types.SimpleNamespace(now=0.0, monotonic=lambda: clock.now)
    monkeypatch.setattr("app.db.engine.time", clock)
    reader = make_reader_engine(url, pool_size=1, query_seconds=5)
    many = text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 400000)"
        " SELECT i FROM n"
    )

    def take_slowly(*, more_time: bool) -> int:
        taken = 0
        with open_session(reader) as session:
            rows = session.execute(many, execution_options={"yield_per": 100_000})
            for portion in rows.partitions(100_000):
                taken += len(portion)
                clock.now += 4
                if more_time:
                    allow_more_time(session.connection())
        return taken

    assert take_slowly(more_time=True) == 400_000
    with pytest.raises(OperationalError) as caught:
        take_slowly(more_time=False)
    assert is_interrupted(caught.value)
    reader.dispose()


def test_a_statement_of_another_thread_can_be_ended(url):
    make_table(url)
    reader = make_reader_engine(url, pool_size=1)
    with reader.connect() as connection:
        errors = []

        def count() -> None:
            try:
                connection.execute(ENDLESS)
            except OperationalError as error:
                errors.append(error)

        thread = threading.Thread(target=count)
        thread.start()
        while thread.is_alive():
            interrupt(connection)
            thread.join(0.02)
    assert len(errors) == 1
    assert is_interrupted(errors[0])
    reader.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO dataset VALUES (2)",
        "UPDATE dataset SET pk = 3",
        "DELETE FROM dataset",
        "DROP TABLE dataset",
        "CREATE TABLE other (pk INTEGER)",
        "PRAGMA query_only=OFF; INSERT INTO dataset VALUES (2)",
        "PRAGMA user_version=7",
        "PRAGMA journal_mode=DELETE",
        "VACUUM",
        "ATTACH DATABASE 'file:{path}?mode=rwc' AS other",
    ],
)
def test_nothing_can_be_written_through_a_readers_connection(url, statement):
    make_table(url)
    path = database_path(url)
    before = path.read_bytes()
    reader = make_reader_engine(url)
    raw = reader.raw_connection().driver_connection
    raw.execute("PRAGMA query_only=OFF")  # even then the file is open for reading only
    with contextlib.suppress(sqlite3.Error):
        raw.executescript(statement.format(path=path))
        raw.executescript("INSERT INTO other.dataset VALUES (9)")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        raw.execute("INSERT INTO main.dataset VALUES (2)")
    raw.close()
    reader.dispose()
    writer = make_writer_engine(url)
    with writer.connect() as connection:
        assert connection.execute(text("SELECT pk FROM dataset")).all() == [(1,)]
    writer.dispose()
    assert path.read_bytes()[:100] == before[:100]


def test_sqlite_is_new_enough_for_full_text_search():
    assert sqlite3.sqlite_version_info >= (3, 27)
