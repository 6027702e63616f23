"""Answers that were given are given again without being made again, while they are true."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.api.finished import sort_query
from app.db.engine import make_writer_engine
from app.main import Application, create_app
from tests.api.conftest import settings_for
from tests.api.corpus import write_corpus
from tests.databases import noted_statements, url_of

pytestmark = pytest.mark.one_database  # kept answers come from no database

PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture
def fresh(database: Path) -> Iterator[tuple[Application, TestClient, list[tuple[str, Any]]]]:
    app = create_app(settings_for(database))
    app.state.source.dataset._max_age = 3600.0
    with (
        noted_statements(app.state.source.engine) as seen,
        TestClient(app, raise_server_exceptions=False) as client,
    ):
        yield app, client, seen
    app.state.source.engine.dispose()


@pytest.mark.parametrize(
    "path",
    ["/v1", "/v1/quotes?speaker=ines-varga", "/v1/entities/velm", "/", "/speakers/velm"],
)
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_the_second_answer_is_the_first_and_runs_no_sql(
    fresh: tuple[Application, TestClient, list[str]], path: str, encoding: str
) -> None:
    app, client, seen = fresh
    first = client.get(path, headers={"Accept-Encoding": encoding})
    assert first.status_code == 200
    assert app.finished.misses == 1
    seen.clear()
    again = client.get(path, headers={"Accept-Encoding": encoding})
    assert seen == []
    assert app.finished.hits == 1
    assert again.content == first.content
    assert again.headers.pop("x-request-id") != first.headers.pop("x-request-id")
    assert again.headers == first.headers
    if path.startswith("/v1/quotes"):  # short answers are not compressed
        assert ("content-encoding" in again.headers) == (encoding == "gzip")


def at_once(app: Application, url: str, **headers: str) -> tuple[int, list[str], bytes] | None:
    """Return status, sorted header lines and body of what the server writes without a task."""
    path, _, query = url.partition("?")
    sent = {"host": "testserver", **headers}
    found = app.observer.find_at_once(
        {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        }
    )
    if found is None:
        return None
    status, head, body = found
    lines = head.decode("latin-1").split("\r\n")
    assert lines.pop() == ""
    assert sum(line.startswith("x-request-id: ") for line in lines) == 1
    return status, sorted(line for line in lines if not line.startswith("x-request-id")), body


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("/v1/quotes", True),
        ("/v1/quotes?speaker=ines-varga&include=speaker&limit=2", True),
        ("/v1/quotes?speaker=nobody", True),
        ("/v1/claims?kind=denial&limit=1", True),
        ("/v1/quotes?q=harbour", False),
        ("/v1/entities/velm", True),
        ("/v1/entities/velm?fields=name", False),
        ("/speakers/velm", False),
        ("/", False),
    ],
)
@pytest.mark.parametrize("conditional", [False, True])
def test_what_is_answered_at_once_is_what_the_application_answers(
    fresh: tuple[Application, TestClient, list[str]], url: str, plain: bool, conditional: bool
) -> None:
    app, client, _ = fresh
    del client.headers["accept-encoding"]
    assert at_once(app, url) is None  # the version of the data is not known yet
    etag = client.get(url).headers["etag"]
    headers = {"if-none-match": etag} if conditional else {}
    for is_kept in (False, True):
        app.finished.forget()
        whole = client.get(url, headers=headers)
        assert whole.status_code == (304 if conditional else 200)
        app.finished.forget()
        if is_kept:
            client.get(url)
        found = at_once(app, url, **headers)
        if not plain and not is_kept:
            assert found is None
            continue
        assert found is not None
        status, lines, body = found
        assert (status, body) == (whole.status_code, whole.content)
        whole.headers.pop("x-request-id")
        if conditional:  # what is kept of an answer may say more of it than RFC 9110 asks for
            assert {f"etag: {etag}", f"cache-control: {whole.headers['cache-control']}"} < set(
                lines
            )
            continue
        assert lines == sorted(f"{name}: {value}" for name, value in whole.headers.items())


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("/v1/quotes?speaker=a&cursor=nothing", {}),
        ("/v1/quotes?speeker=ines-varga", {}),
        ("/v1/quotes?source=" + "x" * 9000, {}),
        ("/v1/quotes", {"x-forwarded-proto": "https"}),
        ("/v1/quotes", {"accept-encoding": "gzip"}),
    ],
)
def test_what_is_not_plain_is_not_answered_at_once(
    fresh: tuple[Application, TestClient, list[str]], url: str, headers: dict[str, str]
) -> None:
    app, client, _ = fresh
    client.get("/v1")
    assert at_once(app, url, **headers) is None


def test_a_fault_in_answering_at_once_is_left_to_the_application(
    fresh: tuple[Application, TestClient, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, client, _ = fresh
    client.get("/v1")

    def fail(scope: object) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr(app.finished, "_make_at_once", fail)
    assert at_once(app, "/v1/quotes") is None


def test_the_order_of_parameters_makes_no_other_answer(
    fresh: tuple[Application, TestClient, list[str]],
) -> None:
    app, client, _ = fresh
    one = client.get("/v1/quotes?speaker=velm&form=direct&speaker=ines-varga")
    same = client.get("/v1/quotes?form=direct&speaker=ines-varga&speaker=velm")
    assert (app.finished.hits, one.content) == (1, same.content)
    client.get("/v1/quotes?form=direct&speaker=ines-varga")
    assert app.finished.hits == 1


def test_head_and_304_are_given_from_the_kept_answer(
    fresh: tuple[Application, TestClient, list[str]],
) -> None:
    app, client, seen = fresh
    first = client.get("/v1/claims?limit=3", headers=PLAIN)
    seen.clear()
    head = client.head("/v1/claims?limit=3", headers=PLAIN)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == first.headers["content-length"]
    for known in (first.headers["etag"], f'"other", {first.headers["etag"]}', "*"):
        again = client.get("/v1/claims?limit=3", headers={**PLAIN, "If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert "content-length" not in again.headers
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["access-control-allow-origin"] == "*"
    other = client.get("/v1/claims?limit=3", headers={**PLAIN, "If-None-Match": '"other"'})
    assert other.status_code == 200
    assert seen == []
    assert app.finished.hits == 5


@pytest.mark.parametrize(
    "path",
    [
        "/v1/quotes?speeker=velm",
        "/v1/entities/nobody",
        "/v1/quotes.ndjson",
        "/v1/quotes.csv",
        "/healthz",
        "/readyz",
        "/openapi.json",
    ],
)
def test_what_is_no_answer_from_the_data_is_not_kept(
    fresh: tuple[Application, TestClient, list[str]], path: str
) -> None:
    app, client, _ = fresh
    first, again = client.get(path), client.get(path)
    assert first.status_code == again.status_code
    assert app.finished.hits == 0
    assert app.finished.kept_bytes == 0


def test_new_data_make_an_end_of_all_kept_answers(tmp_path: Path) -> None:
    path = tmp_path / "onrecord.db"
    write_corpus(path, articles=2)
    app = create_app(settings_for(path))
    client = TestClient(app)
    before = client.get("/v1/quotes?sort=id")
    engine = make_writer_engine(url_of(path))
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM quotes WHERE form = 'partial'"))
        connection.execute(text("UPDATE dataset SET checksum = checksum + 1"))
    engine.dispose()
    app.state.source.dataset._read_at -= 1.0  # a second later
    after = client.get("/v1/quotes?sort=id", headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json()["meta"]["total"] < before.json()["meta"]["total"]
    assert app.finished.hits == 0


@pytest.fixture
def narrow(database: Path) -> tuple[Application, Callable[[int], bool]]:
    """An application that keeps 100,000 bytes, and what asks for a list of so many items.

    That says whether the list was kept.
    """
    settings = settings_for(database).model_copy(update={"cache_bytes": 100_000})
    app = create_app(settings)
    app.state.source.dataset._max_age = 3600.0
    client = TestClient(app)

    def ask(limit: int) -> bool:
        before = app.finished.hits
        assert client.get(f"/v1/quotes?limit={limit}", headers=PLAIN).status_code == 200
        assert app.finished.kept_bytes <= 100_000
        return app.finished.hits > before

    return app, ask


def test_kept_bytes_stay_below_their_bound_and_the_longest_unused_go(narrow) -> None:
    _, ask = narrow
    ask(1)
    ask(2)
    for limit in range(10, 41):
        ask(limit)
        ask(limit)  # now it is kept, though others have to go
        assert ask(limit)
        assert ask(1)
    assert not ask(2)


def test_what_is_asked_for_once_pushes_nothing_out(narrow) -> None:
    app, ask = narrow
    for limit in range(1, 5):
        ask(limit)
    while app.finished.kept_bytes < 50_000:
        limit += 1
        ask(limit)
    kept = range(1, limit + 1)
    walked = range(30, 50)
    assert not any(ask(one) for one in walked)
    assert all(ask(one) for one in kept)
    assert not ask(30)
    assert ask(30)


def test_of_what_was_asked_for_once_only_the_last_is_remembered(narrow, monkeypatch) -> None:
    monkeypatch.setattr("app.api.finished._MOST_PASSED_BY", 3)
    app, ask = narrow
    limit = 1
    while app.finished.kept_bytes < 50_000:
        ask(limit)
        limit += 1
    for one in (40, 41, 42, 43):
        assert not ask(one)
    assert [ask(40), ask(40), ask(40)] == [False, False, True]  # 41 to 43 had come since
    assert len(app.finished._passed_by) <= 3


def test_a_cache_of_no_bytes_keeps_nothing(database: Path) -> None:
    app = create_app(settings_for(database).model_copy(update={"cache_bytes": 0}))
    client = TestClient(app)
    assert client.get("/v1/quotes").content == client.get("/v1/quotes").content
    assert (app.finished.hits, app.finished.kept_bytes) == (0, 0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"b=2&a=1", b"a=1&b=2"),
        (b"a=2&a=1", b"a=1&a=2"),
        (b"a=%C3%A9&b=+", b"b=%20&a=%c3%a9"),
    ],
)
def test_queries_that_mean_the_same_are_one(one: bytes, other: bytes) -> None:
    assert sort_query(one) == sort_query(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [(b"a=1", b"a=2"), (b"a", b"b"), (b"a=1&b", b"a=1"), (b"a=%26b=1", b"a=&b=1"), (b"", b"a=")],
)
def test_queries_that_mean_other_things_are_two(one: bytes, other: bytes) -> None:
    assert sort_query(one) != sort_query(other)
