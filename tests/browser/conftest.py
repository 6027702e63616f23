"""Real servers, and Debian's Chromium to look at them."""

import json
import shutil
import socket
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from app.ingest.job import run_ingest
from app.main import create_app
from app.settings import Settings
from tests.api.conftest import database, server

__all__ = ["database", "server"]

ROOT = Path(__file__).parents[2]
# The last flags keep Chromium from calling home: no request may leave the machine.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


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


def ask(server: str, path: str) -> Any:
    with urllib.request.urlopen(server + path) as answer:
        return json.load(answer)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def real_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on the seed article and our invented ones, read by the real ingest.

    Those of this folder are for the eye: one runs from right to left, one is hostile.
    """
    path = tmp_path_factory.mktemp("pages") / "onrecord.db"
    settings = Settings(
        database_url=f"sqlite:///{path}",
        seeds=(
            ROOT / "seeds",
            ROOT / "tests" / "articles",
            ROOT / "tests" / "browser" / "articles",
        ),
        ingest_at_start=False,
    )
    run_ingest(settings)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    running = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="warning"))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not running.started:
        thread.join(0.02)
        assert thread.is_alive()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    running.should_exit = True
    thread.join(10)
    listener.close()


@pytest.fixture
def watched(browser: Browser, real_server: str) -> Iterator[Watched]:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    watched = Watched(page, real_server)
    yield watched
    watched.check()
    page.close()


@pytest.fixture(scope="session")
def seed_article(real_server: str) -> str:
    """The path of the page of the seed article."""
    found = ask(real_server, "/v1/articles?q=Naryshkin")
    return f"/articles/{found['data'][0]['id']}"


@pytest.fixture(scope="session")
def articles(real_server: str, seed_article: str) -> dict[str, str]:
    """The paths of the articles that tests name in capitals."""
    found = {"SEED": seed_article}
    for name, query in (("FROM_THE_RIGHT", "source=Harbour%20Letter"), ("HOSTILE", "q=Petra")):
        (article,) = ask(real_server, f"/v1/articles?{query}")["data"]
        found[name] = f"/articles/{article['id']}"
    return found


@pytest.fixture(scope="session")
def quote(real_server: str, seed_article: str) -> dict[str, Any]:
    """The first quotation of the seed article: “The front is crumbling,”."""
    listed = ask(real_server, f"/v1{seed_article}/quotes?limit=1")
    found: dict[str, Any] = listed["data"][0]
    return found
