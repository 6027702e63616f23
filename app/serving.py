"""How the server deals with its connections: patience with all of them, and not without an end.

uvicorn waits for ever for a request's headers, takes headers of any size, and keeps an answer for
as long as its client takes to read it. On the open internet each of these is a way to hold a
connection (or one of the few exports) with next to no work: "slowloris".
"""

import resource
from asyncio import TimerHandle, Transport
from typing import Any

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEADER_SECONDS = 10.0
"""From a connection's or request's first byte to the end of its headers."""

STALL_SECONDS = 60.0
"""How long a client may read nothing of an answer that waits for it."""

MAX_HEADER_BYTES = 65_536
"""Request line and headers together. Browsers and proxies send under 8 kB."""

GRACE_SECONDS = 30
"""How long a server that is told to stop lets answers under way come to their end."""

_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: application/problem+json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%s"
)
_TOO_LARGE_BODY = (
    b'{"type": "about:blank", "title": "Request Header Fields Too Large", "status": 431, '
    b'"detail": "The headers are longer than %d bytes.", "instance": "", "errors": []}'
)


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's protocol with ends to its patience."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Take what uvicorn's takes."""
        super().__init__(*args, **options)
        self._waiting: TimerHandle | None = None
        self._stalled: TimerHandle | None = None
        self._header_bytes = 0
        self._running: RequestResponseCycle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin to wait for headers."""
        super().connection_made(transport)
        self._wait_for_headers()

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
        super()._start_asgi_task(cycle, app)

    def data_received(self, data: bytes) -> None:
        """Take what came, unless the headers become too long."""
        if self._waiting is not None:
            self._header_bytes += len(data)
        super().data_received(data)
        if self._waiting is not None and self._header_bytes > MAX_HEADER_BYTES:
            body = _TOO_LARGE_BODY % MAX_HEADER_BYTES
            self.transport.write(_TOO_LARGE % (len(body), body))
            self.transport.close()

    def on_message_begin(self) -> None:
        """Begin to wait for the headers of one more request."""
        super().on_message_begin()
        if self._waiting is None:
            self._wait_for_headers()

    def on_headers_complete(self) -> None:
        """Stop waiting for them."""
        _cancel(self._waiting)
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

    def _wait_for_headers(self) -> None:
        self._header_bytes = 0
        self._waiting = self.loop.call_later(HEADER_SECONDS, self.timeout_keep_alive_handler)


def _cancel(timer: TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


def allow_many_connections() -> int:
    """Raise this process's limit of open files to what the system allows; return it.

    Each connection is an open file, and many systems begin with 1,024.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted
