"""Candidates for the same or nearly the same words, from the full-text index.

A text that repeats another one shares runs of three words with it, and such runs are rare where
single words are not: so the index is asked for those runs, the most and rarest shared first (BM25).
Nothing is scanned. Shingles of words: Broder, "On the resemblance and containment of documents",
1997.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, column, literal_column, select, table

from app.db.fold import find_words
from app.db.ids import to_key
from app.db.search import SearchTarget

_RUN = 3
_MOST_RUNS = 40
# Words of a text that is changed in every third word and so shares no run: pairs of the longest,
# which are the rarest (Zipf's law of abbreviation).
_LONGEST = 6


def to_words_key(text: str) -> int | None:
    """Return the key of a text's words: the same for texts that differ in case, accents and marks.

    None for a text without words.
    """
    words = [word.folded for word in find_words(text)]
    return to_key("words", *words) if words else None


def runs_query(words: Sequence[str]) -> str:
    """Return FTS5's words for texts that share a run of three words with these (folded) ones.

    Of a long text, runs are taken evenly from its whole length.
    """
    size = min(_RUN, len(words))
    runs = list(dict.fromkeys(tuple(words[at : at + size]) for at in range(len(words) - size + 1)))
    step = max(1, -(-len(runs) // _MOST_RUNS))
    return " OR ".join(f'"{" ".join(run)}"' for run in runs[::step])


def pairs_query(words: Sequence[str]) -> str:
    """Return FTS5's words for texts that share two of the longest of these (folded) words."""
    longest = sorted(dict.fromkeys(words), key=len, reverse=True)[:_LONGEST]
    pairs = [(one, other) for at, one in enumerate(longest) for other in longest[at + 1 :]]
    return " OR ".join(f'("{one}" AND "{other}")' for one, other in pairs)


def near_statement(target: SearchTarget, query: str, *, limit: int) -> Select[Any]:
    """Return the statement for the keys of the rows that match best: column ``key``.

    Args:
        target: Which index.
        query: From `runs_query` or `pairs_query`.
        limit: The most rows.
    """
    index = table(target.value, column("rowid"), column("rank"))
    return (
        select(index.c.rowid.label("key"))
        .where(literal_column(target.value).op("MATCH")(query))
        .order_by(index.c.rank, index.c.rowid)
        .limit(limit)
    )
