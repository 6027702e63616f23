"""Rows that workers write beside the others: only what came back as a result is ever moved."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from fake_parser import FakeParser
from house import House
from sqlalchemy import Engine, text

from app.db import schema
from app.db.engine import make_writer_engine
from app.db.tables import metadata
from app.ingest.jobs import ParseJob, Prepared, ReadJob
from app.ingest.load import _is_articles_fault
from app.ingest.rows import to_source_key
from app.ingest.staged import Staged, to_staged
from app.ingest.staging import (
    StagedRowsGoneError,
    close_staging,
    drop_staged,
    open_staging,
    write_staged,
)
from app.ingest.store import store_article
from app.parsing.readers import ReadOptions, ReadResult, SeedFile
from tests import databases

pytestmark = pytest.mark.postgresql

NAME = "seeds/a.txt"


@pytest.fixture
def house(postgresql_server: databases.Server, tmp_path: Path) -> Iterator[House]:
    databases.use(databases.POSTGRESQL)
    databases.make_empty_database(tmp_path / "empty.db")
    house = House(tmp_path, empty_database=tmp_path / "empty.db")
    house.write("a.txt", '"It works," said the mayor Ann Bell in Riga.')
    yield house
    databases.drop_database(house.database)
    databases.drop_database(tmp_path / "empty.db")


@pytest.fixture
def engine(house: House) -> Iterator[Engine]:
    engine = make_writer_engine(house.settings.database_url)
    with engine.begin() as connection:
        open_staging(connection)
    yield engine
    engine.dispose()


def stage(engine: Engine, house: House) -> Staged:
    """Do what a worker does with the house's file."""
    file = SeedFile(house.seeds / "a.txt", house.seeds, NAME)
    read = ReadJob(file, ReadOptions()).run(FakeParser)
    assert isinstance(read, ReadResult)
    (raw,) = read.articles
    prepared = ParseJob(raw, file, ReadOptions(), with_rows=True).run(FakeParser)
    assert isinstance(prepared, Prepared)
    assert prepared.rows is not None
    with engine.begin() as connection:
        (key,) = write_staged(
            connection, [(prepared.rows, prepared.packed)], source_key=to_source_key(NAME)
        )
    return to_staged(
        key,
        prepared.rows,
        locals_=prepared.locals,
        sketch=prepared.sketch,
        word_count=prepared.parsed.word_count,
        warnings=(),
    )


def count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def test_what_two_attempts_wrote_is_stored_once(house: House, engine: Engine) -> None:
    house.ingest()
    expected = {**house.dump(), "dataset": []}
    _, second = stage(engine, house), stage(engine, house)
    assert count(engine, "staged_articles") == 2
    assert count(engine, "articles") == 1
    with engine.begin() as connection:
        store_article(connection, parsed=second, source_key=to_source_key(NAME), source_name=NAME)
        drop_staged(connection, source_key=to_source_key(NAME))
    assert {**house.dump(), "dataset": []} == expected
    assert count(engine, "staged_articles") == 0


def test_rows_that_are_gone_stop_the_run_and_not_the_article(house: House, engine: Engine) -> None:
    house.ingest()
    before = house.dump()
    staged = stage(engine, house)
    with engine.begin() as connection:
        open_staging(connection)  # as another run, or a server that crashed, would leave it
    with pytest.raises(StagedRowsGoneError) as caught, engine.begin() as connection:
        store_article(connection, parsed=staged, source_key=to_source_key(NAME), source_name=NAME)
    assert not _is_articles_fault(caught.value)
    assert house.dump() == before


def test_the_table_is_no_migrations_and_nothing_is_left_of_it(house: House, engine: Engine) -> None:
    stage(engine, house)
    with engine.connect() as connection:
        options = {"include_name": schema.is_ours, "target_metadata": metadata}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    with engine.begin() as connection:
        close_staging(connection)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT to_regclass('staged_articles')")) is None
