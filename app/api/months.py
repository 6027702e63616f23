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
    Integer,
    Select,
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
    """Return the groups and how many items they are in all; one query, two when some do not fit.

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
    summed, grouped = _select_kept(kept.what, kept.name, kept.interval)
    rows = session.execute(grouped, values).all()
    groups = rows[0].groups if rows else 0
    if groups <= limit:
        return Groups(rows, groups), sum(row.number for row in rows)
    return Groups(rows, groups), int(session.scalar(summed, values) or 0)


@cache
def _select_kept(
    what: Counted, name: str, interval: Literal["month", "year"]
) -> tuple[Select[Any], Select[Any]]:
    """Return the statements for the total and the groups; made once, they are half of the work."""
    counts = monthly_counts.c
    table = _TABLES[what]
    value: BindParameter[str] = bindparam("value", type_=Text())
    if name == "source":
        of = counts.of == bindparam("of", type_=counts.of.type)
        mine: Sequence[ColumnElement[bool]] = [table.c.outlet == value]
    elif name:
        of = in_entities(counts.of, [value])
        mine = [in_entities(table.c[f"{name}_key"], [value])]
    else:
        of, mine = counts.of == 0, []
    these = (counts.what == what) & of
    period = func.substr(counts.month, 1, 7 if interval == "month" else 4)
    grouped = (
        select(
            period.label("period"),
            func.sum(counts.count).label("number"),
            func.count().over().label("groups"),
        )
        .where(these)
        .group_by(period)
        .order_by(case((period == "", 1), else_=0), period)
        .limit(bindparam("limit", type_=Integer()))
        .subquery("shown")
    )
    dated = table.c.published_at
    within = lies_in(dated, grouped.c.period, interval)
    seen = select(dated).select_from(table).where(*mine, within).correlate(grouped).limit(1)
    start = "-01" if interval == "month" else "-01-01"
    shown = select(
        null().label("value"),
        null().label("label"),
        case((grouped.c.period != "", grouped.c.period.concat(start))).label("period"),
        grouped.c.number,
        seen.order_by(dated).scalar_subquery().label("first_seen"),
        # Most months of a speaker have one: it is first and last, and not looked for again.
        case((grouped.c.number > 1, seen.order_by(dated.desc()).scalar_subquery())).label(
            "last_seen"
        ),
        grouped.c.groups,
    ).order_by(case((grouped.c.period == "", 1), else_=0), grouped.c.period)
    return select(func.sum(counts.count)).where(these), shown
