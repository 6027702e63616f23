"""Answers that are written while they are read, in the memory of one portion of rows.

An export reads one state of the database from its first row to its last. It holds one connection
while it runs; only a few run at once, so that a slow client never keeps others from their pages.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import chain
from typing import Any

from fastapi import Response
from fastapi.responses import StreamingResponse
from pydantic_core import to_json
from sqlalchemy import Row
from sqlmodel import Session
from starlette.concurrency import iterate_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from app.api.caching import answer_any_etag
from app.api.deps import Call
from app.api.envelope import shape_items
from app.api.errors import not_ready
from app.api.exports.table import to_cells, write_line
from app.api.listing import Listing, stream_rows

NDJSON = "application/x-ndjson"
CSV = "text/csv; charset=utf-8; header=present"

Build = Callable[[Session, Sequence[Row[Any]]], Sequence[Any]]
Encode = Callable[[Sequence[Any]], bytes]


@dataclass(frozen=True, slots=True)
class Opened:
    """A list that is about to be exported.

    Attributes:
        listing: Its rows and their order.
        build: Makes what the schema promises from a portion of rows.
    """

    listing: Listing
    build: Build


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
        rows = opening.enter_context(closing(stream_rows(session, opened.listing)))
        portions = (
            encode(shape_items(call, opened.build(session, portion), fields=fields))
            for portion in rows
        )
        # The first portion is read before the answer begins: what fails here is still a problem.
        first = head + next(portions, b"")
        resources = opening.pop_all()
    return _Export(chain([first], portions), resources, media_type=media_type, headers=headers)


class _Export(StreamingResponse):
    """Writes portions, and lets go of what they are read with, whatever becomes of the client."""

    def __init__(
        self,
        portions: Iterator[bytes],
        resources: ExitStack,
        *,
        media_type: str,
        headers: dict[str, str],
    ) -> None:
        super().__init__(iterate_in_threadpool(portions), media_type=media_type, headers=headers)
        self._resources = resources

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except ClientDisconnect:
            return
        finally:
            self._resources.close()
