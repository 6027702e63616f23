"""How many articles, quotations and claims each month has, kept right as articles come and go.

A part of `app.ingest.tally`: an article's share is taken away and its new share added.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select

from app.db import tables
from app.db.bulk import insert_rows
from app.db.ids import to_outlet_key
from app.db.ready import Ready, is_one_of, ready_delete, ready_update

_TABLES = tables.metadata.tables
_COUNTS = _TABLES["monthly_counts"]
_ALL = 0

_KEY = ("what", "of", "month")
_KNOWN = Ready(
    select(_COUNTS.c.of, _COUNTS.c.count).where(
        _COUNTS.c.what == bindparam("what"),
        is_one_of(_COUNTS.c.of, "ofs"),
        _COUNTS.c.month == bindparam("month"),
    )
)

# (what, of, month) -> how many
Months = Counter[tuple[str, int, str]]


def add_months(connection: Connection, steps: Months) -> None:
    """Add to the counts; what comes to nothing has no row."""
    steps = Months({key: step for key, step in steps.items() if step})
    wanted: dict[tuple[str, str], list[int]] = {}
    for what, of, month in sorted(steps):
        wanted.setdefault((what, month), []).append(of)
    known: dict[tuple[str, int, str], int] = {}
    for (what, month), ofs in wanted.items():
        for of, count in _KNOWN.all(connection, what=what, ofs=ofs, month=month):
            known[what, of, month] = count
    new, changed, gone = [], [], []
    for (what, of, month), step in sorted(steps.items()):
        was = known.get((what, of, month))
        one = {"of_what": what, "of_of": of, "of_month": month}
        if was is None:
            new.append({"what": what, "of": of, "month": month, "count": step})
        elif was + step == 0:
            gone.append(one)
        else:
            changed.append({**one, "new_count": was + step})
    ready_delete(_COUNTS, of=_KEY).run_each(connection, gone)
    ready_update(_COUNTS, of=_KEY, columns=("count",)).run_each(connection, changed)
    insert_rows(connection, _COUNTS, new)


def recount_months(connection: Connection) -> None:
    """Count everything anew; reads the dates of all articles, quotations and claims."""
    connection.execute(delete(_COUNTS))
    counts: Months = Months()
    for what, of, month, number in _count_all(connection):
        counts[what, of, month] += number
    rows = [
        {"what": what, "of": of, "month": month, "count": number}
        for (what, of, month), number in sorted(counts.items())
    ]
    insert_rows(connection, _COUNTS, rows)


def _count_all(connection: Connection) -> Iterator[tuple[str, int, str, int]]:
    articles, links = _TABLES["articles"], _TABLES["article_entities"]
    named = links.join(articles, articles.c.key == links.c.article_key)
    sources: list[tuple[str, Any, Any, Any]] = [
        ("articles", articles, articles, links.c.entity_key),
        ("quotes", _TABLES["quotes"], None, _TABLES["quotes"].c.speaker_key),
        ("claims", _TABLES["claims"], None, _TABLES["claims"].c.claimant_key),
    ]
    for what, table, joined, entity in sources:
        dated = table.c.published_at
        for column, start in (
            (table.c.outlet, table),
            (entity, table if joined is None else named),
        ):
            # By the moment, not the month: SQLite and PostgreSQL have no function in common.
            found = connection.execute(
                select(column, dated, func.count()).select_from(start).group_by(column, dated)
            )
            for value, moment, number in found:
                month = "" if moment is None else moment.strftime("%Y-%m-01")
                if column is table.c.outlet:
                    yield what, _ALL, month, number
                    if value is not None:
                        yield what, to_outlet_key(value), month, number
                elif value is not None:
                    yield what, value, month, number
