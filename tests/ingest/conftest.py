from collections.abc import Callable
from pathlib import Path

import pytest
from house import House

from app.db.schema import upgrade


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def house(tmp_path: Path, empty_database: Path) -> House:
    return House(tmp_path, empty_database=empty_database)


@pytest.fixture
def build_house(tmp_path: Path, empty_database: Path) -> Callable[[str], House]:
    def build(name: str) -> House:
        folder = tmp_path / name
        folder.mkdir()
        return House(folder, empty_database=empty_database)

    return build
