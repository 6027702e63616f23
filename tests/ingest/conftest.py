from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from house import House

from tests import databases


@pytest.fixture(scope="session")
def database_kind(both_databases: str) -> str:
    return both_databases


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory, database_kind: str) -> Path:
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    databases.make_empty_database(path)
    return path


@pytest.fixture
def build_house(tmp_path: Path, empty_database: Path) -> Iterator[Callable[[str], House]]:
    built: list[House] = []

    def build(name: str) -> House:
        folder = tmp_path / name
        folder.mkdir()
        house = House(folder, empty_database=empty_database)
        built.append(house)
        return house

    yield build
    for house in built:
        databases.drop_database(house.database)


@pytest.fixture
def house(build_house: Callable[[str], House]) -> House:
    return build_house("house")
