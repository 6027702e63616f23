"""While there are no data the server says so, and serves them as soon as they are there."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.db.engine import make_writer_engine
from app.main import create_app
from tests.api.conftest import settings_for
from tests.api.corpus import write_corpus
from tests.databases import POSTGRESQL, drop_database, kind, url_of

DATA_PATHS = ["/v1", "/v1/meta", "/v1/quotes", "/v1/entities/velm", "/v1/sources"]


def client_on(path: Path) -> TestClient:
    app = create_app(settings_for(path))
    app.state.source.dataset._max_age = 0.0  # these tests change the state between requests
    return TestClient(app, raise_server_exceptions=False)


def change(path: Path, statement: str) -> None:
    engine = make_writer_engine(url_of(path))
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def check_not_ready(client: TestClient, said: str) -> dict[str, Any]:
    assert client.get("/healthz").json() == {"status": "ok"}
    for path in DATA_PATHS:
        answer = client.get(path)
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"] == "2"
        assert said in answer.json()["detail"]
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.headers["content-type"] == "application/problem+json"
    assert ready.headers["retry-after"] == "2"
    progress: dict[str, Any] = ready.json()
    assert progress["ready"] is False
    assert said in progress["detail"]
    return progress


def test_without_a_file_there_are_no_data_and_none_is_made(tmp_path: Path) -> None:
    client = client_on(tmp_path / "onrecord.db")
    progress = check_not_ready(client, "being prepared")
    assert (progress["files_done"], progress["files_total"]) == (0, 0)
    assert list(tmp_path.iterdir()) == []


def test_tables_of_another_version_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "onrecord.db"
    write_corpus(path, articles=1)
    change(path, "UPDATE alembic_version SET version_num = '0000'")
    check_not_ready(client_on(path), "being prepared")


def test_a_database_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "onrecord.db"
    client = client_on(path)
    if kind() == POSTGRESQL:
        drop_database(path)
    else:
        path.write_bytes(b"this is not a database, " * 100)
    check_not_ready(client, "cannot be read")


def test_while_the_first_ingest_runs_its_progress_is_told_and_then_data_are_served(
    tmp_path: Path,
) -> None:
    path = tmp_path / "onrecord.db"
    write_corpus(path, articles=3)
    change(
        path,
        "UPDATE dataset SET first_ingest_done = FALSE, state = 'reading', files_done = 2,"
        " files_total = 9",
    )
    client = client_on(path)
    progress = check_not_ready(client, "first seed files")
    assert progress["state"] == "reading"
    assert (progress["files_done"], progress["files_total"]) == (2, 9)
    assert "2 of 9 files are done" in client.get("/v1/quotes").json()["detail"]

    change(path, "UPDATE dataset SET first_ingest_done = TRUE, state = 'idle', files_done = 9")
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"ready": True, "state": "idle", "files_done": 9, "files_total": 9}
    for data_path in DATA_PATHS:
        assert client.get(data_path).status_code == 200


def test_a_later_ingest_serves_the_last_committed_state_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "onrecord.db"
    write_corpus(path, articles=1)
    change(path, "UPDATE dataset SET state = 'reading', files_done = 0")
    client = client_on(path)
    assert client.get("/readyz").json()["state"] == "reading"
    assert client.get("/readyz").status_code == 200
    assert client.get("/v1/quotes").json()["meta"]["total"] == 5


def test_unknown_parameters_are_refused_even_without_data(tmp_path: Path) -> None:
    client = client_on(tmp_path / "onrecord.db")
    assert client.get("/v1/quotes?speeker=x").status_code == 422


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/healthz"])
def test_documentation_needs_no_data(tmp_path: Path, path: str) -> None:
    assert client_on(tmp_path / "onrecord.db").get(path).status_code == 200
