"""A real database with the invented corpus, and the application on it: SQLite, then PostgreSQL."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.main import Application, create_app
from app.settings import Settings
from tests.api.corpus import write_corpus
from tests.databases import url_of


@pytest.fixture(scope="session", autouse=True)
def database_kind(both_databases: str) -> str:
    return both_databases


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory, database_kind: str) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "onrecord.db"
    write_corpus(path)
    return path


def settings_for(path: Path) -> Settings:
    return Settings(database_url=url_of(path), ingest_at_start=False)


@pytest.fixture(scope="session")
def app(database: Path) -> Application:
    return create_app(settings_for(database))


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@contextmanager
def running_server(settings: Settings) -> Iterator[tuple[str, FastAPI]]:
    app = create_app(settings)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="warning")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not running.started:
        thread.join(0.02)
        assert thread.is_alive()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", app
    finally:
        running.should_exit = True
        thread.join(10)
        listener.close()


@pytest.fixture(scope="session")
def server(database: Path) -> Iterator[str]:
    with running_server(settings_for(database)) as (address, _):
        yield address
