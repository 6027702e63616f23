"""Where faults are tried: databases in a known state, and what must be true of them afterwards."""

import shutil
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

from app.db.engine import make_writer_engine
from app.db.schema import upgrade
from app.db.search import check_search
from app.ingest.ledger import Versions
from app.ingest.load import ParserSource
from app.settings import Settings
from tests.faults.seeds import write_after, write_before
from tests.ingest.fake_parser import FakeParser
from tests.ingest.house import House

Dump = dict[str, list[tuple[Any, ...]]]
# So long the parser takes over an article: as in life, more than the writing does.
PARSE_SECONDS = 0.004


def fake_source() -> ParserSource:
    """Return the parser that the model is not the point for."""
    return ParserSource(
        versions=Versions("1", "m"), load=partial(FakeParser, seconds=PARSE_SECONDS)
    )


class Ground:
    """A database that holds the seeds as they were, the seeds as they are, and the right result."""

    def __init__(self, folder: Path) -> None:
        """Make them, undisturbed."""
        self.folder = folder
        empty = folder / "empty.db"
        upgrade(f"sqlite:///{empty}")
        self.before = _make(folder / "before", database=empty)
        write_before(self.before.seeds)
        _ingest(self.before)
        self.empty = empty
        self.dump_before = self.before.dump()
        calm = self.build("calm")
        _ingest(calm)
        self.expected = calm.dump()
        fresh = self.build("fresh", database=empty)
        _ingest(fresh)
        self.expected_anew = fresh.dump()
        self._count = 0

    def build(
        self, name: str = "", *, database: Path | None = None, at: Path | None = None
    ) -> House:
        """Make a database before the work and the seeds after it.

        Args:
            name: Of the folder; numbered when empty.
            database: Copied in place of the one that holds the seeds as they were.
            at: A folder to make it in, in place of the ground's own.
        """
        if not name:
            self._count += 1
            name = f"try-{self._count}"
        house = _make((at or self.folder) / name, database=database or self.before.database)
        shutil.copytree(self.before.seeds, house.seeds, dirs_exist_ok=True)
        write_after(house.seeds)
        return house


def _make(folder: Path, *, database: Path) -> House:
    folder.mkdir(parents=True)
    return House(folder, empty_database=database)


def _ingest(house: House) -> None:
    house.ingest()


def find_faults(settings: Settings) -> list[str]:
    """Return what is wrong with a database inside: pages, foreign keys, full-text indexes."""
    engine = make_writer_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            faults = [
                f"integrity_check: {line}"
                for (line,) in connection.exec_driver_sql("PRAGMA integrity_check")
                if line != "ok"
            ]
            faults += [
                f"foreign_key_check: {row}"
                for row in connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            ]
            has_tables = engine.dialect.has_table(connection, "dataset")
            return faults + (check_search(connection) if has_tables else [])
    finally:
        engine.dispose()


def count_differences(expected: Dump, found: Dump) -> tuple[int, int]:
    """Return how many rows are missing, and how many are there that should not be."""
    lost = surplus = 0
    for table in expected.keys() | found.keys():
        wanted = Counter(map(repr, expected.get(table, ())))
        had = Counter(map(repr, found.get(table, ())))
        lost += sum((wanted - had).values())
        surplus += sum((had - wanted).values())
    return lost, surplus
