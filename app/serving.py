"""How the server deals with its connections: patience with all of them, and not without an end.

uvicorn waits for ever for a request's headers, takes headers of any size, and keeps an answer for
as long as its client takes to read it. On the open internet each of these is a way to hold a
connection (or one of the few exports) with next to no work: "slowloris".
"""

import gc
import resource
from asyncio import Event, TimerHandle, Transport
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

import httptools
from starlette.types import ASGIApp
from uvicorn._types import ASGI3Application, HTTPScope
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
"""In the state of the lifespan: a function of the scope of a GET or HEAD (as ASGI has it, without
what is the same for all: "asgi", "state") that returns status, head (header lines, each
with its end) and body of an answer that is known already, or None."""

# Longer bodies are written by themselves: copying them behind their head costs more than a call.
_JOINED_BYTES = 65_536

_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: application/problem+json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%s"
)
_TOO_LARGE_BODY = (
    b'{"type": "about:blank", "title": "Request Header Fields Too Large", "status": 431, '
    b'"detail": "The headers are longer than %d bytes.", "instance": "", "errors": []}'
)


class _Answered:
    """Stands where uvicorn has the cycle of a request, for one that was answered without one."""

    response_complete = True
    disconnected = False
    keep_alive = True

    def __init__(self) -> None:
        self.message_event = Event()


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's protocol with ends to its patience, and without a detour for what is known.

    A kept answer is written as soon as the headers of its request are read. uvicorn makes a scope,
    a cycle, a task and a timer for each request, and looks at each header of its answer with two
    regular expressions; together they take longer than everything that On Record does for such an
    answer. What is not known goes uvicorn's way, as if nothing had been tried.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        """Take what uvicorn's takes."""
        super().__init__(*args, **options)
        self._find = self.app_state.get(AT_ONCE)
        self._in_headers = False
        self._waiting: TimerHandle | None = None
        self._stalled: TimerHandle | None = None
        self._idle: TimerHandle | None = None
        self._answered_at = 0.0
        self._header_bytes = 0
        self._running: RequestResponseCycle | None = None
        self._common: tuple[Sequence[tuple[bytes, bytes]], bytes] = ((), b"")

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin to wait for headers."""
        super().connection_made(transport)
        self._in_headers = True
        self._waiting = self.loop.call_later(HEADER_SECONDS, self.timeout_keep_alive_handler)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        for timer in (self._waiting, self._stalled, self._idle):
            _cancel(timer)
        # uvicorn tells the last of several pipelined requests that its client is gone, and not
        # the one that is being answered, whose next write would then fail.
        if self._running is not None:
            self._running.disconnected = True
            self._running.message_event.set()
        self.pipeline.clear()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

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
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        if not self._in_headers:
            self._in_headers = True
            self._header_bytes = 0

    def on_headers_complete(self) -> None:
        """Stop waiting for them; answer, or let uvicorn have it answered."""
        self._in_headers = False
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        if self._answer_at_once():
            return
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers += headers  # the scope has this list
        super().on_headers_complete()

    def _answer_at_once(self) -> bool:
        """Write the answer if it is known, and nothing that came before is still under way."""
        parser = self.parser
        method = parser.get_method()
        if (
            self._find is None
            or (method != b"GET" and method != b"HEAD")
            or (self.cycle is not None and not self.cycle.response_complete)
            or self.pipeline
            or self.flow.write_paused
            or self.expect_100_continue
            or parser.should_upgrade()
            or not parser.should_keep_alive()
            or parser.get_http_version() != "1.1"
            or self.transport.is_closing()
        ):
            return False
        answer = self._find(self._to_scope(method))
        if answer is None:
            return False
        status, head, body = answer
        common, line = self.server_state.default_headers, self._common
        if line[0] is not common:  # uvicorn makes them anew each second
            joined = b"".join([b"%b: %b\r\n" % header for header in common])
            line = self._common = (common, joined)
        if len(body) < _JOINED_BYTES:
            self.transport.write(b"%b%b%b\r\n%b" % (STATUS_LINE[status], line[1], head, body))
        else:
            self.transport.write(b"%b%b%b\r\n" % (STATUS_LINE[status], line[1], head))
            self.transport.write(body)
        self.cycle = _ANSWERED  # type: ignore[assignment]
        self.server_state.total_requests += 1
        self._answered_at = self.loop.time()
        if self._idle is None:
            self._idle = self.loop.call_later(self.timeout_keep_alive, self._end_if_idle)
        return True

    def _to_scope(self, method: bytes) -> HTTPScope:
        parsed = httptools.parse_url(self.url)
        raw_path = parsed.path
        path = raw_path.decode("ascii")
        return {  # type: ignore[typeddict-item]
            "type": "http",
            "http_version": "1.1",
            "method": method.decode("ascii"),
            "scheme": self.scheme or "http",
            "path": self.root_path + (unquote(path) if "%" in path else path),
            "raw_path": self.root_path.encode("ascii") + raw_path,
            "query_string": parsed.query or b"",
            "root_path": self.root_path,
            "headers": self.headers,
            "server": self.server,
            "client": self.client,
        }

    def _end_if_idle(self) -> None:
        """Close the connection when it has been idle for long enough since an answer at once.

        One timer that looks, where uvicorn sets one at each answer and takes it back at the next
        request. Whatever is under way, or was answered in uvicorn's way since, has its own.
        """
        self._idle = None
        if self._in_headers or not self.cycle.response_complete or self.timeout_keep_alive_task:
            return
        left = self._answered_at + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._idle = self.loop.call_later(left, self._end_if_idle)
        else:
            self.timeout_keep_alive_handler()

    def pause_writing(self) -> None:
        """Begin to wait for the client to read."""
        super().pause_writing()
        self._stalled = self.loop.call_later(STALL_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop waiting for it."""
        _cancel(self._stalled)
        self._stalled = None
        super().resume_writing()


_ANSWERED = _Answered()


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
