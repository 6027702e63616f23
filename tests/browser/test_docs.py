"""The documentation pages in a real browser, with nothing but our own server to talk to."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@dataclass
class Watched:
    """A page, what it asked for and what it complained about."""

    page: Page
    server: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def check(self) -> None:
        assert self.complaints == []
        foreign = [
            url for url in self.requests if not url.startswith((self.server, "data:", "blob:"))
        ]
        assert foreign == []


@pytest.fixture
def watched(browser: Browser, server: str) -> Iterator[Watched]:
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    watched = Watched(page, server)
    page.on("request", lambda request: watched.requests.append(request.url))
    page.on(
        "console",
        lambda message: (
            watched.complaints.append(message.text) if message.type == "error" else None
        ),
    )
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    yield watched
    page.close()


def test_swagger_ui_shows_every_operation_and_calls_no_other_host(watched: Watched) -> None:
    page = watched.page
    page.goto(f"{watched.server}/docs")
    page.wait_for_selector("#operations-quotes-listQuotes")
    assert page.url.startswith(f"{watched.server}/docs")
    paths = page.request.get(f"{watched.server}/openapi.json").json()["paths"]
    assert page.locator(".opblock").count() == sum(map(len, paths.values()))
    watched.check()


def test_trying_out_a_request_shows_its_answer(watched: Watched) -> None:
    page = watched.page
    page.goto(f"{watched.server}/docs")
    operation = page.locator("#operations-quotes-listQuotes")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table .response")
    answer.wait_for()
    assert answer.locator(".response-col_status").first.inner_text().startswith("200")
    assert '"total": 60' in answer.locator(".highlight-code, pre").first.inner_text()
    watched.check()


def test_redoc_shows_the_reference_and_calls_no_other_host(watched: Watched) -> None:
    page = watched.page
    page.goto(f"{watched.server}/redoc")
    page.locator("h2", has_text="List quotations").first.wait_for()
    assert page.locator("[data-section-id^='tag/quotes/operation']").count() >= 2
    watched.check()
