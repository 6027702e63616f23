"""Only some fields, and offsets that JavaScript slices right."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from app.api.shape import make_convert

TEXTS = (
    "The harbour 🚢 will not close.\r\n“No,” she said 👩‍🔧.",
    "قال المتحدث 🚢 إن الميناء مفتوح",
    "cafe\u0301 e\u0301 𝔘nicode 😀😀 end",
    "",
    "plain",
)


def slice_utf16(text: str, start: int, end: int) -> str:
    return text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end].decode("utf-16-le")


@given(text=st.one_of(st.sampled_from(TEXTS), st.text()), data=st.data())
def test_a_converted_span_has_the_same_words(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    convert = make_convert(text)
    assert slice_utf16(text, convert(start), convert(end)) == text[start:end]


def words_of(node: Any, current: str, texts: dict[str, str]) -> Iterator[tuple[str, int, int, str]]:
    """Name each span with words: the text that it points into, its offsets, its words."""
    if isinstance(node, list):
        for value in node:
            yield from words_of(value, current, texts)
    if isinstance(node, dict):
        current = texts.get(node.get("article_id") or node.get("id") or "", current)
        if set(node) >= {"start", "end", "text"}:
            yield current, node["start"], node["end"], node["text"]
        elif "span" in node and "text" in node and "parts" not in node:
            yield current, node["span"]["start"], node["span"]["end"], node["text"]
        for value in node.values():
            yield from words_of(value, current, texts)


ADDRESSES = (
    "/v1/quotes?limit=200&include=speaker&q=the",
    "/v1/claims?limit=200&include=claimant",
    "/v1/entities?limit=200",
    "/v1/entities/velm/mentions?limit=200",
    "/v1/entities/velm/cooccurrences?limit=200",
)


@pytest.fixture(scope="module")
def texts(client: TestClient) -> dict[str, str]:
    articles = client.get("/v1/articles?limit=200").json()["data"]
    return {
        article["id"]: client.get(article["links"]["text"]).content.decode() for article in articles
    }


def spans_in_utf16(
    client: TestClient, texts: dict[str, str]
) -> Iterator[tuple[str, int, int, str]]:
    for address in ADDRESSES:
        yield from words_of(client.get(f"{address}&offset_unit=utf16").json()["data"], "", texts)
    for article in texts:
        body = client.get(f"/v1/articles/{article}/annotations?offset_unit=utf16").json()
        yield from words_of(body, "", texts)


def test_every_span_in_utf16_has_the_words_that_stand_there(
    client: TestClient, texts: dict[str, str]
) -> None:
    found = list(spans_in_utf16(client, texts))
    assert len(found) > 1000
    for text, start, end, words in found:
        assert slice_utf16(text, start, end) == words
    assert any(text[start:end] != words for text, start, end, words in found)


def test_javascript_slices_the_same_words(client: TestClient, texts: dict[str, str]) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    script = """
    const spans = JSON.parse(require("fs").readFileSync(0, "utf-8"));
    const wrong = spans.filter(([text, start, end, words]) => text.slice(start, end) !== words);
    console.log(JSON.stringify([spans.length, wrong.length]));
    """
    spans = list(spans_in_utf16(client, texts))
    for text in TEXTS:
        convert = make_convert(text)
        spans += [
            (text, convert(start), convert(end), text[start:end])
            for start in range(len(text) + 1)
            for end in range(start, len(text) + 1)
        ]
    run = subprocess.run(
        [node, "-e", script], input=json.dumps(spans).encode(), capture_output=True, check=True
    )
    assert json.loads(run.stdout) == [len(spans), 0]


def test_matches_and_snippets_are_in_utf16_too(client: TestClient, texts: dict[str, str]) -> None:
    items = client.get("/v1/quotes?q=winter&limit=200&offset_unit=utf16").json()["data"]
    assert items
    for item in items:
        text = texts[item["article_id"]]
        snippet = item["search"]["snippet"]
        for match in item["search"]["matches"]:
            assert slice_utf16(text, match["start"], match["end"]) == "winter"
        for match in snippet["matches"]:
            assert slice_utf16(snippet["text"], match["start"], match["end"]) == "winter"


def test_exports_have_the_same_units(client: TestClient) -> None:
    for path in ("/v1/quotes", "/v1/entities/velm/mentions"):
        items = client.get(f"{path}?limit=200&offset_unit=utf16").json()["data"]
        lines = client.get(f"{path}.ndjson?offset_unit=utf16").text.splitlines()
        assert [json.loads(line) for line in lines] == items


@pytest.mark.parametrize(
    "path",
    [
        "/v1/quotes",
        "/v1/claims",
        "/v1/articles",
        "/v1/entities",
        "/v1/entities/velm/mentions",
        "/v1/entities/ines-varga/quotes",
    ],
)
def test_fields_leaves_out_the_others_and_changes_nothing_else(
    client: TestClient, path: str
) -> None:
    whole = client.get(f"{path}?limit=3").json()
    names = list(whole["data"][0])[:3]
    sparse = client.get(f"{path}?limit=3&fields={','.join(reversed(names))}").json()
    assert sparse["data"] == [{name: item[name] for name in names} for item in whole["data"]]
    assert sparse["meta"] == whole["meta"]
    table = client.get(f"{path}.csv?fields={names[0]}").text.splitlines()
    assert table[0].split(",")[0].partition(".")[0] == names[0]


def test_one_thing_can_be_sparse(client: TestClient) -> None:
    quote = client.get("/v1/quotes?limit=1").json()["data"][0]
    answer = client.get(f"/v1/quotes/{quote['id']}?fields=text,id")
    assert answer.json() == {"id": quote["id"], "text": quote["text"]}


@pytest.mark.parametrize(
    "address",
    ["/v1/quotes?fields=nope", "/v1/quotes?fields=", "/v1/quotes?offset_unit=bytes"],
)
def test_unknown_shapes_are_refused(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 422
