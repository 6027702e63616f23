"""Search in lists: which rows match, how well, and where."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import ColumnElement, FromClause, Select, Table
from typing_extensions import TypedDict

from app.api.paging import Term
from app.api.spans import Span, span_of
from app.db.search import (
    Query,
    SearchTarget,
    find_matches,
    make_snippet,
    matches_text_in_sql,
    parse_query,
    rank_text_in_sql,
    search_statement,
)
from app.records import read_words

# A long article can match a common word ten thousand times; nobody marks so many.
MAX_MATCHES = 100


class Snippet(TypedDict):
    """A stretch of plain text that shows why something was found."""

    text: Annotated[
        str,
        Field(
            description="Plain text, at most 160 characters; … stands where it was cut. Of a "
            "quotation or claim in several parts, these joined by a space, as in its `text`.",
            examples=["The front is crumbling,"],
        ),
    ]
    matches: Annotated[
        list[Span],
        Field(
            description="Where the search matched, as offsets into the snippet's own text.",
            examples=[[{"start": 4, "end": 9}, {"start": 13, "end": 22}]],
        ),
    ]


class SearchHit(TypedDict):
    """Where a search matched."""

    matches: Annotated[
        list[Span],
        Field(
            description="The first 100 matches in text order, as offsets into the article's text. "
            "Empty when only the headline matched.",
            examples=[[{"start": 887, "end": 892}, {"start": 896, "end": 905}]],
        ),
    ]
    snippet: Annotated[
        Snippet,
        Field(
            description="The stretch with the most matches.",
            examples=[
                {
                    "text": "The front is crumbling,",
                    "matches": [{"start": 4, "end": 9}, {"start": 13, "end": 22}],
                }
            ],
        ),
    ]


class NameHit(TypedDict):
    """Which name a search matched."""

    snippet: Annotated[
        Snippet,
        Field(
            description="The name that matched best (of an entity, one of its aliases perhaps; of "
            "a file its path), with the matches in it.",
            examples=[{"text": "Sergei Naryshkin", "matches": [{"start": 7, "end": 16}]}],
        ),
    ]


@dataclass(frozen=True, slots=True)
class Found:
    """A list's statement once the search is part of it.

    Attributes:
        statement: Selects the rank too when there is a search.
        counted: What the list's conditions are about: the table, and the hits in it.
        relevance: The term that sorts by relevance; None without a search.
        hits: What matches, each a row of the table; None without a search.
    """

    statement: Select[Any]
    counted: FromClause
    relevance: Term | None
    hits: FromClause | None = None


def read_query(q: str | None) -> Query | None:
    """Parse a `q` parameter; None when nothing is searched.

    Raises:
        SearchError: It cannot be searched for.
    """
    return None if q is None else parse_query(q)


def join_hits(
    statement: Select[Any],
    target: SearchTarget,
    *,
    query: Query | None,
    table: Table,
    counted: FromClause | None = None,
) -> Found:
    """Keep only a statement's rows that match, and select their rank.

    Args:
        statement: Selects from the table whose index `target` is.
        target: The index.
        query: What to look for; None for no search.
        table: The table that is searched.
        counted: What the list's conditions are about, when it is more than that table.
    """
    counted = table if counted is None else counted
    if query is None:
        return Found(statement, counted, None)
    hits = search_statement(target, query).subquery("hits")
    matches = hits.c.key == table.c.key
    return Found(
        statement.join(hits, matches).add_columns(hits.c.rank),
        counted.join(hits, matches),
        Term("rank", hits.c.rank, int),
        hits,
    )


def rank_of(column: ColumnElement[Any], *, q: str) -> ColumnElement[float | None]:
    """Return how well a query matches a column of short texts that no index has; null for not.

    For lists that are short or belong to one thing: every row of the list is looked at, but for
    those columns that PostgreSQL has an index of trigrams over.

    Args:
        column: Of text.
        q: A query that `read_query` has taken.
    """
    return rank_text_in_sql(column, q)


def matches(column: ColumnElement[Any], *, q: str) -> ColumnElement[Any]:
    """Return the condition that `rank_of` is not null.

    Args:
        column: Of text.
        q: A query that `read_query` has taken.
    """
    return matches_text_in_sql(column, q)


def find_hit(
    text: str, *, query: Query, parts: Sequence[tuple[int, str]] | None = None
) -> SearchHit:
    """Say where a query matches in an article's text, or in words of it.

    Args:
        text: What is indexed; the snippet is cut from it.
        query: What was searched.
        parts: The parts that the text was made of: where each begins in the article, and its
            words, in text order. None for the article's own text.
    """
    if parts is None:
        parts = [(0, text)]
    matches: list[tuple[int, int]] = []
    for start, words in parts:
        room = MAX_MATCHES - len(matches)
        if room <= 0:
            break
        found = find_matches(words, query, limit=room)
        matches += [(start + s, start + e) for s, e in found]
    # What matches across the end of a part stands in the article in two pieces.
    inside = found if len(parts) == 1 else find_matches(text, query, limit=MAX_MATCHES)
    return {"matches": [span_of(match) for match in matches], "snippet": _snippet(text, inside)}


def find_hits(records: Iterable[bytes], *, query: Query) -> list[SearchHit]:
    """Say where a query matches in quotations or claims, in their order, from their records."""
    said = map(read_words, records)
    return [find_hit(words.text, query=query, parts=words.parts) for words in said]


def find_name_hit(names: Sequence[str], *, query: Query) -> NameHit:
    """Say which of a thing's names a query matches best.

    Args:
        names: At least one; the first is the one that is shown when none matches by itself (the
            index looks at all of them together).
        query: What was searched.
    """
    found = [(name, find_matches(name, query)) for name in names]
    name, matches = max(found, key=lambda pair: len(pair[1]))
    return {"snippet": _snippet(name, matches)}


def _snippet(text: str, matches: Sequence[tuple[int, int]]) -> Snippet:
    snippet, inside = make_snippet(text, matches)
    return {"text": snippet, "matches": [span_of(match) for match in inside]}
