"""Counts by month or year that ingest keeps, for lists of everything, of one speaker or one outlet.

What charts ask for: to count it anew would read every row that is counted. Other filters, groups
and intervals are counted (`app.api.counting`), and give the same where both can: a test compares.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Integer,
    Text,
    bindparam,
    case,
    func,
    null,
    select,
)
from sqlmodel import Session

from app.api.counting import Groups, Interval
from app.api.filters import in_entities
from app.api.parameters import Parameters
from app.api.stored import articles, claims, monthly_counts, quotes
from app.db.dialect import lies_in
from app.db.ids import to_outlet_key
from app.db.ready import Ready

Counted = Literal["articles", "quotes", "claims"]
_WHO = {"quotes": "speaker", "claims": "claimant"}
_TABLES = {"articles": articles, "quotes": quotes, "claims": claims}


@dataclass(frozen=True, slots=True)
class Kept:
    """Counts that are kept.

    Attributes:
        what: What is counted.
        name: The filter: "source", "speaker" or "claimant"; empty for none.
        value: Its value.
        interval: By month, or by year.
    """

    what: Counted
    name: str
    value: str
    interval: Literal["month", "year"]


def find_kept(
    what: Counted,
    filters: Parameters,
    *,
    interval: Interval | None,
    group_by: str | None,
) -> Kept | None:
    """Return which kept counts a request asks for; None when it has to be counted."""
    if group_by is not None or interval not in ("month", "year"):
        return None
    asked = filters.model_dump(exclude_defaults=True, exclude={"interval", "limit", "group_by"})
    if not asked:
        return Kept(what, "", "", interval)
    ((name, values), *others) = asked.items()
    if others or name not in ("source", _WHO.get(what)) or len(values) != 1:
        return None
    return Kept(what, name, values[0], interval)


def count_kept(session: Session, kept: Kept, *, limit: int) -> tuple[Groups, int]:
    """Return the groups and how many items they are in all; two when some do not fit.

    Args:
        session: Where from.
        kept: Which counts.
        limit: The most groups, the earliest; undated items are the last.
    """
    values: dict[str, Any] = {"limit": limit}
    if kept.name == "source":
        values |= {"of": to_outlet_key(kept.value), "value": kept.value}
    elif kept.name:
        values |= {"value": kept.value}
    connection = session.connection()
    if kept.interval == "month":
        rows = _ready_months(kept.what, kept.name).all(connection, **values, most=limit + 1)
        if rows and rows[0].period is None:
            rows.append(rows.pop(0))
        groups = len(rows)
    else:
        rows = _ready_years(kept.what, kept.name).all(connection, **values)
        groups = rows[0].groups if rows else 0
    if groups <= limit:
        return Groups(rows, groups), sum(row.number for row in rows)
    whole = _ready_whole(kept.what, kept.name).first(connection, **values)
    if kept.interval == "month":
        groups = whole.months
    return Groups(rows[:limit], groups), whole.number


@dataclass(frozen=True, slots=True)
class _These:
    """What is counted, as conditions.

    Attributes:
        kept: Of the counts.
        counted: Of the rows of its table.
    """

    kept: ColumnElement[bool]
    counted: Sequence[ColumnElement[bool]]


@cache
def _find_these(what: Counted, name: str) -> _These:
    counts, table = monthly_counts.c, _TABLES[what]
    value: BindParameter[str] = bindparam("value", type_=Text())
    if name == "source":
        of = counts.of == bindparam("of", type_=counts.of.type)
        return _These((counts.what == what) & of, [table.c.outlet == value])
    if name:
        of = in_entities(counts.of, [value])
        mine = in_entities(table.c[f"{name}_key"], [value])
        return _These((counts.what == what) & of, [mine])
    return _These((counts.what == what) & (counts.of == 0), [])


def _select_moments(
    what: Counted,
    name: str,
    interval: Literal["month", "year"],
    *,
    of: FromClause,
    period: ColumnElement[str],
    number: ColumnElement[int],
) -> list[ColumnElement[Any]]:
    """Return when the first item of a period was, and the last one, by indexes of what is counted.

    Args:
        what: What is counted.
        name: Of the filter.
        interval: How long a period is.
        of: What has the periods.
        period: Its column with the beginning of the period's date.
        number: That with how many items there are.
    """
    table = _TABLES[what]
    dated = table.c.published_at
    where = (*_find_these(what, name).counted, lies_in(dated, period, interval))
    seen = select(dated).select_from(table).where(*where).correlate(of).limit(1)
    return [
        seen.order_by(dated).scalar_subquery().label("first_seen"),
        # Most months of a speaker have one: it is first and last, and not looked for again.
        case((number > 1, seen.order_by(dated.desc()).scalar_subquery())).label("last_seen"),
    ]


@cache
def _ready_months(what: Counted, name: str) -> Ready:
    """Return the statement for at most ``most`` months as they are kept, what has no date first.

    They are neither grouped nor counted nor put in order: a speaker's months among a million
    articles took 349 µs so, and take 228 (2,700 speakers, in the database alone).
    """
    counts = monthly_counts.c
    period = func.substr(counts.month, 1, 7)
    moments = _select_moments(
        what, name, "month", of=monthly_counts, period=period, number=counts.count
    )
    return Ready(
        select(
            null().label("value"),
            null().label("label"),
            case((counts.month != "", counts.month)).label("period"),
            counts.count.label("number"),
            *moments,
        )
        .where(_find_these(what, name).kept)
        .order_by(counts.month)
        .limit(bindparam("most", type_=Integer()))
    )


@cache
def _ready_whole(what: Counted, name: str) -> Ready:
    """Return the statement for how many items there are in all, and in how many months."""
    number = func.sum(monthly_counts.c.count).label("number")
    months = func.count().label("months")
    return Ready(select(number, months).where(_find_these(what, name).kept))


@cache
def _ready_years(what: Counted, name: str) -> Ready:
    """Return the statement for the years; made once, it is half of the work."""
    counts = monthly_counts.c
    period = func.substr(counts.month, 1, 4)
    grouped = (
        select(
            period.label("period"),
            func.sum(counts.count).label("number"),
            func.count().over().label("groups"),
        )
        .where(_find_these(what, name).kept)
        .group_by(period)
        .order_by(case((period == "", 1), else_=0), period)
        .limit(bindparam("limit", type_=Integer()))
        .subquery("shown")
    )
    shown = select(
        null().label("value"),
        null().label("label"),
        case((grouped.c.period != "", grouped.c.period.concat("-01-01"))).label("period"),
        grouped.c.number,
        *_select_moments(
            what, name, "year", of=grouped, period=grouped.c.period, number=grouped.c.number
        ),
        grouped.c.groups,
    ).order_by(case((grouped.c.period == "", 1), else_=0), grouped.c.period)
    return Ready(shown)
