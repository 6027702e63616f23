"""A server in this process with the program's own way of dealing with connections."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from app.main import create_app
from app.serving import PatientProtocol
from app.settings import Settings


@contextmanager
def running_patiently(settings: Settings) -> Iterator[tuple[str, FastAPI]]:
    """Serve on a free port; yields the address and the application."""
    app = create_app(settings)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    running = uvicorn.Server(uvicorn.Config(app, log_level="warning", http=PatientProtocol))
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
