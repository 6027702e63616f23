"""How many items of a list there are for each value of something, or for each day or month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import BindParameter, ColumnElement, Row, Table, func, null, select
from sqlmodel import Session
from typing_extensions import TypedDict

from app.api.examples import example_of
from app.api.listing import Listing
from app.api.paging import Term, order_by
from app.api.stored import entities
from app.db.dialect import period_of

Interval = Literal["day", "week", "month", "year"]
MAX_GROUPS = 1000
DEFAULT_GROUPS = 100
# Values of a facet beside a list; /counts has them all.
FACET_VALUES = 20


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something that items can be counted by.

    Attributes:
        column: Whose values are told apart.
        is_entity: The column holds keys of entities; they are written as slugs, with names.
        through: A table to join for the column, and the column of it that holds the item's key.
    """

    column: ColumnElement[Any]
    is_entity: bool = False
    through: tuple[Table, ColumnElement[Any]] | None = None


@dataclass(frozen=True, slots=True)
class Groups:
    """Counted groups.

    Attributes:
        rows: With value, label, period, number, first_seen and last_seen.
        groups: How many groups there are in all.
    """

    rows: Sequence[Row[Any]]
    groups: int


class Count(TypedDict):
    """How many items share a value, a period, or both."""

    value: Annotated[
        str | None,
        Field(
            description="The value of `group_by`: an entity's id or a plain value; null for items "
            "without one, and without group_by.",
            examples=["sergei-naryshkin"],
        ),
    ]
    label: Annotated[
        str | None,
        Field(description="The entity's name, or the value itself.", examples=["Sergei Naryshkin"]),
    ]
    period: Annotated[
        date | None,
        Field(
            description="The first day of the day, week (Monday), month or year, in UTC; null for "
            "items without a date, and without interval.",
            examples=["2024-11-01"],
        ),
    ]
    count: Annotated[int, Field(description="How many items.", ge=0, examples=[2])]
    first_seen: Annotated[
        datetime | None,
        Field(
            description="When the first of them was published, or null when none has a date.",
            examples=["2024-11-28T09:30:00Z"],
        ),
    ]
    last_seen: Annotated[
        datetime | None,
        Field(
            description="When the last of them was published, or null when none has a date.",
            examples=["2024-11-28T09:30:00Z"],
        ),
    ]


class CountMeta(TypedDict):
    """How much was counted."""

    total: Annotated[
        int, Field(description="How many items pass the filters, exactly.", ge=0, examples=[6])
    ]
    groups: Annotated[
        int,
        Field(
            description="How many groups there are; more than `limit` are not all shown.",
            ge=0,
            examples=[3],
        ),
    ]
    limit: Annotated[
        int, Field(description="The most groups shown.", ge=1, le=MAX_GROUPS, examples=[100])
    ]
    dataset_version: Annotated[
        str, Field(description="The version of the data.", examples=["2f6c1d0a9b3e4875"])
    ]


class CountLinks(TypedDict):
    """Where these counts and the list are."""

    self: Annotated[
        str,
        Field(description="These counts.", examples=["/v1/quotes/counts?group_by=speaker"]),
    ]


class CountList(TypedDict):
    """Counts: those of periods in their order, else the greatest first."""

    data: Annotated[list[Count], Field(description="The counts.", examples=[[example_of(Count)]])]
    meta: Annotated[
        CountMeta,
        Field(description="How much there is to count.", examples=[example_of(CountMeta)]),
    ]
    links: Annotated[
        CountLinks, Field(description="Where this is.", examples=[example_of(CountLinks)])
    ]


class FacetValue(TypedDict):
    """How many items of a list share a value."""

    value: Annotated[
        str | None,
        Field(description="The value, as the filter takes it.", examples=["sergei-naryshkin"]),
    ]
    label: Annotated[
        str | None,
        Field(description="The value in words: an entity's name.", examples=["Sergei Naryshkin"]),
    ]
    count: Annotated[int, Field(description="How many items.", ge=1, examples=[2])]


class Facet(TypedDict):
    """The most frequent values of one thing in a list."""

    name: Annotated[str, Field(description="What is counted, as in `facet`.", examples=["speaker"])]
    values: Annotated[
        list[FacetValue],
        Field(
            description=f"At most {FACET_VALUES} values, the most frequent first.",
            examples=[[example_of(FacetValue)]],
        ),
    ]


Facets = Annotated[
    list[Facet] | None,
    Field(
        description="Counts of the whole list, whatever the page, in the order of `facet`; null "
        "without facet.",
        examples=[None, [example_of(Facet)]],
    ),
]


def count_groups(
    session: Session,
    listing: Listing,
    *,
    dated: ColumnElement[Any],
    dimension: Dimension | None,
    interval: Interval | None,
    limit: int,
) -> Groups:
    """Count a list's items by a value, a period or both; one query.

    Args:
        session: Where from.
        listing: The list.
        dated: When an item was published.
        dimension: What to tell apart; None for all as one.
        interval: Which periods to tell apart; None for all time as one.
        limit: The most groups; those of periods in their order, else the most frequent first.
    """
    found = find_groups(listing, dated=dated, dimension=dimension, interval=interval, limit=limit)
    rows = list(session.execute(found.statement.order_by(*order_by(found.order))).all())
    return Groups(rows, rows[0].groups if rows else 0)


def find_groups(
    listing: Listing,
    *,
    dated: ColumnElement[Any],
    dimension: Dimension | None,
    interval: Interval | None,
    limit: int | BindParameter[int] | None = None,
) -> Listing:
    """Return the list of the groups that `count_groups` counts; all of them without a limit.

    Each row has too how many groups there are in all, `groups`, and the sum of their numbers,
    `total`: of what is in several groups, more than once.
    """
    counted = listing.counted
    if dimension is not None and dimension.through is not None:
        table, item = dimension.through
        assert listing.key is not None
        counted = counted.join(table, item == listing.key)
    value = null() if dimension is None else dimension.column
    period = null() if interval is None else period_of(dated, interval)
    number = func.count()
    grouped = select(
        value.label("value"),
        period.label("period"),
        number.label("number"),
        func.min(dated, type_=dated.type).label("first_seen"),
        func.max(dated, type_=dated.type).label("last_seen"),
        func.count().over().label("groups"),
        func.sum(number).over().label("total"),
    ).select_from(counted)
    if listing.statement.whereclause is not None:
        grouped = grouped.where(listing.statement.whereclause)
    by = [column for column, is_used in ((value, dimension), (period, interval)) if is_used]
    grouped = grouped.group_by(*by)
    if limit is not None:
        order: list[ColumnElement[Any]] = [] if interval is None else [period.asc().nulls_last()]
        order.append(number.desc())
        if dimension is not None:
            order.append(value.asc().nulls_last())
        grouped = grouped.order_by(*order).limit(limit)
    # Names are looked up for the groups that are shown, not for every item that is counted.
    shown = grouped.subquery("shown")
    rest = [column for column in shown.c if column.name != "value"]
    if dimension is not None and dimension.is_entity:
        statement = select(
            entities.c.slug.label("value"), entities.c.name.label("label"), *rest
        ).select_from(shown.outerjoin(entities, entities.c.key == shown.c.value))
    else:
        statement = select(shown.c.value, shown.c.value.label("label"), *rest)
    places = [
        Term("period", shown.c.period, str, nullable=True),
        Term("number", shown.c.number, int, descending=True),
        Term("value", shown.c.value, str, nullable=True),
    ]
    return Listing(statement, shown, places)


def count_facets(
    session: Session,
    listing: Listing,
    *,
    dated: ColumnElement[Any],
    dimensions: Mapping[str, Dimension],
    names: Sequence[str],
) -> list[Facet] | None:
    """Return the facets that a list was asked for, one query each; None for none."""
    if not names:
        return None
    facets: list[Facet] = []
    for name in names:
        found = count_groups(
            session,
            listing,
            dated=dated,
            dimension=dimensions[name],
            interval=None,
            limit=FACET_VALUES,
        )
        values: list[FacetValue] = [
            {"value": row.value, "label": row.label, "count": row.number} for row in found.rows
        ]
        facets.append({"name": name, "values": values})
    return facets


def count_from_row(row: Row[Any]) -> Count:
    """Return what is promised of a group: a row of `find_groups` or of the counts that are kept."""
    value, label, period, number, first_seen, last_seen, *_ = tuple(row)
    return {
        "value": value,
        "label": label,
        "period": period,
        "count": number,
        "first_seen": first_seen,
        "last_seen": last_seen or first_seen,  # what is alone is the last too
    }
