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
from asyncio import TimerHandle, Transport
from http import HTTPStatus
from typing import Any

from starlette.types import ASGIApp
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from app.api.shedding import WAITED

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
"""In the state of the lifespan: a function of a request's scope that returns status, head (header
lines, each with its end) and body of an answer that is known already, or None."""


# Where `tcpi_last_data_recv` stands in Linux's `struct tcp_info`, in milliseconds (tcp(7)).
_LAST_RECEIVED = slice(52, 56)


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
        self._in_body = False
        self._waiting: TimerHandle | None = None
        self._stalled: TimerHandle | None = None
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
        """Take what came, unless the request becomes too long."""
        if self._in_headers or self._in_body:
            self._bytes += len(data)
        super().data_received(data)
        if not (self._in_headers or self._in_body):
            # Line ends may come before a request (RFC 9112, 2.2); uvicorn waits no more for what
            # has begun, and the parser has not said that it has.
            if self.timeout_keep_alive_task is not None or not self._is_idle():
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
        super().on_message_begin()
        if self._waited is not None:
            self.scope[WAITED] = self._waited  # type: ignore[literal-required]
            self._waited = None
        if not self._in_headers:
            self._in_headers = True
            self._bytes = 0

    def on_headers_complete(self) -> None:
        """Go on with the body, which most requests do not have."""
        self._in_headers = False
        self._in_body = True
        self._bytes = 0
        super().on_headers_complete()

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
