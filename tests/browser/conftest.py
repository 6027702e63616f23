"""Real servers, and Debian's Chromium to look at them."""

import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

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
    """A server on the seed article and our invented ones, read by the real ingest."""
    path = tmp_path_factory.mktemp("pages") / "onrecord.db"
    settings = Settings(
        database_url=f"sqlite:///{path}",
        seeds=(ROOT / "seeds", ROOT / "tests" / "articles"),
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
