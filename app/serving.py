"""How the server deals with its connections: patience with all of them, and not without an end.

uvicorn waits for ever for a request's end, takes headers and trailers of any size, and keeps an
answer for as long as its client takes to read it. On the open internet each of these is a way to
hold a connection (or one of the few exports) with next to no work: "slowloris".
"""

import gc
import json
import resource
import socket
import sys
from asyncio import Event, TimerHandle, Transport
from collections.abc import Sequence
from http import HTTPStatus
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

from app.api.shedding import WAITED
from app.lean import lean_imports

REQUEST_SECONDS = 10.0
"""From a connection's or request's first byte to its last, with a body if it has one."""

STALL_SECONDS = 60.0
"""In this time a client has to read SLOWEST_BYTES of an answer that waits for it, or all of it."""

SLOWEST_BYTES = 49_152
"""What lies between the most that waits before a stream pauses and where it goes on (uvicorn's and
asyncio's 64 KiB and 16)."""

MAX_HEADER_BYTES = 65_536
"""Request line and headers together. Browsers and proxies send under 8 kB."""

MAX_BODY_BYTES = 1 << 20
"""Of a request's body with its trailers. Nothing here takes one; what is sent is thrown away."""

GRACE_SECONDS = 30
"""How long a server that is told to stop lets answers under way come to their end."""

AT_ONCE = "onrecord.at_once"
"""In the state of the lifespan: a function of the scope of a GET or HEAD (as ASGI has it, without
what is the same for all: "asgi", "state") that returns status, head (header lines, each
with its end) and body of an answer that is known already, or None."""

# Longer bodies are written by themselves: copying them behind their head costs more than a call. Of
# pages of 72 kB, of which some are shorter, 4,300 a second were served, and 4,150 with 65,536 here.
_JOINED_BYTES = 16_384
# Where `tcpi_last_data_recv` stands in Linux's `struct tcp_info`, in milliseconds (tcp(7)).
_LAST_RECEIVED = slice(52, 56)


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
        self._in_body = False
        self._waiting: TimerHandle | None = None
        self._stalled: TimerHandle | None = None
        self._idle: TimerHandle | None = None
        self._answered_at = 0.0
        self._common: tuple[Sequence[tuple[bytes, bytes]], bytes] = ((), b"")
        self._unread = 0
        self._bytes = 0
        self._running: RequestResponseCycle | None = None
        self._waited: float | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._in_headers = True
        self._waited = _find_waited(transport)
        self._wait()

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
        """Take what came, unless the request becomes too long."""
        if self._in_headers or self._in_body:
            self._bytes += len(data)
        super().data_received(data)
        if not (self._in_headers or self._in_body):
            # Line ends may come before a request (RFC 9112, 2.2); uvicorn waits no more for what
            # has begun, and the parser has not said that it has.
            if self.timeout_keep_alive_task or self._idle or not self._is_idle():
                return
            self._in_headers = True
            self._bytes = len(data)
        if self._in_headers and self._bytes > MAX_HEADER_BYTES:
            self._refuse(431, f"The headers are longer than {MAX_HEADER_BYTES} bytes.")
        elif self._in_body and self._bytes > MAX_BODY_BYTES:
            self._refuse(413, f"The body is longer than {MAX_BODY_BYTES} bytes.")
        elif self._waiting is None:
            self._wait()

    def on_message_begin(self) -> None:
        """Note that headers begin; those of most requests come whole, and nobody waits for them."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        if not self._in_headers:
            self._in_headers = True
            self._bytes = 0

    def on_headers_complete(self) -> None:
        """Answer, or let uvicorn have it answered; go on with the body, which few requests have."""
        self._in_headers = False
        self._in_body = True
        self._bytes = 0
        if self._answer_at_once():
            return
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers += headers  # the scope has this list
        self._tell_waited(self.scope)
        self._waited = None
        super().on_headers_complete()

    def _answer_at_once(self) -> bool:
        """Write the answer if it is known, and nothing that came before is still under way."""
        parser = self.parser
        method = parser.get_method()
        if (
            self._find is None
            or (method != b"GET" and method != b"HEAD")
            or not self._is_idle()
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
            line = (common, b"".join([b"%b: %b\r\n" % header for header in common]))
            self._common = line
        if len(body) < _JOINED_BYTES:
            self.transport.write(b"%b%b%b\r\n%b" % (STATUS_LINE[status], line[1], head, body))
        else:
            self.transport.writelines((b"%b%b%b\r\n" % (STATUS_LINE[status], line[1], head), body))
        self.cycle = _ANSWERED  # type: ignore[assignment]
        self._waited = None
        self.server_state.total_requests += 1
        self._answered_at = self.loop.time()
        if self._idle is None:
            self._idle = self.loop.call_later(self.timeout_keep_alive, self._end_if_idle)
        return True

    def _to_scope(self, method: bytes) -> HTTPScope:
        parsed = httptools.parse_url(self.url)
        raw_path = parsed.path
        path = raw_path.decode("ascii")
        scope: HTTPScope = {  # type: ignore[typeddict-item]
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
        self._tell_waited(scope)
        return scope

    def _tell_waited(self, scope: HTTPScope) -> None:
        if self._waited is not None:
            scope[WAITED] = self._waited  # type: ignore[literal-required]

    def _end_if_idle(self) -> None:
        """Close the connection when it has been idle for long enough since an answer at once.

        One timer that looks, where uvicorn sets one at each answer and takes it back at the next
        request. Whatever is under way, or was answered in uvicorn's way since, has its own.
        """
        self._idle = None
        if self._in_headers or not self._is_idle() or self.timeout_keep_alive_task:
            return
        left = self._answered_at + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._idle = self.loop.call_later(left, self._end_if_idle)
        else:
            self.timeout_keep_alive_handler()

    def on_message_complete(self) -> None:
        """Stop waiting for the request."""
        self._in_body = False
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """See that what is left of the last answer of a connection is read too."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._watch_reading()

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that nobody uses; see that what is left of its last answer is read."""
        super().timeout_keep_alive_handler()
        self._watch_reading()

    def pause_writing(self) -> None:
        """Begin to wait for the client to read."""
        super().pause_writing()
        self._watch_reading()

    def resume_writing(self) -> None:
        """Stop waiting for it."""
        _cancel(self._stalled)
        self._stalled = None
        super().resume_writing()
        if self.transport.is_closing():
            self._watch_reading()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        self._refuse(400, msg)

    def _unsupported_upgrade_warning(self) -> None:
        """Answer as if no other protocol had been asked for (RFC 9110, 7.8), and log nothing."""

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(REQUEST_SECONDS, self._stop_waiting)

    def _stop_waiting(self) -> None:
        """Close a connection whose request does not come to its end.

        Not one whose answers are under way, as when a part of the next request came with the last:
        unless it is the rest of this one's body that the answer waits for.
        """
        self._waiting = None
        running = self._running
        if (
            running is not None
            and not running.response_complete
            and (running.response_started or not running.more_body)
        ):
            self._wait()
        elif not self.transport.is_closing():
            self.transport.close()
            self._watch_reading()

    def _refuse(self, status: int, detail: str) -> None:
        """Close the connection, with a reason where it cannot be taken for another's answer."""
        if self.transport.is_closing():
            return
        running = self._running
        if (
            running is None
            or (running.response_complete and not self._in_body)
            or (running is self.cycle and not running.response_started)
        ):
            title = HTTPStatus(status).phrase
            problem = {"type": "about:blank", "title": title, "status": status, "detail": detail}
            body = json.dumps({**problem, "instance": "", "errors": []}).encode()
            self.transport.write(
                STATUS_LINE[status] + b"content-type: application/problem+json\r\n"
                b"connection: close\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)
            )
        self.transport.close()
        self._watch_reading()

    def _watch_reading(self) -> None:
        """Abort the connection when what waits for its client is not read."""
        self._unread = self.transport.get_write_buffer_size()
        if self._unread and self._stalled is None:
            self._stalled = self.loop.call_later(STALL_SECONDS, self._check_reading)

    def _check_reading(self) -> None:
        self._stalled = None
        if self._unread - self.transport.get_write_buffer_size() < SLOWEST_BYTES:
            self.transport.abort()
        else:
            self._watch_reading()


_ANSWERED = _Answered()


def _find_waited(transport: Transport) -> float | None:
    if sys.platform != "linux":
        return None
    try:
        known = transport.get_extra_info("socket").getsockopt(
            socket.IPPROTO_TCP, socket.TCP_INFO, _LAST_RECEIVED.stop
        )
    except (OSError, AttributeError):  # no TCP
        return None
    return int.from_bytes(known[_LAST_RECEIVED], sys.byteorder) / 1000


def _cancel(timer: TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


def make_app() -> ASGIApp:
    """Return the application for a process that does nothing else.

    What is there now stays, so the collector need not look at it again, which it did in the middle
    of answers: p99 of cold pages was 46 to 64 ms before, 26 to 59 with this (`make bench`'s walk).
    """
    with lean_imports():
        from app.main import create_app

        app = create_app()
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
