"""The application on the invented corpus of tests/api."""

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from app.main import Application
from tests.api.conftest import app, client, database

__all__ = ["app", "client", "database"]


@pytest.fixture
def count_queries(
    app: Application, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], int]]:
    # However busy the machine is, the state is not read anew on the way.
    monkeypatch.setattr(app.state.source.dataset, "_max_age", 3600.0)
    engine = app.state.source.engine
    seen: list[str] = []

    def note(connection, cursor, statement, parameters, context, executemany) -> None:
        if statement != "BEGIN":
            seen.append(statement)

    def count(path: str) -> int:
        app.finished.forget()
        app.state.source.dataset.read()
        app.state.source.dataset._totals.clear()
        seen.clear()
        assert client.get(path).status_code == 200
        return len(seen)

    event.listen(engine, "before_cursor_execute", note)
    yield count
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(autouse=True)
def nothing_kept(app: Application) -> None:
    """Have each test's pages made by itself."""
    app.finished.forget()
