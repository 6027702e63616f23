"""The pages in a real browser, on a real server, with articles that the real ingest has read."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Watched, ask

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.slow]

HERE = Path(__file__).parent
MAX_FIRST_PAGE_BYTES = 100_000


def test_the_front_page_finds_who_said_anything_about_a_place(watched: Watched) -> None:
    page = watched.open("/")
    page.get_by_label("Search articles, quotations, claims and names").fill("Zaporizhzhia")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=Zaporizhzhia")
    claims = page.locator("section", has=page.locator("#claims"))
    expect(claims).to_contain_text("Vladimir Putin")
    expect(claims.locator("mark").first).to_have_text("Zaporizhzhia")
    page.locator("section", has=page.locator("#entities")).get_by_role("link").first.click()
    expect(page.locator("h1")).to_have_text("Zaporizhzhia")
    expect(page.locator("svg.map circle.here title")).to_have_text("Zaporizhzhia: 1 article")
    expect(page.locator("main")).to_contain_text("belongs to Russia")


def test_the_front_page_weighs_little(watched: Watched) -> None:
    sizes: list[int] = []
    session = watched.page.context.new_cdp_session(watched.page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    watched.open("/")
    watched.page.wait_for_load_state("networkidle")
    assert len(sizes) >= 3
    assert sum(sizes) < MAX_FIRST_PAGE_BYTES


def test_layers_are_switched_on_and_off(watched: Watched, seed_article: str) -> None:
    page = watched.open(seed_article)
    claim = page.locator("#text .claims").first
    quotation = page.locator("#text .quotations").first
    plain = "rgba(0, 0, 0, 0)"
    assert claim.evaluate("e => getComputedStyle(e).borderBottomStyle") == "none"
    assert quotation.evaluate("e => getComputedStyle(e).backgroundColor") != plain
    page.get_by_label("Claims").check()
    page.get_by_label("Quotations").uncheck()
    assert claim.evaluate("e => getComputedStyle(e).borderBottomStyle") == "double"
    assert quotation.evaluate("e => getComputedStyle(e).backgroundColor") == plain


@pytest.mark.parametrize("how", ["hover", "focus"])
def test_source_cue_and_content_light_up_together(
    watched: Watched, seed_article: str, quote: dict[str, Any], how: str
) -> None:
    page = watched.open(seed_article)
    mark = page.locator(f"#{quote['id']}")
    getattr(mark, how)()
    lit = " ".join(" ".join(page.locator("#text .lit").all_inner_texts()).split())
    for words in (
        quote["text"],
        quote["attribution"]["cue"]["text"],
        quote["speaker"]["name"],
    ):
        assert words in lit
    page.mouse.move(0, 0)
    mark.evaluate("e => e.blur()")
    expect(page.locator("#text .lit")).to_have_count(0)


def test_selecting_a_mark_opens_its_record(
    watched: Watched, seed_article: str, quote: dict[str, Any]
) -> None:
    page = watched.open(seed_article)
    page.locator(f"#{quote['id']}").click()
    record = page.locator(f"#r-{quote['id']}")
    expect(record).to_be_visible()
    expect(record).to_be_in_viewport()
    expect(record).to_contain_text(f"{quote['confidence'] * 100:.0f} % sure")
    expect(record).to_contain_text(quote["attribution"]["method"])
    for other in quote["attribution"]["candidates"]:
        expect(record).to_contain_text(other["name"])
    assert page.url.endswith(f"#{quote['id']}")
    link = record.get_by_role("link", name="JSON").get_attribute("href")
    assert link == f"/v1/quotes/{quote['id']}"
    page.keyboard.press("Escape")
    expect(record).to_be_hidden()


def test_a_deep_link_shows_its_mark_and_record(
    watched: Watched, real_server: str, seed_article: str
) -> None:
    claims = ask(real_server, f"/v1{seed_article}/claims")["data"]
    claim = claims[-1]
    page = watched.open(f"{seed_article}#{claim['id']}")
    expect(page.locator(f"#r-{claim['id']}")).to_be_visible()
    expect(page.locator(f"#text [data-r~='{claim['id']}']").first).to_be_in_viewport()
    expect(page.get_by_label("Claims")).to_be_checked()


def test_the_margin_leads_to_what_is_said(watched: Watched, seed_article: str) -> None:
    page = watched.open(seed_article)
    page.locator(".voices").get_by_role("link", name="“The front is crumbling,”").click()
    expect(page.locator(".record:visible .words").first).to_have_text("“The front is crumbling,”")


@pytest.mark.parametrize("path", ["/", "/speakers/tom-callander", "/speakers/vladimir-putin"])
def test_a_chart_has_its_data_as_a_table_and_as_csv_beside_it(watched: Watched, path: str) -> None:
    page = watched.open(path)
    charts = page.locator("section:has(svg:not(.key))").all()
    assert len(charts) >= 2
    for chart in charts:
        assert chart.locator("table tbody tr").count() >= 1
        assert chart.locator("a[href*='.csv']").count() >= 1


def test_a_page_that_stands_alone_works_from_its_file(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.printing_html import write_pages
    from app.settings import Settings

    monkeypatch.chdir(tmp_path)
    seeds = HERE.parents[1] / "seeds"
    assert write_pages(Settings(), paths=[seeds], warn=lambda *told: pytest.fail(str(told))) == 1
    (path,) = tmp_path.glob("*.html")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    watched = Watched(page, "file:")
    page.goto(path.as_uri())
    mark = page.get_by_role("link", name="The front is crumbling,", exact=True)
    mark.click()
    expect(page.locator(".record.open").first).to_contain_text("Stanislav Bunyatov")
    assert mark.evaluate("e => getComputedStyle(e).fontFamily").startswith('"Iowan')
    watched.check()
    page.close()


def test_a_misquotation_is_shown_word_by_word(watched: Watched) -> None:
    page = watched.open("/quotes/check")
    page.get_by_label("The words that somebody is said to have said").fill(
        "The front is collapsing"
    )
    page.get_by_role("button", name="Check").click()
    page.wait_for_url("**/quotes/check?text=*")
    expect(page.get_by_role("status")).to_have_text("Not in these words. The nearest:")
    first = page.locator(".said").first
    expect(first.locator("del")).to_contain_text("collapsing")
    expect(first.locator("ins")).to_contain_text("crumbling")
    expect(first).to_contain_text("Stanislav Bunyatov")
