"""Many rows of one table at once.

PostgreSQL is given them by COPY, which is one exchange with the server, and one event for the
triggers that keep search in step, where INSERT is one for each row.
https://www.psycopg.org/psycopg3/docs/basic/copy.html

SQLite is given them past SQLAlchemy's statements, which are made anew for each call. Its full-text
index is written out by every statement that fires a trigger, and whenever a key is less than the
one before. So rows that are searched go through a table in memory, and from there, by their keys,
in one statement: of the 2.9 s of CPU in which a hundred articles are stored, that saves 0.2.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Table

from app.db.dialect import POSTGRESQL
from app.db.ready import Process, convert, find_into, to_error

# Tables whose triggers write a full-text index, with the column that is the key there. Articles are
# written one at a time.
_SEARCHED = {
    "claims": "key",
    "entities": "key",
    "entity_aliases": "entity_key",
    "quotes": "key",
}


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
    take = itemgetter(*names) if len(names) > 1 else lambda row: tuple(row.values())
    dialect = connection.dialect
    statement, processors = _prepare(dialect, table, names)
    assert dialect.loaded_dbapi is not None
    driver: Any = connection.connection.driver_connection
    values: Iterable[Sequence[Any]] = map(take, rows)
    if processors:
        values = (convert(row, processors) for row in values)
    try:
        if dialect.name == POSTGRESQL:
            with driver.cursor() as cursor, cursor.copy(statement) as copy:
                for row in values:
                    copy.write_row(row)
        elif table.name in _SEARCHED and len(rows) > 1:
            make, clear, collect, move = _prepare_at_once(dialect, table, names)
            driver.execute(make).close()
            driver.execute(clear).close()
            driver.executemany(collect, values).close()
            driver.execute(move).close()
        else:
            driver.executemany(statement, values).close()
    except dialect.loaded_dbapi.Error as error:
        raise to_error(dialect, statement, error) from error


@lru_cache(maxsize=200)
def _prepare(
    dialect: Dialect, table: Table, names: tuple[str, ...]
) -> tuple[str, list[tuple[int, Process]]]:
    """Return the statement, and what makes of the values of some columns what the driver takes."""
    quote = dialect.identifier_preparer.quote
    columns = f"{quote(table.name)} ({', '.join(map(quote, names))})"
    if dialect.name == POSTGRESQL:
        statement = f"COPY {columns} FROM STDIN"
    else:
        marks = ", ".join("?" * len(names))
        statement = f"INSERT INTO {columns} VALUES ({marks})"  # noqa: S608  # nosec B608: our own names
    processors = ((at, find_into(table.c[name].type, dialect)) for at, name in enumerate(names))
    return statement, [(at, process) for at, process in processors if process is not None]


@lru_cache(maxsize=16)
def _prepare_at_once(
    dialect: Dialect, table: Table, names: tuple[str, ...]
) -> tuple[str, str, str, str]:
    """Return the statements that make a table in memory, empty it, fill it, and move its rows.

    It is emptied before it is filled, whatever became of the rows that were in it.
    """
    here, there = f"temp.new_{table.name}", f"main.{table.name}"
    columns = ", ".join(map(dialect.identifier_preparer.quote, names))
    marks = ", ".join("?" * len(names))
    return (  # nosec B608: our own names
        f"CREATE TABLE IF NOT EXISTS {here} AS SELECT * FROM {there} WHERE 0",  # noqa: S608
        f"DELETE FROM {here}",  # noqa: S608
        f"INSERT INTO {here} ({columns}) VALUES ({marks})",  # noqa: S608
        f"INSERT INTO {there} ({columns}) SELECT {columns} FROM {here} "  # noqa: S608
        f"ORDER BY {_SEARCHED[table.name]}",
    )
