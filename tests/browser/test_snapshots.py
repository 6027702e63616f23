"""What pages look like: kept only when asked for, and looked at before they are committed."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.slow]

CHECK = "/quotes/check?text=the+front+is+collapsing"
SNAPSHOTS = Path(__file__).parent / "snapshots"
KEEP = os.environ.get("ONRECORD_KEEP_SNAPSHOTS") == "1"
MAX_SNAPSHOT_BYTES = 300_000


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
        ("speaker-phone", "/speakers/tom-callander", (360, 740), "light"),
        ("speakers-light", "/speakers", (1280, 900), "light"),
        ("right-to-left-light", "FROM_THE_RIGHT", (1280, 900), "light"),
        ("right-to-left-phone", "FROM_THE_RIGHT", (360, 740), "dark"),
        ("hostile-dark", "HOSTILE", (1280, 900), "dark"),
        ("not-here-light", "/no", (1280, 900), "light"),
        ("check-light", CHECK, (1280, 900), "light"),
        ("check-phone", CHECK, (360, 740), "dark"),
        ("search-phone", "/search?q=Zaporizhzhia", (360, 740), "dark"),
    ],
)
def test_a_page_looks_like_something(
    browser: Browser,
    real_server: str,
    articles: dict[str, str],
    tmp_path: Path,
    name: str,
    path: str,
    size: tuple[int, int],
    scheme: Any,
) -> None:
    page = browser.new_page(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, reduced_motion="reduce"
    )
    page.goto(real_server + articles.get(path, path))
    if path in articles:
        page.locator("#text .quotations").first.click()
        page.mouse.move(0, 0)
        expect(page.locator(".record.open").first).to_be_in_viewport()
    target = (SNAPSHOTS if KEEP else tmp_path) / f"{name}.png"
    taken = page.screenshot(path=target)
    page.close()
    assert 5_000 < len(taken) < MAX_SNAPSHOT_BYTES
