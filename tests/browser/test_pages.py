"""The pages in a real browser, on a real server, with articles that the real ingest has read."""

import json
import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.slow]

HERE = Path(__file__).parent
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
SNAPSHOTS = HERE / "snapshots"
# Kept only when asked for, and looked at before they are committed.
KEEP = os.environ.get("ONRECORD_KEEP_SNAPSHOTS") == "1"
MAX_SNAPSHOT_BYTES = 300_000
MAX_FIRST_PAGE_BYTES = 100_000


class Watched:
    """A page, what it asked for and what it complained about."""

    def __init__(self, page: Page, server: str) -> None:
        self.page = page
        self.server = server
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str) -> Page:
        self.page.goto(self.server + path)
        return self.page

    def check(self) -> None:
        """Nothing was logged (so no policy was broken), and nothing was asked of another host."""
        assert self.complaints == []
        assert [url for url in self.requests if not url.startswith(self.server)] == []


@pytest.fixture
def watched(browser: Browser, real_server: str) -> Iterator[Watched]:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    watched = Watched(page, real_server)
    yield watched
    watched.check()
    page.close()


@pytest.fixture
def without_scripts(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(java_script_enabled=False)
    yield context
    context.close()


def ask(server: str, path: str) -> Any:
    with urllib.request.urlopen(server + path) as answer:
        return json.load(answer)


@pytest.fixture(scope="session")
def seed_article(real_server: str) -> str:
    """The path of the page of the seed article."""
    found = ask(real_server, "/v1/articles?q=Naryshkin")
    return f"/articles/{found['data'][0]['id']}"


@pytest.fixture(scope="session")
def quote(real_server: str, seed_article: str) -> dict[str, Any]:
    """The first quotation of the seed article: “The front is crumbling,”."""
    listed = ask(real_server, f"/v1{seed_article}/quotes?limit=1")
    found: dict[str, Any] = listed["data"][0]
    return found


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
    expect(page.locator("svg.map circle")).to_have_count(1)
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


def test_everything_is_there_without_scripts(
    without_scripts: BrowserContext, real_server: str, seed_article: str, quote: dict[str, Any]
) -> None:
    page = without_scripts.new_page()
    page.goto(real_server + seed_article)
    expect(page.locator(f"#r-{quote['id']}")).to_be_visible()
    expect(page.locator(".layers")).to_be_hidden()
    page.locator(f"#{quote['id']}").click()
    assert page.url.endswith(f"#r-{quote['id']}")
    page.goto(real_server + "/search?q=front")
    expect(page.locator("mark").first).to_be_visible()


CHECK = "/quotes/check?text=the+front+is+collapsing"
PAGES = [
    "/",
    "/articles",
    "/speakers",
    "/search?q=the",
    "SEED",
    "/speakers/zaporizhzhia",
    CHECK,
    "/no",
]


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_a_phone(watched: Watched, seed_article: str, path: str) -> None:
    watched.page.set_viewport_size({"width": 360, "height": 740})
    page = watched.open(seed_article if path == "SEED" else path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    if path == "/no":
        watched.complaints.clear()  # the browser logs every 404


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(
    browser: Browser, real_server: str, seed_article: str, path: str, scheme: Any
) -> None:
    if not AXE.exists():
        pytest.skip("no axe-core here: npm install --prefix tests/browser")
    page = browser.new_page(color_scheme=scheme, reduced_motion="reduce")
    page.goto(real_server + (seed_article if path == "SEED" else path))
    for details in page.locator("details").all():
        details.evaluate("e => e.open = true")
    if path == "SEED":
        page.locator("#text .quotations").first.click()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")
    told = [
        (one["id"], one["impact"], [node["html"][:120] for node in one["nodes"][:3]])
        for one in found["violations"]
    ]
    page.close()
    assert told == []


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


def test_it_prints_the_text_without_the_tools(watched: Watched, seed_article: str) -> None:
    page = watched.open(seed_article)
    page.emulate_media(media="print")
    for hidden in (".layers", ".masthead nav", ".search", ".made-of"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator("#text")).to_be_visible()
    expect(page.locator(".voices")).to_be_visible()


def test_text_from_right_to_left_runs_from_right_to_left(watched: Watched) -> None:
    page = watched.open("/search?q=%D7%A9%D7%9C%D7%95%D7%9D")
    box = page.get_by_label("Search articles, quotations, claims and names")
    assert box.evaluate("e => getComputedStyle(e).direction") == "rtl"


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


@pytest.mark.parametrize(
    ("name", "path", "size", "scheme"),
    [
        ("front-light", "/", (1280, 900), "light"),
        ("front-dark", "/", (1280, 900), "dark"),
        ("front-phone", "/", (360, 740), "light"),
        ("reader-light", "SEED", (1280, 900), "light"),
        ("reader-dark", "SEED", (1280, 900), "dark"),
        ("reader-phone", "SEED", (360, 740), "light"),
        ("speaker-light", "/speakers/vladimir-putin", (1280, 900), "light"),
        ("speaker-dark", "/speakers/zaporizhzhia", (1280, 900), "dark"),
        ("check-light", CHECK, (1280, 900), "light"),
        ("search-phone", "/search?q=Zaporizhzhia", (360, 740), "dark"),
    ],
)
def test_a_page_looks_like_something(
    browser: Browser,
    real_server: str,
    seed_article: str,
    tmp_path: Path,
    name: str,
    path: str,
    size: tuple[int, int],
    scheme: Any,
) -> None:
    page = browser.new_page(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, reduced_motion="reduce"
    )
    page.goto(real_server + (seed_article if path == "SEED" else path))
    if path == "SEED":
        page.locator("#text .quotations").first.click()
        page.mouse.move(0, 0)
        expect(page.locator(".record.open").first).to_be_in_viewport()
    target = (SNAPSHOTS if KEEP else tmp_path) / f"{name}.png"
    taken = page.screenshot(path=target)
    page.close()
    assert 5_000 < len(taken) < MAX_SNAPSHOT_BYTES


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
