"""Answers that are written while they are read, in the memory of one portion of rows.

An export reads one state of the database from its first row to its last. It holds one connection
while it runs; only a few run at once, so that a slow client never keeps others from their pages.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from threading import Lock
from typing import Any

from anyio import CancelScope
from fastapi import Response
from fastapi.responses import StreamingResponse
from pydantic_core import to_json
from sqlalchemy import Row, Select
from sqlmodel import Session
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from app.api.caching import answer_any_etag
from app.api.deps import Call
from app.api.envelope import shape_items
from app.api.errors import not_ready
from app.api.exports.table import to_cells, write_line
from app.api.listing import Listing, stream_rows
from app.api.shape import UTF16
from app.db.engine import allow_more_time, interrupt
from app.records import unpack

# Records that are read and written at once: 1 to 2 MB.
LINES_AT_ONCE = 500
NDJSON = "application/x-ndjson"
ATOM = "application/atom+xml"
CSV = "text/csv; charset=utf-8; header=present"

Build = Callable[[Session, Sequence[Row[Any]]], Sequence[Any]]
Encode = Callable[[Sequence[Any]], bytes]


@dataclass(frozen=True, slots=True)
class Opened:
    """A list that is about to be exported.

    Attributes:
        listing: Its rows and their order.
        build: Makes what the schema promises from a portion of rows.
        records: Selects what is stored of each row as it is promised, in the list's order, which
            an index has; None when there is nothing of the kind.
    """

    listing: Listing
    build: Build
    records: Select[Any] | None = None

    def has_plain_lines(self, call: Call) -> bool:
        """Say whether the lines of NDJSON are the records as they are stored."""
        asked = call.request.query_params
        shaped = asked.get("fields") or asked.get("include") or asked.get("offset_unit") == UTF16
        return self.records is not None and not shaped


def read_lines(session: Session, records: Select[Any]) -> Generator[bytes, None, None]:
    """Yield records as lines, in portions; one query, of which one portion is held."""
    with session.execute(records, execution_options={"yield_per": LINES_AT_ONCE}) as found:
        for portion in found.scalars().partitions():
            yield b"\n".join([*map(unpack, portion), b""])
            allow_more_time(session.connection())


def encode_ndjson(items: Sequence[Any]) -> bytes:
    """Return items as lines of JSON."""
    return b"".join(to_json(item) + b"\n" for item in items)


def make_csv_encoder(columns: Sequence[str]) -> Encode:
    """Return the encoder that writes the columns of items as lines of CSV."""

    def encode(items: Sequence[Any]) -> bytes:
        return "".join(write_line(to_cells(item, columns)) for item in items).encode()

    return encode


def stream_response(
    call: Call,
    opened: Opened,
    *,
    encode: Encode,
    head: bytes = b"",
    media_type: str,
    filename: str,
    fields: str | None = None,
) -> Response:
    """Answer with every item of a list.

    Args:
        call: The request.
        opened: The list.
        encode: Writes the items of one portion.
        head: What comes before them.
        media_type: Of the answer.
        filename: What a browser calls the file.
        fields: The keys of each item to keep, parted by commas; None for all.

    Raises:
        ProblemError: 503 when as many exports run as may.
    """
    answer_any_etag(call.request, call.headers)
    headers = {**call.headers, "Content-Disposition": f'attachment; filename="{filename}"'}
    if call.request.scope.get("onrecord.head"):
        return StreamingResponse(iter(()), media_type=media_type, headers=headers)
    slots = call.source.exports
    if not slots.acquire(blocking=False):
        raise not_ready("As many exports are running as may run at once.")
    with ExitStack() as opening:
        opening.callback(slots.release)
        session = opening.enter_context(call.session())
        if encode is encode_ndjson and opened.has_plain_lines(call) and opened.records is not None:
            lines = read_lines(session, opened.records)
        else:
            rows = stream_rows(session, opened.listing)
            lines = (
                encode(shape_items(call, opened.build(session, portion), fields=fields))
                for portion in rows
            )
        portions = _Portions(lines, session=session)
        opening.callback(portions.end)
        # The first portion is read before the answer begins: what fails here is still a problem.
        first = head + next(portions, b"")
        resources = opening.pop_all()
    return _Export(first, portions, resources=resources, media_type=media_type, headers=headers)


class _Portions(Iterator[bytes]):
    """Portions that one thread reads and another may end while it does."""

    def __init__(self, portions: Generator[bytes, None, None], *, session: Session) -> None:
        self._portions = portions
        # Taken here, since a session is for one thread; a connection may be interrupted by any.
        self._connection = session.connection()
        self._is_ended = False
        self._reading = Lock()

    def __next__(self) -> bytes:
        with self._reading:
            if self._is_ended:
                raise StopIteration
            return next(self._portions)

    def end(self) -> None:
        """Break off the query that is under way, and wait until its thread has let go of it."""
        self._is_ended = True
        while not self._reading.acquire(timeout=0.05):
            # Again and again: between two statements there is nothing to interrupt.
            interrupt(self._connection)
        self._reading.release()
        # What they are read with is let go of now, and not when nobody knows of it any more.
        self._portions.close()


class _Export(StreamingResponse):
    """Writes portions, and lets go of what they are read with, whatever becomes of the client."""

    def __init__(
        self,
        first: bytes,
        portions: _Portions,
        *,
        resources: ExitStack,
        media_type: str,
        headers: dict[str, str],
    ) -> None:
        content = iterate_in_threadpool(chain([first], portions))
        super().__init__(content, media_type=media_type, headers=headers)
        self._portions = portions
        self._resources = resources

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def receive_and_end() -> Message:
            message = await receive()
            if message["type"] == "http.disconnect":
                # Now, and not when this task ends: that waits for the thread that reads.
                await run_in_threadpool(self._portions.end)
            return message

        try:
            await super().__call__(scope, receive_and_end, send)
        except ClientDisconnect:
            return
        finally:
            # In a thread, since it may wait for one; and also where this task is cancelled.
            with CancelScope(shield=True):
                await run_in_threadpool(self._resources.close)
