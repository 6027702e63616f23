"""What is answered before the framework is what the framework answers, to the byte."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.api.plain import PlainAnswers, PlainLists, layer
from app.main import Application, create_app
from app.records import fill_entity_records
from tests.api.conftest import settings_for
from tests.databases import copy_database

pytestmark = pytest.mark.one_database  # it reads SQLite alone

NEVER_SAME = ("x-request-id", "date")
FILTERS: dict[str, dict[str, list[str]]] = {
    "/v1/quotes": {
        "speaker": ["ines-varga", "miss-varga", "mara-lindqvist", "velm", "nobody", ""],
        "form": ["direct", "partial", "wrong"],
        "cue": ["say", "tell", "Łó"],
        "attribution": ["named", "unnamed", "none"],
        "source": ["The Velm Courier", "Osterby Post", "nowhere & no one"],
        "language": ["en", "en-GB"],
    },
    "/v1/claims": {
        "claimant": ["ines-varga", "mara-lindqvist", "nobody"],
        "kind": ["statement", "denial"],
        "cue": ["say", "warn"],
        "attribution": ["own_voice", "named"],
        "source": ["The Velm Courier", "Osterby Post"],
        "language": ["en", "en-GB"],
    },
}


@pytest.fixture(scope="module")
def both(database: Path) -> Iterator[tuple[TestClient, TestClient, list[int]]]:
    """Return a client of the whole application, one of the framework alone, and plain statuses."""
    settings_ = settings_for(database).model_copy(update={"cache_bytes": 0})
    whole, framework = create_app(settings_), create_app(settings_)
    framework.user_middleware = [
        layer for layer in framework.user_middleware if layer.cls is not PlainLists
    ]
    plainly: list[int] = []
    for app in (whole, framework):
        app.state.source.dataset._max_age = 3600.0
        app.state.source.dataset.read()
    find = PlainAnswers.find

    def note(self: Any, scope: Any) -> Any:
        found = find(self, scope)
        if found is not None:
            plainly.append(found[0])
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PlainAnswers, "find", note)
        with TestClient(whole) as one, TestClient(framework) as other:
            yield one, other, plainly
    for app in (whole, framework):
        app.state.source.engine.dispose()


def ask_both(both: tuple[TestClient, TestClient, list[int]], url: str, **headers: str) -> Any:
    whole, framework, _ = both
    one, other = whole.get(url, headers=headers), framework.get(url, headers=headers)
    assert (one.status_code, one.content) == (other.status_code, other.content), url
    for name in NEVER_SAME:
        one.headers.pop(name, None), other.headers.pop(name, None)
    assert sorted(one.headers.items()) == sorted(other.headers.items()), url
    return one


@st.composite
def requests(draw: st.DrawFn) -> str:
    path = draw(st.sampled_from(sorted(FILTERS)))
    pairs: list[tuple[str, str]] = []
    for name in draw(st.lists(st.sampled_from(sorted(FILTERS[path])), unique=True, max_size=3)):
        values = st.lists(st.sampled_from(FILTERS[path][name]), min_size=1, max_size=2)
        pairs += [(name, value) for value in draw(values)]
    who = "speaker" if path == "/v1/quotes" else "claimant"
    for name, strategy in (
        ("limit", st.sampled_from(["1", "2", "7", "200", "0", "x", "201"])),
        ("include", st.sampled_from([who, "article", f"article,{who}", "nobody"])),
        ("sort", st.sampled_from(["-published_at", "published_at", "id", "-confidence"])),
        ("speeker", st.just("velm")),
        ("cursor", st.sampled_from(["abc", "nJ8hOe4yKQ1bMCwiMjAyNC0xMS0yOCJd"])),
    ):
        if draw(st.integers(0, 3)) == 0:
            pairs.append((name, draw(strategy)))
    return f"{path}?{urlencode(draw(st.permutations(pairs)))}"


@pytest.mark.parametrize(
    "query",
    [
        "source=a%00b",
        "speaker=%00",
        "speaker=%00&speaker=ines-varga",
        "speaker=ines-varga&%73peaker=mara-lindqvist",
        "%73peaker=mara-lindqvist&speaker=ines-varga",
        "speaker=ines-varga&speaker=ines-varga",
        "speaker=ines-varga&speaker=",
        "speaker=ines-varga&source=speaker%3Dvelm",
        "speaker=INES-VARGA",
        "speaker=ines-varga&",
        "&speaker=ines-varga",
        "speaker=ines-varga&q=speaker",
        "speaker=nobody&include=speaker",
    ],
)
def test_a_speaker_who_stands_oddly_is_answered_the_same(
    both: tuple[TestClient, TestClient, list[int]], query: str
) -> None:
    whole, framework, _ = both
    for other in ("speaker=velm&limit=2", f"{query}&limit=2", query):
        # What was read for one list is used for others.
        for client in (whole, framework):
            client.get(f"/v1/quotes?{other}")
        ask_both(both, f"/v1/quotes?{query}")


def test_with_and_without_entities_records_the_answers_are_the_same(
    database: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "onrecord.db"
    copy_database(database, copy)
    urls = [
        "/v1/quotes?include=speaker",
        "/v1/quotes?include=speaker&speaker=ines-varga",
        "/v1/claims?claimant=mara-lindqvist&include=claimant",
        "/v1/quotes?include=speaker&speaker=miss-varga",
        "/v1/entities/ines-varga",
    ]

    def ask() -> list[bytes]:
        app = create_app(settings_for(copy))
        with TestClient(app) as client:
            client.get("/v1/quotes?limit=1")
            answers = [client.get(url).content for url in urls]
        app.state.source.engine.dispose()
        return answers

    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("DELETE FROM entity_records")
        connection.commit()
        without = ask()
        assert fill_entity_records(connection) is None
        connection.commit()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layer, "read_entity", refuse)
        assert ask() == without
    *lists, entity = map(json.loads, without)
    assert all(answer["data"] for answer in lists)
    assert entity["id"] == "ines-varga"


def refuse(_connection: sqlite3.Connection, key: int) -> bytes:
    raise AssertionError(f"the record of {key} is there")


@given(url=requests())
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_request_is_answered_the_same(
    both: tuple[TestClient, TestClient, list[int]], url: str
) -> None:
    ask_both(both, url)


def test_an_entity_is_answered_the_same_and_plainly(
    both: tuple[TestClient, TestClient, list[int]],
) -> None:
    plainly = both[2]
    slugs = [one["id"] for one in ask_both(both, "/v1/entities?limit=200").json()["data"]]
    plainly.clear()
    for slug in slugs:
        one = ask_both(both, f"/v1/entities/{slug}")
        assert one.json()["id"] == slug
        known = {"if-none-match": one.headers["etag"]}
        assert ask_both(both, f"/v1/entities/{slug}", **known).status_code == 304
    assert plainly == [200, 304] * len(slugs)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/entities/ines-varga?", 200),
        ("/v1/entities/ines-varga?fields=name", 200),
        ("/v1/entities/ines-varga?fields=nothing", 422),
        ("/v1/entities/ines-varga?speeker=1", 422),
        ("/v1/entities/ines-varga.json", 200),
        ("/v1/entities/ines-varga/", 404),
        ("/v1/entities/Ines-Varga", 404),
        ("/v1/entities/miss-varga", 308),
        ("/v1/entities/nobody", 404),
        ("/v1/entities/a%0Ab", 404),
    ],
)
def test_an_entity_that_is_asked_for_otherwise_is_answered_the_same(
    both: tuple[TestClient, TestClient, list[int]], path: str, status: int
) -> None:
    whole, framework, _ = both
    for client in (whole, framework):
        client.follow_redirects = False
    found = ask_both(both, path)
    assert found.status_code == status
    for headers in ({"if-none-match": "*"}, {"if-none-match": 'W/"1", "2"'}):
        ask_both(both, path, **headers)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/quotes?limit=7&include=speaker",
        "/v1/quotes?limit=3&speaker=ines-varga&include=speaker",
        "/v1/quotes?limit=2&source=The%20Velm%20Courier&form=direct&form=partial",
        "/v1/claims?limit=9&include=claimant",
        "/v1/claims?limit=4&kind=statement&claimant=mara-lindqvist&claimant=ines-varga",
    ],
)
def test_a_walk_from_end_to_end_and_back_is_the_same_and_plain(
    both: tuple[TestClient, TestClient, list[int]], path: str
) -> None:
    plainly = both[2]
    pages = []
    url: str | None = path
    while url is not None:
        page = ask_both(both, url).json()
        # The total of some lists is not kept: their first page is the framework's.
        plainly.clear()
        ask_both(both, url)
        pages.append(page)
        assert len(pages) < 60
        url = page["links"]["next"]
    ids = [item["id"] for page in pages for item in page["data"]]
    assert len(ids) == len(set(ids)) == pages[0]["meta"]["total"]
    if "speaker=" not in path and "claimant=" not in path:
        dated = {item["published_at"] is None for page in pages for item in page["data"]}
        assert dated == {True, False}  # both runs were read
    back = []
    url = pages[-1]["links"]["prev"]
    while url is not None:
        page = ask_both(both, url).json()
        back = [item["id"] for item in page["data"]] + back
        url = page["links"]["prev"]
    assert back == ids[: len(back)]
    assert len(back) == len(ids) - len(pages[-1]["data"])


def test_the_plain_ones_are_plain(both: tuple[TestClient, TestClient, list[int]]) -> None:
    plainly = both[2]
    for url in (
        "/v1/quotes",
        "/v1/quotes?speaker=ines-varga&include=speaker&limit=20",
        "/v1/claims?claimant=ines-varga",
        "/v1/quotes?source=Osterby%20Post",
    ):
        plainly.clear()
        etag = ask_both(both, url).headers["etag"]
        assert plainly == [200]
        assert ask_both(both, url, **{"If-None-Match": etag}).status_code == 304
        assert plainly == [200, 304]
        assert ask_both(both, url, **{"If-None-Match": "*"}).status_code == 304
        assert ask_both(both, url, **{"Accept-Encoding": "gzip"}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v1/quotes?speaker=ines-varga&limit=2",
        "/v1/claims?claimant=ines-varga&limit=1",
        "/v1/quotes?limit=2",
        "/v1/claims?include=claimant&limit=1",
    ],
)
def test_records_of_one_speaker_or_of_all_are_read_from_one_place(
    both: tuple[TestClient, TestClient, list[int]], path: str
) -> None:
    said = "quote" if "quotes" in path else "claim"
    connection = both[0].app.state.plain._reading.get()  # type: ignore[attr-defined]
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    first = ask_both(both, path).json()
    ask_both(both, first["links"]["next"])
    connection.set_trace_callback(None)
    pages = [sql for sql in asked if "LIMIT" in sql and f"{said}_records" in sql]
    assert len(pages) >= 2
    for sql in pages:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
        assert len(plan) == 1
        assert b"USING COVERING INDEX ix_%b_records" % said.encode() in plan[0]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return a small database of the test's own."""
    from tests.api.corpus import write_corpus

    path = tmp_path / "onrecord.db"
    write_corpus(path, articles=2)
    return path


# An application, and what asks for a page and says how the statements begin which that took.
Reading = tuple[Application, Callable[[], list[str]]]


@pytest.fixture
def reading(small: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reading]:
    """Return one whose data are looked at when told to; a look without a commit is enough."""
    monkeypatch.setattr("app.api.plain.connection._QUIET_SECONDS", 0.0)
    app: Application = create_app(settings_for(small))
    app.state.source.dataset._max_age = 3600.0
    with TestClient(app) as client:
        client.get("/v1/quotes?limit=1")
        asked: list[str] = []
        app.state.plain._reading.get().set_trace_callback(asked.append)
        limits = iter(range(2, 100))

        def ask() -> list[str]:
            asked.clear()
            assert client.get(f"/v1/quotes?limit={next(limits)}").status_code == 200
            return [sql.split()[0] for sql in asked if "data_version" not in sql]

        yield app, ask


def test_while_nobody_commits_pages_are_read_in_one_transaction(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.api.plain.connection._HELD_SECONDS", 3600.0)
    app, ask = reading
    app.state.source.dataset.renew()
    assert ask() == ["BEGIN", "SELECT"]
    assert [ask(), ask(), ask()] == [["SELECT"]] * 3
    app.state.source.dataset.renew()
    assert ask() == ["ROLLBACK", "BEGIN", "SELECT"]


def test_while_somebody_commits_no_page_keeps_the_log_from_being_emptied(
    reading: Reading,
    small: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.api.plain.connection._HELD_SECONDS", 3600.0)
    app, ask = reading
    app.state.source.dataset.renew()
    assert ask() == ["BEGIN", "SELECT"]
    with closing(sqlite3.connect(small, isolation_level=None)) as writer:
        for number in range(3):
            writer.execute("UPDATE dataset SET files_total = ?", (number,))
            app.state.source.dataset.renew()
            assert ask() == (["ROLLBACK", "SELECT"] if number == 0 else ["SELECT"])
            is_busy, _, _ = writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            assert not is_busy
    app.state.source.dataset.renew()
    assert ask() == ["SELECT"]  # the emptied log is another one too
    app.state.source.dataset.renew()
    assert ask() == ["BEGIN", "SELECT"]


def test_soon_after_a_commit_no_page_is_read_in_one_transaction_with_others(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.api.plain.connection._QUIET_SECONDS", 3600.0)
    app, ask = reading
    for _ in range(3):
        app.state.source.dataset.renew()
        assert ask() == ["SELECT"]


def test_a_server_that_nobody_asks_keeps_no_log_from_being_emptied(
    reading: Reading,
    small: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.api.plain.connection._HELD_SECONDS", 0.01)
    app, ask = reading
    app.state.source.dataset.renew()
    assert ask() == ["BEGIN", "SELECT"]
    with closing(sqlite3.connect(small, isolation_level=None)) as writer:
        writer.execute("UPDATE dataset SET files_total = 1")
        writer.execute("PRAGMA busy_timeout = 10000")
        is_busy, _, _ = writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert not is_busy
    assert ask() == ["SELECT"]  # nor do those who ask before the data are looked at anew


def test_a_database_that_breaks_is_the_frameworks_to_tell(small: Path) -> None:
    app: Application = create_app(settings_for(small))
    with TestClient(app, raise_server_exceptions=False) as client:
        assert client.get("/v1/quotes?limit=3").status_code == 200
        from app.db.engine import make_writer_engine

        engine = make_writer_engine(f"sqlite:///{small}")
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE quote_records RENAME TO elsewhere")
        engine.dispose()
        answer = client.get("/v1/quotes")
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert client.get("/v1/entities").status_code == 200


def test_a_list_that_takes_too_long_is_left_to_the_framework(
    both: tuple[TestClient, TestClient, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    plainly = both[2]
    ask_both(both, "/v1/quotes?limit=200")
    monkeypatch.setattr("app.api.plain.layer._MOST_SECONDS", -1.0)
    connection = both[0].app.state.plain._reading.get()  # type: ignore[attr-defined]
    connection.set_progress_handler(connection._is_late, 1)
    plainly.clear()
    for _ in range(2):  # the second time it is not even tried
        ask_both(both, "/v1/quotes?limit=199")
    assert plainly == []
