"""Whole lists as files: every row, once, in order, and nothing that a spreadsheet would compute."""

import csv
import io
import json
import socket
import time
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings

from app.api.deps import MAX_EXPORTS
from app.api.exports.table import defuse, to_cells, write_line
from tests.api.conftest import running_server, settings_for
from tests.api.test_lists import Params, identity, requests

ATOM = "{http://www.w3.org/2005/Atom}"


def address_of(path: str, params: Params) -> str:
    return f"{path}?{urlencode(params)}"


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(request=requests())
def test_exports_have_exactly_the_rows_of_the_list_in_its_order(
    client: TestClient, request: tuple[str, Params, int]
) -> None:
    path, params, _ = request
    page = client.get(address_of(path, [*params, ("limit", "200")])).json()
    lines = client.get(address_of(f"{path}.ndjson", params)).text.splitlines()
    assert [json.loads(line) for line in lines] == page["data"]
    assert len(lines) == page["meta"]["total"]
    table = read_csv(client.get(address_of(f"{path}.csv", params)).text)
    assert len(table) == page["meta"]["total"]
    if table and "id" in table[0]:
        assert [row["id"] for row in table] == [identity(item) for item in page["data"]]


@pytest.mark.parametrize("part", ["quotes", "claims", "mentions", "entities"])
def test_the_parts_of_an_article_are_exported_whole(client: TestClient, part: str) -> None:
    article = client.get("/v1/articles?limit=1").json()["data"][0]
    address = article["links"][part]
    items = client.get(f"{address}?limit=200").json()["data"]
    assert items
    lines = client.get(f"{address}.ndjson").text.splitlines()
    assert [json.loads(line) for line in lines] == items
    assert len(read_csv(client.get(f"{address}.csv").text)) == len(items)


def test_rows_come_in_portions_and_lose_nothing_between_them(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.api.listing.PORTION", 7)
    for path in ("/v1/quotes", "/v1/claims?q=the", "/v1/entities/velm/mentions"):
        address, _, query = path.partition("?")
        items = client.get(f"{address}?limit=200&{query}").json()["data"]
        lines = client.get(f"{address}.ndjson?{query}").text.splitlines()
        assert [json.loads(line) for line in lines] == items
        assert len(items) > 7


def test_csv_keeps_line_breaks_quotation_marks_and_commas() -> None:
    cells = ["a,b", 'he said "no"', "two\r\nlines", "", "plain", " ; "]
    line = write_line(cells)
    assert line == '"a,b","he said ""no""","two\r\nlines",,plain, ; \r\n'
    assert next(csv.reader(io.StringIO(line, newline=""))) == cells


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", '=HYPERLINK("x")'],
)
def test_a_formula_becomes_text(text: str) -> None:
    assert defuse(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "“Quoted”", "1-2", "Ça"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert defuse(text) == text


def test_cells_are_plain() -> None:
    item: dict[str, Any] = {
        "n": -1.5,
        "yes": True,
        "none": None,
        "who": {"name": "=cmd()"},
        "nobody": None,
        "list": ["a", "-b"],
        "nested": [{"a": 1}],
    }
    columns = ("n", "yes", "none", "who.name", "nobody.name", "list", "nested")
    assert to_cells(item, columns) == ["-1.5", "true", "", "'=cmd()", "", "a; -b", '[{"a":1}]']


@pytest.mark.parametrize("suffix", ["csv", "ndjson", "atom"])
def test_head_has_the_headers_and_no_body(client: TestClient, suffix: str) -> None:
    plain = {"accept-encoding": "identity"}
    whole = client.get(f"/v1/quotes.{suffix}", headers=plain)
    head = client.head(f"/v1/quotes.{suffix}", headers=plain)
    assert head.status_code == 200
    assert head.content == b""
    skip = {"x-request-id", "date"}
    assert {k: v for k, v in head.headers.items() if k not in skip} == {
        k: v for k, v in whole.headers.items() if k not in skip
    }


@pytest.mark.parametrize("suffix", ["csv", "ndjson", "atom"])
def test_an_export_is_not_sent_again_to_who_has_it(client: TestClient, suffix: str) -> None:
    answer = client.get(f"/v1/quotes.{suffix}?speaker=ines-varga")
    again = client.get(
        f"/v1/quotes.{suffix}?speaker=ines-varga", headers={"if-none-match": answer.headers["etag"]}
    )
    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/v1/quotes.csv?limit=3", 422),
        ("/v1/quotes.csv?speeker=x", 422),
        ("/v1/quotes.ndjson?sort=relevance", 422),
        ("/v1/quotes.ndjson?q=!", 422),
        ("/v1/quotes.atom?sort=id", 422),
        ("/v1/entities/nobody/quotes.csv", 404),
        ("/v1/articles/art_nothing/claims.ndjson", 404),
        ("/v1/quotes.xml", 404),
    ],
)
def test_what_is_wrong_with_a_request_is_a_problem_before_any_row(
    client: TestClient, address: str, status: int
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_only_so_many_exports_run_at_once(client: TestClient, app: FastAPI) -> None:
    slots = app.state.source.exports
    for _ in range(MAX_EXPORTS):
        assert slots.acquire(blocking=False)
    try:
        answer = client.get("/v1/quotes.csv")
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert client.get("/v1/quotes").status_code == 200
    finally:
        slots.release(MAX_EXPORTS)
    assert client.get("/v1/quotes.csv").status_code == 200


@pytest.mark.parametrize(
    "path", ["/v1/quotes", "/v1/claims", "/v1/entities/ines-varga/quotes", "/v1/quotes?q=velm"]
)
def test_a_feed_has_what_rfc_4287_asks_for_and_the_newest_first(
    client: TestClient, path: str
) -> None:
    address, _, query = path.partition("?")
    answer = client.get(f"{address}.atom?{query}")
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = ElementTree.fromstring(answer.content)
    assert feed.tag == f"{ATOM}feed"
    for tag in ("id", "title", "updated"):
        assert len(feed.findall(f"{ATOM}{tag}")) == 1
    entries = feed.findall(f"{ATOM}entry")
    page = client.get(f"{address}?limit=50&sort=-published_at&{query}").json()
    assert [entry.findtext(f"{ATOM}content") for entry in entries] == [
        item["text"] for item in page["data"]
    ]
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids) > 0
    for entry in entries:
        assert entry.findtext(f"{ATOM}title")
        assert entry.findtext(f"{ATOM}updated", "").endswith("Z")
        assert entry.findtext(f"{ATOM}author/{ATOM}name")
        (link,) = [one for one in entry.findall(f"{ATOM}link") if one.get("rel") == "alternate"]
        assert client.get(urlsplit(link.get("href")).path).status_code == 200


def test_web_annotations_select_the_words_by_quote_and_by_position(client: TestClient) -> None:
    article = client.get("/v1/articles?limit=1").json()["data"][0]
    text = client.get(article["links"]["text"]).content.decode()
    answer = client.get(f"{article['links']['annotations']}.jsonld")
    assert answer.headers["content-type"] == "application/ld+json"
    page = answer.json()
    assert page["@context"] == "http://www.w3.org/ns/anno.jsonld"
    counts = article["counts"]
    assert len(page["items"]) == counts["mentions"] + counts["quotes"] + counts["claims"]
    assert len({item["id"] for item in page["items"]}) == len(page["items"])
    for item in page["items"]:
        assert item["target"]
        for target in item["target"]:
            words, place = target["selector"]
            start, end = place["start"], place["end"]
            assert text[start:end] == words["exact"]
            assert text[:start].endswith(words["prefix"])
            assert text[end:].startswith(words["suffix"])
            assert len(words["prefix"]) == min(32, start)


def test_a_client_that_hangs_up_ends_its_export(
    monkeypatch: pytest.MonkeyPatch, database: Any
) -> None:
    # Without an end the export would outlast any buffer, so that only hanging up can end it.
    monkeypatch.setattr("app.api.exports.stream.stream_rows", endless_rows)
    with running_server(settings_for(database)) as (address, app):
        host, port = urlsplit(address).hostname, urlsplit(address).port
        with socket.create_connection((host, port)) as client:
            client.sendall(b"GET /v1/quotes.ndjson?fields=id,text HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(4096).startswith(b"HTTP/1.1 200")
            assert app.state.source.engine.pool.checkedout() == 1
        deadline = time.monotonic() + 10
        while app.state.source.engine.pool.checkedout() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert app.state.source.engine.pool.checkedout() == 0
        for _ in range(MAX_EXPORTS):
            assert app.state.source.exports.acquire(blocking=False)


def endless_rows(session: Any, listing: Any) -> Any:
    from app.api.listing import stream_rows

    while True:
        yield from stream_rows(session, listing)
