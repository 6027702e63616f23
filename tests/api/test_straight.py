"""Requests that go straight to their endpoint are answered as FastAPI answers them, to the byte."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.api.plain import PlainLists
from app.api.straight import StraightRoute
from app.main import create_app
from tests.api.conftest import settings_for

pytestmark = pytest.mark.one_database  # nothing in it knows of the database

QUERIES = (
    "",
    "limit=2",
    "limit=2&limit=3",
    "limit=0",
    "nonsense=1",
    "q=harbour",
    "q=%22",
    "speaker=ines-varga&speaker=mara-lindqvist&form=direct&limit=1",
    "source=The+Velm+Courier&source=Osterby%20Post&sort=id",
    "published_from=2024-01-01&published_before=never",
    "fields=id&include=speaker",
    "interval=month",
    "text=We+will+not+close+the+harbour",
)
WORDS = {
    "entity_id": ("ines-varga", "nobody-at-all"),
    "folder": ("swagger-ui-5.35.0",),
    "name": ("swagger-ui.css", "nothing"),
}


@pytest.fixture(scope="module")
def both(database: Path) -> Iterator[tuple[TestClient, TestClient]]:
    """Return a client of the routes as they are, and one of FastAPI's."""
    settings_ = settings_for(database).model_copy(update={"cache_bytes": 0})
    straight, usual = create_app(settings_), create_app(settings_)
    for app in (straight, usual):
        app.user_middleware = [one for one in app.user_middleware if one.cls is not PlainLists]
        app.state.source.dataset._max_age = 3600.0
        app.state.source.dataset.read()
    with TestClient(straight) as one, TestClient(usual) as other:
        yield one, other


def find_ids(client: TestClient, path: str) -> tuple[str, ...]:
    return (client.get(path, params={"limit": 1}).json()["data"][0]["id"], "no_such_id")


def fill(client: TestClient, path: str) -> list[str]:
    """Return the addresses of a path with words that there are and that there are not."""
    words = {
        **WORDS,
        "article_id": find_ids(client, "/v1/articles"),
        "quote_id": find_ids(client, "/v1/quotes"),
        "claim_id": find_ids(client, "/v1/claims"),
        "source_id": find_ids(client, "/v1/sources"),
    }
    filled = [path]
    for name, values in words.items():
        filled = [one.replace(f"{{{name}}}", value) for one in filled for value in values]
    return list(dict.fromkeys(filled))


# All applications have the same ones.
ROUTES = [
    route
    for route in create_app(settings_for(Path("unused.db"))).routes
    if isinstance(route, StraightRoute) and route._plan is not None
]
PATHS = sorted(route.path for route in ROUTES)


def test_all_that_the_api_lists_goes_straight() -> None:
    lists = {"/v1/quotes", "/v1/claims", "/v1/articles", "/v1/entities", "/v1/quotes/counts"}
    pages = {"/", "/search", "/speakers/{entity_id}", "/articles/{article_id}"}
    assert {*lists, *pages, "/v1/quotes.ndjson", "/v1/articles/{article_id}/text"} < set(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_is_fastapis(
    path: str, both: tuple[TestClient, TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    straight, usual = both
    seen: list[str] = []
    run = StraightRoute._handle_with_care

    async def note(self: StraightRoute, *more: Any) -> None:
        seen.append(self.path)
        await run(self, *more)

    monkeypatch.setattr(StraightRoute, "_handle_with_care", note)
    for address in fill(straight, path):
        for query in QUERIES:
            asked = f"{address}?{query}"
            seen.clear()
            mine = straight.get(asked, follow_redirects=False)
            is_straight = not seen
            with monkeypatch.context() as patch:
                for route in ROUTES:
                    patch.setitem(route.__dict__, "_plan", None)
                theirs = usual.get(asked, follow_redirects=False)
            assert path in seen, asked
            assert mine.status_code == theirs.status_code, asked
            assert is_straight or mine.status_code == 422, asked
            assert mine.content == theirs.content or path == "/metrics", asked
            for answer in (mine, theirs):
                answer.headers.pop("x-request-id")
            assert mine.headers == theirs.headers, asked
