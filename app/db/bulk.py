"""Many rows of one table at once.

PostgreSQL is given them by COPY, which is one exchange with the server, and one event for the
triggers that keep search in step, where INSERT is one for each row. SQLite is given them past
SQLAlchemy's statements, which are made anew for each call.
https://www.psycopg.org/psycopg3/docs/basic/copy.html
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.exc import DBAPIError

from app.db.dialect import POSTGRESQL


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; none is nothing to do.

    Args:
        connection: In a transaction.
        table: Where to.
        rows: Column name -> value, all with the same columns.

    Raises:
        sqlalchemy.exc.DBAPIError: The database refuses a row, and with it all of them.
    """
    if not rows:
        return
    names = tuple(rows[0])
    dialect = connection.dialect
    statement, processors = _prepare(dialect, table, names)
    assert dialect.loaded_dbapi is not None
    driver: Any = connection.connection.driver_connection
    values = (
        [
            row[name] if process is None or row[name] is None else process(row[name])
            for name, process in zip(names, processors, strict=True)
        ]
        for row in rows
    )
    try:
        if dialect.name == POSTGRESQL:
            with driver.cursor() as cursor, cursor.copy(statement) as copy:
                for row in values:
                    copy.write_row(row)
        else:
            driver.executemany(statement, values).close()
    except dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(
            statement, None, error, dialect.loaded_dbapi.Error, dialect=dialect
        ) from error


@lru_cache(maxsize=200)
def _prepare(
    dialect: Dialect, table: Table, names: tuple[str, ...]
) -> tuple[str, list[Callable[[Any], Any] | None]]:
    """Return the statement, and for each column what makes of a value what the driver takes."""
    quote = dialect.identifier_preparer.quote
    columns = f"{quote(table.name)} ({', '.join(map(quote, names))})"
    if dialect.name == POSTGRESQL:
        statement = f"COPY {columns} FROM STDIN"
    else:
        marks = ", ".join("?" * len(names))
        statement = f"INSERT INTO {columns} VALUES ({marks})"  # noqa: S608  # nosec B608: our own names
    types = (table.c[name].type.dialect_impl(dialect) for name in names)
    return statement, [type_.bind_processor(dialect) for type_ in types]
