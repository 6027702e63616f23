"""Whatever goes wrong is a page for people, and problem+json for programs."""

import html
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.db.engine import make_writer_engine
from app.main import create_app
from tests.api.conftest import settings_for
from tests.api.corpus import write_corpus
from tests.pages.test_page_facts import BROWSER, check


def check_both(client: TestClient, path: str, status: int) -> str:
    """Ask for an address as a browser and as a program does, and return the page."""
    page = client.get(path, headers=BROWSER)
    assert page.status_code == status
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert f"Error {status}" in page.text
    check(page.text)
    answer = client.get(path, headers={"accept": "*/*"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    if status != 500:  # whose detail has the id of its own request
        assert answer.json()["detail"] in html.unescape(page.text)
    assert answer.headers.get("retry-after") == page.headers.get("retry-after")
    return page.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing-here", 404),
        ("/articles/art_0000000000000", 404),
        ("/articles/none", 404),
        ("/speakers/nobody-of-that-name", 404),
        ("/%ff%fe", 404),
        ("/search?q=%22", 422),
        ("/search?query=harbour", 422),
        ("/search?q=a&kind=people", 422),
        ("/articles?cursor=abc", 422),
        ("/search?q=" + "a" * 9000, 414),
    ],
)
def test_a_problem_is_a_page_for_people_and_json_for_programs(
    client: TestClient, path: str, status: int
) -> None:
    check_both(client, path, status)


def test_a_method_that_is_not_allowed_is_told_with_those_that_are(client: TestClient) -> None:
    page = client.post("/", headers=BROWSER)
    assert page.status_code == 405
    assert page.headers["allow"] == "GET, HEAD, OPTIONS"
    assert page.headers["content-type"] == "text/html; charset=utf-8"


def test_before_the_data_are_there_a_page_says_so_and_when_to_come_again(tmp_path: Path) -> None:
    client = TestClient(create_app(settings_for(tmp_path / "onrecord.db")))
    page = check_both(client, "/", 503)
    assert "Not ready yet" in page
    assert client.get("/", headers=BROWSER).headers["retry-after"] == "2"
    assert client.get("/assets/" + page.partition("/assets/")[2].partition('"')[0]).is_success


def test_a_fault_of_the_server_is_a_page_with_the_id_that_the_log_has(tmp_path: Path) -> None:
    path = tmp_path / "broken.db"
    write_corpus(path, articles=2)
    engine = make_writer_engine(f"sqlite:///{path}")
    with engine.begin() as connection:  # such a text is in no article: ingest never writes it
        connection.execute(text("UPDATE articles SET paragraphs = '7'"))
    engine.dispose()
    with TestClient(create_app(settings_for(path)), raise_server_exceptions=False) as client:
        article = client.get("/v1/articles").json()["data"][0]["id"]
        page = check_both(client, f"/articles/{article}", 500)
        assert "TypeError" not in page
        told = client.get(f"/articles/{article}", headers={**BROWSER, "X-Request-ID": "find-me"})
        assert "find-me" in told.text


def test_the_api_answers_a_browser_with_json(client: TestClient) -> None:
    for path in ("/v1/quotes/none", "/v1/quotes?q=" + "a" * 9000):
        answer = client.get(path, headers=BROWSER)
        assert answer.headers["content-type"] == "application/problem+json"
