"""ETags, 304s, and that an answer the client has already costs no SQL."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.api.caching import matches_etag
from app.api.dataset import MAX_TOTALS, DatasetCache
from app.db.engine import make_writer_engine
from app.main import create_app
from tests.api.conftest import settings_for
from tests.api.corpus import write_corpus
from tests.databases import noted_statements, url_of

PATHS = [
    "/v1",
    "/v1/meta",
    "/v1/quotes?speaker=mara-lindqvist",
    "/v1/claims",
    "/v1/entities/velm",
    "/v1/entities/velm/mentions",
    "/v1/articles?q=harbour",
    "/v1/sources",
]


@pytest.fixture
def statements(app: FastAPI) -> Iterator[list[tuple[str, Any]]]:
    # The state is read by a connection of its own.
    with noted_statements(*app.state.engines) as seen:
        yield seen


@pytest.mark.parametrize("path", PATHS)
def test_a_client_that_has_the_answer_gets_304_with_the_same_headers_and_no_sql(
    app: FastAPI,
    client: TestClient,
    path: str,
    statements: list[tuple[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # However busy the machine is, the state is not read anew between the two.
    monkeypatch.setattr(app.state.source.dataset, "_max_age", 3600.0)
    first = client.get(path, headers={"Accept-Encoding": "identity"})
    assert first.status_code == 200
    app.state.source.dataset.read()
    statements.clear()
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert statements == []
    for name in ("etag", "cache-control", "last-modified", "x-dataset-version"):
        assert again.headers[name] == first.headers[name]


def test_when_the_state_is_too_old_only_the_state_is_read(
    app: FastAPI, client: TestClient, statements: list[tuple[str, Any]]
) -> None:
    etag = client.get("/v1/quotes").headers["etag"]
    app.state.source.dataset._read_at = 0.0
    statements.clear()
    assert client.get("/v1/quotes", headers={"If-None-Match": etag}).status_code == 304
    assert statements
    assert not [sql for sql, _ in statements if "quotes" in sql]


@pytest.mark.parametrize("path", PATHS)
def test_any_etag_will_do_when_there_is_an_answer(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"If-None-Match": "*"})
    assert answer.status_code == 304
    assert answer.headers["etag"] == client.get(path).headers["etag"]


def test_any_etag_does_not_hide_that_there_is_no_answer(client: TestClient) -> None:
    answer = client.get("/v1/entities/nobody", headers={"If-None-Match": "*"})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("header", "matches"),
    [
        ('W/"a"', True),
        ('"a"', True),
        ('"x", W/"a"', True),
        ('W/"x",W/"a" , "y"', True),
        ('W/"ab"', False),
        ("a", False),
        ("", False),
        ("*", False),
    ],
)
def test_if_none_match_is_a_list_that_is_compared_weakly(header: str, matches: bool) -> None:
    assert matches_etag(header, 'W/"a"') is matches


def test_the_order_of_parameters_does_not_matter_and_their_values_do(client: TestClient) -> None:
    one = client.get("/v1/quotes?form=direct&speaker=velm&speaker=osterby").headers["etag"]
    same = client.get("/v1/quotes?speaker=osterby&form=direct&speaker=velm").headers["etag"]
    other = client.get("/v1/quotes?form=partial&speaker=velm&speaker=osterby").headers["etag"]
    assert one == same
    assert one != other
    assert one.startswith('W/"')


def test_answers_may_be_kept_for_a_minute_and_name_the_time_of_the_data(
    client: TestClient,
) -> None:
    headers = client.get("/v1/quotes").headers
    assert headers["cache-control"] == "public, max-age=60, stale-while-revalidate=600"
    assert headers["last-modified"] == "Sun, 01 Mar 2026 12:30:00 GMT"
    assert headers["x-dataset-version"] == "ds_2ur0t1adjsi3l"


def test_new_data_have_another_etag_and_another_total(tmp_path: Path) -> None:
    path = tmp_path / "onrecord.db"
    write_corpus(path, articles=2)
    app = create_app(settings_for(path))
    app.state.source.dataset._max_age = 0.0
    client = TestClient(app)
    before = client.get("/v1/quotes")
    assert before.json()["meta"]["total"] == 10
    engine = make_writer_engine(url_of(path))
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM quotes WHERE form = 'partial'"))
        connection.execute(text("UPDATE dataset SET checksum = checksum + 1"))
    engine.dispose()
    after = client.get("/v1/quotes", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json()["meta"]["total"] == 7
    assert after.headers["etag"] != before.headers["etag"]


def test_totals_are_counted_once_for_each_query_and_data_version(
    client: TestClient, statements: list[tuple[str, Any]]
) -> None:
    client.get("/v1/claims?kind=denial&limit=2")
    statements.clear()
    page = client.get("/v1/claims?kind=denial&limit=3&sort=id&include=article")
    assert page.json()["meta"]["total"] > 3
    assert not [sql for sql, _ in statements if "count(*)" in sql]


def test_only_so_many_totals_are_remembered(app: FastAPI) -> None:
    cache = DatasetCache(app.state.source.engine)
    for number in range(MAX_TOTALS + 10):
        cache.put_total("v", number, number)
    assert cache.get_total("v", 0) is None
    assert cache.get_total("v", MAX_TOTALS + 9) == MAX_TOTALS + 9
    assert len(cache._totals) == MAX_TOTALS


def test_several_if_none_match_headers_are_one_list(client: TestClient) -> None:
    etag = client.get("/v1/quotes").headers["etag"]
    headers = [("If-None-Match", '"other"'), ("If-None-Match", etag)]
    assert client.get("/v1/quotes", headers=headers).status_code == 304
