"""The order of a search's few hits where their texts tell it, without the index's ranks.

SQLite's BM25 weighs each word of a query by how many rows have it, and counts them anew for each
query: https://www.sqlite.org/fts5.html#the_bm25_function
"""

from collections.abc import Sequence

from app.db.fold import fold_words
from app.db.search import Query


def rank_evenly(texts: Sequence[str], query: Query) -> list[int] | None:
    """Return the order that BM25 gives some hits which have each word equally often.

    Whatever the words weigh, the shorter text is then the better one.

    Args:
        texts: All that is indexed of each hit, in the order of the hits' keys.
        query: What was looked for; it matches all of them.

    Returns:
        Places in `texts`, the best first, equally good ones in their order; None where a word's
        weight can tell, or where a phrase is looked for.
    """
    if len(texts) < 2:
        return list(range(len(texts)))
    if any(len(term.words) > 1 for term in query.wanted):
        return None
    parted = [fold_words(text) for text in texts]
    often = {
        tuple(
            sum(word.startswith(term.words[0]) for word in words)
            if term.prefix
            else words.count(term.words[0])
            for term in query.wanted
        )
        for words in parted
    }
    if len(often) > 1:
        return None
    return sorted(range(len(texts)), key=lambda place: len(parted[place]))
