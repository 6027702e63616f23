"""What a list is before any of its rows is read: one description for pages, counts and exports."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Integer,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    func,
    select,
)
from sqlmodel import Session

from app.api.deps import Call
from app.api.filters import in_entities
from app.api.hits import Searched, read_hits
from app.api.opened import Statement, make_ready, read_rows
from app.api.paging import (
    Page,
    PageRequest,
    Term,
    fetch_page,
    make_page,
    order_by,
    select_count,
)
from app.api.parameters import PageParameters
from app.db.engine import allow_more_time
from app.db.search import Query, bind_query, can_be_bound

# Rows that an export holds at once.
PORTION = 200


@dataclass(frozen=True, slots=True)
class Named:
    """A list of what names one entity, as the table of who is named has it.

    That has an index by whom and when, so that no page of the list has to be sorted.

    Attributes:
        said: That table's column with the key of a row of the list.
        is_named: The condition that a row of that table names the entity.
        rest: The list's other conditions, or None.
    """

    said: Column[Any]
    is_named: ColumnElement[bool]
    rest: ColumnElement[bool] | None


def keep_named(
    statement: Select[Any], key: Column[Any], *, said: Column[Any], slugs: Sequence[str]
) -> tuple[Select[Any], Named | None]:
    """Keep a statement's rows that name one of some entities, after all other conditions.

    Args:
        statement: Of a list, with its other conditions.
        key: The key of the list's rows.
        said: The column of the table of who is named that holds such a key.
        slugs: The entities; none for no condition.

    Returns:
        The statement; and the list as that table has it, where it is of one entity.
    """
    if not slugs:
        return statement, None
    is_named = in_entities(said.table.c.entity_key, slugs)
    named = Named(said, is_named, rest=statement.whereclause) if len(slugs) == 1 else None
    return statement.where(key.in_(select(said).where(is_named))), named


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
        rows: The statement without filters, to read rows by a column of theirs called "key" too.
        hits: What a search found, each a row of the list where there is no other filter.
        is_scattered: The table has no index with the rows side by side in the list's order.
        named: What has them in the order of their dates all the same.
    """

    statement: Select[Any]
    counted: FromClause
    order: Sequence[Term]
    key: ColumnElement[Any] | None = None
    rows: Select[Any] | None = None
    hits: FromClause | None = None
    is_scattered: bool = False
    named: Named | None = None


@dataclass(frozen=True, slots=True)
class _Keys:
    """What finds a list's keys.

    Attributes:
        statement: Selects the keys and the order's terms.
        key: The column of the keys.
        counted: What the statement's conditions are about.
        order: The list's, of the statement's columns.
    """

    statement: Select[Any]
    key: ColumnElement[Any]
    counted: FromClause
    order: Sequence[Term]


def read_page(session: Session, listing: Listing, *, request: PageRequest) -> Page:
    """Read one page of a list: one query, and one for the total when it is unknown.

    What is searched or scattered takes one more: keys alone are found, since most often all of them
    are sorted, and the page's rows are read by them.

    Raises:
        CursorError: The cursor is not one of this list.
    """
    key, rows, order = listing.key, listing.rows, listing.order
    is_searched = not isinstance(listing.counted, Table)
    if key is None or rows is None or not (is_searched or listing.is_scattered):
        return fetch_page(
            session, listing.statement, counted=listing.counted, order=order, request=request
        )
    keys = _select_keys(listing)
    counted = keys.counted
    if listing.statement.whereclause is None and listing.hits is not None:
        # Only a page's rows and their order need more of what was found than its number.
        counted = listing.hits
    page = fetch_page(session, keys.statement, counted=counted, order=keys.order, request=request)
    return replace(page, rows=_read_rows(session, rows, [row.key for row in page.rows]))


def _select_keys(listing: Listing) -> _Keys:
    key, counted, order = listing.key, listing.counted, listing.order
    assert key is not None
    where, named = listing.statement.whereclause, listing.named
    if named is not None and [term.name for term in order] == ["published_at", "key"]:
        where, counted = named.is_named, named.said.table
        columns = {"published_at": counted.c.published_at, "key": named.said}
        order = [replace(term, column=columns[term.name]) for term in order]
        if named.rest is not None:
            where = and_(where, named.rest)
            counted = counted.join(listing.counted, key == named.said)
        key = named.said
    terms = [term.column.label(term.name) for term in order if term.name != "key"]
    keys = select(key.label("key"), *terms).select_from(counted)
    return _Keys(keys if where is None else keys.where(where), key, counted, order)


# How many rows a first page's statement returns at most.
_MOST = bindparam("most", type_=Integer())


@dataclass(frozen=True, slots=True)
class FirstPage:
    """The first page of a list: statements that leave open what is looked for, or who is meant.

    Making them for each request took 1.6 of the 4.4 ms of a search among a million articles (in
    process, the best of eight turns each).

    Attributes:
        listing: The list, of `app.db.search.OPEN` or of `app.api.opened.Shape`.
        count: How many are found; None where each row of the page says so, as ``total``.
        found: What is on the page, ``most`` rows: their keys, or all that is read of them.
        rows: The statement to read the rows by their keys, or None.
        searched: What is searched, where `read_hits` takes it and the order.
    """

    listing: Listing
    count: Statement | None
    found: Statement
    rows: Select[Any] | None
    searched: Searched | None = None


_BEST_FIRST = [("rank", False), ("key", False)]
_NEWEST_FIRST = [("published_at", True), ("key", True)]
# What a search may be asked besides and is still nothing but a search.
_NO_FILTERS = frozenset(("q", "sort", "limit", "include", "fields", "offset_unit"))


def is_first_page_of_search(parameters: PageParameters, query: Query) -> bool:
    """Say whether a request is answered by a `FirstPage`."""
    return parameters.model_fields_set <= _NO_FILTERS and can_be_bound(query)


def prepare_first_page(
    listing: Listing,
    *,
    columns: Sequence[ColumnElement[Any]] = (),
    searched: Searched | None = None,
) -> FirstPage:
    """Make the statements of a list's first page, once for each list and order.

    Args:
        listing: The list.
        columns: All that is read of its rows, but for the terms of its order; all that
            `Listing.rows` has when there are none, or the list is scattered.
        searched: What is searched, where `read_hits` takes it.
    """
    if listing.hits is not None:
        steps = [(term.name, term.descending) for term in listing.order]
        return FirstPage(
            listing,
            count=None,
            found=make_ready(_select_searched(listing)),
            rows=None,
            searched=searched if steps in (_BEST_FIRST, _NEWEST_FIRST) else None,
        )
    found, counted, order = listing.statement, listing.counted, listing.order
    rows = None
    if listing.is_scattered:
        assert listing.key is not None
        keys, rows = _select_keys(listing), listing.rows
        found, counted, order = keys.statement, keys.counted, keys.order
    elif columns:
        found = found.with_only_columns(*columns, *(t.column.label(t.name) for t in order))
    return FirstPage(
        listing,
        count=make_ready(select_count(found, counted=counted)),
        found=make_ready(found.order_by(*order_by(order)).limit(_MOST)),
        rows=rows,
    )


def prepare_grouped(listing: Listing, whole: Table) -> FirstPage:
    """Make the statement of the first page of a list of groups, once for each list and order.

    All groups are made for a page of them. Making them again for their number took as long, and
    `whole` is read for those of the page alone.

    Args:
        listing: Its rows are those of `whole`, and what was counted of each.
        whole: Has a ``key``.
    """
    counted = [column for column in listing.statement.selected_columns if column.table is not whole]
    page = (
        listing.statement.with_only_columns(
            whole.c.key, *counted, func.count().over().label("total")
        )
        .order_by(*order_by(listing.order))
        .limit(_MOST)
        .subquery("page")
    )
    rows = (
        select(whole, *(column for column in page.c if column.name != "key"))
        .join(page, page.c.key == whole.c.key)
        .order_by(*order_by([replace(term, column=page.c[term.name]) for term in listing.order]))
    )
    return FirstPage(listing, count=None, found=make_ready(rows), rows=None)


def _select_searched(listing: Listing) -> Select[Any]:
    """Return the statement for the rows of a search's first page and how many it finds in all.

    What matches is found once for both, with its rank only where that is its order. Counting apart
    took 0.5 ms more where some fifty of a million articles' quotations match, reading the rows
    apart half as much. The order is read where the rows are, if they have it: with dates and words
    from the quotations' table, what they were said in and their records from others, a search that
    fills a page took 1,030 µs in the database, and takes 855 with records alone (250 searches, in
    process).
    """
    hits, key, rows = listing.hits, listing.key, listing.rows
    assert hits is not None
    assert key is not None
    assert rows is not None
    names = [term.name for term in listing.order]
    found = select(*(column for column in hits.c if column.name in ("key", *names))).cte("found")
    total = select(func.count()).select_from(found).scalar_subquery()
    own, order = rows.selected_columns, listing.order
    if all(term.name in found.c or term.name in own for term in order):
        key = own["key"]
        order = [replace(term, column=own.get(term.name, term.column)) for term in order]
    terms = [replace(term, column=found.c.get(term.name, term.column)) for term in order]
    columns = (term.column.label(term.name) for term in terms if term.name != "key")
    first = select(found.c.key, total.label("total"), *columns)
    if any(term.name not in found.c for term in terms):
        first = first.where(key == found.c.key)
    page = first.order_by(*order_by(terms)).limit(_MOST).cte("page")
    more = [column for column in page.c if column.name not in own]
    terms = [replace(term, column=page.c[term.name]) for term in listing.order]
    of_page = rows.join(page, page.c.key == own["key"])
    return of_page.add_columns(*more).order_by(*order_by(terms))


def read_search(
    call: Call, session: Session, first: FirstPage, *, query: Query, request: PageRequest
) -> Page:
    """Read the first page of a search.

    Args:
        call: What is asked.
        session: Where from.
        first: The page.
        query: What is looked for.
        request: Has no cursor.
    """
    if first.searched is not None:
        page = read_hits(
            session,
            first.searched,
            by_rank=first.listing.order[0].name == "rank",
            query=query,
            request=request,
            counts=call.source.words,
            version=call.version,
        )
        if page is not None:
            return page
    return read_first_page(session, first, values=bind_query(query), request=request)


def read_first_page(
    session: Session, first: FirstPage, *, values: Mapping[str, Any], request: PageRequest
) -> Page:
    """Read the first page of a list: one query of a search, two of others, three of scattered ones.

    Args:
        session: Where from.
        first: The page.
        values: What its statements leave open.
        request: Has no cursor.
    """
    listing = first.listing
    total = request.total
    found = read_rows(session, first.found, {**values, "most": request.limit + 1})
    if total is None:
        if len(found) <= request.limit:
            total = len(found)
        elif first.count is None:
            total = int(found[0].total)
        else:
            total = int(read_rows(session, first.count, values)[0][0])
    page = make_page(found, order=listing.order, place=None, request=request, total=total)
    if first.rows is None:
        return page
    rows = _read_rows(session, first.rows, [row.key for row in page.rows])
    return replace(page, rows=rows)


def _read_rows(session: Session, statement: Select[Any], wanted: Sequence[int]) -> list[Row[Any]]:
    """Return the rows with these keys, in their order; one query, none for no keys."""
    if not wanted:
        return []
    found = session.execute(_select_by_keys(statement), {"wanted": list(wanted)}).all()
    by_key = {row.key: row for row in found}
    return [by_key[one] for one in wanted]


@lru_cache(maxsize=32)
def _select_by_keys(statement: Select[Any]) -> Select[Any]:
    # The statements of lists without their filters are a few, each made once.
    key = statement.selected_columns["key"]
    return statement.where(key.in_(bindparam("wanted", expanding=True)))


def stream_rows(session: Session, listing: Listing) -> Generator[Sequence[Row[Any]], None, None]:
    """Read every row of a list in its order, in portions of at most `PORTION`.

    Only one portion is held. Where no index has the order, the database sorts: keys alone when
    the list has one key, since it would hold all that it sorts; each portion's rows are then read
    by their keys. Close it when it is left before its end.
    """
    if listing.key is None or listing.rows is None:
        whole = listing.statement.order_by(*order_by(listing.order))
        with session.execute(whole, execution_options={"yield_per": PORTION}) as result:
            for rows in result.partitions():
                yield rows
                allow_more_time(session.connection())
        return
    keys = _select_keys(listing)
    ordered = keys.statement.with_only_columns(keys.key).order_by(*order_by(keys.order))
    with session.execute(ordered, execution_options={"yield_per": PORTION}) as found:
        for portion in found.partitions():
            yield _read_rows(session, listing.rows, [row[0] for row in portion])
            allow_more_time(session.connection())
