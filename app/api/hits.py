"""The first page of a search in quotations or claims on SQLite: the best hits first, or the newest.

What is found is read with what its place depends on, in one statement. Where few are found that is
their records themselves. Else it is what the hits of a page are chosen by, which lies side by side
(`app.db.tables.QuoteWords`), and records are read of those on the page. The newest are chosen by
the database, the best here (`app.db.rank`).

Among a million articles' quotations the 20 newest with a word that 447,000 have took 0.67 s when
they were put in order by their records, and take 0.25; with one that 5,000 have 21 ms, and take 15.
"""

from collections import namedtuple
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlmodel import Session

from app.api.paging import Cursor, Page, PageRequest, encode_cursor
from app.db.dialect import SQLITE
from app.db.rank import Fetch, Hit, WordCounts, can_rank, count_words, list_frequencies, rank_hits
from app.db.ready import run_by_driver
from app.db.search import Query, SearchTarget, to_fts5
from app.db.tables import read_utc
from app.records import read_words, unpack_each

# Of more hits than these the database ranks the best.
MOST_RANKED = 5_000

# Where no more are found, the newest are chosen from the records of all of them. With dates alone,
# which lie closer together, 21 to 60 took 0.1 ms more.
_MOST_RECORDS = 60

# Few hits with their records, or the newest of many: either part finds nothing, of no key. Each row
# says how many are found.
_NEWEST = """\
WITH found AS MATERIALIZED (SELECT rowid AS key FROM {index} WHERE {index} MATCH ?),
size AS MATERIALIZED (SELECT count(*) AS total, count(*) <= ? AS is_few FROM found),
newest AS (
  SELECT said.{one}_key AS key FROM found JOIN {one}_words AS said
    ON said.{one}_key = CASE WHEN NOT (SELECT is_few FROM size) THEN found.key END
  ORDER BY said.published_at DESC, said.{one}_key DESC LIMIT ?
)
SELECT made.{one}_key, made.published_at, made.{who}_key, made.record, (SELECT total FROM size)
FROM found JOIN {one}_records AS made
  ON made.{one}_key = CASE WHEN (SELECT is_few FROM size) THEN found.key END
UNION ALL
SELECT made.{one}_key, made.published_at, made.{who}_key, made.record, (SELECT total FROM size)
FROM newest JOIN {one}_records AS made ON made.{one}_key = newest.key"""

# Few hits with their records; else, with what they are ranked by, those that can be on the page; or
# one row where there are too many. The other parts find nothing, of no key. Each row says how many
# are found. Of hits that have each of their words once the shorter one is the better one.
_RANKED = """\
WITH found AS MATERIALIZED (SELECT rowid AS key FROM {index} WHERE {index} MATCH ? LIMIT ?),
size AS MATERIALIZED (
  SELECT count(*) AS total, count(*) <= ? AS is_few, count(*) > ? AS is_many FROM found),
hits AS MATERIALIZED (
  SELECT said.{one}_key AS key, said.words, said.repeated FROM found JOIN {one}_words AS said
    ON said.{one}_key = CASE WHEN NOT (SELECT is_few OR is_many FROM size) THEN found.key END),
shortest AS (SELECT key, words FROM hits WHERE repeated IS NULL ORDER BY words, key LIMIT ?)
SELECT made.{one}_key, made.published_at, made.{who}_key, made.record, (SELECT total FROM size)
FROM found JOIN {one}_records AS made
  ON made.{one}_key = CASE WHEN (SELECT is_few FROM size) THEN found.key END
UNION ALL
SELECT key, words, NULL, NULL, (SELECT total FROM size) FROM shortest
UNION ALL
SELECT key, words, repeated, NULL, (SELECT total FROM size) FROM hits WHERE repeated IS NOT NULL
UNION ALL
SELECT NULL, NULL, NULL, NULL, total FROM size WHERE is_many"""
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


Rows = Sequence[Sequence[Any]]
Found = tuple[Rows, int, tuple[Any, int] | None]
"""The page's rows, how many there are in all, and the last one's place where there are more."""
Rank = Callable[[Sequence[Hit]], list[int]]

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
        the database has to put the hits in order: another one than SQLite, and by rank for more
        than `MOST_RANKED`, for phrases and for beginnings of words.
    """
    connection = session.connection()
    if connection.dialect.name != SQLITE or (by_rank and not can_rank(query)):
        return None

    def fetch(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = run_by_driver(connection, sql, values).fetchall()
        return rows

    def rank(hits: Sequence[Hit]) -> list[int]:
        return rank_hits(
            hits, query, index=searched.index, counts=counts, version=version, fetch=fetch
        )

    sought, limit = to_fts5(query), request.limit
    if by_rank:
        found = _find_best(searched, query, sought=sought, limit=limit, rank=rank, fetch=fetch)
    else:
        found = _find_newest(searched, sought=sought, limit=limit, fetch=fetch)
    if found is None:
        return None
    rows, total, last = found
    following = None if last is None else encode_cursor(Cursor(last), scope=request.scope)
    page = list(map(_ROWS[searched.who]._make, rows))
    return Page(page, next=following, prev=None, total=total)


def _find_newest(searched: Searched, *, sought: str, limit: int, fetch: Fetch) -> Found:
    most = max(limit, _MOST_RECORDS)
    found = fetch(_write(_NEWEST, searched), (sought, most, limit))
    total = found[0][-1] if found else 0
    newest = sorted(found, key=lambda row: (row[1] or "", row[0]), reverse=True)[:limit]
    rows = [row[:-1] for row in newest]
    last = None
    if total > limit:
        key, published_at, *_ = rows[-1]
        last = (read_utc(published_at), key)
    return rows, total, last


def _find_best(
    searched: Searched, query: Query, *, sought: str, limit: int, rank: Rank, fetch: Fetch
) -> Found | None:
    most = max(limit, MOST_RANKED)
    found = fetch(_write(_RANKED, searched), (sought, most + 1, limit, most, limit))
    total = found[0][-1] if found else 0
    if total > most:
        return None
    if total <= limit:
        return _sort_few([row[:-1] for row in found], query, rank=rank), total, None
    hits = [Hit(key, words, repeated) for key, words, repeated, *_ in found]
    longest = max((hit.words for hit in hits if hit.repeated is None), default=0)
    # What is longer and was left out has to rank behind; words that most rows have weigh so little
    # that a longer one can have the same rank.
    *ranks, last, next_ = rank([*hits, Hit(0, longest, None), Hit(0, longest + 1, None)])
    if last == next_:
        return None
    best = sorted(zip(ranks, [hit.key for hit in hits], strict=True))[:limit]
    keys = [key for _, key in best]
    rows = {row[0]: row for row in fetch(_write(_READ, searched, limit), keys)}
    return [rows[key] for key in keys], total, best[-1]


@lru_cache(maxsize=512)
def _write(sql: str, searched: Searched, places: int = 0) -> str:
    """Return a statement about what is searched, with so many places for keys."""
    names = {"index": searched.index, "one": searched.one, "who": searched.who}
    return sql.format(**names, places=", ".join("?" * places))


def _sort_few(found: Rows, query: Query, *, rank: Rank) -> Rows:
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
