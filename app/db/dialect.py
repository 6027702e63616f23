"""What SQLite and PostgreSQL write differently, in one expression that knows both.

Queries are put together before anybody knows where they run; which of the two is meant is settled
when SQLAlchemy writes the statement down.
https://docs.sqlalchemy.org/en/latest/core/compiler.html
"""

from typing import Any, Literal

from sqlalchemy import (
    TIMESTAMP,
    ClauseElement,
    ColumnElement,
    and_,
    cast,
    func,
    literal_column,
)
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.type_api import TypeEngine
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import NULLTYPE, Text

SQLITE, POSTGRESQL = "sqlite", "postgresql"
# PostgreSQL's class of errors for what is larger than it can hold: a word in an index, a document.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_LIMIT_EXCEEDED = "54"


class ByDialect(ColumnElement[Any]):
    """An expression that each database has its own words for. A condition has no type: it is one.

    Args:
        sqlite: What SQLite is told.
        postgresql: What PostgreSQL is told.
        type_: The type of its values; by default unknown.
    """

    __visit_name__ = "by_dialect"
    # Both belong to the key under which SQLAlchemy remembers the written statement.
    _traverse_internals = [  # noqa: RUF012
        ("sqlite", InternalTraversal.dp_clauseelement),
        ("postgresql", InternalTraversal.dp_clauseelement),
        ("type", InternalTraversal.dp_type),
    ]

    def __init__(
        self,
        *,
        sqlite: ClauseElement,
        postgresql: ClauseElement,
        type_: TypeEngine[Any] = NULLTYPE,
    ) -> None:
        """See the class."""
        self.sqlite = sqlite
        self.postgresql = postgresql
        self.type = type_

    @property
    def _from_objects(self) -> list[Any]:
        return [*self.sqlite._from_objects]


@compiles(ByDialect, SQLITE)
def _write_sqlite(element: ByDialect, compiler: Any, **options: Any) -> str:
    written: str = compiler.process(element.sqlite, **options)
    return written


@compiles(ByDialect, POSTGRESQL)
def _write_postgresql(element: ByDialect, compiler: Any, **options: Any) -> str:
    written: str = compiler.process(element.postgresql, **options)
    return written


def not_sought(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a column that SQLite looks at in the rows that it has, and enters no index by.

    For a long list of values: SQLite would look for each of them beside each row.
    https://www.sqlite.org/optoverview.html
    """
    return ByDialect(sqlite=column + literal_column("0"), postgresql=column, type_=column.type)


def period_of(
    moment: ColumnElement[Any], interval: Literal["day", "week", "month", "year"]
) -> ColumnElement[Any]:
    """Return the first day, as ``YYYY-MM-DD``, of the period in UTC that a moment lies in.

    A week begins on Monday (ISO 8601). Without a moment there is no period.
    """
    formats = {"day": "%Y-%m-%d", "month": "%Y-%m-01", "year": "%Y-01-01"}
    if interval == "week":
        # The Sunday on or after the day, and the Monday before that.
        sqlite = func.date(moment, literal_column("'weekday 0'"), literal_column("'-6 days'"))
    else:
        sqlite = func.strftime(literal_column(f"'{formats[interval]}'"), moment)
    # Written out and not as parameters, so that GROUP BY and the selected column are the same.
    utc = func.timezone(literal_column("'UTC'"), moment)
    start = func.date_trunc(literal_column(f"'{interval}'"), utc)
    postgresql = func.to_char(start, literal_column("'YYYY-MM-DD'"))
    return ByDialect(sqlite=sqlite, postgresql=postgresql, type_=Text())


def lies_in(
    moment: ColumnElement[Any], period: ColumnElement[str], interval: Literal["month", "year"]
) -> ColumnElement[Any]:
    """Return the condition that a moment lies in a month ``YYYY-MM`` or a year ``YYYY``, in UTC.

    In an empty period lies nothing.
    """
    # As text, which is how SQLite stores times: "2024-11" stands before all of November.
    sqlite = and_(moment >= period, moment < period.concat("-~"), period != "")
    day = func.nullif(period, "").concat("-01" if interval == "month" else "-01-01")
    first = cast(day, TIMESTAMP)
    after = first + literal_column(f"interval '1 {interval}'")
    utc: ColumnElement[str] = literal_column("'UTC'")
    postgresql = and_(moment >= func.timezone(utc, first), moment < func.timezone(utc, after))
    return ByDialect(sqlite=sqlite, postgresql=postgresql)


def is_rows_fault(error: Exception) -> bool:
    """Say whether the database refused a row for what it holds, so that others may well be taken.

    A full disk, a damaged file or a lost connection is not that.
    """
    if isinstance(error, IntegrityError | DataError):
        return True
    state = getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
    return state is not None and state.startswith(_LIMIT_EXCEEDED)
