"""Full-text search: the query language, the statement that runs it, and what it found where.

The language is that of the API's ``q``: words are AND, ``"a phrase"``, ``-word`` or ``-"a phrase"``
to exclude, ``word*`` for a beginning; case and accents do not count (`app.db.fold.find_words`). It
is parsed here and written anew for the database, so that nothing a user types is the database's
own syntax. SQLite's: https://www.sqlite.org/fts5.html#full_text_query_syntax; PostgreSQL's:
`app.db.tsquery`. Both find the same rows; only how they rank them differs.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    TableClause,
    Text,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.exc import DatabaseError
from sqlalchemy.types import Float

from app.db import tsquery
from app.db.dialect import POSTGRESQL, ByDialect
from app.db.fold import Word, find_words, fold_letters

MAX_QUERY_CHARS = 500
MAX_TERMS = 32
SNIPPET_CHARS = 160
RANK_SCALE = 1e10
"""What ranks are multiplied by, to be whole numbers: processors round otherwise, and a cursor that
one makes is read by another, or by other code (`app.db.rank`)."""
_QUOTES = frozenset('"“”„‟«»＂')
_ELLIPSIS = "…"

Offsets = tuple[int, int]


class SearchError(ValueError):
    """A query cannot be run.

    Args:
        reason: Why, in words for the user.
    """

    def __init__(self, reason: str) -> None:
        """See the class."""
        self.reason = reason
        super().__init__(reason)


class SearchTarget(StrEnum):
    """What can be searched; each value is the name of its index."""

    ARTICLES = "article_search"  # title and text
    QUOTES = "quote_search"
    CLAIMS = "claim_search"
    ENTITIES = "entity_search"  # name and aliases


@dataclass(frozen=True, slots=True)
class Term:
    """One word or phrase of a query.

    Attributes:
        words: Folded, at least one, in order.
        prefix: The last word is only the beginning of one.
    """

    words: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query.

    Attributes:
        wanted: All of these must be there; at least one, but for `OPEN`.
        excluded: None of these may be.
    """

    wanted: tuple[Term, ...]
    excluded: tuple[Term, ...] = ()


def parse_query(q: str) -> Query:
    """Read what a user typed.

    A word that marks part inside ("well-known", "don't") is a phrase of its pieces. A quotation
    mark that is not closed runs to the end. Typographic marks count as straight ones. Marks alone
    ("!", "-", "*") are passed over.

    Raises:
        SearchError: There is nothing to look for, or too much, or no text at all.
    """
    if len(q) > MAX_QUERY_CHARS:
        raise SearchError(f"is longer than {MAX_QUERY_CHARS} characters")
    if "\0" in q:
        raise SearchError("holds a NUL character")
    if any("\ud800" <= letter <= "\udfff" for letter in q):
        raise SearchError("holds half a character (an unpaired surrogate)")
    wanted: list[Term] = []
    excluded: list[Term] = []
    position = 0
    while position < len(q):
        if q[position].isspace():
            position += 1
            continue
        exclude = q[position] == "-"
        position += exclude
        written, prefix, position = _read_term(q, position)
        words = tuple(word.folded for word in find_words(written))
        if words:
            (excluded if exclude else wanted).append(Term(words, prefix))
    if not wanted and excluded:
        raise SearchError("only excludes; it needs at least one word to look for")
    if not wanted:
        raise SearchError("holds no letter or digit to look for")
    if len(wanted) + len(excluded) > MAX_TERMS:
        raise SearchError(f"has more than {MAX_TERMS} words and phrases")
    return Query(tuple(wanted), tuple(excluded))


def _read_term(q: str, start: int) -> tuple[str, bool, int]:
    """Return the term's words as written, whether a * ends it, and where the next one begins."""
    if start < len(q) and q[start] in _QUOTES:
        end = start + 1
        while end < len(q) and q[end] not in _QUOTES:
            end += 1
        after = end + 1
        prefix = q[after : after + 1] == "*"
        return q[start + 1 : end], prefix, after + prefix
    end = start
    while end < len(q) and not q[end].isspace() and q[end] not in _QUOTES:
        end += 1
    written = q[start:end]
    return written, written.endswith("*"), end


def to_fts5(query: Query) -> str:
    """Write a query in FTS5's syntax. Words are letters and digits, so nothing needs escaping."""
    wanted = " AND ".join(_to_fts5(term) for term in query.wanted)
    if not query.excluded:
        return wanted
    excluded = " OR ".join(_to_fts5(term) for term in query.excluded)
    return f"({wanted}) NOT ({excluded})"


def _to_fts5(term: Term) -> str:
    return f'"{" ".join(term.words)}"' + (" *" if term.prefix else "")


def index_of(target: SearchTarget) -> TableClause:
    """Return a target's index table: SQLite's has a rank, PostgreSQL's has words and a vector."""
    names = ("rowid", "rank", "words", "vector")
    return table(target.value, *(column(name) for name in names))


OPEN = Query(wanted=())
"""In place of a query: the statement is made without one, and `bind_query` says it each time."""

# As `str.isspace` has it, but for the space itself.
_SPACE = re.compile(r"[^\S ]")
_SOUGHT = bindparam("sought", type_=Text)


def can_be_bound(query: Query) -> bool:
    """Say whether a statement for `OPEN` looks for a query as one that is made for it would."""
    return tsquery.is_by_vector(query)


def bind_query(query: Query) -> dict[str, str]:
    """Return the values with which a statement for `OPEN` looks for a query."""
    return {_SOUGHT.key: to_fts5(query), **tsquery.bind_query(query)}


def matches(index: TableClause, target: SearchTarget, query: Query) -> ColumnElement[Any]:
    """Return the condition that a row of a target's index table matches a query."""
    sought = to_fts5(query) if query.wanted else _SOUGHT
    return ByDialect(
        sqlite=literal_column(target.value).op("MATCH")(sought),
        postgresql=tsquery.matches(index, query),
    )


def search_statement(
    target: SearchTarget,
    query: Query,
    *,
    after: tuple[int, int] | None = None,
    limit: int | None = None,
) -> Select[Any]:
    """Return the statement for the rows that match: columns ``key`` and ``rank``.

    ``rank`` is BM25 (on PostgreSQL ts_rank) times `RANK_SCALE`, the better the smaller (negative).
    Order by ``rank, key``: the key settles ties, and the pair is what a cursor keeps. A rank is the
    same on every run over the same data.

    With `limit` the statement is one page in that order: join it to its table for a page without
    other filters, so that only the page's rows are fetched. Without, it is unordered: join it, add
    filters, order by its two columns and limit there; or use its keys alone with another order.

    Args:
        target: Which index; its key is the key of the table of the same name.
        query: What to look for.
        after: The rank and key of the last row of the page before.
        limit: The most rows; None for all.
    """
    index = index_of(target)
    key = index.c.rowid
    rank = ByDialect(
        sqlite=_to_whole(index.c.rank),
        postgresql=_to_whole(tsquery.rank(index, query)),
        type_=BigInteger(),
    )
    statement = select(key.label("key"), rank.label("rank")).where(matches(index, target, query))
    if after is not None:
        statement = statement.where(or_(rank > after[0], and_(rank == after[0], key > after[1])))
    if limit is not None:
        # Not `ORDER BY rank` alone, which FTS5 would sort itself: that leaves ties open, and took
        # 0.22 s instead of 0.10 s for a word that is in 99,000 of 200,000 quotes.
        statement = statement.order_by(rank, key).limit(limit)
    return statement


def _to_whole(rank: ColumnElement[float]) -> ColumnElement[int]:
    return cast(rank * literal_column(f"{RANK_SCALE:.0f}.0"), BigInteger)


def find_matches(text: str, query: Query, *, limit: int | None = None) -> list[Offsets]:
    """Find the wanted words and phrases in a text, as the index finds them.

    Args:
        text: Any text.
        query: Its excluded terms are passed over.
        limit: The most matches to return, from the text's beginning; None for all.

    Returns:
        Half-open ``(start, end)`` in code points, in text order, not overlapping: a phrase is one
        span, and spans that share a word are one.
    """
    found = find_single_words(text, list_sought(query))
    if found is None:
        words = find_words(text)
        places: dict[str, list[int]] = {}
        for number, word in enumerate(words):
            places.setdefault(word.folded, []).append(number)
        found = _merge(match for term in query.wanted for match in _find_term(words, places, term))
    return found if limit is None else found[:limit]


def list_sought(query: Query) -> list[tuple[str, bool]] | None:
    """Return what `find_single_words` looks for: None where a phrase is wanted."""
    if any(len(term.words) > 1 for term in query.wanted):
        return None
    return [
        (f" {term.words[0]}" if term.prefix else f" {term.words[0]} ", term.prefix)
        for term in query.wanted
    ]


def find_single_words(text: str, sought: list[tuple[str, bool]] | None) -> list[Offsets] | None:
    """Find words where they stand; None when it takes more than looking for them.

    Of the words of a quotation few are sought, and none of the others has to be made one.

    Args:
        text: As for `find_matches`, whose answer this is.
        sought: As from `list_sought`, once for many texts.
    """
    if sought is None:
        return None
    folded = fold_letters(text)
    if folded is None:
        return None
    # Between spaces, so that a word is its letters with a space before and behind. A pattern for
    # each word would have to be compiled: 0.1 ms, and the next request's words are others.
    folded = f" {folded} "
    found = []
    for word, is_prefix in sought:
        at = folded.find(word)
        while at >= 0:
            end = folded.index(" ", at + 1) if is_prefix else at + len(word) - 1
            found.append((at, end - 1))
            at = folded.find(word, end)
    return _merge(found) if len(found) > 1 else found


def _merge(found: Iterable[Offsets]) -> list[Offsets]:
    """Return matches in text order, those that share a word as one."""
    merged: list[Offsets] = []
    for start, end in sorted(found):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _find_term(words: list[Word], places: dict[str, list[int]], term: Term) -> list[Offsets]:
    first, size = term.words[0], len(term.words)
    if size == 1 and term.prefix:
        starts = [at for word, where in places.items() if word.startswith(first) for at in where]
    else:
        starts = places.get(first, [])
    found = []
    for start in starts:
        run = words[start : start + size]
        if len(run) < size or any(
            word.folded != wanted for word, wanted in zip(run[:-1], term.words, strict=False)
        ):
            continue
        last, wanted = run[-1].folded, term.words[-1]
        if last == wanted or (term.prefix and last.startswith(wanted)):
            found.append((run[0].start, run[-1].end))
    return found


def make_snippet(
    text: str, matches: Sequence[Offsets], *, width: int = SNIPPET_CHARS
) -> tuple[str, list[Offsets]]:
    """Cut the part of a text that shows the most matches.

    Args:
        text: The text that `matches` point into.
        matches: As `find_matches` returns them; with none, the snippet is the text's beginning.
        width: The most code points of the snippet, at least 20, with the … that mark a cut.

    Returns:
        The snippet, cut between words where there are gaps between words, with line breaks as
        spaces; and the matches that lie in it, as offsets into it. A match that is cut is not
        among them, unless it is the only one: then it is what is left of it.
    """
    if width < 20:
        raise ValueError("a snippet has at least 20 characters")
    if len(text) <= width:
        return _on_one_line(text), list(matches)
    start, end = _choose_window(text, matches, width=width - 2)
    head = _ELLIPSIS if start > 0 else ""
    tail = _ELLIPSIS if end < len(text) else ""
    body = _on_one_line(text[start:end])
    inside = [(s, e) for s, e in matches if start <= s and e <= end]
    if not inside:
        inside = [(max(s, start), min(e, end)) for s, e in matches if s < end and e > start][:1]
    shift = len(head) - start
    return head + body + tail, [(s + shift, e + shift) for s, e in inside]


def _on_one_line(text: str) -> str:
    # No space is printable but for the space itself, and most texts have no other.
    return text if text.isprintable() else _SPACE.sub(" ", text)


def _choose_window(text: str, matches: Sequence[Offsets], *, width: int) -> Offsets:
    if not matches:
        return _cut_between_words(text, 0, width, keep=(0, 0))
    best, best_count = 0, 0
    last = 0
    for first, (start, _) in enumerate(matches):
        last = max(last, first)
        while last < len(matches) and matches[last][1] <= start + width:
            last += 1
        if last - first > best_count:
            best, best_count = first, last - first
    start = matches[best][0]
    end = min(matches[best + max(best_count, 1) - 1][1], start + width)
    # What room is left shows what stands before and after, alike.
    left = max(0, start - (width - (end - start)) // 2)
    left = min(left, len(text) - width)
    return _cut_between_words(text, left, left + width, keep=(start, end))


def _cut_between_words(text: str, start: int, end: int, *, keep: Offsets) -> Offsets:
    """Narrow a window to gaps between words, but never into `keep`."""
    if start > 0 and not text[start - 1].isspace():
        cut = next((at for at in range(start, keep[0]) if text[at].isspace()), None)
        start = start if cut is None else cut
    if end < len(text) and not text[end].isspace():
        cut = next((at for at in range(end, max(keep[1], start), -1) if text[at].isspace()), None)
        end = end if cut is None else cut
    while start < keep[0] and text[start].isspace():
        start += 1
    while end > max(keep[1], start) and text[end - 1].isspace():
        end -= 1
    return start, end


@lru_cache(maxsize=256)
def _read(q: str) -> Query:
    return parse_query(q)


def rank_text(text: str | None, q: str) -> float | None:
    """Say how well a query matches a short text that no index has, as a function for SQL.

    Args:
        text: A name, a path or the like; None matches nothing.
        q: A query that `parse_query` takes.

    Returns:
        None when it does not match; else, as with BM25, the better the smaller: the share of the
        text's letters and digits that match, negative, in [-1, 0).
    """
    if text is None:
        return None
    query = _read(q)
    words = find_words(text)
    places: dict[str, list[int]] = {}
    for number, word in enumerate(words):
        places.setdefault(word.folded, []).append(number)
    if any(_find_term(words, places, term) for term in query.excluded):
        return None
    if not all(_find_term(words, places, term) for term in query.wanted):
        return None
    size = sum(word.end - word.start for word in words)
    matched = sum(end - start for start, end in find_matches(text, query))
    return -min(1.0, matched / size)


# What the reader's SQL calls `rank_text` on SQLite.
RANK_TEXT = "onrecord_rank_text"


def rank_text_in_sql(column: ColumnElement[Any], q: str) -> ColumnElement[float | None]:
    """Return `rank_text` of a column, for a reader's statement.

    PostgreSQL's rank counts a word once that a text has twice; the rows that match are the same.
    """
    return ByDialect(
        sqlite=getattr(func, RANK_TEXT)(column, q),
        postgresql=tsquery.rank_text(column, _read(q)),
        type_=Float(),
    )


def matches_text_in_sql(column: ColumnElement[Any], q: str) -> ColumnElement[Any]:
    """Return the condition that `rank_text` of a column is not None, for a reader's statement.

    On PostgreSQL an index of trigrams answers it, where the column has one.
    """
    return ByDialect(
        sqlite=getattr(func, RANK_TEXT)(column, q).is_not(None),
        postgresql=tsquery.matches_text(column, _read(q)),
    )


_TRIGGERS = {
    SearchTarget.ARTICLES: ("insert", "delete", "update"),
    SearchTarget.QUOTES: ("insert", "delete", "update"),
    SearchTarget.CLAIMS: ("insert", "delete", "update"),
    SearchTarget.ENTITIES: (
        *("insert", "delete", "update", "key_update"),
        *("alias_insert", "alias_delete", "alias_update"),
    ),
}


def check_search(connection: Connection) -> list[str]:
    """Compare the full-text indexes with the tables whose words they hold.

    Reads everything that is indexed. It needs a writer's connection, though it changes nothing:
    SQLite gives this check as an INSERT.

    Returns:
        One line for each fault, in the order of `SearchTarget`; empty when all is well.
    """
    if connection.dialect.name == POSTGRESQL:
        return [
            fault
            for target, names in _TRIGGERS.items()
            for fault in tsquery.check_index(
                connection, index=target, triggers=set(names) - {"delete"}
            )
        ]
    triggers = set(
        connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    )
    faults = []
    for target, names in _TRIGGERS.items():
        for name in names:
            if f"{target}_{name}" not in triggers:
                faults.append(f"{target}: the trigger {target}_{name} is missing")
        try:
            connection.execute(
                text(f"INSERT INTO {target} ({target}, rank) VALUES ('integrity-check', 1)")  # noqa: S608 (our own names)  # nosec B608
            )
        except DatabaseError as error:
            faults.append(f"{target}: differs from its table ({error.orig})")
    return faults
