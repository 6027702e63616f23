import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.db.backup import back_up
from app.db.engine import DatabaseMissingError, make_writer_engine
from app.db.search import check_search
from tests.api.corpus import write_corpus


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
