"""What every answer has in common, and every error status, seen from outside."""

import json
from pathlib import Path
from typing import Any

import pytest
import zstandard
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.db.engine import make_writer_engine
from app.main import create_app
from tests.api.conftest import settings_for
from tests.api.corpus import write_corpus
from tests.databases import POSTGRESQL, SQLITE, kind, url_of


def check_problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-request-id"]
    problem = answer.json()
    assert list(problem)[:6] == ["type", "title", "status", "detail", "instance", "errors"]
    assert problem["status"] == status
    assert problem["type"] == "about:blank"
    assert problem["title"]
    assert problem["detail"]
    return problem


@pytest.mark.parametrize(
    "path",
    [
        "/nope",
        "/v1/nope",
        "/v1/quotes/",
        "/v1/articles/art_0000000000000",
        "/v1/articles/art_0000000000000/text",
        "/v1/articles/art_0000000000000/text.json",
        "/v1/articles/art_0000000000000/annotations",
        "/v1/articles/art_0000000000000/quotes",
        "/v1/articles/art_0000000000000/claims",
        "/v1/articles/art_0000000000000/entities",
        "/v1/articles/art_0000000000000/mentions",
        "/v1/articles/qt_0000000000000",
        "/v1/articles/%00",
        "/v1/entities/nobody",
        "/v1/entities/nobody/mentions",
        "/v1/entities/nobody/quotes",
        "/v1/entities/nobody/claims",
        "/v1/quotes/qt_0000000000000",
        "/v1/quotes/qt_vvvvvvvvvvvvv",
        "/v1/claims/cl_0000000000000",
        "/v1/sources/src_0000000000000",
        "/static/onrecord/nothing.js",
        "/static/onrecord/..%2Fdocs.py",
    ],
)
def test_what_is_not_there_is_a_404_problem(client: TestClient, path: str) -> None:
    problem = check_problem(client.get(path), 404)
    assert problem["instance"] == path


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY", "BREW"])
@pytest.mark.parametrize("path", ["/v1/quotes", "/v1/articles/art_0000000000000", "/healthz"])
def test_another_method_is_a_405_problem_that_says_which_are_allowed(
    client: TestClient, method: str, path: str
) -> None:
    answer = client.request(method, path)
    check_problem(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_an_address_of_more_than_8_kilobytes_is_a_414_problem(client: TestClient) -> None:
    room = 8192 - len("/v1/quotesq=")
    check_problem(client.get("/v1/quotes?q=" + "a" * (room + 1)), 414)
    longest = client.get("/v1/quotes?q=" + "a" * room)
    assert longest.status_code == 422


@pytest.mark.parametrize(
    ("query", "name", "said"),
    [
        ("speeker=x", "speeker", "Did you mean 'speaker'?"),
        ("publishedfrom=2026-01-01", "publishedfrom", "Did you mean 'published_from'?"),
        ("zzz=1", "zzz", "Unknown parameter."),
        ("limit=10&limit=20", "limit", "takes one value"),
        ("q=a&q=b", "q", "takes one value"),
        ("limit=0", "limit", "greater than or equal to 1"),
        ("limit=201", "limit", "less than or equal to 200"),
        ("limit=many", "limit", "valid integer"),
        ("form=dirct", "form", "Did you mean 'direct'?"),
        ("attribution=own_voice", "attribution", "'named', 'unnamed' or 'none'"),
        ("min_confidence=1.5", "min_confidence", "less than or equal to 1"),
        ("min_confidence=nan", "min_confidence", "finite number"),
        ("published_from=yesterday", "published_from", "must be a date"),
        ("published_from=2026-02-30", "published_from", "must be a date"),
        ("published_from=20260101", "published_from", "must be a date"),
        ("published_before=2026-01-01T00:00:00", "published_before", "with its zone"),
        ("published_before=1", "published_before", "must be a date"),
        ("sort=speaker", "sort", "match pattern"),
        ("sort=-relevance&q=velm", "sort", "match pattern"),
        ("sort=relevance", "sort", "needs a search"),
        ("include=claimant", "include", "match pattern"),
        ("cursor=abc", "cursor", "not a cursor"),
        ("cursor=%21", "cursor", "match pattern"),
        ("q=", "q", "at least 1"),
        ("q=%21%21", "q", "no letter or digit"),
        ("q=-velm", "q", "only excludes"),
        ("q=%00", "q", "NUL"),
        ("q=" + "a" * 501, "q", "500"),
    ],
)
def test_a_wrong_parameter_is_a_422_problem_that_names_it(
    client: TestClient, query: str, name: str, said: str
) -> None:
    problem = check_problem(client.get(f"/v1/quotes?{query}"), 422)
    (error,) = problem["errors"]
    assert (error["in"], error["name"]) == ("query", name)
    assert said in error["detail"]
    assert set(error) == {"in", "name", "detail", "allowed"}


def test_an_unknown_parameter_says_which_are_known(client: TestClient) -> None:
    problem = check_problem(client.get("/v1/sources?state=failed"), 422)
    assert sorted(problem["errors"][0]["allowed"]) == [
        "cursor",
        "facet",
        "fields",
        "format",
        "limit",
        "q",
        "sort",
        "status",
    ]


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/meta", "/healthz", "/readyz", "/v1/entities/velm", "/v1/quotes"]
)
def test_no_path_ignores_a_parameter_that_it_does_not_know(client: TestClient, path: str) -> None:
    check_problem(client.get(f"{path}?surprise=1"), 422)


def test_several_faults_are_told_at_once(client: TestClient) -> None:
    problem = check_problem(client.get("/v1/quotes?limit=0&form=x&min_confidence=2"), 422)
    assert {error["name"] for error in problem["errors"]} == {"limit", "form", "min_confidence"}


def test_a_fault_of_the_server_is_a_500_problem_with_the_id_that_the_log_has(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_corpus(tmp_path / "broken.db", articles=2)
    engine = make_writer_engine(url_of(tmp_path / "broken.db"))
    with engine.begin() as connection:  # records that are no objects: ingest never writes such
        connection.execute(text("UPDATE quote_records SET record = '7'"))
    engine.dispose()
    with TestClient(
        create_app(settings_for(tmp_path / "broken.db")), raise_server_exceptions=False
    ) as client:
        answer = client.get("/v1/quotes?sort=id", headers={"X-Request-ID": "find-me"})
        problem = check_problem(answer, 500)
        assert "find-me" in problem["detail"]
        assert "find-me" in caplog.text
        assert "TypeError" not in answer.text
        assert client.get("/v1/entities").status_code == 200


def test_a_database_that_breaks_under_way_is_a_503_problem(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "onrecord.db"
    write_corpus(path, articles=2)
    with TestClient(create_app(settings_for(path)), raise_server_exceptions=False) as client:
        assert client.get("/v1/quotes?limit=3").status_code == 200
        engine = make_writer_engine(url_of(path))
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE quote_records RENAME TO elsewhere"))
        engine.dispose()
        answer = client.get("/v1/quotes")
        check_problem(answer, 503)
        assert answer.headers["retry-after"] == "2"
        missing = {SQLITE: "no such table", POSTGRESQL: 'relation "quote_records" does not exist'}
        assert missing[kind()] in caplog.text


PATHS = (
    "/v1",
    "/v1/meta",
    "/v1/quotes",
    "/v1/claims?limit=3",
    "/v1/entities/velm",
    "/v1/articles?q=harbour",
    "/healthz",
    "/readyz",
    "/docs",
    "/redoc",
    "/openapi.json",
    "/static/onrecord/docs.js",
    "/nope",
    "/v1/quotes?speeker=x",
)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_head_has_the_headers_of_get_and_no_body(
    client: TestClient, path: str, encoding: str
) -> None:
    headers = {"Accept-Encoding": encoding, "X-Request-ID": "same"}
    got = client.get(path, headers=headers)
    head = client.head(path, headers=headers)
    assert head.status_code == got.status_code
    assert head.content == b""
    assert head.headers == got.headers
    assert got.content != b""


@pytest.mark.parametrize("path", PATHS)
def test_everybody_may_call_from_a_browser(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Origin": "https://reader.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    exposed = answer.headers["access-control-expose-headers"].split(", ")
    assert {"ETag", "Link", "Retry-After", "X-Request-ID"} <= set(exposed)


def test_a_browser_that_asks_first_is_told_what_is_allowed(client: TestClient) -> None:
    answer = client.options(
        "/v1/quotes",
        headers={
            "Origin": "https://reader.example",
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "if-none-match",
        },
    )
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert answer.headers["access-control-allow-headers"] == "if-none-match"
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert answer.content == b""


@pytest.mark.parametrize("sent", ["abc-123", "A.b:c_9", "x" * 128])
def test_a_sane_request_id_is_kept(client: TestClient, sent: str) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": sent}).headers["x-request-id"] == sent


@pytest.mark.parametrize("sent", ["", "x" * 129, "a b", "<script>", "é".encode()])
def test_a_strange_request_id_is_replaced(client: TestClient, sent: str | bytes) -> None:
    given = client.get("/healthz", headers={"X-Request-ID": sent}).headers["x-request-id"]
    assert len(given) == 16
    assert int(given, 16) >= 0


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("zstd, br, gzip", "zstd"), ("br, gzip", "br"), ("gzip", "gzip"), ("identity", None)],
)
def test_a_long_answer_is_compressed_as_the_client_likes(
    app: FastAPI, accepted: str, encoding: str | None
) -> None:
    client = TestClient(app)
    answer = client.get("/v1/quotes", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    if encoding == "zstd":  # the test client does not know it
        body = zstandard.ZstdDecompressor().decompressobj().decompress(answer.content)
    else:
        body = answer.content
    assert json.loads(body)["data"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/quotes",
        "/v1/meta",
        "/v1/entities/velm",
        "/v1/quotes/counts",
        "/v1/entities/velm/claims",
    ],
)
def test_json_is_a_format_like_the_others(client: TestClient, path: str) -> None:
    plain, named = client.get(f"{path}?"), client.get(f"{path}.json")
    assert named.status_code == 200
    assert named.json() == plain.json()
    assert named.headers["etag"] == plain.headers["etag"]
    check_problem(client.get(f"{path}.json?surprise=1"), 422)
    check_problem(client.get(f"{path}.json.json"), 404)


@pytest.mark.parametrize("path", ["/v1/nope.json", "/docs.json", "/v1/quotes.xml", "/v1.json"])
def test_other_formats_are_not_there(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/v1/quotes", "/v1/quotes.csv", "/v1/nonsense", "/", "/docs"])
def test_a_browser_is_told_to_load_and_tell_nothing_else(client: TestClient, path: str) -> None:
    for _ in range(2):  # the second time it may be a kept answer
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-eval" not in policy
        if path.startswith("/v1"):
            assert policy == "frame-ancestors 'none'"
