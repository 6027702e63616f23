import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, OperationalError

from app.db.engine import (
    DatabaseMissingError,
    database_ready,
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


def test_sqlite_is_new_enough_for_full_text_search():
    assert sqlite3.sqlite_version_info >= (3, 27)
