"""Pages for everybody: keyboard, screen reader, phone, paper, no scripts, from right to left."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.conftest import Watched, ask

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.slow]

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


def test_the_pages_can_be_walked_with_the_keyboard_alone(
    watched: Watched, seed_article: str
) -> None:
    page = watched.open(seed_article)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("People")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_label("People")).not_to_be_checked()
    for _ in range(6):
        page.keyboard.press("Tab")
    mark = page.locator("#text a:focus")
    expect(mark).to_have_count(1)
    outline = mark.evaluate("e => getComputedStyle(e).outlineStyle")
    assert outline == "solid"
    words = mark.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator(".record.open").first).to_contain_text(words)
    page.keyboard.press("Escape")
    expect(page.locator(".record.open")).to_have_count(0)
    assert page.locator(":focus").inner_text() == words


@pytest.fixture
def without_scripts(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(java_script_enabled=False)
    yield context
    context.close()


def test_everything_is_there_without_scripts(
    without_scripts: BrowserContext, real_server: str, seed_article: str, quote: dict[str, Any]
) -> None:
    page = without_scripts.new_page()
    page.goto(real_server + seed_article)
    expect(page.locator(f"#r-{quote['id']}")).to_be_visible()
    # The layers cannot be switched, and still say what the marks mean.
    expect(page.locator(".layers input").first).to_be_hidden()
    expect(page.locator(".layers")).to_contain_text("Organisations")
    page.locator(f"#{quote['id']}").click()
    assert page.url.endswith(f"#r-{quote['id']}")
    page.goto(real_server + "/search?q=front")
    expect(page.locator("mark").first).to_be_visible()


TOO_LONG = "/search?q=" + "a" * 9000
CHECK = "/quotes/check?text=the+front+is+collapsing"
PAGES = [
    "/",
    "/articles",
    "/speakers",
    "/search?q=the",
    "SEED",
    "FROM_THE_RIGHT",
    "HOSTILE",
    "/speakers/zaporizhzhia",
    "/speakers/tom-callander",
    "/speakers/vladimir-putin",
    CHECK,
    "/no",
    TOO_LONG,
]


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_a_phone(
    watched: Watched, articles: dict[str, str], path: str
) -> None:
    watched.page.set_viewport_size({"width": 360, "height": 740})
    page = watched.open(articles.get(path, path))
    for details in page.locator("details").all():
        details.evaluate("e => e.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    if path in ("/no", TOO_LONG):
        assert len(watched.complaints) == 1  # the browser logs every 404 and 414
        watched.complaints.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(
    browser: Browser, real_server: str, articles: dict[str, str], path: str, scheme: Any
) -> None:
    if not AXE.exists():
        pytest.skip("no axe-core here: npm install --prefix tests/browser")
    page = browser.new_page(color_scheme=scheme, reduced_motion="reduce")
    page.goto(real_server + articles.get(path, path))
    for details in page.locator("details").all():
        details.evaluate("e => e.open = true")
    if path in articles:
        page.get_by_label("Claims").check()
        page.locator("#text .quotations").first.click()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")
    told = [
        (one["id"], one["impact"], [node["html"][:120] for node in one["nodes"][:3]])
        for one in found["violations"]
    ]
    page.close()
    assert told == []


def test_it_prints_the_text_without_the_tools(watched: Watched, seed_article: str) -> None:
    page = watched.open(seed_article)
    page.emulate_media(media="print")
    for hidden in (".layers", ".masthead nav", ".search", ".made-of"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator("#text")).to_be_visible()
    expect(page.locator(".voices")).to_be_visible()


def test_text_from_right_to_left_runs_from_right_to_left(
    watched: Watched, real_server: str, articles: dict[str, str]
) -> None:
    path = articles["FROM_THE_RIGHT"]
    page = watched.open(path)
    ways = page.locator("#text p").evaluate_all(
        "all => all.map(e => getComputedStyle(e).direction)"
    )
    assert ways == ["rtl", "rtl", "rtl", "rtl", "ltr"]
    assert page.locator("h1").evaluate("e => getComputedStyle(e).direction") == "rtl"

    def place(selector: str) -> dict[str, float]:
        box = page.locator(selector).first.bounding_box()
        assert box
        return {**box, "right": box["x"] + box["width"]}

    quote = ask(real_server, f"/v1{path}/quotes")["data"][0]
    assert quote["text"].startswith("הנמל")
    mark, paragraph = place(f"#{quote['id']}"), place("#text p:nth-child(2)")
    # The mark holds its words, begins at the right and has its cue and its source to its left.
    assert page.locator(f"#{quote['id']}").inner_text() == quote["text"]
    assert paragraph["right"] - mark["right"] < 30
    whole = f"#text [data-r~='{quote['attribution']['id']}']"
    for part in ("cue", "source"):
        assert place(f"{whole}.{part}")["right"] < mark["x"]
    page.locator(f"#{quote['id']}").hover()
    lit = " ".join(page.locator("#text .lit").all_inner_texts())
    for words in (quote["text"], "said", "Miriam Tzur"):
        assert words in lit
    # The search field takes the direction of what is typed.
    page = watched.open("/search?q=%D7%A9%D7%9C%D7%95%D7%9D")
    box = page.get_by_label("Search articles, quotations, claims and names")
    assert box.evaluate("e => getComputedStyle(e).direction") == "rtl"


def test_what_was_selected_on_a_phone_is_not_under_its_record(
    watched: Watched, seed_article: str
) -> None:
    watched.page.set_viewport_size({"width": 360, "height": 740})
    page = watched.open(seed_article)
    for mark in (page.locator("#text .quotations").first, page.locator("#text a").last):
        mark.click()
        box, panel = mark.bounding_box(), page.locator("#records").bounding_box()
        assert box
        assert panel
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= panel["y"]
        page.keyboard.press("Escape")


def test_a_mark_that_is_switched_off_is_no_stop_for_the_keyboard(
    watched: Watched, seed_article: str
) -> None:
    page = watched.open(seed_article)
    for box in page.locator(".layers input").all():
        box.uncheck()
    assert page.locator("#text a[href]").count() == 0
    page.get_by_label("Places").check()
    stops = page.locator("#text a[href]")
    assert stops.count() > 5
    for stop in stops.all():
        assert "places" in (stop.get_attribute("class") or "")
