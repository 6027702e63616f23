"""What a list is before any of its rows is read: one description for pages, counts and exports."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, Select, select
from sqlmodel import Session

from app.api.paging import Page, PageRequest, Term, fetch_page, order_by

# Rows that an export holds at once.
PORTION = 200


@dataclass(frozen=True, slots=True)
class Listing:
    """A list with its filters and its order.

    Attributes:
        statement: Selects, among others, every term's column under the term's name; has the
            list's filters and no order.
        counted: What the filters are about: the statement's tables without those that are joined
            for their columns only.
        order: Ends in a term, or in several, that no two rows share.
        key: The column that tells the rows apart, called "key" in them; None when it takes several.
        rows: The statement without filters, to read rows by their `key`.
    """

    statement: Select[Any]
    counted: FromClause
    order: Sequence[Term]
    key: ColumnElement[Any] | None = None
    rows: Select[Any] | None = None


def read_page(session: Session, listing: Listing, *, request: PageRequest) -> Page:
    """Read one page of a list: one query, and one for the total when it is unknown.

    Raises:
        CursorError: The cursor is not one of this list.
    """
    return fetch_page(
        session,
        listing.statement,
        counted=listing.counted,
        order=listing.order,
        request=request,
    )


def stream_rows(session: Session, listing: Listing) -> Generator[Sequence[Row[Any]], None, None]:
    """Read every row of a list in its order, in portions of at most `PORTION`.

    Only one portion is held. Where no index has the order, the database sorts: keys alone when
    the list has one key, since it would hold all that it sorts; each portion's rows are then read
    by their keys. Close it when it is left before its end.
    """
    order = order_by(listing.order)
    if listing.key is None or listing.rows is None:
        whole = listing.statement.order_by(*order)
        with session.execute(whole, execution_options={"yield_per": PORTION}) as result:
            yield from result.partitions()
        return
    keys = select(listing.key).select_from(listing.counted)
    if listing.statement.whereclause is not None:
        keys = keys.where(listing.statement.whereclause)
    keys = keys.order_by(*order)
    with session.execute(keys, execution_options={"yield_per": PORTION}) as found:
        for portion in found.partitions():
            wanted = [row[0] for row in portion]
            rows = session.execute(listing.rows.where(listing.key.in_(wanted)))
            by_key = {row.key: row for row in rows}
            yield [by_key[key] for key in wanted]
