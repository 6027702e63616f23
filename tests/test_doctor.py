import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.doctor import Finding, examine
from app.settings import Settings
from tests.api.corpus import write_corpus

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("doctor") / "onrecord.db"
    write_corpus(path)
    return path


def look(path: Path, seeds: Path = Path("tests/articles")) -> dict[str, Finding]:
    settings = Settings(database_url=f"sqlite:///{path}", seeds=(seeds,))
    return {finding.what: finding for finding in examine(settings)}


def test_when_all_is_well_it_says_so(whole: Path) -> None:
    found = look(whole)
    assert list(found) == ["database", "search", "seeds", "model", "disk"]
    assert all(finding.is_good for finding in found.values()), found
    assert "60 quotes" in found["database"].words


def test_what_is_wrong_is_named_with_what_to_do(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    shutil.copy(whole, path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER quote_search_delete")
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("DELETE FROM articles WHERE key = (SELECT min(key) FROM articles)")
        connection.commit()
    found = look(path, seeds=tmp_path / "nowhere")
    assert "point nowhere" in found["database"].words
    assert "onrecord ingest" in found["database"].help
    assert "trigger quote_search_delete is missing" in found["search"].words
    assert found["seeds"].help.startswith("Set ONRECORD_SEEDS")
    assert found["model"].is_good


def test_a_database_that_is_none_or_missing_is_a_finding(tmp_path: Path) -> None:
    assert look(tmp_path / "a.db")["database"].help == "Load it: onrecord ingest"
    (tmp_path / "b.db").write_bytes(b"a letter to a friend" * 1000)
    assert "is damaged" in look(tmp_path / "b.db")["database"].words


def test_the_command_ends_with_one_when_something_has_to_be_done(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["doctor", "--database-url", f"sqlite:///{tmp_path}/a.db"])
    assert result.exit_code == 1
    assert "BAD database" in result.output
