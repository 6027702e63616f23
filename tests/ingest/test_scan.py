import hashlib
import os
from pathlib import Path

import pytest
from house import House

from app.ingest.scan import hash_file
from app.parsing.readers import SeedFile


def hashed(path: Path, *, max_bytes: int = 10_000_000) -> tuple[str, int]:
    return hash_file(SeedFile(path, path.parent, path.name), max_bytes=max_bytes)


@pytest.mark.parametrize("size", [0, 1, 262_143, 262_144, 262_145, 1_000_000])
def test_the_hash_is_that_of_the_whole_content(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    (tmp_path / "f").write_bytes(data)
    assert hashed(tmp_path / "f") == (hashlib.sha256(data).hexdigest(), size)


def test_what_is_no_plain_file_is_not_hashed_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    (tmp_path / "out").symlink_to("/etc/hostname")
    for name in ("pipe", "folder", "circle", "out", "nothing"):
        assert hashed(tmp_path / name)[0] == ""


def test_a_link_inside_of_the_folder_is_hashed_as_its_target(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"words")
    (tmp_path / "link").symlink_to("f")
    assert hashed(tmp_path / "link") == hashed(tmp_path / "f")


def test_a_file_above_the_limit_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"words")
    assert hashed(tmp_path / "f", max_bytes=4) == ("", 5)


def test_a_folder_that_cannot_be_listed_keeps_its_articles(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.write("in/a.txt", '"It works," said Ann Bell.')
    house.write("b.txt", '"It works," said Bo Nib.')
    house.ingest()
    scandir = os.scandir

    # Permissions do not stop the superuser, as whom tests may run.
    def refuse(path: str) -> object:
        if Path(path).name == "in":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr("app.parsing.readers.files.os.scandir", refuse)
    report = house.ingest()
    assert (report.files_gone, report.files_failed) == (0, 1)
    assert house.value("SELECT count(*) FROM articles") == 2
