import sqlite3
from pathlib import Path

import pytest

from app.db.engine import PAGE_BYTES, make_reader_engine, make_writer_engine
from app.db.schema import upgrade
from app.db.trouble import DamagedDatabaseError, check_pages, explain_trouble


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    upgrade(url)
    return url


def raised_by(url: str, statement: str, *, reader: bool = False) -> Exception:
    engine = (make_reader_engine if reader else make_writer_engine)(url)
    try:
        with pytest.raises(Exception) as caught, engine.begin() as connection:  # noqa: PT011
            connection.exec_driver_sql(statement)
    finally:
        engine.dispose()
    return caught.value


def test_a_file_that_is_no_database_is_named_with_what_to_do(url: str, tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"a letter to a friend" * 500)
    words = explain_trouble(raised_by(url, "SELECT 1 FROM sources"), url=url)
    assert words is not None
    assert f"{tmp_path / 'a.db'} is damaged (file is not a database)" in words
    assert "run `onrecord ingest`" in words


def test_pages_that_are_damaged_are_found(url: str, tmp_path: Path) -> None:
    engine = make_writer_engine(url)
    with engine.connect() as connection:
        page = connection.exec_driver_sql(
            "SELECT rootpage FROM sqlite_master WHERE name = 'quotes'"
        ).scalar_one()
    engine.dispose()
    with (tmp_path / "a.db").open("r+b") as file:
        file.seek((page - 1) * PAGE_BYTES)
        file.write(bytes(PAGE_BYTES))
    with pytest.raises(DamagedDatabaseError, match="is damaged"), engine.connect() as connection:
        check_pages(connection, url=url)
    engine.dispose()


def test_whole_pages_are_passed(url: str) -> None:
    engine = make_writer_engine(url)
    with engine.connect() as connection:
        check_pages(connection, url=url)
    engine.dispose()


def test_what_may_not_be_written_is_said_plainly(url: str) -> None:
    words = explain_trouble(raised_by(url, "DELETE FROM sources", reader=True), url=url)
    assert words is not None
    assert "cannot be written" in words


def test_a_locked_database_is_said_to_be_locked(url: str) -> None:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorname = "SQLITE_BUSY"
    words = explain_trouble(error, url=url)
    assert words is not None
    assert "another program has" in words


@pytest.mark.parametrize("statement", ["SELECT FROM", "INSERT INTO sources (key) VALUES (1)"])
def test_faults_of_the_program_are_not_explained_away(url: str, statement: str) -> None:
    assert explain_trouble(raised_by(url, statement), url=url) is None
