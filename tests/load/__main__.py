"""``make load``: mixed traffic with re-ingests going on; then too much of it.

    python -m tests.load [--minutes 15] [--clients 16]

While files come, change and go and are ingested, the peak is found (as many requests as the clients
can have answered in twenty seconds), then for so many minutes 70 percent of it is asked for; then,
without ingests, three times the peak for ten seconds, whether answers come or not. Prints requests,
errors, p50 and p99, memory and open files on the way, and whether each promise was kept: no error,
the rate held, p99 at the end as at the beginning, no growth of memory or open files; beyond the
peak nothing but answers and 503s, and an answer within a second of its end. Exit code 1 when one
was not. Takes a minute more than it is given. Figures are this machine's, with clients, server and
ingest on it.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from app.serving import allow_many_connections
from tests.faults.seeds import write_articles
from tests.hostile.__main__ import Server, running
from tests.load.traffic import Seen, ask, flood, press

_FILES = 10
_ARTICLES_A_FILE = 20
# From the end of one ingest to the start of the next.
_REST_SECONDS = 4.0
# What p99 may become: measured from the same traffic twice, it differs by so much.
_P99_TIMES = 1.5
_P99_MS = 10.0
# What a process's memory goes up and down by.
_MEMORY_TIMES = 1.05
_MEMORY_MEBIBYTES = 8.0
# Clients that are later than this are what waits, and not the server.
_LATE_SECONDS = 0.3


def write_seeds(seeds: Path, *, round_: int) -> None:
    """Write the seeds; of the second round on, one file has changed, one has gone, one come."""
    for number in range(_FILES) if not round_ else (round_ % _FILES,):
        numbers = range(number * 100, number * 100 + _ARTICLES_A_FILE)
        write_articles(seeds, f"{number}.jsonl", numbers, edition=round_)
    # Somebody whom the mix asks for, whatever comes and goes.
    (seeds / "always.txt").write_text('"No ship goes to Riga," said Ann Bellow in Riga.')
    (seeds / f"once-{round_ - 1}.jsonl").unlink(missing_ok=True)
    numbers = range(10_000 + round_ * 10, 10_005 + round_ * 10)
    write_articles(seeds, f"once-{round_}.jsonl", numbers, edition=round_)


def ingest(database: Path, seeds: Path) -> int:
    """Ingest in a process of its own; return its exit code."""
    command = [sys.executable, "-m", "tests.load.ingest", str(database), str(seeds)]
    return subprocess.run(command, check=False).returncode


async def ingest_again_and_again(
    server: Server, database: Path, seeds: Path, *, stop: asyncio.Event
) -> int:
    """Change the seeds and ingest them, until told to stop; return how often."""
    rounds = 0
    while not stop.is_set():
        rounds += 1
        write_seeds(seeds, round_=rounds)
        code = await asyncio.to_thread(ingest, database, seeds)
        if code:
            server.expect(False, f"ingest {rounds} ended with code {code}")
        await asyncio.sleep(_REST_SECONDS)
    return rounds


async def find_peak(server: Server, *, clients: int) -> float:
    """Return how many requests a second are answered when clients wait for nothing else."""
    await press(server.port, clients=clients, seconds=3, rate=None)
    seen = await press(server.port, clients=clients, seconds=20, rate=None)
    server.expect(set(seen.statuses) <= {200, 503}, f"peak: {seen.to_text()}")
    return seen.rate


async def hold(server: Server, *, minutes: float, clients: int, rate: float) -> int:
    """Ask at a rate for so long, and see that nothing grows; return how many parts there were."""
    parts = max(6, round(2 * minutes))
    seen: list[Seen] = []
    memory: list[float] = []
    files: list[int] = []
    for part in range(parts):
        seen.append(
            await press(server.port, clients=clients, seconds=60 * minutes / parts, rate=rate)
        )
        memory.append(server.mebibytes())
        files.append(server.files())
        words = f"{seen[-1].to_text()}; {memory[-1]:.0f} MiB, {files[-1]} files"
        sys.stdout.write(f"       {part + 1}/{parts}: {words}\n")
        sys.stdout.flush()
    total = Seen(lasted=sum(one.lasted for one in seen))
    for one in seen:
        total.statuses.update(one.statuses)
        total.seconds.extend(one.seconds)
    server.expect(set(total.statuses) == {200}, f"no error: {total.to_text()}")
    server.expect(total.rate > 0.95 * rate, f"{total.rate:,.0f} a second of {rate:,.0f} wanted")
    third = parts // 3
    first, last = (
        statistics.median(one.percentile(0.99) for one in some)
        for some in (seen[:third], seen[-third:])
    )
    server.expect(
        last < _P99_TIMES * first + _P99_MS,
        f"p99 {first:.1f} ms in the first third, {last:.1f} ms in the last",
    )
    # The first third fills what is kept.
    before, after = (statistics.median(some) for some in (memory[third:-third], memory[-third:]))
    server.expect(
        after < _MEMORY_TIMES * before + _MEMORY_MEBIBYTES,
        f"memory {memory[0]:.0f} MiB at first, {before:.0f} in the second third, "
        f"{after:.0f} in the last",
    )
    opened, open_now = max(files[:-third]), max(files[-third:])
    server.expect(
        open_now <= opened + 2, f"open files: {opened} at most before, {open_now} in the last third"
    )
    return parts


async def overload(server: Server, *, rate: float, seconds: float = 10.0) -> None:
    """Ask more than can be answered, and see how it is refused and how soon it is over."""
    seen, waiting, late = await flood(server.port, seconds=seconds, rate=rate)
    since = time.monotonic()
    status = 0
    while status != 200 and time.monotonic() - since < 30:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        status = await ask(reader, writer, "/v1/quotes?limit=3")
        writer.close()
    took = time.monotonic() - since
    await asyncio.gather(*waiting)
    server.expect(
        set(seen.statuses) <= {200, 503}, f"three times the peak, {rate:,.0f}: {seen.to_text()}"
    )
    words = f"the clients themselves were late by {late * 1000:.0f} ms at most"
    server.expect(
        late < _LATE_SECONDS, words if late < _LATE_SECONDS else f"{words}: too slow to tell"
    )
    server.expect(seen.statuses[503] > 0, f"{seen.statuses[503]:,} were refused with 503")
    server.expect(
        took < 1, f"{took * 1000:.0f} ms later: {status}; {len(waiting):,} waited at its end"
    )


async def load(server: Server, folder: Path, *, minutes: float, clients: int) -> None:
    """Find the peak, hold 70 percent of it, then ask for three times as much."""
    stop = asyncio.Event()
    database, seeds = folder / "onrecord.db", folder / "seeds"
    ingests = asyncio.create_task(ingest_again_and_again(server, database, seeds, stop=stop))
    peak = await find_peak(server, clients=clients)
    await hold(server, minutes=minutes, clients=clients, rate=0.7 * peak)
    stop.set()
    server.expect(True, f"{await ingests} ingests meanwhile")
    await overload(server, rate=3 * peak)


def main() -> int:
    """Run it all."""
    parser = argparse.ArgumentParser(prog="make load", description=__doc__)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--clients", type=int, default=16)
    given = parser.parse_args()
    allow_many_connections()
    with tempfile.TemporaryDirectory(prefix="onrecord-load-") as name:
        folder = Path(name)

        def fill(database: Path) -> None:
            write_seeds(folder / "seeds", round_=0)
            if ingest(database, folder / "seeds"):
                raise RuntimeError("the first ingest failed")

        with running(folder, fill=fill) as server:
            uvloop.run(load(server, folder, minutes=given.minutes, clients=given.clients))
        sys.stdout.write(f"{len(server.failures)} promises broken\n")
    return 1 if server.failures else 0


if __name__ == "__main__":
    sys.exit(main())
