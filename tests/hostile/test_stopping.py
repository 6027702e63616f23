"""A server that is told to stop lets an answer under way come to its end."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.api.conftest import database  # noqa: F401 (a fixture)

pytestmark = pytest.mark.slow

# The program, with an export that lasts three seconds.
SCRIPT = """
import time
from app.api import listing
from app.api.exports import stream
def slowly(session, listed, real=listing.stream_rows):
    for portion in real(session, listed):
        for at in range(0, len(portion), 4):
            time.sleep(0.2)
            yield portion[at : at + 4]
import app.main
make = app.main.create_app
def create_app():
    stream.stream_rows = slowly
    return make()
app.main.create_app = create_app
from app.cli import app
app()
"""


def test_an_export_ends_before_the_server_does(
    database: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    environment = os.environ | {"ONRECORD_DATABASE_URL": f"sqlite:///{database}"}
    log = tmp_path / "log"
    with log.open("wb") as stream:
        server = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, "serve", "--no-ingest", "--port", "0"],
            env=environment,
            stdout=stream,
            stderr=stream,
        )
    try:
        until = time.monotonic() + 60
        while not (match := re.search(r"running on http://[\d.]+:(\d+)", log.read_text())):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < until
            time.sleep(0.1)
        with socket.create_connection(("127.0.0.1", int(match[1])), timeout=60) as client:
            client.sendall(
                b"GET /v1/quotes.ndjson HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            )
            answer = client.recv(1)
            server.send_signal(signal.SIGTERM)
            while data := client.recv(65536):
                answer += data
        assert server.wait(60) in (0, -signal.SIGTERM)
    finally:
        server.kill()
    assert answer.count(b'{"id":"qt_') == 60
    assert answer.endswith(b"0\r\n\r\n")  # the stream came to its own end
    assert "Traceback" not in log.read_text()
