"""A search without filters has statements of its own, and finds what all others find."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from app.api.listing import FirstPage
from app.api.paging import Cursor, encode_cursor
from app.db.rank import Hit
from app.main import Application

LISTS = {
    "/v1/quotes": "app.api.quotes.router",
    "/v1/claims": "app.api.claims.router",
    "/v1/articles": "app.api.articles.router",
}
SEARCHES = (
    "harbour",
    "the harbour",
    "har*",
    "the",
    "ferry -harbour",  # these two have statements made for them
    '"the harbour"',
    "nothing-of-the-kind",
    "HARBOUR",
    "O'Brien",
)
SORTS = ("-published_at", "-id,relevance", "relevance", "relevance,-published_at")


@pytest.mark.parametrize("few", [True, False])
@pytest.mark.parametrize("path", LISTS)
def test_a_first_page_is_what_the_list_has(
    path: str, few: bool, client: TestClient, app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not few:  # what is found here is so many then
        monkeypatch.setattr("app.api.hits._MOST_RECORDS", 0)
        monkeypatch.setattr("app.api.hits.MOST_RANKED", 3)
    module = LISTS[path]
    asked: list[FirstPage] = []
    found = 0
    for q in SEARCHES:
        for sort in SORTS:
            for limit in (1, 200):
                address = f"{path}?{urlencode({'q': q, 'sort': sort, 'limit': limit})}"
                answers = []
                for is_own in (True, False):
                    app.finished.forget()
                    app.state.source.dataset._totals.clear()
                    with monkeypatch.context() as patch:
                        read = import_module(module).read_search

                        def note(call, session, first, *, read=read, **more):  # type: ignore[no-untyped-def]
                            asked.append(first)
                            return read(call, session, first, **more)

                        patch.setattr(f"{module}.read_search", note)
                        if not is_own:
                            patch.setattr(f"{module}.is_first_page_of_search", lambda *_: False)
                        answers.append(client.get(address))
                mine, theirs = answers
                assert mine.status_code == 200, address
                assert mine.json() == theirs.json(), address
                found += len(mine.json()["data"])
    assert found > 100
    plain = sum(1 for q in SEARCHES if "-" not in q and '"' not in q and "'" not in q)
    assert len(asked) == plain * len(SORTS) * 2


@pytest.mark.one_database  # PostgreSQL ranks all hits itself
def test_where_ranks_do_not_tell_lengths_apart_the_database_ranks_all_hits(
    client: TestClient, app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "/v1/quotes?q=the&sort=relevance&limit=1"
    app.finished.forget()
    expected = client.get(address).json()
    app.finished.forget()
    asked = []

    def rank_alike(hits: Sequence[Hit], *_: object, **__: object) -> list[int]:
        asked.append(len(hits))
        return [0] * len(hits)

    monkeypatch.setattr("app.api.hits.rank_hits", rank_alike)
    assert client.get(address).json() == expected
    assert asked


@pytest.mark.parametrize("path", ["/v1/quotes", "/v1/articles"])
@pytest.mark.parametrize("value", [-12.25, "12", None, True])
def test_a_cursor_whose_values_are_of_another_kind_is_refused(
    path: str, value: Any, client: TestClient
) -> None:
    # Ranks were once no whole numbers.
    address = f"{path}?q=the&sort=relevance"
    word = encode_cursor(Cursor((value, 1)), scope=address)
    answer = client.get(f"{address}&cursor={word}")
    assert answer.status_code == 422
    assert "another version" in answer.text
