"""Candidates for the same or nearly the same words, from the full-text index.

A text that repeats another one shares runs of three words with it, and such runs are rare where
single words are not: so the index is asked for those runs, the most and rarest shared first (BM25).
Nothing is scanned. Shingles of words: Broder, "On the resemblance and containment of documents",
1997.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from app.db import tsquery
from app.db.dialect import ByDialect
from app.db.search import SearchTarget, Term, index_of, matches_fts5

Groups = tuple[tuple[Term, ...], ...]

_RUN = 3
_MOST_RUNS = 40
# Words of a text that is changed in every third word and so shares no run: pairs of the longest,
# which are the rarest (Zipf's law of abbreviation).
_LONGEST = 6


def runs_query(words: Sequence[str]) -> Groups:
    """Return what to ask for texts that share a run of three words with these (folded) ones.

    Of a long text, runs are taken evenly from its whole length. Each run is a group of its own.
    """
    size = min(_RUN, len(words))
    runs = list(dict.fromkeys(tuple(words[at : at + size]) for at in range(len(words) - size + 1)))
    step = max(1, -(-len(runs) // _MOST_RUNS))
    return tuple((Term(run),) for run in runs[::step])


def pairs_query(words: Sequence[str]) -> Groups:
    """Return what to ask for texts that share two of the longest of these (folded) words."""
    longest = sorted(dict.fromkeys(words), key=len, reverse=True)[:_LONGEST]
    return tuple(
        (Term((one,)), Term((other,)))
        for at, one in enumerate(longest)
        for other in longest[at + 1 :]
    )


def near_statement(target: SearchTarget, groups: Groups, *, limit: int) -> Select[Any]:
    """Return the statement for the keys of the rows that match best: column ``key``.

    Which rows match is the same on every database. Which are the best, where more than `limit`
    match, is not: SQLite has BM25, PostgreSQL counts what they share.

    Args:
        target: Which index.
        groups: From `runs_query` or `pairs_query`: a row has all terms of one group at least.
        limit: The most rows.
    """
    index = index_of(target)
    asked = " OR ".join(
        "(" + " AND ".join(f'"{" ".join(term.words)}"' for term in group) + ")" for group in groups
    )
    matches, order = tsquery.matches_any(index, groups)
    return (
        select(index.c.rowid.label("key"))
        .where(ByDialect(sqlite=matches_fts5(target, asked), postgresql=matches))
        .order_by(ByDialect(sqlite=index.c.rank, postgresql=order), index.c.rowid)
        .limit(limit)
    )
