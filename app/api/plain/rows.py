"""The rows of a plain page, in SQL as it is.

The runs are those of `app.api.paging.runs_past`: each is entered by an index.
"""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.api.paging import open_cursor, seal_cursor
from app.api.plain.asked import Asked, NotPlainError
from app.api.plain.lists import PlainList

_SELECT = """\
SELECT said.key, said.published_at, made.record, made.{who}_key FROM {table} AS said
JOIN {one}_records AS made ON made.{one}_key = said.key
WHERE {where} AND {run} ORDER BY {order} LIMIT ?"""
# Of one speaker, or of all, and nothing else asked: an index has the records side by side.
_SELECT_RECORDS = """\
SELECT said.{one}_key, said.published_at, said.record, said.{who}_key FROM {one}_records AS said
WHERE {where} AND {run} ORDER BY {order} LIMIT ?"""
EVERYTHING = "1"
"""The condition of a list without filters."""

_NEWEST_FIRST = "said.published_at DESC, said.key DESC"
_OLDEST_FIRST = "said.published_at, said.key"
# The body of a cursor of these lists: backward, time or null, key.
_BODY = re.compile(
    rb'\[([01]),(?:null|"([0-9-]{10})T([0-9:]{8})(?:\.([0-9]{6}))?\+00:00"),(-?[0-9]{1,19})\]'
)

# Key, time as it is stored, record, key of the speaker's entity.
Row = tuple[int, bytes | None, bytes, int | None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins or ends: `app.api.paging.Cursor`, with its time as it is stored."""

    backward: bool
    published_at: str | None
    key: int


@dataclass(frozen=True, slots=True)
class PlainPage:
    """A page's rows in their order, and the cursors of the pages after and before it."""

    rows: Sequence[Row]
    next: str | None
    prev: str | None


def read_rows(
    connection: sqlite3.Connection,
    listed: PlainList,
    asked: Asked,
    *,
    place: Place | None,
    where: str,
    values: Sequence[Any],
) -> PlainPage:
    """Read a page; one query, two where rows with a date end within it.

    Args:
        connection: Whose texts come as bytes.
        listed: The list.
        asked: What of it.
        place: Where the page begins, or ends.
        where: The filters' condition, about ``said``.
        values: What stands in it.
    """
    backward = place is not None and place.backward
    order = _OLDEST_FIRST if backward else _NEWEST_FIRST
    rows: list[Row] = []
    for run, run_values in _list_runs(place):
        if len(rows) <= asked.limit:
            sql = _write_select(listed.table, listed.who, where, run, order)
            left = asked.limit + 1 - len(rows)
            rows += connection.execute(sql, [*values, *run_values, left]).fetchall()
    more = len(rows) > asked.limit
    del rows[asked.limit :]
    if backward:
        rows.reverse()
    has_next = more if not backward else True
    has_prev = more if backward else place is not None
    return PlainPage(
        rows,
        next=_point_at(rows[-1], asked, before=False) if rows and has_next else None,
        prev=_point_at(rows[0], asked, before=True) if rows and has_prev else None,
    )


@lru_cache(maxsize=256)
def _write_select(table: str, who: str, where: str, run: str, order: str) -> str:
    one = table[:-1]
    if where in (f"said.{who}_key = ?", EVERYTHING):
        run, order = (words.replace("said.key", f"said.{one}_key") for words in (run, order))
        return _SELECT_RECORDS.format(one=one, who=who, where=where, run=run, order=order)
    return _SELECT.format(table=table, one=one, who=who, where=where, run=run, order=order)


def read_place(cursor: str, *, scope: str) -> Place:
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


def _point_at(row: Row, asked: Asked, *, before: bool) -> str:
    stored = row[1]
    if stored is None:
        time = b"null"
    else:
        fraction = b"" if stored[20:] == b"000000" else stored[19:]
        time = b'"%bT%b%b+00:00"' % (stored[:10], stored[11:19], fraction)
    return seal_cursor(b"[%d,%b,%d]" % (before, time, row[0]), scope=asked.scope)


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
