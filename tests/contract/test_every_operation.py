"""What holds for every operation of the document, without exception."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.api.openapi import build_openapi
from app.db.ids import to_id, to_key
from app.main import create_app
from tests.api.conftest import settings_for
from tests.databases import noted_statements

pytestmark = (
    pytest.mark.one_database
)  # One database: on the other they pass as well, and take four minutes more.

IDS = {
    "article_id": to_id("art", to_key("article", "0")),
    "entity_id": "velm",
    "quote_id": to_id("qt", to_key("quote", "0")),
    "claim_id": to_id("cl", to_key("claim", "0")),
    "source_id": to_id("src", to_key("source", "broken.html")),
}


def list_operations() -> Iterator[tuple[str, set[str]]]:
    """Name an address of each operation, and the parameters that it knows."""
    document = build_openapi(create_app(settings_for(Path("nowhere.db"))))
    for path, methods in document["paths"].items():
        known = {p["name"] for p in methods["get"].get("parameters", []) if p["in"] == "query"}
        address = path.format(**IDS)
        if "text" in known:
            address += "?text=the%20harbour%20will%20not%20close"
        yield address, known


OPERATIONS = dict(list_operations())
SEARCHED = sorted(address for address, known in OPERATIONS.items() if "q" in known)


def with_parameter(address: str, name: str, value: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{quote(name)}={quote(value)}"


@pytest.mark.parametrize("address", OPERATIONS)
def test_a_misspelt_parameter_never_gets_200(client: TestClient, address: str) -> None:
    for name in sorted(OPERATIONS[address]) or ["limit"]:
        # A letter too many, one too few, two swapped, and another case.
        for wrong in (f"{name}s", name[:-1], name[1:2] + name[0] + name[2:], name.upper()):
            if wrong in OPERATIONS[address] or not wrong:
                continue
            answer = client.get(with_parameter(address, wrong, "1"))
            assert answer.status_code == 422, wrong
            errors = {error["name"]: error for error in answer.json()["errors"]}
            assert "Unknown parameter" in errors[wrong]["detail"]
            assert set(errors[wrong]["allowed"]) == OPERATIONS[address]


@pytest.mark.parametrize("address", [a for a in OPERATIONS if a.startswith("/v1")])
def test_a_304_runs_no_sql(
    app: FastAPI, client: TestClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However busy the machine is, the state is not read anew between the two.
    monkeypatch.setattr(app.state.source.dataset, "_max_age", 600.0)
    first = client.get(address)
    assert first.status_code == 200
    engine = app.state.source.engine
    app.state.source.dataset.read()
    with noted_statements(engine) as seen:
        again = client.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert seen == []
    for name in ("etag", "cache-control", "last-modified", "x-dataset-version"):
        assert again.headers[name] == first.headers[name]


@pytest.mark.parametrize("address", OPERATIONS)
def test_head_has_the_headers_of_get_and_options_says_what_is_allowed(
    client: TestClient, address: str
) -> None:
    headers = {"X-Request-ID": "same", "Accept-Encoding": "identity"}
    got, head = client.get(address, headers=headers), client.head(address, headers=headers)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == got.headers
    assert client.options(address).headers["allow"] == "GET, HEAD, OPTIONS"
    refused = client.post(address)
    assert refused.status_code == 405
    assert refused.headers["allow"] == "GET, HEAD, OPTIONS"
    assert refused.headers["content-type"] == "application/problem+json"


def test_every_list_can_be_searched_but_those_without_words() -> None:
    lists = {address for address, known in OPERATIONS.items() if "cursor" in known}
    similar = f"/v1/articles/{IDS['article_id']}/similar"
    assert lists - set(SEARCHED) == {similar, "/v1/unnamed-sources/counts"}


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(address=st.sampled_from(SEARCHED), q=st.text(min_size=1, max_size=80))
@example(address="/v1/quotes", q='"unclosed')
@example(address="/v1/entities", q="NEAR(a b) AND OR NOT ^ : {col} * -")
@example(address="/v1/sources", q="a" * 600)
@example(address="/v1/unnamed-sources", q="\x00")
@example(address="/v1/articles", q="é" * 40 + " ﷽ \u202e 👩‍🔧 e\u0301*")
def test_any_string_is_a_query_or_a_422_that_says_why(
    client: TestClient, address: str, q: str
) -> None:
    answer = client.get(f"{address}?q={quote(q, errors='surrogatepass')}")
    assert answer.status_code in (200, 422)
    if answer.status_code == 422:
        (error,) = answer.json()["errors"]
        assert error["name"] == "q"
        assert error["detail"]


@pytest.mark.parametrize("raw", ["%ff", "%ed%a0%80", "%c3", "%", "%u0041", "+", "a%00b"])
@pytest.mark.parametrize("address", SEARCHED)
def test_bytes_that_are_no_text_break_nothing(client: TestClient, address: str, raw: str) -> None:
    answer = client.get(f"{address}?q={raw}")
    assert answer.status_code in (200, 422)


WORDS = {
    "/v1/quotes": ("water", "so low"),
    "/v1/claims": ("water", "so low"),
    "/v1/articles": ("water", "so low"),
    "/v1/entities": ("okafor", "tomas okafor"),
    "/v1/entities/velm/mentions": ("velm", "velm"),
    "/v1/entities/velm/cooccurrences": ("okafor", "tomas okafor"),
    "/v1/entities/ines-varga/quotes": ("water", "so low"),
    "/v1/entities/ines-varga/claims": ("water", "so low"),
    f"/v1/articles/{IDS['article_id']}/quotes": ("harbour", "not close"),
    f"/v1/articles/{IDS['article_id']}/claims": ("harbour", "not close"),
    f"/v1/articles/{IDS['article_id']}/entities": ("lindqvist", "mara lindqvist"),
    f"/v1/articles/{IDS['article_id']}/mentions": ("lindqvist", "mara lindqvist"),
    "/v1/sources": ("courier", "courier 00"),
    "/v1/unnamed-sources": ("official", "senior official"),
}


@pytest.mark.parametrize("address", WORDS)
def test_words_phrases_exclusion_beginnings_case_and_accents_work_on_every_list(
    client: TestClient, address: str
) -> None:
    word, phrase = WORDS[address]

    def count(q: str) -> int:
        page = client.get(address, params={"q": q, "limit": 200}).json()
        for item in page["data"]:
            hit = item.get("search") or (item.get("entity") or {}).get("search")
            assert hit["snippet"]["matches"]
        return int(page["meta"]["total"])

    found = count(word)
    assert found > 0
    assert count(word.upper()) == found
    accented = word.replace("a", "á").replace("o", "ö").replace("e", "é")
    assert count(accented) == found
    assert count(f"{word[:3]}*") >= found
    assert 0 < count(f'"{phrase}"') <= found
    assert count(" ".join(f'"{part}"' for part in phrase.split())) >= count(f'"{phrase}"')
    assert count(f"{word} -{word}") == 0
    assert count(f"{word[:3]}* -{word}") < count(f"{word[:3]}*")
    backwards = " ".join(reversed(phrase.split()))
    if backwards != phrase:
        assert count(f'"{backwards}"') == 0


@pytest.mark.parametrize(
    "address",
    [
        "/v1/articles",
        "/v1/quotes",
        "/v1/claims",
        "/v1/entities",
        "/v1/sources",
        "/v1/unnamed-sources",
        "/v1/entities/velm/cooccurrences",
        f"/v1/articles/{IDS['article_id']}/entities",
    ],
)
def test_what_matches_best_comes_first_by_relevance(client: TestClient, address: str) -> None:
    word, _ = WORDS[address]
    body: dict[str, Any] = client.get(f"{address}?q={word}&sort=relevance").json()
    assert body["data"]
    assert client.get(f"{address}?sort=relevance").status_code == 422
