"""Refusing at once what could only be answered too late, and dealing with the rest in turn.

A server that takes on more than it can do makes everybody wait, until all have given up and it
works for nobody. Beyond a number of requests under way, or when those that come have waited too
long before anybody looked at them, one more is told to come back.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.errors import RETRY_AFTER_SECONDS, problem_response
from app.api.wire import add_common, find_request_id

MOST_UNDER_WAY = 100
"""Twelve for each of the reader's eight connections: at a few milliseconds a query the last of them
waits for some tenths of a second."""

MOST_SECONDS = 0.25
"""So long the event loop works on what came together; the rest of it is refused. Whoever came while
it did waits as long again at most, so that all have an answer within a second."""

FEWEST = 25
"""As many are always taken on: where few have waited long, the machine was busy with other things
than requests, and refusing them would free nothing."""

AT_ONCE_ON_SQLITE = 2
"""Python runs one thread at a time. Sixteen requests at once take it from each other in the middle
of a query, so that all are done late and some very late; two, in the order in which they came,
leave the second the time in which the first is in SQLite. Searching a million articles over
sixteen connections, p99 was 225 to 290 ms, and 143 to 152 with two (one core)."""

TURN_SECONDS = 0.15
"""Then a request is a long one, and makes room for the next. Two full pages for people, of 30 to 60
ms of a processor each, are not: with 0.05 they were, and up to sixteen took processor and SQLite's
caches from each other (a million articles: 17 a second and p99 1.6 to 1.7 s; 22 and 0.9 so)."""

WAITED = "onrecord.waited"
"""In the scope of a connection's first request: seconds that the system held what had come of it
before the server took it. libuv takes one new connection each time it looks, so that under load
they wait there and not in the event loop."""

_NEVER_REFUSED = frozenset(("/healthz", "/readyz", "/metrics"))


class Backlog:
    """How long requests have waited by the time that somebody looks at them.

    An event loop deals with all that had come when it last looked, and then looks again. What takes
    its turn late has waited since, and all that has come meanwhile waits too. New connections wait
    in the system, which says for how long (`WAITED`).
    """

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._began: float | None = None
        self._seen = 0
        self._late = 0

    def is_too_long(self, scope: Scope) -> bool:
        """Say whether a request that is to cost something should be refused instead."""
        if WAITED in scope:
            self._late = self._late + 1 if scope[WAITED] > MOST_SECONDS else 0
            if self._late > FEWEST:
                return True
        if self._began is None:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:  # nobody waits where no loop runs
                return False
            loop.call_soon(self._look_again)
            self._began = time.monotonic()
            self._seen = 0
        self._seen += 1
        return self._seen > FEWEST and time.monotonic() - self._began > MOST_SECONDS

    def pass_on(self) -> None:
        """Take the last request back: somebody else is asked for it, and asks here again."""
        self._seen = max(0, self._seen - 1)
        self._late = max(0, self._late - 1)

    def _look_again(self) -> None:
        self._began = None


class Turns:
    """Lets so many go on at a time, those first that came first; who takes long makes room."""

    def __init__(self, many: int, *, seconds: float = TURN_SECONDS) -> None:
        """Let `many` go on, each alone for `seconds` at most."""
        self._free = many
        self._seconds = seconds
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def take(self) -> "Turn":
        """Wait for a turn; whoever has it ends it."""
        loop = asyncio.get_running_loop()
        if self._free:
            self._free -= 1
        else:
            mine = loop.create_future()
            self._waiting.append(mine)
            try:
                await mine
            except asyncio.CancelledError:
                if mine.cancelled():
                    self._waiting.remove(mine)
                else:  # it was given while its owner was told to stop
                    self._pass_on()
                raise
        turn = Turn(self._pass_on)
        turn.timer = loop.call_later(self._seconds, turn.end)
        return turn

    def _pass_on(self) -> None:
        while self._waiting:
            following = self._waiting.popleft()
            if not following.done():
                following.set_result(None)
                return
        self._free += 1


class Turn:
    """A turn that somebody has."""

    timer: asyncio.TimerHandle

    def __init__(self, pass_on: Callable[[], None]) -> None:
        """Begin; `pass_on` gives it to the next."""
        self._pass_on: Callable[[], None] | None = pass_on

    def end(self) -> None:
        """Give it to the next, once."""
        if self._pass_on is not None:
            self.timer.cancel()
            self._pass_on()
            self._pass_on = None


class Shedding:
    """Wraps an application and lets so many requests into it at once."""

    def __init__(
        self, app: ASGIApp, *, backlog: Backlog, turns: Turns, most: int = MOST_UNDER_WAY
    ) -> None:
        """Let `most` requests into `app`, in `turns`, and none while the `backlog` is too long."""
        self._app = app
        self._backlog = backlog
        self._turns = turns
        self._most = most
        self._under_way = 0
        self.refused = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["path"] in _NEVER_REFUSED:
            await self._app(scope, receive, send)
            return
        if self._under_way >= self._most or self._backlog.is_too_long(scope):
            self.refused += 1
            status, headers, body = refuse(scope)
            headers.append((b"x-request-id", find_request_id(scope).encode()))
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return
        self._under_way += 1
        try:
            turn = await self._turns.take()
            try:
                await self._app(scope, receive, send)
            finally:
                turn.end()
        finally:
            self._under_way -= 1


def refuse(scope: Scope) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Return status, headers (but for the request's id) and body of a refusal."""
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
    detail = "More is being asked than can be answered."
    answer = problem_response(scope, 503, detail, headers=headers)
    is_head = scope["method"] == "HEAD"
    return 503, add_common(answer.raw_headers), b"" if is_head else bytes(answer.body)
