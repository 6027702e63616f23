"""How PostgreSQL's index tables are asked, see the migration that makes them.

The GIN index over tsvectors finds the documents that have all the words; a phrase is then looked
for in the words themselves, which stand between spaces. A word that is longer than the index keeps
is looked for there too. https://www.postgresql.org/docs/current/datatype-textsearch.html
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    TableClause,
    Text,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    not_,
    select,
    table,
    text,
)
from sqlalchemy.types import UserDefinedType

if TYPE_CHECKING:
    from app.db.search import Query, Term

# Letters of a word that the index keeps; the migration's figure.
_LONGEST_WORD = 500
# The rank is divided by 1 + log(words): long documents have every word more often.
_BY_LENGTH = 1


class _TsQuery(UserDefinedType[str]):
    """PostgreSQL's type of what is searched; SQLAlchemy's module of it takes 57 ms to import."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "TSQUERY"


TSQUERY = _TsQuery()


# What is looked for in a statement that leaves it open, see `app.db.search.OPEN`.
_SOUGHT = bindparam("sought_tsquery", type_=Text)


def bind_query(query: "Query") -> dict[str, str]:
    """Return what an open statement is to look for."""
    return {_SOUGHT.key: _to_tsquery(query.wanted)}


def is_by_vector(query: "Query") -> bool:
    """Say whether the index of vectors alone answers a query, with one condition."""
    return not query.excluded and not any(map(_is_long, query.wanted))


def matches(index: TableClause, query: "Query") -> ColumnElement[bool]:
    """Return the condition that a document has what is wanted and nothing that is excluded."""
    wanted = _to_tsquery(query.wanted) if query.wanted else _SOUGHT
    conditions = [index.c.vector.op("@@")(cast(wanted, TSQUERY))]
    conditions += [index.c.words.like(_to_pattern(term)) for term in query.wanted if _is_long(term)]
    for term in query.excluded:
        if _is_long(term):
            conditions.append(not_(index.c.words.like(_to_pattern(term))))
        else:
            conditions.append(not_(index.c.vector.op("@@")(cast(_to_tsquery([term]), TSQUERY))))
    return and_(*conditions)


def rank(index: TableClause, query: "Query") -> ColumnElement[float]:
    """Return how well a document matches, the better the smaller (negative)."""
    wanted = cast(_to_tsquery(query.wanted) if query.wanted else _SOUGHT, TSQUERY)
    return -cast(func.ts_rank(index.c.vector, wanted, _BY_LENGTH), Double)


def matches_text(column: ColumnElement[Any], query: "Query") -> ColumnElement[bool]:
    """Return the condition that a query matches a column of short texts that has no index table.

    An index of trigrams over the column's words answers it, where there is one.
    """
    words: ColumnElement[str] = func.onrecord_words(column, type_=Text)
    found = [words.like(_to_pattern(term)) for term in query.wanted]
    return and_(*found, *(not_(words.like(_to_pattern(term))) for term in query.excluded))


def rank_text(column: ColumnElement[Any], query: "Query") -> ColumnElement[float | None]:
    """Return how well a query matches a column of short texts that no index has; null for not."""
    words: ColumnElement[str] = func.onrecord_words(column, type_=Text)
    letters = sum(len("".join(term.words)) for term in query.wanted)
    size = func.length(func.replace(words, " ", ""))
    return case((matches_text(column, query), -func.least(cast(letters, Double) / size, 1.0)))


def _to_tsquery(terms: Iterable["Term"]) -> str:
    words = []
    for term in terms:
        # Words are letters and digits, so nothing needs escaping.
        quoted = [f"'{word[:_LONGEST_WORD]}'" for word in term.words]
        words += [*quoted[:-1], f"{quoted[-1]}:*" if term.prefix else quoted[-1]]
    return " & ".join(words)


def _is_long(term: "Term") -> bool:
    return len(term.words) > 1 or len(term.words[0]) >= _LONGEST_WORD


def _to_pattern(term: "Term") -> str:
    end = "%" if term.prefix else " %"
    return f"% {' '.join(term.words)}{end}"


def check_index(connection: Connection, *, index: str, triggers: Iterable[str]) -> list[str]:
    """Compare an index table with the documents whose words it holds; read everything.

    Returns:
        One line for each fault; empty when all is well.
    """
    there = set(connection.scalars(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")))
    faults = [
        f"{index}: the trigger {index}_{name} is missing"
        for name in triggers
        if f"{index}_{name}" not in there
    ]
    indexed = table(index, column("rowid"), column("words"))
    documents = table(f"{index}_documents", column("key"), column("words"))
    joined = indexed.join(documents, documents.c.key == indexed.c.rowid, full=True)
    different = connection.scalar(
        select(func.count())
        .select_from(joined)
        .where(indexed.c.words.is_distinct_from(documents.c.words))
    )
    if different:
        faults.append(f"{index}: differs from its table in {different} documents")
    return faults
