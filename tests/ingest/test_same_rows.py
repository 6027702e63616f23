"""Ingest writes the same rows into both databases, down to the last column."""

from pathlib import Path

import pytest
from house import House
from test_interruptions import write_first, write_second

from tests import databases

pytestmark = pytest.mark.postgresql


def test_files_that_come_change_and_go_leave_the_same_rows(
    postgresql_server: databases.Server, tmp_path: Path
) -> None:
    dumps = []
    for kind in (databases.SQLITE, databases.POSTGRESQL):
        databases.use(kind)
        folder = tmp_path / kind
        folder.mkdir()
        databases.make_empty_database(folder / "empty.db")
        house = House(folder, empty_database=folder / "empty.db")
        write_first(house)
        house.ingest()
        house.write("b.txt", '"Ça va," said Łukasz Wałęsa in Ōsaka — “1 000 €” – on 3 May 2024.')
        write_second(house)
        house.ingest()
        dumps.append(house.dump())
    here, there = dumps
    assert sum(len(rows) for rows in here.values()) > 100
    assert here.keys() == there.keys()
    for table in here:
        assert here[table] == there[table], table
