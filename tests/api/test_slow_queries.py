"""A query that would take too long, on the wire; and an export whose client is gone."""

import socket
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlmodel import Session

from app.api.deps import MAX_EXPORTS
from app.main import create_app
from app.settings import Settings
from tests.api.conftest import running_server
from tests.databases import url_of

ENDLESS = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
)
# Facets, so that it is the framework that answers.
LIST = "/v1/quotes?limit=7&facet=form"


def settings_for(database: Path, *, seconds: float) -> Settings:
    return Settings(database_url=url_of(database), ingest_at_start=False, query_seconds=seconds)


def test_it_is_a_503_that_says_when_to_come_back_and_the_next_is_answered(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TestClient(create_app(settings_for(database, seconds=0.3))) as client:
        with monkeypatch.context() as patched:
            patched.setattr("app.api.quotes.router.read_page", run_endlessly)
            answer = client.get(LIST)
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert int(answer.headers["retry-after"]) > 0
        assert "took too long" in answer.json()["detail"]
        assert "etag" not in answer.headers
        assert client.get(LIST).status_code == 200


def test_a_plain_page_that_takes_long_is_read_in_a_thread_instead(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_endlessly(connection: Any, *_: Any, **__: Any) -> None:
        connection.execute(str(ENDLESS))

    with TestClient(create_app(settings_for(database, seconds=60))) as client:
        expected = client.get("/v1/quotes?limit=3").json()
        monkeypatch.setattr("app.api.plain.layer.read_rows", read_endlessly)
        assert client.get("/v1/quotes?limit=3&form=direct").status_code == 200
        monkeypatch.undo()
        assert client.get("/v1/quotes?limit=3").json() == expected


def run_endlessly(session: Session, *_: Any, **__: Any) -> None:
    session.execute(ENDLESS)


def test_the_query_of_a_client_that_hung_up_ends_and_its_slot_is_free(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.api.exports.stream.stream_rows", one_portion_then_endless)
    # Without its client's end the query would have two minutes.
    with running_server(settings_for(database, seconds=120)) as (address, app):
        host, port = urlsplit(address).hostname, urlsplit(address).port
        with socket.create_connection((host, port)) as client:
            client.sendall(b"GET /v1/quotes.ndjson HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(4096).startswith(b"HTTP/1.1 200")
            time.sleep(0.3)
        pool = app.state.source.engine.pool
        until = time.monotonic() + 30
        while pool.checkedout() and time.monotonic() < until:
            time.sleep(0.05)
        assert pool.checkedout() == 0
        for _ in range(MAX_EXPORTS):
            assert app.state.source.exports.acquire(blocking=False)


def one_portion_then_endless(session: Session, listing: Any) -> Any:
    from app.api.listing import stream_rows

    yield next(stream_rows(session, listing))
    session.execute(ENDLESS)
