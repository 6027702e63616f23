"""Which quotations or claims have the words of a text, or nearly those."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Row, Table, select
from sqlmodel import Session

from app.api.articles.texts import get_texts
from app.api.matching.compare import Asked, Found, MatchType, compare
from app.api.matching.schemas import WordChange
from app.api.spans import TextSpan
from app.db.fold import find_words
from app.db.near import list_pairs, list_runs, near_statement, to_words_key
from app.db.search import SearchTarget

# Candidates that are compared: more than are ever shown, since the index knows words, not order.
_CANDIDATES = 200
# Those that are read closely, beside twice as many as are shown.
_SPARE = 20
_RANKS = {kind: rank for rank, kind in enumerate(MatchType)}


def find_near(
    session: Session,
    asked: Asked,
    *,
    target: SearchTarget,
    table: Table,
    parts: Column[Any],
    min_score: float,
    limit: int,
    but: int | None = None,
) -> list[tuple[int, Found]]:
    """Return the keys of the rows that are most alike a text; at most seven queries.

    Args:
        session: Where from.
        asked: The text; without words nothing is alike.
        target: The index of the table.
        table: Where the rows are.
        parts: The table's column for the spans of a row's words.
        min_score: The least likeness, in [0, 1].
        limit: The most rows.
        but: The key of a row to leave out.

    Returns:
        Exact ones first, then normalised ones, then fuzzy ones, each the most alike first.
    """
    if not asked.words:
        return []
    found: dict[int, Found] = {}
    columns = (table.c.key, table.c.article_key, table.c.text, parts.label("parts"))
    # What has the very same words and no others is found by their key, however common they are.
    same = select(table.c.key).where(table.c.words_key == to_words_key(asked.text))
    whole = set(session.scalars(same.limit(_CANDIDATES)))
    for queries in (list_runs(asked.folded), list_pairs(asked.folded)):
        if queries and not found:
            keys = whole.union(session.scalars(near_statement(target, queries, limit=_CANDIDATES)))
            rows = session.execute(select(*columns).where(table.c.key.in_(keys))).all()
            nearest = _take_nearest(asked, rows, limit=2 * limit + _SPARE)
            found = _compare_rows(session, asked, nearest, min_score=min_score, but=but)
    return sorted(
        found.items(),
        key=lambda pair: (_RANKS[pair[1].type], -pair[1].score, not pair[1].complete, pair[0]),
    )[:limit]


def _take_nearest(asked: Asked, rows: Sequence[Row[Any]], *, limit: int) -> list[Row[Any]]:
    """Return the rows that letters alone say are nearest, so that only these are read closely."""
    from rapidfuzz import fuzz

    wanted = " ".join(asked.folded)

    def nearness(row: Row[Any]) -> float:
        there = " ".join(word.folded for word in find_words(row.text))
        score = fuzz.ratio if len(there) < len(wanted) else fuzz.partial_ratio
        return score(wanted, there)

    return sorted(rows, key=lambda row: (-nearness(row), row.key))[:limit]


def _compare_rows(
    session: Session, asked: Asked, rows: Sequence[Row[Any]], *, min_score: float, but: int | None
) -> dict[int, Found]:
    texts = get_texts(session, (row.article_key for row in rows))
    found = {}
    for row in rows:
        one = compare(asked, text=texts[row.article_key], parts=row.parts, quoted=row.text)
        if one is not None and one.score >= min_score and row.key != but:
            found[row.key] = one
    return found


def span_of_found(found: Found, *, text: str) -> TextSpan:
    """Return where the matched words stand in the article's `text`."""
    return {"start": found.start, "end": found.end, "text": text[found.start : found.end]}


def diff_of(found: Found) -> list[WordChange]:
    """Return what is promised of the differences."""
    return [
        {"op": change.op, "asked": change.asked, "quoted": change.quoted}
        for change in found.changes
    ]
