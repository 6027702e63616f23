"""A page costs a fixed number of queries, however many rows it has."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.api.plain import PlainLists
from app.main import Application, create_app
from tests.api.conftest import settings_for
from tests.databases import explain, noted_statements

Count = Callable[..., int]


@pytest.fixture(scope="module")
def app(database: Path) -> Application:
    """Return the framework by itself: what is answered before it runs other statements."""
    app = create_app(settings_for(database))
    app.user_middleware = [layer for layer in app.user_middleware if layer.cls is not PlainLists]
    return app


@pytest.fixture(scope="module")
def client(app: Application) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def count(app: Application, client: TestClient) -> Iterator[Count]:
    engine = app.state.source.engine

    def count_queries(path: str, *, is_counted_apart: bool = True) -> int:
        app.state.source.dataset.read()
        # However busy the machine is, the state is not read again on the way.
        app.state.source.dataset._read_at += 3600
        app.state.source.dataset._totals.clear()
        app.finished.forget()
        seen.clear()
        answer = client.get(path)
        assert answer.status_code == 200
        found = answer.json()
        assert found["data"]
        app.state.source.dataset._read_at -= 3600
        # A page that has all rows needs no query for the total.
        has_all = found["meta"]["total"] == len(found["data"])
        return len(seen) + (is_counted_apart and has_all)

    with noted_statements(engine) as seen:
        yield count_queries


# Total and page; then what the rows of a page need, each thing once.
LISTS = [
    ("/v1/articles?sort=id", 2),
    ("/v1/articles?q=harbour&sort=id&distinct=story", 4),  # and keys that were found, and texts
    ("/v1/quotes?q=the&form=direct", 3),  # and the keys that were found
    ("/v1/claims?distinct=story&q=the", 3),
    ("/v1/sources?sort=path", 2),
    ("/v1/unnamed-sources?sort=name", 2),
    ("/v1/unnamed-sources/counts?group_by=article", 2),
    ("/v1/entities?sort=id", 4),  # and aliases, roles
    ("/v1/entities?q=v*", 5),
    ("/v1/quotes?sort=id", 2),
    ("/v1/quotes?include=article", 3),  # and articles
    ("/v1/quotes?include=speaker&attribution=named", 5),  # and entities, aliases, roles
    ("/v1/quotes?include=article,speaker&attribution=named", 6),
    ("/v1/quotes?facet=speaker,about,form", 5),  # and each facet
    ("/v1/claims?facet=kind", 3),
    ("/v1/articles?facet=entity,author", 4),
    ("/v1/claims?sort=id", 2),
    ("/v1/claims?include=article,claimant&attribution=named", 6),
    ("/v1/entities/velm/mentions?kind=name", 3),  # and whether there is such an entity
    ("/v1/entities/ines-varga/quotes?sort=id", 3),
    ("/v1/entities/ines-varga/claims?sort=id", 3),
    ("/v1/entities/velm/cooccurrences?type=person", 8),
    ("{article}/quotes?sort=id", 3),
    ("{article}/claims?sort=id", 3),
    ("{article}/mentions?kind=name", 3),
    ("{article}/entities?type=place&type=person", 5),
    ("{article}/similar?offset_unit=code_point", 6),  # and its quotes, sketches, shared quotes
    ("/v1/articles?distinct=story", 2),
    ("/v1/quotes?distinct=story", 2),
    ("/v1/claims?distinct=story", 2),
    ("/v1/entities?facet=type,country", 6),
    ("/v1/sources?facet=status&q=txt", 3),
    ("/v1/unnamed-sources?q=official", 2),
    ("/v1/entities/velm/mentions?q=velm", 3),
]


@pytest.mark.parametrize(("path", "queries"), LISTS)
def test_a_list_costs_the_same_queries_for_one_row_and_for_all(
    client: TestClient, count: Count, path: str, queries: int
) -> None:
    article = client.get("/v1/articles?limit=1").json()["data"][0]["links"]["self"]
    path = path.format(article=article)
    assert count(f"{path}&limit=1") == queries
    assert count(f"{path}&limit=2") == queries
    assert count(f"{path}&limit=200") == queries


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/v1/articles?q=harbour", 2),  # with the texts, for the matches
        ("/v1/quotes?q=the", 1),
        ("/v1/claims?q=the", 1),
    ],
)
def test_the_first_page_of_a_search_and_its_total_are_one_query(
    count: Count, path: str, queries: int
) -> None:
    for limit in (1, 2, 200):
        assert count(f"{path}&limit={limit}", is_counted_apart=False) == queries


@pytest.mark.parametrize("path", ["/v1/quotes", "/v1/claims"])
def test_a_search_by_relevance_counts_words_only_where_they_can_tell(
    app: Application, count: Count, path: str
) -> None:
    is_sqlite = app.state.source.engine.dialect.name == "sqlite"
    expected = [1, 4, 3, 3, 2] if is_sqlite else [1] * 5
    for (q, limit), queries in zip(
        (
            ("crews", 200),
            ("crews", 2),  # more are found than are on the page: how large the index is, the page
            ("crews", 2),  # how many have the word is known
            ("the", 200),  # it is twice in some
            ("the", 200),
        ),
        expected,
        strict=True,
    ):
        address = f"{path}?q={q}&sort=relevance&limit={limit}"
        assert count(address, is_counted_apart=False) == queries, address


def test_every_list_of_the_document_is_counted(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    lists = {
        path
        for path, methods in paths.items()
        if any(p["name"] == "cursor" for p in methods["get"].get("parameters", []))
    }
    counted = {
        path.partition("?")[0]
        .replace("{article}", "/v1/articles/{article_id}")
        .replace("velm", "{entity_id}")
        .replace("ines-varga", "{entity_id}")
        for path, _ in LISTS
    }
    assert counted == lists


@pytest.mark.parametrize(
    "path",
    [
        "/v1/articles",
        "/v1/articles?source=Osterby%20Post",
        "/v1/quotes",
        "/v1/quotes?sort=published_at",
        "/v1/quotes?speaker=ines-varga",
        "/v1/quotes?cue=say",
        "/v1/quotes?about=velm",
        "/v1/quotes?about=velm&form=direct",
        "/v1/claims?about=velm&sort=published_at",
        "/v1/claims",
        "/v1/claims?sort=-check_worthiness",
        "/v1/claims?claimant=ines-varga",
        "/v1/entities",
        "/v1/entities/velm/mentions",
    ],
)
def test_a_page_is_read_in_the_order_of_an_index_and_never_sorted(
    app: Application, client: TestClient, path: str
) -> None:
    app.finished.forget()
    engine = app.state.source.engine
    first = client.get(path + ("&" if "?" in path else "?") + "limit=2").json()
    with noted_statements(engine) as seen:
        second = client.get(first["links"]["next"])
    assert second.status_code == 200
    pages = [(sql, values) for sql, values in seen if "LIMIT" in sql and "UNION" not in sql]
    assert 1 <= len(pages) <= 2  # a second where those with a date end within the page
    with engine.connect() as connection:
        for sql, values in pages:
            steps = explain(connection, sql, values)
            assert not [step for step in steps if "Sort" in step or "ORDER BY" in step], steps


@pytest.mark.parametrize("sort", ["", "&sort=relevance"])
@pytest.mark.parametrize("path", ["/v1/articles", "/v1/quotes", "/v1/claims"])
def test_the_first_page_of_a_search_reads_no_row_that_was_not_found(
    app: Application, client: TestClient, path: str, sort: str
) -> None:
    app.finished.forget()
    engine = app.state.source.engine
    with noted_statements(engine) as seen:
        answer = client.get(f"{path}?q=the&limit=2{sort}")
    assert answer.json()["data"]
    pages = [(sql, values) for sql, values in seen if "LIMIT" in sql]
    assert 1 <= len(pages) <= 2  # a second by keys
    with engine.connect() as connection:
        steps = [step for page in pages for step in explain(connection, *page)]
    scans = [step for step in steps if "ORDER BY" not in step and "Sort" not in step]
    # What was found is held, and so is the page.
    held = {"found", "size", "newest", "hits", "shortest", "page"}
    assert {step.removeprefix("SCAN ") for step in scans} <= held, steps


@pytest.mark.one_database  # PostgreSQL knows how many rows a condition leaves
@pytest.mark.parametrize(
    "path",
    [
        "/v1/quotes?speaker=ines-varga",
        "/v1/quotes?about=velm",
        "/v1/quotes?q=the",
        "/v1/claims?claimant=ines-varga",
        "/v1/articles?entity=velm",
        "/v1/articles?q=harbour",
        "/v1/articles?source=Osterby%20Post",
    ],
)
def test_copies_are_looked_for_by_their_words_or_their_story(
    app: Application, client: TestClient, path: str
) -> None:
    engine = app.state.source.engine
    with noted_statements(engine) as seen:
        answer = client.get(f"{path}&distinct=story&limit=2")
    assert answer.json()["data"]
    with engine.connect() as connection:
        plans = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()
            for sql, values in seen
            if "NOT (EXISTS" in sql
        ]
    assert plans
    for plan in plans:
        within = {row[0] for row in plan if row[3].startswith("CORRELATED")}
        loops = [row[3] for row in plan if row[1] in within and " SUBQUERY " not in row[3]]
        assert loops
        assert not [loop for loop in loops if "VIRTUAL TABLE" in loop], loops
        if path.startswith("/v1/articles"):
            assert [loop.split()[1] for loop in loops] == ["mine", "its", "articles"]
        else:
            said = [loop for loop in loops if loop.split()[1] in {"quotes", "claims"}]
            assert all("(words_key=?" in loop and "rowid" not in loop for loop in said), loops
