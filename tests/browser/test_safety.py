"""Pages are safe to open: policies hold, other sites get nothing, and articles are only text."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from app.pages.reader import make_reader
from app.printing_html import render_alone
from tests.browser.conftest import Watched, ask
from tests.pages.test_page_hostile import make_nasty

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.slow]

CHECK = "/quotes/check?text=the+front+is+collapsing"


def test_the_policy_holds(watched: Watched, seed_article: str) -> None:
    page = watched.open(seed_article)
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        "document.body.append(s); document.body.setAttribute('style', 'color: red') }"
    )
    assert page.evaluate("window.ran") is None
    assert page.evaluate("getComputedStyle(document.body).color") != "rgb(255, 0, 0)"
    assert len([told for told in watched.complaints if "Content Security Policy" in told]) == 2
    watched.complaints.clear()


def test_an_article_full_of_markup_is_shown_as_text(
    watched: Watched, real_server: str, articles: dict[str, str]
) -> None:
    path = articles["HOSTILE"]
    text = ask(real_server, f"/v1{path}/text.json")
    shown = [text["text"][p["start"] : p["end"]] for p in text["paragraphs"]]
    assert "<script>" in shown[0]
    assert "\u202e" in shown[1]
    for page_path in (path, "/articles?q=Petra", "/search?q=Petra", "/speakers/petra-quill"):
        page = watched.open(page_path)
        assert "run" not in page.title().split(" · ")[0].split("'")[0]
        assert page.locator("main script, main img, main b").count() == 0
    page = watched.open(path)
    paragraphs = page.locator("#text p").evaluate_all("all => all.map(e => e.textContent)")
    assert paragraphs == shown


def test_ten_thousand_marks_are_drawn_and_one_opens_its_record(
    browser: Browser, tmp_path: Path
) -> None:
    article, text, annotations, entities = make_nasty(marks=10_000)
    reader = make_reader(
        article, text=text, annotations=annotations, entities=entities, linked=False
    )
    path = tmp_path / "nasty.html"
    path.write_text(render_alone(reader), encoding="utf-8")
    # Chromium 156 itself crashes at a page of this size, one time in five, on one kind of machine:
    # at its opening too, before there is anything to click.
    for turn in range(6):
        page = browser.new_page()
        try:
            _open_two_of_many(page, path)
        except Error as error:
            if "crashed" not in str(error) or turn == 5:
                raise
        else:
            page.close()
            return


def _open_two_of_many(page: Page, path: Path) -> None:
    watched = Watched(page, "file:")
    page.goto(path.as_uri())
    assert page.locator("#text [id^=qt_]").count() > 3000
    # One whose record the page holds, and one whose record the script makes.
    for quote in ("qt_40", "qt_3000"):
        mark = page.locator(f"#text a[data-r~='{quote}']").first
        mark.click()
        ids = (mark.get_attribute("data-r") or "").split()
        expect(page.locator(".record.open")).to_have_count(len(ids))
        expect(page.locator(f"#r-{ids[0]}")).to_be_in_viewport()
        expect(page.locator(f"#r-{quote} .kicker")).to_contain_text("Quotation")
    watched.check()


@pytest.mark.parametrize("path", ["/", "SEED", "/speakers/tom-callander", CHECK, "/docs", "/redoc"])
def test_no_other_site_can_show_a_page_in_a_frame_or_learns_what_was_read(
    browser: Browser, real_server: str, server: str, articles: dict[str, str], path: str
) -> None:
    address = real_server + articles.get(path, path)
    page = browser.new_page()
    answer = page.goto(address)
    assert answer
    headers = answer.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "script-src 'self';" in headers["content-security-policy"]
    # `server` is another origin: it is told nothing, and may not frame what it links to.
    with page.expect_request(f"{server}/healthz") as told:
        page.evaluate("url => { location.href = url }", f"{server}/healthz")
    assert "referer" not in told.value.all_headers()
    page.wait_for_url(f"{server}/healthz")
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.evaluate(
        "url => new Promise(done => { const frame = document.createElement('iframe');"
        "frame.onload = done; frame.src = url; document.body.append(frame) })",
        address,
    )
    assert any("frame-ancestors 'none'" in one for one in refused), refused
    page.close()
