"""A folder of seeds, a database and a fake parser, for tests of whole runs."""

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from app.db.tables import metadata
from app.ingest.job import run_ingest
from app.ingest.ledger import Versions
from app.ingest.load import ParserSource
from app.ingest.report import Report
from app.settings import Settings
from tests import databases
from tests.ingest.fake_parser import FakeParser

# What depends on the clock and not on the files.
_TIMES = {"read_at", "changed_at", "ingest_started_at", "ingest_ended_at"}


class House:
    """A folder of seeds, a database, and a fake parser between them."""

    def __init__(self, folder: Path, *, empty_database: Path) -> None:
        self.folder = folder
        self._empty_database = empty_database
        self.seeds = folder / "seeds"
        self.seeds.mkdir()
        self.database = folder / "data" / "test.db"
        self.database.parent.mkdir()
        databases.copy_database(empty_database, self.database)
        # In the test's own process, where its parser can be changed and looked at.
        self.settings = Settings(
            database_url=databases.url_of(self.database), seeds=(self.seeds,), ingest_workers=0
        )
        self.parser = FakeParser()
        self.loaded = 0

    def start_anew(self) -> None:
        """Put an empty database in the place of the present one."""
        databases.drop_database(self.database)
        self.database.unlink(missing_ok=True)
        databases.copy_database(self._empty_database, self.database)

    def write(self, name: str, text: str) -> None:
        path = self.seeds / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def ingest(
        self, *, parser_version: str = "1", model_version: str = "m", **options: Any
    ) -> Report:
        def load() -> FakeParser:
            self.loaded += 1
            return self.parser

        self.parser.parsed.clear()
        self.loaded = 0
        source = ParserSource(versions=Versions(parser_version, model_version), load=load)
        return run_ingest(self.settings, source=source, **options)

    def ingest_with_workers(self, workers: int, *, seconds: float = 0.0, **settings: Any) -> Report:
        """Ingest with worker processes, each with a fake parser of its own."""
        source = ParserSource(
            versions=Versions("1", "m"), load=partial(FakeParser, seconds=seconds)
        )
        return run_ingest(
            self.settings.model_copy(update={"ingest_workers": workers, **settings}), source=source
        )

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return rows as SQLite stores them, whichever database they are in."""
        if databases.kind() == databases.POSTGRESQL:
            return databases.query_as_sqlite(self.database, sql.replace("?", "%s"), values)
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(sql, values).fetchall()

    def check(self) -> None:
        """Assert that SQLite's file is whole; PostgreSQL has no such question, and no such file."""
        if databases.kind() == databases.SQLITE:
            assert self.query("PRAGMA integrity_check") == [("ok",)]
            assert self.query("PRAGMA foreign_key_check") == []

    def value(self, sql: str, *values: Any) -> Any:
        ((value,),) = self.query(sql, *values)
        return value

    def checksum(self) -> int:
        return sum(checksum for (checksum,) in self.query("SELECT checksum FROM dataset"))

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every table's rows, sorted, without what depends on the clock or on the past."""
        dumped = {}
        for name, table in sorted(metadata.tables.items()):
            if name == "removed_articles":
                continue
            columns = [column.name for column in table.columns if column.name not in _TIMES]
            kept = ", ".join(f'"{column}"' for column in columns)
            dumped[name] = sorted(self.query(f'SELECT {kept} FROM "{name}"'), key=repr)
        return dumped
