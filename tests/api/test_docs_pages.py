"""The documentation's files come from here, with the right type, and may be kept."""

import re

import pytest
from fastapi.testclient import TestClient

from app.api.docs import OURS, REDOC, STATIC, SWAGGER

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_a_page_names_only_files_that_are_here(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    addresses = re.findall(r'(?:src|href|data-openapi)="([^"]+)"', page.text)
    assert len(addresses) >= 5
    for address in addresses:
        assert address.startswith("/")
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_a_page_runs_no_script_but_our_files(client: TestClient, path: str) -> None:
    page = client.get(path)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert "connect-src 'self'" in policy
    assert not re.search(r"<script(?![^>]*src=)", page.text)
    assert "http:" not in policy
    assert "https:" not in policy


def test_pages_work_below_a_prefix(client: TestClient) -> None:
    prefixed = TestClient(client.app, root_path="/press")
    page = prefixed.get("/press/docs")
    assert 'data-openapi="/press/openapi.json"' in page.text
    assert prefixed.get("/press/openapi.json").json()["servers"] == [{"url": "/press"}]
    links = prefixed.get("/press/v1/quotes?limit=1").json()["links"]
    assert links["self"] == "/press/v1/quotes?limit=1"
    assert links["next"].startswith("/press/v1/quotes?")


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        (f"{SWAGGER}/swagger-ui-bundle.js", "text/javascript; charset=utf-8", "immutable"),
        (f"{SWAGGER}/swagger-ui.css", "text/css; charset=utf-8", "immutable"),
        (f"{SWAGGER}/favicon-32x32.png", "image/png", "immutable"),
        (f"{SWAGGER}/LICENSE", "text/plain; charset=utf-8", "immutable"),
        (f"{REDOC}/redoc.standalone.js", "text/javascript; charset=utf-8", "immutable"),
        (f"{REDOC}/LICENSE", "text/plain; charset=utf-8", "immutable"),
        (f"{OURS}/docs.js", "text/javascript; charset=utf-8", "must-revalidate"),
    ],
)
def test_a_file_has_its_type_and_what_never_changes_is_kept(
    client: TestClient, name: str, kind: str, kept: str
) -> None:
    answer = client.get(f"/static/{name}")
    assert answer.headers["content-type"] == kind
    assert kept in answer.headers["cache-control"]
    assert answer.content == (STATIC / name).read_bytes()


def test_the_vendored_folders_hold_no_source_maps_and_have_their_licences() -> None:
    names = {str(path.relative_to(STATIC)) for path in STATIC.rglob("*") if path.is_file()}
    assert not [name for name in names if name.endswith(".map")]
    assert {f"{SWAGGER}/LICENSE", f"{SWAGGER}/NOTICE", f"{REDOC}/LICENSE"} <= names


def test_the_openapi_document_may_be_kept_until_the_software_changes(
    client: TestClient,
) -> None:
    first = client.get("/openapi.json")
    again = client.get("/openapi.json", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
