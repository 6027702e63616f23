"""What is odd on a connection is as with uvicorn itself; and what holds a connection for long."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import uvicorn

from app import serving
from app.main import create_app
from app.serving import PatientProtocol
from tests.api.conftest import database, running_server, settings_for  # noqa: F401 (a fixture)
from tests.hostile.serving import running_patiently
from tests.loops import run

Address = tuple[str, int]
# Kept before each of the others comes, so that ours answers it before there is a task.
KEPT = "/v1/quotes?limit=1"
UPGRADE = "Connection: Upgrade\r\nUpgrade: "


def ask(
    path: str = KEPT,
    *headers: str,
    method: str = "GET",
    version: str = "1.1",
    host: str = "Host: x",
    body: str = "",
) -> bytes:
    lines = [f"{method} {path} HTTP/{version}", *filter(None, (host, *headers)), "", body]
    return "\r\n".join(lines).encode("latin-1")


ODD = {
    "plain": ask(),
    "of another age": ask(version="1.0"),
    "of another age, kept alive": ask(KEPT, "Connection: keep-alive", version="1.0"),
    "of the first age": f"GET {KEPT}\r\n\r\n".encode(),
    "of the next age": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "of no age": ask(version="1.2"),
    "three in one piece": ask() * 3,
    "one kept, one not, one kept": ask() + ask("/v1/claims?limit=3&facet=form") + ask(),
    "more behind the last": ask(KEPT, "Connection: close") + ask(),
    "line ends before it": b"\r\n\r\n" + ask(),
    "no host": ask(host=""),
    "two hosts": ask(KEPT, "Host: y"),
    "whole address": ask(f"http://evil{KEPT}"),
    "whole address without a path": ask("http://evil"),
    "two slashes": ask(f"/{KEPT}"),
    "fragment": ask(f"{KEPT}#a"),
    "space in the address": ask("/v1/quotes ?limit=1"),
    "bytes in the address": ask("/v1/quotes?q=\xff\xfe"),
    "asterisk": ask("*"),
    "asterisk of options": ask("*", method="OPTIONS"),
    "connect": ask("evil:80", method="CONNECT"),
    "trace": ask(method="TRACE"),
    "method in small letters": ask(method="get"),
    "method that there is not": ask(method="FOO"),
    "expects a go-ahead": ask(KEPT, "Expect: 100-continue"),
    "expects a go-ahead for a body": ask(
        KEPT, "Expect: 100-continue", "Content-Length: 3", body="abc"
    ),
    "expects the moon": ask(KEPT, "Expect: the-moon"),
    "body": ask(KEPT, "Content-Length: 3", body="abc") + ask(),
    "body of none": ask(KEPT, "Content-Length: 0") + ask(),
    "body in chunks": ask(KEPT, "Transfer-Encoding: chunked", body="3\r\nabc\r\n0\r\n\r\n") + ask(),
    "trailers": ask(KEPT, "Transfer-Encoding: chunked", body="0\r\nHost: evil\r\n\r\n") + ask(),
    "chunks that are none": ask(KEPT, "Transfer-Encoding: chunked", body="zz\r\n"),
    "chunks and a length": ask(
        KEPT, "Transfer-Encoding: chunked", "Content-Length: 4", body="0\r\n\r\n"
    ),
    "coded twice": ask(
        KEPT, "Transfer-Encoding: chunked", "Transfer-Encoding: identity", body="0\r\n\r\n"
    ),
    "coded oddly": ask(KEPT, "Transfer-Encoding: xchunked", body="0\r\n\r\n"),
    "space before a colon": ask(KEPT, "Transfer-Encoding : chunked", body="0\r\n\r\n"),
    "two lengths": ask(KEPT, "Content-Length: 0", "Content-Length: 5", body="abcde"),
    "length with a sign": ask(KEPT, "Content-Length: +3", body="abc"),
    "folded header": ask(KEPT, "X-A: a\r\n b"),
    "lines without returns": ask().replace(b"\r", b""),
    "returns without lines": ask(KEPT, "X-A: a\rX-B: b"),
    "zero in a header": ask(KEPT, "X-A: a\x00b"),
    "websocket": ask(KEPT, f"{UPGRADE}websocket", "Sec-WebSocket-Key: YQ==") + ask(),
    "upgrade to HTTP/2": ask(KEPT, f"{UPGRADE}h2c", "HTTP2-Settings: AA") + ask(),
    "head": ask(method="HEAD") + ask(),
    "post": ask(KEPT, "Content-Length: 3", method="POST", body="abc") + ask(),
    "two ids": ask(KEPT, "X-Request-ID: a", "X-Request-ID: b"),
    "two ETags": ask(KEPT, 'If-None-Match: "a"', "If-None-Match: *"),
    "ranges": ask(KEPT, "Range: bytes=0-1"),
}


@pytest.fixture
def patient(
    database: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Address]:
    monkeypatch.setattr(serving, "REQUEST_SECONDS", 0.5)
    monkeypatch.setattr(serving, "STALL_SECONDS", 0.5)
    with running_patiently(settings_for(database)) as (url, _):
        yield to_address(url)


def to_address(url: str) -> Address:
    host, _, port = url.removeprefix("http://").partition(":")
    return host, int(port)


async def talk(address: Address, data: bytes, *, seconds: float = 2) -> tuple[bytes, bool]:
    """Return what the server says to data within a time, and whether it then hung up."""
    reader, writer = await asyncio.open_connection(*address)
    writer.write(data)
    received = b""
    try:
        async with asyncio.timeout(seconds):
            while part := await reader.read(1 << 16):
                received += part
    except TimeoutError:
        return received, False
    except ConnectionError:
        pass
    finally:
        writer.close()
    return received, True


def talk_of(address: Address, *requests: bytes) -> list[bytes]:
    """Return what the server says to requests, one after the other."""

    async def talk_of_all() -> list[bytes]:
        return [(await talk(address, data, seconds=0.5))[0] for data in requests]

    return run(talk_of_all())


def find_statuses(received: bytes) -> list[bytes]:
    return re.findall(rb"HTTP/1.1 (\d{3}) ", received)


async def talk_oddly(address: Address) -> dict[str, object]:
    """Return what is said to all that is odd: statuses, pages, and whether the server hung up."""
    await talk(address, ask(KEPT), seconds=1.2)
    await talk(address, ask(KEPT), seconds=0.1)  # what the data are is known anew
    answers = await asyncio.gather(*(talk(address, data) for data in ODD.values()))
    return {
        what: (
            find_statuses(received),
            re.findall(rb'\{"data":.*?"facets":null\}', received, re.DOTALL),
            is_closed,
        )
        for what, (received, is_closed) in zip(ODD, answers, strict=True)
    }


def test_what_is_odd_is_answered_as_by_uvicorn(
    database: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_once = 0
    real = PatientProtocol._answer_at_once

    def count(self: PatientProtocol) -> bool:
        nonlocal at_once
        done = real(self)
        at_once += done
        return done

    monkeypatch.setattr(PatientProtocol, "_answer_at_once", count)

    with running_server(settings_for(database)) as (url, _):
        expected = run(talk_oddly(to_address(url)))
    with running_patiently(settings_for(database)) as (url, _):
        # Nothing is answered at once when what is known of the data is a second old by then, as on
        # a machine that is busy with other things.
        for _ in range(3):
            at_once = 0
            assert run(talk_oddly(to_address(url))) == expected
            if at_once > len(ODD) / 4:
                break
    assert at_once > len(ODD) / 4


def test_an_answer_that_is_out_stays_out_when_what_follows_is_no_http(patient: Address) -> None:
    *_, last = talk_of(patient, ask(), ask() + b"garbage\r\n\r\n")
    assert find_statuses(last) == [b"200", b"400"]


@pytest.mark.parametrize(("first", "second"), [("gzip", "identity"), ("identity", "gzip")])
def test_no_encoding_sent_beside_another_is_what_others_get(
    patient: Address, first: str, second: str
) -> None:
    names = [f"Accept-Encoding: {value}" for value in (first, second)]
    path = "/v1/quotes?limit=20"
    forged, *honest = talk_of(patient, ask(path, *names), *(ask(path, name) for name in names))
    assert b"content-encoding: gzip" in forged
    assert [b"content-encoding: gzip" in answer for answer in honest] == [
        first == "gzip",
        second == "gzip",
    ]


def test_no_second_host_gets_into_links_that_others_get(patient: Address) -> None:
    path = "/v1/quotes.atom"
    forged, honest = talk_of(
        patient, ask(path, "Host: good", host="Host: evil"), ask(path, host="Host: good")
    )
    assert b"http://evil/" in forged
    assert b"http://good/" in honest
    assert b"http://evil/" not in honest


@pytest.mark.parametrize(
    ("begun", "drop"),
    [
        (ask(KEPT, "Content-Length: 1000"), b"a"),
        (ask(KEPT, "Content-Length: 1000", method="POST"), b"a"),
        (ask(KEPT, "Transfer-Encoding: chunked"), b"1\r\na\r\n"),
        (ask(KEPT, "Transfer-Encoding: chunked", body="0\r\n"), b"X-A: a\r\n"),
        (ask(), b"\r\n"),
        (b"", b"\r\n"),
        (ask(KEPT, f"{UPGRADE}h2c"), b"G"),
        (ask(KEPT, f"{UPGRADE}websocket"), b"G"),
    ],
)
def test_a_request_that_drips_is_let_go(patient: Address, begun: bytes, drop: bytes) -> None:
    with socket.create_connection(patient, timeout=0.1) as client:
        client.sendall(begun)
        since = time.monotonic()
        is_open = True
        while is_open and time.monotonic() - since < 20:
            try:
                client.sendall(drop)
                is_open = bool(client.recv(1 << 16))
            except TimeoutError:
                continue
            except ConnectionError:
                break
        assert time.monotonic() - since < 10


@pytest.mark.parametrize(
    ("begun", "more"),
    [
        (ask(KEPT, "Content-Length: 999999999"), b"a" * 8000),
        (ask(KEPT, "Transfer-Encoding: chunked"), b"%x\r\n%b\r\n" % (8000, b"a" * 8000)),
        (ask(KEPT, "Transfer-Encoding: chunked", body="0\r\n"), b"X-A: " + b"a" * 8000 + b"\r\n"),
        (ask(KEPT, "Transfer-Encoding: chunked", body="0\r\n"), b"a" * 8000),
        (b"", b"\r\n" * 4000),
    ],
)
def test_a_request_without_an_end_is_let_go(patient: Address, begun: bytes, more: bytes) -> None:
    with socket.create_connection(patient, timeout=20) as client:
        client.sendall(begun)
        sent = 0
        try:
            while sent < 100 * serving.MAX_BODY_BYTES:
                client.sendall(more)
                sent += len(more)
        except ConnectionError:
            pass
        # What lies in the system's own buffers was sent too.
        assert sent < 20 * serving.MAX_BODY_BYTES


@contextmanager
def running_with_small_buffers(path: Path) -> Iterator[Address]:
    """Serve where little is on its way: the rest of an answer waits in the server."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        create_app(settings_for(path)), log_level="warning", http=PatientProtocol,
        timeout_keep_alive=1,
    )  # fmt: skip
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not running.started:
        thread.join(0.02)
        assert thread.is_alive()
    try:
        yield listener.getsockname()
    finally:
        running.should_exit = True
        thread.join(10)
        listener.close()
    assert not thread.is_alive()


@pytest.mark.parametrize("header", ["Connection: close", "X-A: kept alive"])
def test_a_short_answer_that_is_not_read_is_given_up_too(
    database: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    header: str,
) -> None:
    monkeypatch.setattr(serving, "STALL_SECONDS", 0.5)
    with running_with_small_buffers(database) as address, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        client.settimeout(20)
        client.connect(address)
        client.sendall(ask("/v1/quotes?limit=30", header))
        assert client.recv(12) == b"HTTP/1.1 200"
        time.sleep(4)
        received = 0
        with suppress(ConnectionResetError):
            while data := client.recv(1 << 16):
                received += len(data)
        assert received < 25_000  # of 34,000


def test_a_reader_that_is_slow_and_steady_gets_all_of_a_long_answer(
    database: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(serving, "STALL_SECONDS", 0.5)
    monkeypatch.setattr(serving, "SLOWEST_BYTES", 2000)
    with running_with_small_buffers(database) as address, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        client.settimeout(20)
        client.connect(address)
        client.sendall(ask("/v1/quotes?limit=100", "Connection: close"))
        received = b""
        since = time.monotonic()
        while data := client.recv(4096):
            received += data
            time.sleep(0.1)
        assert time.monotonic() - since > 1
        head, _, body = received.partition(b"\r\n\r\n")
        assert b"content-length: %d\r\n" % len(body) in head.lower()
