"""The rows of a plain page, in SQL as it is.

The runs are those of `app.api.paging.runs_past`: each is entered by an index.
"""

import re
import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from app.api.paging import open_cursor, seal_cursor
from app.api.plain.asked import Asked, NotPlainError
from app.api.plain.lists import PlainList
from app.records import read_key, read_time, unpack_each

# A page's place in its list stands in its records, and whose they are is asked for only where they
# are not all one's: with key, time and speaker of each, reading 21 rows took 20 µs, and takes 14.
_SELECT = """\
SELECT made.record{also} FROM {table} AS said
JOIN {one}_records AS made ON made.{one}_key = said.key
WHERE {where} AND {run} ORDER BY {order} LIMIT ?"""
# Of one speaker, or of all, and nothing else asked: an index has the records side by side.
_SELECT_RECORDS = """\
SELECT said.record{also} FROM {one}_records AS said
WHERE {where} AND {run} ORDER BY {order} LIMIT ?"""
EVERYTHING = "1"
"""The condition of a list without filters."""

_NEWEST_FIRST = "said.published_at DESC, said.key DESC"
_OLDEST_FIRST = "said.published_at, said.key"
# The body of a cursor of these lists: backward, time or null, key.
_BODY = re.compile(
    rb'\[([01]),(?:null|"([0-9-]{10})T([0-9:]{8})(?:\.([0-9]{6}))?\+00:00"),(-?[0-9]{1,19})\]'
)


def of_one(who: str) -> str:
    """Return the condition of a list of one speaker, whose key is its one value."""
    return f"said.{who}_key = ?"


class Place(NamedTuple):
    """Where a page begins or ends: `app.api.paging.Cursor`, with its time as it is stored."""

    backward: bool
    published_at: str | None
    key: int


class PlainPage(NamedTuple):
    """A page's records in their order, and the cursors of the pages after and before it.

    Attributes:
        records: As JSON.
        speakers: The keys of their speakers' entities, where they were asked for.
        next: The cursor of the page after, if there is one.
        prev: Of the one before.
    """

    records: Sequence[bytes]
    speakers: Sequence[int | None] | None
    next: bytes | None
    prev: bytes | None


def read_rows(
    connection: sqlite3.Connection,
    listed: PlainList,
    asked: Asked,
    *,
    place: Place | None,
    where: str,
    values: Sequence[Any],
    with_speakers: bool,
) -> PlainPage:
    """Read a page; one query, two where rows with a date end within it.

    Args:
        connection: Whose texts come as bytes.
        listed: The list.
        asked: What of it.
        place: Where the page begins, or ends.
        where: The filters' condition, about ``said``.
        values: What stands in it.
        with_speakers: Whether to say whose each record is.
    """
    backward = place is not None and place.backward
    order = _OLDEST_FIRST if backward else _NEWEST_FIRST
    rows: list[tuple[Any, ...]] = []
    for run, run_values in _list_runs(place):
        if len(rows) <= asked.limit:
            sql = _write_select(listed.table, listed.who, where, run, order, with_speakers)
            left = asked.limit + 1 - len(rows)
            rows += connection.execute(sql, [*values, *run_values, left]).fetchall()
    more = len(rows) > asked.limit
    del rows[asked.limit :]
    if backward:
        rows.reverse()
    has_next = more if not backward else True
    has_prev = more if backward else place is not None
    records = unpack_each([row[0] for row in rows])
    return PlainPage(
        records,
        [row[1] for row in rows] if with_speakers else None,
        next=_point_at(records[-1], asked, before=False) if rows and has_next else None,
        prev=_point_at(records[0], asked, before=True) if rows and has_prev else None,
    )


@lru_cache(maxsize=256)
def _write_select(
    table: str, who: str, where: str, run: str, order: str, with_speakers: bool
) -> str:
    one = table[:-1]
    is_side_by_side = where in (of_one(who), EVERYTHING)
    if is_side_by_side:
        run, order = (words.replace("said.key", f"said.{one}_key") for words in (run, order))
    also = f", {'said' if is_side_by_side else 'made'}.{who}_key" if with_speakers else ""
    select = _SELECT_RECORDS if is_side_by_side else _SELECT
    return select.format(table=table, one=one, also=also, where=where, run=run, order=order)


def read_place(cursor: bytes, *, scope: str) -> Place:
    """Return the place that a cursor is.

    Raises:
        CursorError: It is of another list.
        NotPlainError: The framework is to say what is wrong with it.
    """
    found = _BODY.fullmatch(open_cursor(cursor, scope=scope))
    if found is None:
        raise NotPlainError
    backward, day, hour, fraction, key = found.groups(b"000000")
    published_at = None if found[2] is None else (b"%b %b.%b" % (day, hour, fraction)).decode()
    return Place(backward == b"1", published_at, int(key))


def _point_at(record: bytes, asked: Asked, *, before: bool) -> bytes:
    """Return the cursor of the page that begins, or ends, beside a record."""
    time = read_time(record)
    at = b"null" if time is None else b'"%b+00:00"' % time
    return seal_cursor(b"[%d,%b,%d]" % (before, at, read_key(record)), scope=asked.scope)


def _list_runs(place: Place | None) -> list[tuple[str, list[Any]]]:
    if place is None:
        return [("1", [])]
    sign = ">" if place.backward else "<"
    if place.published_at is None:
        run: tuple[str, list[Any]] = (
            f"said.published_at IS NULL AND said.key {sign} ?",
            [place.key],
        )
        return [run, ("said.published_at IS NOT NULL", [])] if place.backward else [run]
    run = (f"(said.published_at, said.key) {sign} (?, ?)", [place.published_at, place.key])
    return [run] if place.backward else [run, ("said.published_at IS NULL", [])]
