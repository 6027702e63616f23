"""The parameter `distinct`: of the copies that pass a list's filters only the earliest stays.

It is one more condition on a list's rows, so pages, totals, counts, facets and exports all keep it.
A row asks the index of its own story; what has no copies costs one look.
"""

from typing import Any, Literal

from pydantic import Field
from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    Table,
    and_,
    case,
    exists,
    not_,
    or_,
    select,
)

from app.api.parameters import Parameters
from app.api.search import Found
from app.api.stored import article_sketches, articles
from app.db.dialect import ByDialect

Distinct = Literal["story"]


class DistinctParameters(Parameters):
    """Whether copies count once."""

    distinct: Distinct | None = Field(
        default=None,
        description="story: copies count once. Articles that are copies of each other (syndicated "
        "reports) are one story; of those that pass the filters the earliest stays. Quotations and "
        "claims are copies when they have the same words in the same story; case, accents and "
        "marks do not count.",
        examples=["story"],
    )


def keep_stories(found: Found, *, distinct: Distinct | None) -> Select[Any]:
    """Return a list's statement of articles with each story once, when that is asked for."""
    if distinct is None:
        return found.statement
    other = _passing(found, articles, "key")
    mine, its = article_sketches.alias("mine"), article_sketches.alias("its")
    copy = (
        select(other.c.key)
        .select_from(
            mine.join(its, its.c.story_key == mine.c.story_key).join(
                other, other.c.key == its.c.article_key
            )
        )
        .where(mine.c.article_key == articles.c.key, _is_earlier(other, articles))
        .correlate(articles)
    )
    return found.statement.where(not_(exists(copy)))


def keep_words(found: Found, table: Table, *, distinct: Distinct | None) -> Select[Any]:
    """Return a list's statement of quotations or claims with the words of each story once."""
    if distinct is None:
        return found.statement
    other = _passing(found, table, "article_key", "words_key")
    is_copy = and_(other.c.words_key == table.c.words_key, _is_earlier(other, table))
    here = (
        select(other.c.key)
        .where(other.c.article_key == table.c.article_key, is_copy)
        .correlate(table)
    )
    mine, its = article_sketches.alias("mine"), article_sketches.alias("its")
    elsewhere = (
        select(other.c.key)
        .select_from(
            mine.join(its, its.c.story_key == mine.c.story_key).join(
                other, other.c.article_key == its.c.article_key
            )
        )
        .where(
            mine.c.article_key == table.c.article_key,
            its.c.article_key != mine.c.article_key,
            is_copy,
        )
        .correlate(table)
    )
    return found.statement.where(not_(exists(here)), not_(exists(elsewhere)))


def _passing(found: Found, table: Table, *names: str) -> Subquery:
    """Return the list's rows once more, under another name."""
    columns = [table.c[name] for name in ("key", "published_at", *names) if name != "key"]
    rows = select(table.c.key, *columns)
    conditions = [] if found.statement.whereclause is None else [found.statement.whereclause]
    if found.hits is not None:
        conditions.append(table.c.key.in_(select(found.hits.c.key)))
    if conditions:
        # SQLite finds copies by their words, or by their story, and looks only then whether they
        # pass: it would look through all that one speaker said for each of his quotations.
        passes = and_(*conditions)
        rows = rows.where(ByDialect(sqlite=case((passes, 1)) == 1, postgresql=passes))
    return rows.subquery("other")


def _is_earlier(other: Subquery, table: Table) -> ColumnElement[bool]:
    mine, its = table.c.published_at, other.c.published_at
    return or_(
        and_(its.is_not(None), mine.is_(None)),
        its < mine,
        and_(its.is_not_distinct_from(mine), other.c.key < table.c.key),
    )
