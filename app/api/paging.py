"""Keyset paging: a page is the rows after (or before) a row, never "the 900th to the 950th".

So a deep page costs what the first one costs, and no row is skipped or repeated when rows come or
go in between. The order of a list is a sequence of terms that ends in a unique one; a cursor holds
the terms' values at one row. Method: https://use-the-index-luke.com/no-offset
"""

import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    and_,
    false,
    func,
    or_,
    select,
    tuple_,
)
from sqlmodel import Session


class CursorError(ValueError):
    """A cursor was not made by this server, or for another list."""


@dataclass(frozen=True, slots=True)
class Term:
    """One step of a list's order. Nulls come last in both directions.

    Attributes:
        name: What the column is called in the rows of the list's statement.
        column: The expression that is compared.
        kind: The Python type of its values: str, int, float or datetime.
        descending: True for the greatest first.
        nullable: True when the expression can be null.
    """

    name: str
    column: ColumnElement[Any]
    kind: type
    descending: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list: the values of its order's terms at one row.

    Attributes:
        values: One for each term.
        backward: True when the page ends before the row, False when it begins after it.
    """

    values: tuple[Any, ...]
    backward: bool = False


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page of a list is wanted.

    Attributes:
        limit: The most rows, from 1.
        cursor: What the client sent, or None for the first page.
        scope: What the list is, its filters and its order: a cursor is good for one scope only.
        total: How many rows the whole list has, when that is known already.
    """

    limit: int
    cursor: str | None
    scope: str
    total: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, in the list's order, and how to go on.

    Attributes:
        next: The cursor of the page after, or None at the end.
        prev: The cursor of the page before, or None at the beginning.
        total: How many rows the whole list has.
    """

    rows: Sequence[Row[Any]]
    next: str | None
    prev: str | None
    total: int


# RFC 4648's base64url, section 5; `base64.b64decode` takes twice as long (5.4 and 2.4 µs).
_FROM_URL = bytes.maketrans(b"-_", b"+/")
_TO_URL = bytes.maketrans(b"+/", b"-_")
_ENCODE = json.JSONEncoder(separators=(",", ":")).encode


def encode_cursor(cursor: Cursor, *, scope: str) -> str:
    """Return the cursor as an opaque word for URLs.

    Args:
        cursor: Values of type str, int, float, datetime (UTC) or None.
        scope: What the list is, its filters and its order; a cursor is good for one scope only.
    """
    values = [
        value.isoformat() if isinstance(value, datetime) else value for value in cursor.values
    ]
    body = _ENCODE([int(cursor.backward), *values]).encode()
    return seal_cursor(body, scope=scope).decode()


def seal_cursor(body: bytes, *, scope: str) -> bytes:
    """Return the word for a cursor's body, which is JSON: 1 when it leads backward, the values."""
    letters = binascii.b2a_base64(_seal(body, scope) + body, newline=False)
    return letters.translate(_TO_URL, b"=")


def decode_cursor(word: str, *, scope: str, order: Sequence[Term]) -> Cursor:
    """Return the cursor that `encode_cursor` made for the same scope and order.

    Raises:
        CursorError: It was not; the message says so in words for people.
    """
    # What is not ASCII is no cursor either way.
    backward, *values = json.loads(open_cursor(word.encode("ascii", "replace"), scope=scope))
    if len(values) != len(order) or not all(map(_can_be_of, values, order)):
        raise CursorError("This cursor is from another version of the server.")
    return Cursor(
        tuple(
            datetime.fromisoformat(value) if term.kind is datetime and value is not None else value
            for term, value in zip(order, values, strict=True)
        ),
        backward=bool(backward),
    )


def _can_be_of(value: Any, term: Term) -> bool:
    """Say whether a value in a cursor can be one of a term's."""
    if value is None:
        return term.nullable
    return type(value) is (str if term.kind is datetime else term.kind)


def open_cursor(word: bytes, *, scope: str) -> bytes:
    """Return the body of a cursor that was sealed for the same scope.

    Raises:
        CursorError: It was not.
    """
    try:
        letters = (word + b"=" * (-len(word) % 4)).translate(_FROM_URL)
        raw = binascii.a2b_base64(letters, strict_mode=True)
    except ValueError:
        raise CursorError("This is not a cursor that this server made.") from None
    seal, body = raw[:_SEAL_LENGTH], raw[_SEAL_LENGTH:]
    if not body or seal != _seal(body, scope):
        raise CursorError(
            "This is not a cursor of this list. A cursor is good only for the filters and the "
            "sort that it was made with."
        )
    return body


_SEAL_LENGTH = 8


def _seal(body: bytes, scope: str) -> bytes:
    # Against mistakes, not against attackers: whoever forges a cursor only gets another page.
    seal = _begin_seal(scope).copy()
    seal.update(body)
    return seal.digest()


@lru_cache(maxsize=1024)
def _begin_seal(scope: str) -> hashlib.blake2b:
    key = hashlib.blake2b(scope.encode("utf-8", "surrogatepass"), digest_size=32).digest()
    return hashlib.blake2b(digest_size=_SEAL_LENGTH, key=key)


def order_by(order: Sequence[Term], *, backward: bool = False) -> list[ColumnElement[Any]]:
    """Return the ORDER BY of a list, or of the same list from its end."""
    clauses: list[ColumnElement[Any]] = []
    for term in order:
        clause = term.column.desc() if term.descending != backward else term.column.asc()
        if term.nullable:
            clause = clause.nulls_first() if backward else clause.nulls_last()
        clauses.append(clause)
    return clauses


def runs_past(cursor: Cursor | None, order: Sequence[Term]) -> list[ColumnElement[bool] | None]:
    """Return the conditions of the runs that the rows past a cursor are, in the order of reading.

    A run is a stretch of an index that is entered at its beginning, so that the page a million
    rows into a list costs what the first one does. One condition for all ("after the date, or no
    date") would be read from the list's beginning.

    Args:
        cursor: The place; None for the whole list, which is one run without a condition.
        order: The list's; the first term alone may be null, or the rows are one run whatever it
            costs.
    """
    if cursor is None:
        return [None]
    first, *rest = order
    values = cursor.values
    is_even = len({term.descending for term in order}) == 1 and not any(
        term.nullable for term in rest
    )
    if not is_even:
        return [rows_past(cursor, order)]
    greater = first.descending == cursor.backward
    if values[0] is None:
        same = first.column.is_(None)
        run = and_(same, _tuple_past(rest, values[1:], greater=greater)) if rest else false()
        return [run, first.column.is_not(None)] if cursor.backward else [run]
    run = _tuple_past(order, values, greater=greater)
    return [run, first.column.is_(None)] if first.nullable and not cursor.backward else [run]


def _tuple_past(
    order: Sequence[Term], values: Sequence[Any], *, greater: bool
) -> ColumnElement[bool]:
    # Rows are compared as SQL compares row values; a null is never past anything.
    columns, place = tuple_(*(term.column for term in order)), tuple_(*values)
    return columns > place if greater else columns < place


def rows_past(cursor: Cursor, order: Sequence[Term]) -> ColumnElement[bool]:
    """Return the one condition that a row lies past the cursor, in the cursor's direction."""
    cases: list[ColumnElement[bool]] = []
    same: list[ColumnElement[bool]] = []
    for term, value in zip(order, cursor.values, strict=True):
        cases.append(and_(*same, _past(term, value, backward=cursor.backward)))
        same.append(term.column.is_(None) if value is None else term.column == value)
    return or_(*cases)


def _past(term: Term, value: Any, *, backward: bool) -> ColumnElement[bool]:
    if value is None:  # nulls are last: nothing follows them, everything else is before
        return term.column.is_not(None) if backward else false()
    greater = term.descending == backward
    past: ColumnElement[bool] = term.column > value if greater else term.column < value
    if term.nullable and not backward:
        return or_(past, term.column.is_(None))
    return past


def fetch_page(
    session: Session,
    statement: Select[Any],
    *,
    counted: FromClause,
    order: Sequence[Term],
    request: PageRequest,
) -> Page:
    """Read one page of a statement's rows: one query, and one for the total when it is unknown.

    That one is spared where all rows are on the page. The first is two where rows with a date end
    within the page, and those without follow.

    Args:
        session: Where from.
        statement: Selects, among others, every term's column under the term's name; has the
            list's filters and no order.
        counted: What the filters are about: the statement's tables without those that are joined
            for their columns only.
        order: Ends in a term, or in several, that no two rows share.
        request: Which page.

    Raises:
        CursorError: The cursor is not one of this list.
    """
    limit, total = request.limit, request.total
    place = None
    if request.cursor is not None:
        place = decode_cursor(request.cursor, scope=request.scope, order=order)
    backward = place is not None and place.backward
    ordered = statement.order_by(*order_by(order, backward=backward))
    rows: list[Row[Any]] = []
    for run in runs_past(place, order):
        selected = ordered if run is None else ordered.where(run)
        if len(rows) <= limit:
            rows += session.execute(selected.limit(limit + 1 - len(rows))).all()
    if total is None:
        is_all = place is None and len(rows) <= limit
        total = len(rows) if is_all else count_rows(session, statement, counted=counted)
    return make_page(rows, order=order, place=place, request=request, total=total)


def make_page(
    found: Sequence[Row[Any]],
    *,
    order: Sequence[Term],
    place: Cursor | None,
    request: PageRequest,
    total: int,
) -> Page:
    """Make a page of the rows past a place, in the direction of reading: one more, if there is."""
    limit = request.limit
    backward = place is not None and place.backward
    more = len(found) > limit
    rows = list(found[:limit])
    if backward:
        rows.reverse()
    has_next = more if not backward else True
    has_prev = more if backward else place is not None

    def point_at(row: Row[Any], *, before: bool) -> str:
        named = row._asdict()
        values = tuple(named[term.name] for term in order)
        return encode_cursor(Cursor(values, backward=before), scope=request.scope)

    return Page(
        rows=rows,
        next=point_at(rows[-1], before=False) if rows and has_next else None,
        prev=point_at(rows[0], before=True) if rows and has_prev else None,
        total=total,
    )


def count_rows(session: Session, statement: Select[Any], *, counted: FromClause) -> int:
    """Count the rows of `counted` that pass a statement's conditions."""
    return int(session.scalar(select_count(statement, counted=counted)) or 0)


def select_count(statement: Select[Any], *, counted: FromClause) -> Select[Any]:
    """Return the statement for how many rows of `counted` pass a statement's conditions."""
    count = select(func.count()).select_from(counted)
    return count if statement.whereclause is None else count.where(statement.whereclause)
