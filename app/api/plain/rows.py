"""The rows of a plain page, in SQL as it is.

The runs are those of `app.api.paging.runs_past`: each is entered by an index.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.api.paging import Cursor, encode_cursor
from app.api.plain.asked import Asked
from app.api.plain.lists import PlainList

_SELECT = """\
SELECT said.key, said.published_at, made.record, said.{who}_key FROM {table} AS said
JOIN {one}_records AS made ON made.{one}_key = said.key
WHERE {where} AND {run} ORDER BY {order} LIMIT ?"""
_NEWEST_FIRST = "said.published_at DESC, said.key DESC"
_OLDEST_FIRST = "said.published_at, said.key"
_STORED_TIME = "%Y-%m-%d %H:%M:%S.%f"

# Key, time as it is stored, record, key of the speaker's entity.
Row = tuple[int, bytes | None, bytes, int | None]


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
    place: Cursor | None,
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
            sql = _SELECT.format(
                table=listed.table,
                one=listed.table[:-1],
                who=listed.who,
                where=where,
                run=run,
                order=order,
            )
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


def _point_at(row: Row, asked: Asked, *, before: bool) -> str:
    moment = None
    if row[1] is not None:
        moment = datetime.fromisoformat(row[1].decode()).replace(tzinfo=UTC)
    return encode_cursor(Cursor((moment, row[0]), backward=before), scope=asked.scope)


def _list_runs(place: Cursor | None) -> list[tuple[str, list[Any]]]:
    if place is None:
        return [("1", [])]
    moment, key = place.values
    sign = ">" if place.backward else "<"
    if moment is None:
        run: tuple[str, list[Any]] = (f"said.published_at IS NULL AND said.key {sign} ?", [key])
        return [run, ("said.published_at IS NOT NULL", [])] if place.backward else [run]
    stored = moment.astimezone(UTC).strftime(_STORED_TIME)
    run = (f"(said.published_at, said.key) {sign} (?, ?)", [stored, key])
    return [run] if place.backward else [run, ("said.published_at IS NULL", [])]
