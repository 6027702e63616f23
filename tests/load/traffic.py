"""Clients that ask for a mix of pages: so many, at a rate, or more than can be answered."""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import cast

_POPULAR = (
    "/v1/quotes?limit=20", "/v1/quotes?q=Riga", "/v1/claims?limit=50&include=claimant",
    "/v1/entities", "/v1/articles?sort=-published_at", "/v1/quotes/counts?group_by=speaker",
    "/v1/entities/ann-bellow", "/v1", "/", "/speakers/ann-bellow", "/readyz",
)  # fmt: skip
# Asked for by one client of eight: only a few may run at once, and one more is a 503 by design.
_EXPORTS = ("/v1/quotes.csv", "/v1/claims.ndjson", "/v1/quotes.atom")
# Of the rest, so many ask for what nobody asked for before, and no kept answer helps.
_SHARE_OF_NEW = 0.3
_WORDS = ("Riga", "Oslo", "Bonn", "Turin", "Cork", "said", "no", "mayor")
_REQUEST_SECONDS = 30.0


@dataclass(slots=True)
class Seen:
    """What clients saw.

    Attributes:
        statuses: How often each; 0 is a connection that was refused or broke.
        seconds: From the moment at which a request was due to the end of its answer, for those
            that were answered with what they asked for: whoever waits behind another waits too.
        lasted: Seconds that all of it took.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    lasted: float = 0.0

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return sum(self.statuses.values()) / self.lasted if self.lasted else 0.0

    def note(self, status: int, *, since: float) -> None:
        """Note an answer."""
        self.statuses[status] += 1
        if status == 200:
            self.seconds.append(time.monotonic() - since)

    def percentile(self, share: float) -> float:
        """Return the time within which a share of all answers came, in milliseconds."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    def to_text(self) -> str:
        """Return it as one line."""
        return (
            f"{sum(self.statuses.values()):,} requests {dict(self.statuses)}, {self.rate:,.0f} a "
            f"second, p50 {self.percentile(0.5):.1f} ms, p99 {self.percentile(0.99):.1f} ms"
        )


def draw_path(chance: random.Random, *, exports: bool) -> str:
    """Return a path of the mix."""
    if chance.random() < _SHARE_OF_NEW:
        bound = chance.randrange(1_000_000)
        path = chance.choice(("/v1/quotes", "/v1/claims"))
        words = f"&q={chance.choice(_WORDS)}" if chance.random() < 0.5 else ""
        return f"{path}?limit={chance.randint(1, 100)}&min_confidence=0.0{bound:06}{words}"
    return chance.choice((*_POPULAR, *_EXPORTS) if exports else _POPULAR)


async def press(port: int, *, clients: int, seconds: float, rate: float | None) -> Seen:
    """Ask with so many clients, each on one connection, for so long.

    Args:
        port: Of the server.
        clients: How many.
        seconds: How long.
        rate: So many requests a second of all together, spread evenly; None: each client asks
            as soon as it has its answer.
    """
    seen = Seen()
    began = time.monotonic()
    until = began + seconds
    pause = clients / rate if rate else 0.0

    async def one(number: int) -> None:
        chance = random.Random(f"{number} {began}")
        due = began + pause * number / clients
        while due < until:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                seen.note(0, since=due)
                due = max(due + pause, time.monotonic())
                continue
            try:
                for _ in range(50):
                    await asyncio.sleep(due - time.monotonic())
                    path = draw_path(chance, exports=number % 8 == 0)
                    seen.note(await ask(reader, writer, path), since=due)
                    due = due + pause if rate else time.monotonic()
                    if due > until:
                        break
            except (OSError, EOFError, TimeoutError):
                seen.note(0, since=due)
                due = max(due + pause, time.monotonic())
            finally:
                writer.close()

    await asyncio.gather(*(one(number) for number in range(clients)))
    seen.lasted = time.monotonic() - began
    return seen


class _Asking(asyncio.Protocol):
    """One request on a connection of its own; cheap, so that it is the server that has too much."""

    def __init__(self, path: str, *, seen: Seen, due: float) -> None:
        self._request = f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        self._seen = seen
        self._due = due
        self._received = b""
        self._length = -1
        self._transport: asyncio.Transport | None = None
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are of no class of asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._length < 0:
            head, end, _ = self._received.partition(b"\r\n\r\n")
            if not end:
                return
            length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
            self._length = len(head) + len(end) + int(length or 0)
        if len(self._received) >= self._length:
            self.end(int(self._received[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.end(0)

    def end(self, status: int) -> None:
        """Note how it ended, the first time."""
        if not self.done.done():
            self._seen.note(status, since=self._due)
            self.done.set_result(None)
            if self._transport is not None:
                self._transport.close()


async def flood(
    port: int, *, seconds: float, rate: float
) -> tuple[Seen, list[asyncio.Task[None]], float]:
    """Ask so many times a second, whether or not there are answers.

    Each request comes on a connection of its own, as from people who do not know of each other.

    Returns:
        What was seen; the requests that have no answer yet, when they are done it is complete; and
        by how many seconds the clients themselves were late at most, which is not the server's.
    """
    seen = Seen()
    chance = random.Random(f"{rate}")
    loop = asyncio.get_running_loop()

    async def one(due: float) -> None:
        path = draw_path(chance, exports=False)
        asking = _Asking(path, seen=seen, due=due)
        try:
            async with asyncio.timeout(_REQUEST_SECONDS):
                await loop.create_connection(lambda: asking, "127.0.0.1", port)
                await asking.done
        except (OSError, TimeoutError):
            asking.end(0)

    began = time.monotonic()
    under_way: set[asyncio.Task[None]] = set()
    sent = 0
    late = 0.0
    while (now := time.monotonic()) < began + seconds:
        late = max(late, now - began - sent / rate)
        while sent < (now - began) * rate:
            task = asyncio.create_task(one(began + sent / rate))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
            sent += 1
        await asyncio.sleep(0.002)
    seen.lasted = time.monotonic() - began
    return seen, list(under_way), late


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> int:
    """Ask for a path, read the whole answer, and return its status.

    Raises:
        EOFError: The connection ended before the answer did.
        OSError: It broke.
        TimeoutError: There was no answer for half a minute.
    """
    async with asyncio.timeout(_REQUEST_SECONDS):
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        if b"transfer-encoding: chunked" in head:
            while size := int(await reader.readline(), 16):
                await reader.readexactly(size + 2)
            await reader.readline()
        else:
            length = head.partition(b"content-length:")[2].split(b"\r\n")[0]
            await reader.readexactly(int(length or 0))
    return int(head[9:12])
