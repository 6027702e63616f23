"""Many rows of one table at once.

PostgreSQL is given them by COPY, which is one exchange with the server, and one event for the
triggers that keep search in step, where INSERT is one for each row.
https://www.psycopg.org/psycopg3/docs/basic/copy.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert
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
    if connection.dialect.name != POSTGRESQL or len(rows) == 1:
        connection.execute(insert(table), rows)
        return
    names = list(rows[0])
    dialect = connection.dialect
    quote = dialect.identifier_preparer.quote
    statement = f"COPY {quote(table.name)} ({', '.join(map(quote, names))}) FROM STDIN"
    processors = [
        table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names
    ]
    assert dialect.loaded_dbapi is not None
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(
                    [
                        row[name] if process is None or row[name] is None else process(row[name])
                        for name, process in zip(names, processors, strict=True)
                    ]
                )
    except dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(
            statement, None, error, dialect.loaded_dbapi.Error, dialect=dialect
        ) from error
