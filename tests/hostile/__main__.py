"""``make hostile``: a real server, and clients that wish it no good, for a minute or two.

    python -m tests.hostile [--connections 2000] [--flood 3000]

Exit code 1 when the server did not keep one of its promises.
"""

# ruff: noqa: E501 (a table of bytes)

import argparse
import asyncio
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.api.deps import MAX_EXPORTS
from app.serving import MAX_HEADER_BYTES, REQUEST_SECONDS, allow_many_connections
from tests.api.corpus import write_corpus

_CACHE_BYTES = 16 << 20


@dataclass(slots=True)
class Server:
    """A server under test, and what it did not keep of its promises."""

    pid: int
    port: int
    failures: list[str] = field(default_factory=list)

    def expect(self, holds: bool, words: str) -> None:
        """Print what was seen, and note it when it should not be."""
        sys.stdout.write(f"  {'ok  ' if holds else 'FAIL'} {words}\n")
        sys.stdout.flush()
        if not holds:
            self.failures.append(words)

    def ask(self, path: str) -> tuple[int, float]:
        """Return the status of a well-behaved request and the seconds that it took."""
        since = time.monotonic()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as got:
                got.read()
                status = got.status
        except urllib.error.HTTPError as error:
            status = error.code
        return status, time.monotonic() - since

    def files(self) -> int:
        """Return how many files the server has open."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def mebibytes(self) -> float:
        """Return the server's memory."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        match = re.search(r"VmRSS:\s+(\d+)", status)
        assert match
        return int(match[1]) / 1024


@contextlib.contextmanager
def running(folder: Path, *, fill: Callable[[Path], object] = write_corpus) -> Iterator[Server]:
    """Serve a database that `fill` makes, the invented corpus, by the program itself."""
    database = folder / "onrecord.db"
    fill(database)
    log = folder / "server.log"
    environment = os.environ | {
        "ONRECORD_DATABASE_URL": f"sqlite:///{database}",
        "ONRECORD_CACHE_BYTES": str(_CACHE_BYTES),
    }
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve", "--no-ingest", "--port", "0"],
            env=environment, stdout=stream, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        until = time.monotonic() + 60
        while not (match := re.search(r"running on http://[\d.]+:(\d+)", log.read_text())):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(log.read_text())
            time.sleep(0.1)
        server = Server(process.pid, int(match[1]))
        yield server
        words = log.read_text(errors="replace")
        server.expect(process.poll() is None, "the server is alive")
        server.expect("Traceback" not in words, "no exception is in its log")
        if "Traceback" in words:
            sys.stdout.write(words[words.index("Traceback") :][:3000])
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(40)
        process.kill()


async def hold_connections(server: Server, *, count: int) -> None:
    """Open many connections that say nothing, and ask between them."""
    before = server.files()
    opened = []
    for _ in range(count):
        opened.append(await asyncio.open_connection("127.0.0.1", server.port))
    held = server.files() - before
    status, seconds = await asyncio.to_thread(server.ask, "/v1/quotes?limit=1")
    server.expect(
        status == 200, f"with {held:,} silent connections: {status} after {seconds:.2f} s"
    )
    await asyncio.sleep(REQUEST_SECONDS + 3)
    left = server.files() - before
    server.expect(left < 20, f"{REQUEST_SECONDS + 3:g} s later the server holds {left} of them")
    for _, writer in opened:
        writer.close()


async def drip(server: Server, *, count: int) -> None:
    """Send headers a byte at a time (slowloris)."""

    async def one() -> float:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        since = time.monotonic()
        writer.write(b"GET /v1/quotes HTTP/1.1\r\nHost: x\r\nX-A: ")
        with contextlib.suppress(OSError):
            while time.monotonic() - since < 3 * REQUEST_SECONDS:
                writer.write(b"a")
                await writer.drain()
                if reader.at_eof():
                    break
                with contextlib.suppress(TimeoutError):
                    if not await asyncio.wait_for(reader.read(1), 0.5):
                        break
        writer.close()
        return time.monotonic() - since

    clients = [asyncio.create_task(one()) for _ in range(count)]
    await asyncio.sleep(2)
    status, seconds = await asyncio.to_thread(server.ask, "/v1/quotes?limit=2")
    server.expect(status == 200, f"beside {count} slow clients: {status} after {seconds:.2f} s")
    longest = max(await asyncio.gather(*clients))
    server.expect(longest < 2 * REQUEST_SECONDS, f"the slowest was let go after {longest:.0f} s")


async def send_endless_headers(server: Server) -> None:
    """Send headers without an end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
    sent = 0
    answer = b""
    with contextlib.suppress(OSError):
        while sent < 100 * MAX_HEADER_BYTES:
            writer.write(b"X-A: " + b"a" * 8000 + b"\r\n")
            sent += 8000
            await writer.drain()
            with contextlib.suppress(TimeoutError):
                answer = await asyncio.wait_for(reader.read(12), 0.01)
                break
    writer.close()
    server.expect(
        sent < 100 * MAX_HEADER_BYTES, f"endless headers end after {sent:,} bytes: {answer!r}"
    )


async def send_garbage(server: Server) -> None:
    """Send what is no HTTP."""
    wrong = 0
    for data in (
        b"\x16\x03\x01\x02\x00\x01\x00", b"\x00" * 5000, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
        b"A" * 70_000, b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\nzz\r\n",
        b"GET http://other/ HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /" + b"a" * 60_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /%ff%fe HTTP/1.1\r\nHost: x\r\n\r\n", b"POST /v1/quotes HTTP/1.1\r\nHost: x\r\n"
        b"Content-Length: 999999999\r\n\r\nabc", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 200,
    ):  # fmt: skip
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(data)
        with contextlib.suppress(TimeoutError, OSError):
            answer = await asyncio.wait_for(reader.read(100), 2)
            wrong += b" 500 " in answer
        writer.close()
    server.expect(wrong == 0, "what is no HTTP is refused")


def flood(server: Server, *, count: int) -> None:
    """Ask for addresses that no cache can know."""
    server.ask("/v1/quotes?limit=200&include=article,speaker")
    before = server.mebibytes()
    bad = 0
    for number in range(count):
        bad += (
            server.ask(f"/v1/quotes?limit={1 + number % 200}&q=the&source=s{number}&source=a")[0]
            != 200
        )
    grown = server.mebibytes() - before
    most = _CACHE_BYTES / (1 << 20) + 40
    server.expect(
        bad == 0 and grown < most, f"{count:,} addresses: {grown:+.0f} MiB, {bad} refused"
    )


async def hang_up(server: Server, *, count: int) -> None:
    """Leave in the middle of exports, and see that others find a place."""
    for number in range(count):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /v1/mentions HTTP/1.1\r\nHost: x\r\n\r\n" if number % 5 == 4 else
                     b"GET /v1/quotes.ndjson HTTP/1.1\r\nHost: x\r\n\r\n")  # fmt: skip
        await reader.read(10)
        writer.transport.abort()
    until = time.monotonic() + 20
    while (status := (await asyncio.to_thread(server.ask, "/v1/quotes.csv"))[0]) == 503:
        if time.monotonic() > until:
            break
        await asyncio.sleep(0.1)
    took = [
        (await asyncio.to_thread(server.ask, "/v1/quotes.csv"))[0] for _ in range(MAX_EXPORTS + 1)
    ]
    server.expect({status, *took} == {200}, f"after {count} clients that hung up: {status}")


def main() -> int:
    """Ill-treat a server and say what it kept of its promises."""
    parser = argparse.ArgumentParser(prog="make hostile", description=__doc__)
    parser.add_argument("--connections", type=int, default=2_000)
    parser.add_argument("--flood", type=int, default=3_000)
    given = parser.parse_args()
    allow_many_connections()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server:
        sys.stdout.write(f"a server on port {server.port}, {server.mebibytes():.0f} MiB\n")
        asyncio.run(hold_connections(server, count=given.connections))
        asyncio.run(drip(server, count=200))
        asyncio.run(send_endless_headers(server))
        asyncio.run(send_garbage(server))
        flood(server, count=given.flood)
        asyncio.run(hang_up(server, count=50))
    sys.stdout.write(f"{len(server.failures)} promises broken\n")
    return 1 if server.failures else 0


if __name__ == "__main__":
    sys.exit(main())
