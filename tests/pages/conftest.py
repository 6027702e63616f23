"""The application on the invented corpus of tests/api."""

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from app.main import Application
from tests.api.conftest import app, client, database
from tests.databases import noted_statements

__all__ = ["app", "client", "database"]


@pytest.fixture
def count_queries(
    app: Application, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], int]]:
    # However busy the machine is, the state is not read anew on the way.
    monkeypatch.setattr(app.state.source.dataset, "_max_age", 3600.0)
    engine = app.state.source.engine

    def count(path: str) -> int:
        app.finished.forget()
        app.state.source.dataset.read()
        app.state.source.dataset._totals.clear()
        seen.clear()
        assert client.get(path).status_code == 200
        return len(seen)

    with noted_statements(engine) as seen:
        yield count


@pytest.fixture(autouse=True)
def nothing_kept(app: Application) -> None:
    """Have each test's pages made by itself."""
    app.finished.forget()
