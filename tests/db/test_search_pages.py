import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command

from app.db import schema
from app.db.engine import make_writer_engine
from app.db.search import SearchTarget


@pytest.mark.parametrize(("of_file", "of_index"), [(4096, 4050), (8192, 8146), (1024, 4050)])
def test_pages_of_an_index_fill_those_of_the_file(
    tmp_path: Path, of_file: int, of_index: int
) -> None:
    path = tmp_path / "onrecord.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA page_size={of_file}")
        connection.execute("CREATE TABLE other (key INTEGER PRIMARY KEY)")
    schema.upgrade(f"sqlite:///{path}")
    assert read_sizes(path) == dict.fromkeys(SearchTarget, of_index)


def test_an_older_index_is_told_and_goes_back(tmp_path: Path) -> None:
    path = tmp_path / "onrecord.db"
    url = f"sqlite:///{path}"
    schema.upgrade(url)
    engine = make_writer_engine(url)
    with engine.connect() as connection:
        command.downgrade(schema.make_config(connection), "0013")
    engine.dispose()
    assert read_sizes(path) == dict.fromkeys(SearchTarget, 4050)
    assert schema.upgrade(url) is True
    assert read_sizes(path) == dict.fromkeys(SearchTarget, 8146)


def read_sizes(path: Path) -> dict[SearchTarget, int]:
    sizes = {}
    with closing(sqlite3.connect(path)) as connection:
        for index in SearchTarget:
            found = connection.execute(f"SELECT v FROM {index}_config WHERE k = 'pgsz'")
            (sizes[index],) = found.fetchone()
    return sizes
