"""The first page of a search in quotations or claims on SQLite: the best hits first, or the newest.

What is found is read with what its place depends on, in one statement. Most often it is all on the
page: then that is its records themselves. Else it is what the hits of a page are chosen by, which
lies side by side (`app.db.tables.QuoteWords`), and the page's records are read by their keys.

A word that thousands have is left to the statement of `app.api.listing`, in which the database puts
the hits in order: it hands none over but those of the page.
"""

from collections import namedtuple
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from sqlmodel import Session

from app.api.paging import Cursor, Page, PageRequest, encode_cursor
from app.db.dialect import SQLITE
from app.db.rank import Hit, WordCounts, can_rank, count_words, list_frequencies, rank_hits
from app.db.ready import run_by_driver
from app.db.search import Query, SearchTarget, to_fts5
from app.db.tables import read_utc
from app.records import read_words, unpack_each

# Put in order by the database, 61 to 300 hits among a million articles' quotations took 3.8 ms of a
# processor by rank and 2.2 by date, and take 1.8 and 1.7 (in process).
MOST_HITS = 300

# The hits that are on the page or those that are not all are: either part finds nothing of no key.
_FIND = """\
WITH found AS MATERIALIZED (SELECT rowid AS key FROM {index} WHERE {index} MATCH ? LIMIT ?),
size AS MATERIALIZED (SELECT count(*) <= ? AS fits FROM found)
SELECT made.{one}_key, made.published_at, made.{who}_key, made.record
FROM found JOIN {one}_records AS made
  ON made.{one}_key = CASE WHEN (SELECT fits FROM size) THEN found.key END
UNION ALL
SELECT said.{one}_key, said.published_at, said.words, said.repeated
FROM found JOIN {one}_words AS said
  ON said.{one}_key = CASE WHEN NOT (SELECT fits FROM size) THEN found.key END"""
_READ = """\
SELECT {one}_key, published_at, {who}_key, record FROM {one}_records
WHERE {one}_key IN ({places})"""


@dataclass(frozen=True, slots=True)
class Searched:
    """What is searched.

    Attributes:
        index: Its full-text index.
        one: "quote" or "claim", which its tables are named after.
        who: Who said it: "speaker" or "claimant".
    """

    index: SearchTarget
    one: str
    who: str


_ROWS: dict[str, Any] = {
    who: namedtuple("Row", ("key", "published_at", f"{who}_key", "record"))
    for who in ("speaker", "claimant")
}


def read_hits(
    session: Session,
    searched: Searched,
    *,
    by_rank: bool,
    query: Query,
    request: PageRequest,
    counts: WordCounts,
    version: str,
) -> Page | None:
    """Read the first page of what a search finds.

    Args:
        session: Where from.
        searched: What of.
        by_rank: The best first, then by key; else the newest, and the last key, first.
        query: What is looked for.
        request: Has no cursor.
        counts: What is known of the index's words.
        version: The data's.

    Returns:
        The page, whose rows have a ``record`` and a ``speaker_key`` or ``claimant_key``; None where
        the database has to put the hits in order: another one than SQLite, where more than
        `MOST_HITS` are found, and by rank for phrases and beginnings of words.
    """
    connection = session.connection()
    if connection.dialect.name != SQLITE or (by_rank and not can_rank(query)):
        return None

    def fetch(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = run_by_driver(connection, sql, values).fetchall()
        return rows

    limit = request.limit
    find, read = _write(searched, limit)
    found = fetch(find, (to_fts5(query), MOST_HITS + 1, limit))
    total = len(found)
    if total > MOST_HITS:
        return None
    rank = partial(
        rank_hits, query=query, index=searched.index, counts=counts, version=version, fetch=fetch
    )
    row = _ROWS[searched.who]._make
    if total <= limit:
        few = _sort_few(found, query, rank=rank) if by_rank else _sort_newest(found)
        return Page(list(map(row, few)), next=None, prev=None, total=total)
    values: tuple[Any, ...]
    if by_rank:
        hits = [Hit(key, words, repeated) for key, _, words, repeated in found]
        best = sorted(zip(rank(hits), [hit.key for hit in hits], strict=True))[:limit]
        keys, values = [key for _, key in best], best[-1]
    else:
        newest = _sort_newest(found)[:limit]
        keys = [key for key, *_ in newest]
        values = (read_utc(newest[-1][1]), keys[-1])
    rows = {one[0]: row(one) for one in fetch(read, keys)}
    return Page(
        [rows[key] for key in keys],
        next=encode_cursor(Cursor(values), scope=request.scope),
        prev=None,
        total=total,
    )


@lru_cache(maxsize=512)
def _write(searched: Searched, limit: int) -> tuple[str, str]:
    """Return the statements for what is found, and for a page of it by keys."""
    names = {"index": searched.index, "one": searched.one, "who": searched.who}
    places = ", ".join("?" * limit)
    return _FIND.format(**names), _READ.format(**names, places=places)


def _sort_newest(found: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(found, key=lambda row: (row[1] or "", row[0]), reverse=True)


def _sort_few(
    found: Sequence[tuple[Any, ...]], query: Query, *, rank: Any
) -> Sequence[tuple[Any, ...]]:
    """Return hits with their records, the best first."""
    if len(found) < 2:
        return found
    records = unpack_each([record for *_, record in found])
    hits = [
        Hit(row[0], *count_words(read_words(record).text))
        for row, record in zip(found, records, strict=True)
    ]
    # Where all have each word as often, the shorter one is the better one, whatever a word weighs.
    is_even = len(set(list_frequencies(hits, query))) == 1
    ranks = [hit.words for hit in hits] if is_even else rank(hits)
    places = sorted(range(len(hits)), key=lambda place: (ranks[place], hits[place].key))
    return [found[place] for place in places]
