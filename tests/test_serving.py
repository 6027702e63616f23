"""Connections that never end what they begin, on a real server."""

import asyncio
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app import serving
from tests.api.conftest import database, settings_for  # noqa: F401 (a fixture)
from tests.hostile.serving import running_patiently
from tests.loops import run


@pytest.fixture
def address(
    database: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[str, int]]:
    monkeypatch.setattr(serving, "REQUEST_SECONDS", 0.5)
    monkeypatch.setattr(serving, "STALL_SECONDS", 0.5)
    with running_patiently(settings_for(database)) as (url, _):
        parts = urlsplit(url)
        assert parts.hostname
        assert parts.port
        yield parts.hostname, parts.port


@pytest.mark.parametrize("begun", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: "])
def test_a_request_that_never_comes_to_its_end_is_let_go(
    address: tuple[str, int], begun: bytes
) -> None:
    with socket.create_connection(address, timeout=20) as client:
        client.sendall(begun)
        assert client.recv(100) == b""


def test_a_second_request_on_a_connection_has_no_more_time(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=20) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b" 200 " in client.recv(2000)
        client.sendall(b"GET /healthz HTTP/1.1\r\nHo")
        rest = b""
        while data := client.recv(2000):
            rest += data
        assert b"HTTP/1.1" not in rest


def test_headers_without_an_end_are_a_431(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=20) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        answer = b""
        try:
            for _ in range(100):
                client.sendall(b"X-A: " + b"a" * 1000 + b"\r\n")
                time.sleep(0.001)
            answer = client.recv(2000)
        except ConnectionError:
            return  # closed before it could be read
        assert answer.startswith(b"HTTP/1.1 431 ")
        assert b"application/problem+json" in answer


def test_requests_that_come_together_are_not_taken_for_one_with_long_headers(
    address: tuple[str, int],
) -> None:
    whole = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    count = serving.MAX_HEADER_BYTES // len(whole) + 100
    with socket.create_connection(address, timeout=20) as client:
        client.sendall(whole * count + whole[:25])
        client.sendall(whole[25:])
        received = b""
        while received.count(b"HTTP/1.1 200") <= count and (data := client.recv(1 << 16)):
            received += data
    assert received.count(b"HTTP/1.1 200") == count + 1


def test_a_client_that_leaves_between_pipelined_requests_raises_nothing(
    address: tuple[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    async def leave() -> None:
        _, writer = await asyncio.open_connection(*address)
        writer.write(b"GET /v1/quotes HTTP/1.1\r\nHost: x\r\n\r\n" * 200)
        await writer.drain()
        writer.transport.abort()

    for _ in range(5):
        run(leave())
    with socket.create_connection(address, timeout=20) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b" 200 " in client.recv(2000)
    assert "Traceback" not in caplog.text
