"""Candidates for the same or nearly the same words, from the full-text index.

A text that repeats another one shares runs of three words with it, and such runs are rare where
single words are not: so the index is asked for those runs, the rarest first, and what shares the
most of them is nearest. Nothing is scanned, and of a run that many texts have only some are taken:
ranking them all by BM25 took as long as all texts with any run of the query are many. Shingles of
words: Broder, "On the resemblance and containment of documents", 1997.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select, union_all

from app.db.fold import fold_words
from app.db.ids import to_key
from app.db.search import Query, SearchTarget, Term, index_of, matches

_RUN = 3
# Each run costs a search; those of the longest words are asked for, which are the rarest
# (Zipf's law of abbreviation).
_MOST_RUNS = 8
# A text of so few words may have no rare run at all: it is looked for as a whole too, which costs
# as much as its most common words are common (20 ms of a million quotations, a run 2 ms).
_FEW_WORDS = 8
# Texts that are taken of those that share one run.
_OF_EACH = 200
# Words of a text that is changed in every third word and so shares no run: pairs of the longest.
_LONGEST = 6


def to_words_key(text: str) -> int | None:
    """Return the key of a text's words: the same for texts that differ in case, accents and marks.

    None for a text without words.
    """
    words = fold_words(text)
    return to_key("words", *words) if words else None


def list_runs(words: Sequence[str]) -> list[Query]:
    """Return what to ask for texts that share a run of three words with these (folded) ones.

    What holds all of a text of few words is always found.
    """
    size = min(_RUN, len(words))
    runs = dict.fromkeys(tuple(words[at : at + size]) for at in range(len(words) - size + 1))
    rarest = sorted(runs, key=lambda run: (-min(map(len, run)), -sum(map(len, run))))[:_MOST_RUNS]
    whole = [tuple(words)] if len(words) <= _FEW_WORDS else []
    return [Query((Term(run),)) for run in dict.fromkeys([*whole, *rarest])]


def list_pairs(words: Sequence[str]) -> list[Query]:
    """Return what to ask for texts that share two of the longest of these (folded) words."""
    longest = sorted(dict.fromkeys(words), key=len, reverse=True)[:_LONGEST]
    pairs = [(one, other) for at, one in enumerate(longest) for other in longest[at + 1 :]]
    return [Query((Term((one,)), Term((other,)))) for one, other in pairs]


def near_statement(target: SearchTarget, queries: Sequence[Query], *, limit: int) -> Select[Any]:
    """Return the statement for the keys of the rows that match the most queries: column ``key``.

    Args:
        target: Which index.
        queries: From `list_runs` or `list_pairs`, at least one.
        limit: The most rows.
    """
    index = index_of(target)
    matching = [
        select(
            select(index.c.rowid.label("key"))
            .where(matches(index, target, query))
            # The order in which FTS5 reads anyway, so that every database takes the same ones.
            .order_by(index.c.rowid)
            .limit(_OF_EACH)
            .subquery(f"run{number}")
        )
        for number, query in enumerate(queries)
    ]
    found = union_all(*matching).subquery("found")
    return (
        select(found.c.key)
        .group_by(found.c.key)
        .order_by(func.count().desc(), found.c.key)
        .limit(limit)
    )
