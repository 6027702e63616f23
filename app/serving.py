"""How the server deals with its connections: patience with all of them, and not without an end.

uvicorn waits for ever for a request's headers, takes headers of any size, and keeps an answer for
as long as its client takes to read it. On the open internet each of these is a way to hold a
connection (or one of the few exports) with next to no work: "slowloris".
"""

import gc
import resource
from asyncio import TimerHandle, Transport
from typing import Any

from starlette.types import ASGIApp
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

HEADER_SECONDS = 10.0
"""From a connection's or request's first byte to the end of its headers."""

STALL_SECONDS = 60.0
"""How long a client may read nothing of an answer that waits for it."""

MAX_HEADER_BYTES = 65_536
"""Request line and headers together. Browsers and proxies send under 8 kB."""

GRACE_SECONDS = 30
"""How long a server that is told to stop lets answers under way come to their end."""

AT_ONCE = "onrecord.at_once"
"""In the state of the lifespan: a function of a request's scope that returns status, head (header
lines, each with its end) and body of an answer that is known already, or None."""

_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: application/problem+json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%s"
)
_TOO_LARGE_BODY = (
    b'{"type": "about:blank", "title": "Request Header Fields Too Large", "status": 431, '
    b'"detail": "The headers are longer than %d bytes.", "instance": "", "errors": []}'
)


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's protocol with ends to its patience, and without a detour for what is known.

    A kept answer is written as soon as the headers of its request are read. uvicorn makes a task
    for each request, and looks at each header of its answer with two regular expressions; both
    together take longer than everything that On Record does for such an answer.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        """Take what uvicorn's takes."""
        super().__init__(*args, **options)
        self._in_headers = False
        self._waiting: TimerHandle | None = None
        self._stalled: TimerHandle | None = None
        self._header_bytes = 0
        self._running: RequestResponseCycle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin to wait for headers."""
        super().connection_made(transport)
        self._in_headers = True
        self._waiting = self.loop.call_later(HEADER_SECONDS, self.timeout_keep_alive_handler)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        _cancel(self._waiting)
        _cancel(self._stalled)
        # uvicorn tells the last of several pipelined requests that its client is gone, and not
        # the one that is being answered, whose next write would then fail.
        if self._running is not None:
            self._running.disconnected = True
            self._running.message_event.set()
        self.pipeline.clear()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle
        if not self._answer_at_once(cycle):
            super()._start_asgi_task(cycle, app)

    def _answer_at_once(self, cycle: RequestResponseCycle) -> bool:
        """Write the answer if it is known, and nothing that came before is still being written."""
        find = self.app_state.get(AT_ONCE)
        if (
            find is None
            or self.pipeline
            or self.flow.write_paused
            or not cycle.keep_alive
            or cycle.waiting_for_100_continue
        ):
            return False
        answer = find(cycle.scope)
        if answer is None:
            return False
        status, head, body = answer
        common = b"".join(b"%b: %b\r\n" % header for header in cycle.default_headers)
        self.transport.write(b"%b%b%b\r\n" % (STATUS_LINE[status], common, head))
        if body:
            self.transport.write(body)
        cycle.response_started = cycle.response_complete = True
        cycle.on_response()
        return True

    def data_received(self, data: bytes) -> None:
        """Take what came, unless the headers become too long."""
        if self._in_headers:
            self._header_bytes += len(data)
        super().data_received(data)
        if not self._in_headers:
            return
        if self._header_bytes > MAX_HEADER_BYTES:
            body = _TOO_LARGE_BODY % MAX_HEADER_BYTES
            self.transport.write(_TOO_LARGE % (len(body), body))
            self.transport.close()
        elif self._waiting is None:
            self._waiting = self.loop.call_later(HEADER_SECONDS, self.timeout_keep_alive_handler)

    def on_message_begin(self) -> None:
        """Note that headers begin; those of most requests come whole, and nobody waits for them."""
        super().on_message_begin()
        if not self._in_headers:
            self._in_headers = True
            self._header_bytes = 0

    def on_headers_complete(self) -> None:
        """Stop waiting for them."""
        self._in_headers = False
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        super().on_headers_complete()

    def pause_writing(self) -> None:
        """Begin to wait for the client to read."""
        super().pause_writing()
        self._stalled = self.loop.call_later(STALL_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop waiting for it."""
        _cancel(self._stalled)
        self._stalled = None
        super().resume_writing()


def _cancel(timer: TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


def make_app() -> ASGIApp:
    """Return the application for a process that does nothing else.

    What is there now stays, so the collector need not look at it again, which it did in the middle
    of answers: p99 of cold pages was 46 to 64 ms before, 26 to 59 with this (`make bench`'s walk).
    """
    from app.main import create_app

    app = create_app()
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    return app


def allow_many_connections() -> int:
    """Raise this process's limit of open files to what the system allows; return it.

    Each connection is an open file, and many systems begin with 1,024.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted
