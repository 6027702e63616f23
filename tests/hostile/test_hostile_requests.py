"""Whatever is asked, the answer is one that the API promises, soon, and the server lives on."""

import http.client
import json
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest

from tests.api.conftest import (  # noqa: F401 (fixtures)
    app,
    client,
    database,
    server,
)
from tests.hostile.payloads import (
    CURSORS,
    ETAGS,
    EXPORTS,
    FTS,
    LISTS,
    SLOW_PATTERNS,
    SQL,
    TEXT,
)

_AS_PROMISED = (200, 304, 308, 404, 410, 414, 422)
_WORDS = (*SQL, *FTS, *TEXT, *SLOW_PATTERNS)


@pytest.fixture
def connection(server: str) -> Iterator[http.client.HTTPConnection]:  # noqa: F811
    address = urlsplit(server)
    assert address.hostname
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
    yield connection
    connection.close()


def ask(
    connection: http.client.HTTPConnection, address: str, **headers: str
) -> tuple[int, bytes, http.client.HTTPMessage]:
    connection.request("GET", address, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.headers


def encode(value: str) -> str:
    return quote(value.encode("utf-8", "surrogatepass"), safe="")


def check(status: int, body: bytes, headers: http.client.HTTPMessage, *, what: str) -> None:
    assert status in _AS_PROMISED, (what, status, body[:300])
    if status >= 400:
        assert headers["content-type"] == "application/problem+json", what
        problem = json.loads(body)
        assert problem["status"] == status
        for secret in ("sqlite3", "OperationalError", "Traceback", "/site-packages/"):
            # What was sent comes back in `instance`; nothing of the inside may come with it.
            assert secret not in problem["detail"], what


@pytest.mark.parametrize("path", LISTS)
def test_words_that_inject_are_words(connection: http.client.HTTPConnection, path: str) -> None:
    everything = json.loads(ask(connection, path)[1])["meta"]["total"]
    for payload in _WORDS:
        answer = ask(connection, f"{path}?q={encode(payload)}")
        check(*answer, what=payload)
        if answer[0] == 200 and "OR" in payload:
            assert json.loads(answer[1])["meta"]["total"] < everything, payload


@pytest.mark.parametrize(
    "name",
    [
        *("speaker", "about", "form", "source", "article", "language", "published_from", "sort"),
        *("limit", "fields", "include", "facet", "min_confidence", "offset_unit", "nonsense"),
    ],
)
def test_no_parameter_of_quotes_can_be_broken_into(
    connection: http.client.HTTPConnection, name: str
) -> None:
    for payload in (*SQL, *TEXT):
        check(*ask(connection, f"/v1/quotes?{name}={encode(payload)}"), what=payload)


@pytest.mark.parametrize("path", ["/v1/quotes/", "/v1/articles/", "/v1/entities/", "/articles/"])
def test_no_id_can_be_broken_into(connection: http.client.HTTPConnection, path: str) -> None:
    for payload in (*SQL, *TEXT):
        status, body, headers = ask(connection, path + encode(payload))
        if path.startswith("/v1"):
            check(status, body, headers, what=payload)
        else:
            assert status in _AS_PROMISED
            assert b"<script>alert" not in body


@pytest.mark.parametrize("path", LISTS)
def test_a_forged_cursor_is_a_422(connection: http.client.HTTPConnection, path: str) -> None:
    for cursor in CURSORS:
        status, body, headers = ask(connection, f"{path}?cursor={encode(cursor)}")
        check(status, body, headers, what=cursor)
        assert status == 422 or not cursor


def test_a_cursor_of_one_list_is_refused_by_another(
    connection: http.client.HTTPConnection,
) -> None:
    page = json.loads(ask(connection, "/v1/quotes?limit=2")[1])
    cursor = urlsplit(page["links"]["next"]).query.partition("cursor=")[2].partition("&")[0]
    for address in ("/v1/claims?limit=2&cursor=", "/v1/quotes?limit=2&sort=id&cursor="):
        assert ask(connection, address + cursor)[0] == 422


def test_a_cursor_that_is_changed_by_a_letter_breaks_nothing(
    connection: http.client.HTTPConnection,
) -> None:
    page = json.loads(ask(connection, "/v1/quotes?limit=2")[1])
    cursor = urlsplit(page["links"]["next"]).query.partition("cursor=")[2].partition("&")[0]
    for at in range(len(cursor)):
        for letter in "Aa0-_~":
            forged = cursor[:at] + letter + cursor[at + 1 :]
            check(*ask(connection, f"/v1/quotes?limit=2&cursor={forged}"), what=forged)


def test_a_forged_etag_brings_the_answer_or_a_304(connection: http.client.HTTPConnection) -> None:
    for etag in ETAGS:
        connection.putrequest("GET", "/v1/quotes")
        connection.putheader("If-None-Match", etag.encode("latin-1"))
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read()
        assert (answer.status, bool(body)) in ((200, True), (304, False)), etag
        assert answer.status == 200 or "*" in etag


@pytest.mark.parametrize(
    "query",
    [
        *(
            "limit=201",
            "limit=999999999999999999999",
            "limit=-1",
            "limit=0",
            "limit=1e3",
            "limit=%D9%A3",
        ),
        "include=" + ",".join(["article", "speaker"] * 400),
        "include=article.quotes.article.quotes.article",
        "fields=" + ",".join(f"a{n}" for n in range(900)),
        "&".join(f"speaker=s{n}" for n in range(700)),
        "&".join(["include=article"] * 400),
        "&".join(f"a{n}=1" for n in range(900)),
        "sort=" + ",".join(["id", "-id"] * 500),
        "q=" + "+".join("abcdefghijklmnopqrstuvwxyz" * 3),
        "published_from=99999-01-01&published_before=0000-00-00",
    ],
)
def test_too_much_is_refused_or_bounded(connection: http.client.HTTPConnection, query: str) -> None:
    status, body, headers = ask(connection, f"/v1/quotes?{query}")
    check(status, body, headers, what=query[:60])
    if status == 200:
        assert len(json.loads(body)["data"]) <= 200


@pytest.mark.parametrize("path", EXPORTS)
def test_range_and_head_on_streams(connection: http.client.HTTPConnection, path: str) -> None:
    whole = ask(connection, path)
    assert whole[0] == 200
    for wanted in ("bytes=0-10", "bytes=-5", "bytes=5-1", "bytes=0-0,2-3," * 200, "lines=1-2", "x"):
        status, body, _ = ask(connection, path, Range=wanted)
        assert (status, body) == (200, whole[1])  # RFC 9110, 14.2: a server may ignore Range
    connection.request("HEAD", path)
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"")


def test_headers_of_all_kinds_are_taken(connection: http.client.HTTPConnection) -> None:
    for name in (
        "X-Request-ID",
        "Accept-Encoding",
        "Host",
        "If-Modified-Since",
        "Cookie",
        "Accept",
    ):
        for payload in ("a" * 8000, "\xff\xfe", "'; --", "\t", "*/*;q=" + "9" * 500, "gzip," * 900):
            connection.putrequest("GET", "/v1/quotes?limit=1", skip_host=name == "Host")
            connection.putheader(name, payload.encode("latin-1"))
            connection.endheaders()
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status in (200, 400), (name, payload[:20], answer.status, body[:100])
            assert answer.headers.get("X-Request-ID") != payload
            if answer.status == 400:
                connection.close()
