"""The order of a search's hits, the best first, on SQLite, without having its index rank them.

FTS5's BM25 weighs each word of a query by how many rows have it, and counts these anew for each
query, which is most of what it does; and it asks for each hit's length. Both are kept here: the
lengths beside the dates (`app.db.tables.QuoteWords`), the counts of some thousand words in memory.
The ranks are the same.
https://www.sqlite.org/fts5.html#the_bm25_function
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from app.db.fold import fold_words
from app.db.search import RANK_SCALE, Query, SearchTarget

# FTS5's.
_K1, _B, _LEAST_WEIGHT = 1.2, 0.75, 1e-6
# Where it keeps how many rows and words an index has: after "The averages record" of fts5_index.c.
_SIZE = "SELECT block FROM {index}_data WHERE id = 1"
_COUNT = "SELECT count(*) FROM {index} WHERE {index} MATCH ?"
_MOST_COUNTS = 4096

Fetch = Callable[[str, Sequence[Any]], Sequence[Sequence[Any]]]
"""Runs a statement with its values and returns its rows."""


class Hit(NamedTuple):
    """What the rank of a hit depends on.

    Attributes:
        key: Its own.
        words: How many words it has, at least one.
        repeated: Those that it has more than once, see `app.db.tables.QuoteWords`.
    """

    key: int
    words: int
    repeated: str | None


def count_words(text: str) -> tuple[int, str | None]:
    """Return how many words the index has of a text, and which it has again, or None.

    ``count_words("War, war and WAR") == (4, "war war")``.
    """
    words = fold_words(text)
    if len(set(words)) == len(words):
        return len(words), None
    again = [word for word, count in Counter(words).items() for _ in range(count - 1)]
    return len(words), " ".join(again)


def words_row(what: str, *, key: int, text: str, published_at: Any) -> dict[str, Any]:
    """Return what is kept of the words of a quotation or claim, as `app.db.tables.QuoteWords`.

    Args:
        what: "quote" or "claim".
        key: Its own.
        text: Its text.
        published_at: When its article was published, as whoever writes the row has it.
    """
    words, repeated = count_words(text)
    row = {f"{what}_key": key, "published_at": published_at}
    return {**row, "words": words, "repeated": repeated}


class WordCounts:
    """How many rows of an index have a word, of one version of the data at a time."""

    def __init__(self) -> None:
        """Know none."""
        # In one piece, since threads ask at once.
        self._known: tuple[str, dict[tuple[str, str], int]] = ("", {})

    def count(self, word: str, *, index: SearchTarget, version: str, fetch: Fetch) -> int:
        """Return how many rows have a word; counted when it is first asked for.

        Args:
            word: Folded.
            index: Of what.
            version: The data's, that `fetch` reads.
            fetch: Asks the database.
        """
        known_of, counts = self._known
        if known_of != version or len(counts) >= _MOST_COUNTS:
            counts = {}
            self._known = (version, counts)
        found = counts.get((index, word))
        if found is None:
            found = fetch(_COUNT.format(index=index), (f'"{word}"',))[0][0]
            counts[index, word] = found
        return found


def can_rank(query: Query) -> bool:
    """Say whether `rank_hits` takes a query: one of whole words, whatever it excludes."""
    return not any(term.prefix or len(term.words) > 1 for term in query.wanted)


def rank_hits(
    hits: Sequence[Hit],
    query: Query,
    *,
    index: SearchTarget,
    counts: WordCounts,
    version: str,
    fetch: Fetch,
) -> list[int]:
    """Return the ranks of hits, the better the smaller: those of `app.db.search`.

    Args:
        hits: Rows of an index of one column that a query matches.
        query: One that `can_rank`.
        index: The index.
        counts: What is known of its words.
        version: The data's.
        fetch: Asks the database.

    Returns:
        In the hits' order.
    """
    rows, total = _read_size(fetch, index)
    average = total / rows
    words = [term.words[0] for term in query.wanted]
    weights = []
    for word in words:
        found = counts.count(word, index=index, version=version, fetch=fetch)
        weight = math.log((rows - found + 0.5) / (found + 0.5))
        weights.append(weight if weight > 0 else _LEAST_WEIGHT)
    known: dict[tuple[int, tuple[int, ...]], int] = {}
    ranks = []
    for hit, often in zip(hits, list_frequencies(hits, query), strict=True):
        rank = known.get((hit.words, often))
        if rank is None:
            # Step by step as FTS5 does it, so that the number is the same to its last bit.
            score = 0.0
            for weight, times in zip(weights, often, strict=True):
                length = _K1 * (1 - _B + _B * hit.words / average)
                score += weight * ((times * (_K1 + 1.0)) / (times + length))
            rank = known[hit.words, often] = int(-score * RANK_SCALE)
        ranks.append(rank)
    return ranks


def list_frequencies(hits: Sequence[Hit], query: Query) -> list[tuple[int, ...]]:
    """Return how often each hit has each wanted word, at least once."""
    words = [term.words[0] for term in query.wanted]
    once = (1,) * len(words)
    return [
        once
        if hit.repeated is None or not any(word in hit.repeated for word in words)
        else _count_in(hit.repeated.split(), words)
        for hit in hits
    ]


def _count_in(repeated: list[str], words: list[str]) -> tuple[int, ...]:
    return tuple(1 + repeated.count(word) for word in words)


def _read_size(fetch: Fetch, index: SearchTarget) -> tuple[int, int]:
    """Return how many rows an index of one column has, and how many words all of them."""
    record: bytes = fetch(_SIZE.format(index=index), ())[0][0]
    numbers, at = [], 0
    for _ in range(2):
        number = 0
        # SQLite's varint: seven bits of each byte but the last, which the highest bit tells.
        while record[at] & 0x80:
            number = number << 7 | record[at] & 0x7F
            at += 1
        numbers.append(number << 7 | record[at])
        at += 1
    return numbers[0], numbers[1]
