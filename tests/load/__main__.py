"""``make load``: mixed traffic with re-ingests going on; then too much of it.

    python -m tests.load [--minutes 15] [--clients 16]

First the peak is found (as many requests as the clients can have answered in ten seconds), then for
so many minutes 70 percent of it is asked for while files change and are ingested, then three times
the peak for ten seconds. Prints requests, errors, p50 and p99, memory and open files on the way.
Exit code 1 for an answer that is neither as promised nor a 503, for an error at 70 percent, or when
memory or files keep growing. Figures are this machine's, with clients and server on it together.
"""

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from app.serving import allow_many_connections
from tests.hostile.__main__ import Server, running

_PATHS = (
    "/v1/quotes?limit=20", "/v1/quotes?q=the", "/v1/claims?limit=50&include=claimant",
    "/v1/entities",
    "/v1/articles?sort=-published_at", "/v1/quotes/counts?group_by=speaker", "/v1", "/", "/readyz",
)  # fmt: skip
# Asked for by one client of eight: only a few may run at once, and one more is a 503 by design.
_EXPORTS = ("/v1/quotes.csv", "/v1/claims.ndjson")


@dataclass(slots=True)
class Seen:
    """What clients saw."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Return the time within which a share of all answers came, in milliseconds."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    def to_text(self) -> str:
        """Return it as one line."""
        return (
            f"{sum(self.statuses.values()):,} requests {dict(self.statuses)}, "
            f"p50 {self.percentile(0.5):.1f} ms, p99 {self.percentile(0.99):.1f} ms"
        )


async def press(server: Server, *, clients: int, seconds: float, rate: float | None) -> Seen:
    """Ask with so many clients for so long; all together at most `rate` times a second."""
    seen = Seen()
    until = time.monotonic() + seconds

    async def one(number: int) -> None:
        chance = random.Random(number)
        pause = clients / rate if rate else 0.0
        while time.monotonic() < until:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            try:
                for _ in range(50):
                    since = time.monotonic()
                    path = chance.choice(_PATHS if number % 8 else (*_PATHS, *_EXPORTS))
                    if chance.random() < 0.3:
                        path = f"/v1/quotes?limit={chance.randint(1, 200)}"
                    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                    seen.statuses[await _read_answer(reader)] += 1
                    took = time.monotonic() - since
                    seen.seconds.append(took)
                    if time.monotonic() > until:
                        break
                    await asyncio.sleep(max(0.0, pause - took))
            except (OSError, asyncio.IncompleteReadError):
                seen.statuses[0] += 1
            finally:
                writer.close()

    await asyncio.gather(*(one(number) for number in range(clients)))
    return seen


async def _read_answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head[9:12])
    if b"transfer-encoding: chunked" in head:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    else:
        length = head.partition(b"content-length:")[2].split(b"\r\n")[0]
        await reader.readexactly(int(length or 0))
    return status


async def ingest_again_and_again(database: Path, seeds: Path, *, stop: asyncio.Event) -> int:
    """Change the seeds and ingest them, until told to stop; return how often."""
    times = 0
    while not stop.is_set():
        times += 1
        (seeds / f"{times % 5}.txt").write_text(f'"No {times}," said Ann Bell in Riga.')
        command = [sys.executable, "-m", "tests.load.ingest", str(database), str(seeds)]
        process = await asyncio.to_thread(subprocess.run, command, check=False)
        if process.returncode:
            sys.stdout.write(f"  an ingest failed with code {process.returncode}\n")
        await asyncio.sleep(2)
    return times


async def load(server: Server, folder: Path, *, minutes: float, clients: int) -> None:
    """Find the peak, hold 70 percent of it, then ask for three times as much."""
    peak_seen = await press(server, clients=clients, seconds=10, rate=None)
    peak = sum(peak_seen.statuses.values()) / 10
    sys.stdout.write(f"peak: {peak:,.0f} a second; {peak_seen.to_text()}\n")
    seeds = folder / "seeds"
    seeds.mkdir()
    stop = asyncio.Event()
    ingests = asyncio.create_task(ingest_again_and_again(folder / "onrecord.db", seeds, stop=stop))
    memory, files = [], []
    total = Seen()
    parts = max(4, round(minutes))
    for part in range(parts):
        seen = await press(server, clients=clients, seconds=60 * minutes / parts, rate=0.7 * peak)
        total.statuses.update(seen.statuses)
        total.seconds.extend(seen.seconds)
        memory.append(server.mebibytes())
        files.append(server.files())
        sys.stdout.write(
            f"  {part + 1}/{parts}: {seen.to_text()}; {memory[-1]:.0f} MiB, {files[-1]} files\n"
        )
        sys.stdout.flush()
    stop.set()
    server.expect(True, f"{await ingests} ingests meanwhile; {total.to_text()}")
    server.expect(set(total.statuses) == {200}, "no error at 70 percent of the peak")
    half = len(memory) // 2
    server.expect(
        memory[-1] < 1.1 * memory[half] + 8, f"memory: {memory[half]:.0f} to {memory[-1]:.0f} MiB"
    )
    server.expect(files[-1] <= max(files[: half + 1]) + clients, f"files: {max(files)} at most")
    flood = await press(server, clients=clients * 12, seconds=10, rate=3 * peak)
    server.expect(set(flood.statuses) <= {200, 503}, f"three times the peak: {flood.to_text()}")
    await asyncio.sleep(1)
    status, seconds = await asyncio.to_thread(server.ask, "/v1/quotes?limit=3")
    server.expect(status == 200, f"a second later: {status} after {seconds * 1000:.0f} ms")


def main() -> int:
    """Run it all."""
    parser = argparse.ArgumentParser(prog="make load", description=__doc__)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--clients", type=int, default=16)
    given = parser.parse_args()
    allow_many_connections()
    with tempfile.TemporaryDirectory() as name, running(Path(name)) as server:
        asyncio.run(load(server, Path(name), minutes=given.minutes, clients=given.clients))
    return 1 if server.failures else 0


if __name__ == "__main__":
    sys.exit(main())
