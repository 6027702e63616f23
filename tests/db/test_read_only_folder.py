"""Reading where nothing can be written: a mounted image, a container with a read-only root."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.db.engine import make_writer_engine
from app.main import create_app
from app.settings import Settings
from tests.api.corpus import write_corpus


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    at = tmp_path / "disk"
    at.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(at)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no disk can be mounted here")
    yield at
    subprocess.run(["umount", str(at)], check=True)


def make_read_only(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)


def ask_all(database: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{database}", ingest_at_start=False)
    with TestClient(create_app(settings)) as client:
        assert client.get("/readyz").status_code == 200
        for path in ("/v1/quotes?q=the", "/v1/entities", "/v1/quotes.csv", "/metrics", "/"):
            assert client.get(path).status_code == 200, path


def test_a_database_at_rest_is_served_from_a_read_only_disk(disk: Path) -> None:
    write_corpus(disk / "a.db")
    make_read_only(disk)
    ask_all(disk / "a.db")
    assert [path.name for path in disk.iterdir()] == ["a.db"]


def test_a_database_that_was_left_open_is_served_with_what_its_log_holds(disk: Path) -> None:
    write_corpus(disk / "made.db")
    engine = make_writer_engine(f"sqlite:///{disk}/made.db")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE dataset SET files_done = files_done")
    for end in ("", "-wal", "-shm"):
        (disk / f"a.db{end}").write_bytes((disk / f"made.db{end}").read_bytes())
    engine.dispose()
    make_read_only(disk)
    ask_all(disk / "a.db")
