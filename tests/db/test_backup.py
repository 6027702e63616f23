import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from app.db.backup import back_up
from app.db.engine import PAGE_BYTES, DatabaseMissingError, make_writer_engine
from app.db.search import check_search
from tests.api.corpus import write_corpus
from tests.databases import POSTGRESQL, url_of


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backup") / "onrecord.db"
    write_corpus(path)
    return path


def dump(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%search%'"
        ).fetchall()
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in names}


def test_a_restored_backup_has_every_row_and_a_whole_index(database: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{database}"
    expected = dump(database)
    # A writer is in the middle of its work: what it has not committed is not in the copy.
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM quotes")
        size = back_up(url, target=tmp_path / "copy.db")
        writer.execute("ROLLBACK")
    assert size == (tmp_path / "copy.db").stat().st_size > 100_000
    restored = tmp_path / "restored" / "onrecord.db"
    restored.parent.mkdir()
    shutil.copy(tmp_path / "copy.db", restored)
    assert dump(restored) == expected
    engine = make_writer_engine(f"sqlite:///{restored}")
    with engine.connect() as connection:
        assert check_search(connection) == []
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    engine.dispose()


def test_the_copy_of_a_file_with_smaller_pages_has_ours(database: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA page_size=4096")
        connection.execute("VACUUM INTO ?", (str(old),))
    back_up(f"sqlite:///{old}", target=tmp_path / "copy.db")
    for path, size in ((old, 4096), (tmp_path / "copy.db", PAGE_BYTES)):
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA page_size").fetchone() == (size,)
    assert dump(tmp_path / "copy.db") == dump(database)


def test_a_backup_replaces_nothing_and_leaves_nothing_half_done(
    database: Path, tmp_path: Path
) -> None:
    (tmp_path / "there.db").write_text("mine")
    with pytest.raises(FileExistsError, match="replaces nothing"):
        back_up(f"sqlite:///{database}", target=tmp_path / "there.db")
    with pytest.raises(DatabaseMissingError):
        back_up(f"sqlite:///{tmp_path}/none.db", target=tmp_path / "copy.db")
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"a letter to a friend" * 1000)
    with pytest.raises(sqlite3.Error):
        back_up(f"sqlite:///{broken}", target=tmp_path / "copy.db")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.db", "there.db"]


@pytest.mark.postgresql
@pytest.mark.parametrize("both_databases", [POSTGRESQL], indirect=True)
def test_a_dump_of_postgresql_brings_back_every_row(both_databases: str, tmp_path: Path) -> None:
    write_corpus(tmp_path / "first.db")
    first, second = (
        url_of(tmp_path / name).replace("+psycopg", "") for name in ("first.db", "second.db")
    )
    assert first.startswith("postgresql://")
    copy = tmp_path / "onrecord.dump"
    subprocess.run(["pg_dump", "--format=custom", f"--file={copy}", first], check=True)
    restore = ["pg_restore", "--clean", "--if-exists", f"--dbname={second}", str(copy)]
    subprocess.run(restore, check=True)
    rows = []
    for url in (first, second):
        with psycopg.connect(url) as connection:
            names = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = current_schema ORDER BY 1"
            ).fetchall()
            rows.append(
                {
                    name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"')))
                    for (name,) in names
                }
            )
    assert rows[0] == rows[1]
    assert rows[0]["quotes"]
