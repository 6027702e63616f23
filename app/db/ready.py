"""Statements that are written down once for each kind of database, and then run by its driver.

SQLAlchemy makes a statement of its parts, looks up how it is written and wraps what it finds, each
time; an article is stored by some ninety statements, and most find a row or two. The statement
remains SQLAlchemy's, and so do its types: values go in and rows come out as they would have.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Table,
    any_,
    bindparam,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from app.db.dialect import SQLITE, ByDialect
from app.db.engine import allow_more_time
from app.db.json_text import write_json

Process = Callable[[Any], Any]


@dataclass(slots=True)
class _Written:
    """A statement as one kind of database is told it.

    Attributes:
        sql: The statement.
        names: Its parameters in their order; None where the driver takes them by name.
        fixed: Those that never change.
        into: What makes of a parameter's value what the driver takes, by name.
        make_row: Makes a named tuple of a row's values.
        types: Those of a row's columns.
        out_of: What makes of a column's value what the column's type is, where it is not yet; None
            until the first rows are here, since it depends on what the driver says of them.
    """

    sql: str
    names: tuple[str, ...] | None
    fixed: Mapping[str, Any]
    into: Mapping[str, Process]
    make_row: Callable[[Sequence[Any]], Any] | None
    types: Sequence[TypeEngine[Any]]
    out_of: Sequence[tuple[int, Process]] | None = None

    def bind(self, values: Mapping[str, Any]) -> Any:
        """Return a statement's parameters as the driver takes them."""
        given = {**self.fixed, **values}
        for name, process in self.into.items():
            if given[name] is not None:
                given[name] = process(given[name])
        return given if self.names is None else [given[name] for name in self.names]

    def find_out_of(self, dialect: Dialect, description: Any) -> Sequence[tuple[int, Process]]:
        """Return `out_of`; `description` is PEP 249's, of the columns of the rows found."""
        if self.out_of is None:
            self.out_of = [
                (at, process)
                for at, (type_, column) in enumerate(zip(self.types, description, strict=True))
                if (process := type_.dialect_impl(dialect).result_processor(dialect, column[1]))
                is not None
            ]
        return self.out_of


class Ready:
    """A statement with named parameters (`sqlalchemy.bindparam`), for use in a transaction.

    Every method takes a connection in a transaction and the parameters' values.

    Raises:
        sqlalchemy.exc.DBAPIError: From every method: the database refuses the statement.
        KeyError: From every method: a parameter has no value.
    """

    def __init__(self, statement: Any) -> None:
        """Take a statement; it is written down when it is first used."""
        self._statement = statement
        self._written: dict[str, _Written] = {}

    def all(self, connection: Connection, **values: Any) -> list[Any]:
        """Return the rows that it finds, as named tuples."""
        written = self._write(connection.dialect)
        assert written.make_row is not None
        cursor = self._execute(connection, written, values)
        found = cursor.fetchall()
        if found and (out_of := written.find_out_of(connection.dialect, cursor.description)):
            found = [convert(row, out_of) for row in found]
        return list(map(written.make_row, found))

    def first(self, connection: Connection, **values: Any) -> Any:
        """Return the first row that it finds; None when there is none."""
        return next(iter(self.all(connection, **values)), None)

    def scalar(self, connection: Connection, **values: Any) -> Any:
        """Return the first value of the first row; None without a row."""
        row = self.first(connection, **values)
        return None if row is None else row[0]

    def scalars(self, connection: Connection, **values: Any) -> list[Any]:
        """Return the first value of each row."""
        return [row[0] for row in self.all(connection, **values)]

    def run(self, connection: Connection, **values: Any) -> int:
        """Run a statement that finds nothing; return how many rows it wrote or deleted."""
        cursor = self._execute(connection, self._write(connection.dialect), values)
        count: int = cursor.rowcount
        cursor.close()
        return count

    def run_each(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each row of values; none is nothing to do."""
        if not rows:
            return
        written = self._write(connection.dialect)
        driver: Any = connection.connection.driver_connection
        cursor = driver.cursor()
        try:
            cursor.executemany(written.sql, [written.bind(row) for row in rows])
        except connection.dialect.loaded_dbapi.Error as error:
            raise to_error(connection.dialect, written.sql, error) from error
        finally:
            cursor.close()

    def _execute(self, connection: Connection, written: _Written, values: Mapping[str, Any]) -> Any:
        return run_by_driver(connection, written.sql, written.bind(values))

    def _write(self, dialect: Dialect) -> _Written:
        written = self._written.get(dialect.name)
        if written is None:
            written = self._written[dialect.name] = _write(self._statement, dialect)
        return written


def is_one_of(column: Column[Any] | ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Return the condition that a column is one of a list, which is the parameter of this name.

    The list is one value, so that the statement is the same for lists of any length.
    """
    listed = func.json_each(bindparam(name, type_=JSON)).table_valued("value")
    return ByDialect(
        sqlite=column.in_(select(listed.c.value)),
        postgresql=column == any_(bindparam(name, type_=ARRAY(column.type))),
    )


@lru_cache(maxsize=256)
def ready_update(table: Table, *, of: tuple[str, ...], columns: tuple[str, ...]) -> Ready:
    """Return what updates rows, with the parameters ``of_…`` and ``new_…``.

    Args:
        table: Whose.
        of: The columns that tell which rows; none for all.
        columns: Those that are changed.
    """
    return Ready(
        update(table)
        .where(*_conditions(table, of))
        .values({column: bindparam(f"new_{column}") for column in columns})
    )


@lru_cache(maxsize=256)
def ready_delete(table: Table, *, of: tuple[str, ...]) -> Ready:
    """Return what deletes rows, with the parameters ``of_…``, as `ready_update`."""
    return Ready(delete(table).where(*_conditions(table, of)))


@lru_cache(maxsize=64)
def ready_delete_through(table: Table, *, column: str, parent: Table) -> Ready:
    """Return what deletes rows that hang on an article's rows of another table.

    Its parameter is ``article``: the article's key.

    Args:
        table: Whose.
        column: The one that has the key of a row of `parent`.
        parent: The other table, with an ``article_key``.
    """
    keys = select(parent.c.key).where(parent.c.article_key == bindparam("article"))
    return Ready(delete(table).where(table.c[column].in_(keys)))


def to_new(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by column as the parameters ``new_…`` of a `ready_update`."""
    return {f"new_{column}": value for column, value in values.items()}


def _conditions(table: Table, of: tuple[str, ...]) -> list[ColumnElement[bool]]:
    return [table.c[column] == bindparam(f"of_{column}") for column in of]


def _write(statement: Any, dialect: Dialect) -> _Written:
    compiled = statement.compile(dialect=dialect)
    into = {
        name: process
        for bind, name in compiled.bind_names.items()
        if (process := find_into(bind.type, dialect)) is not None
    }
    fixed = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required}
    make_row, columns = None, []
    if statement.is_select:
        columns = list(statement.selected_columns)
        row_type: Any = namedtuple("Row", [column.key for column in columns], rename=True)  # type: ignore[misc]
        make_row = row_type._make
    names = None if compiled.positiontup is None else tuple(compiled.positiontup)
    return _Written(
        str(compiled), names, fixed, into, make_row, [column.type for column in columns]
    )


def find_into(type_: TypeEngine[Any], dialect: Dialect) -> Process | None:
    """Return what makes of a type's values, but None, what the driver takes; None: as they are."""
    own = type_.dialect_impl(dialect)
    if dialect.name == SQLITE and isinstance(own, JSON):
        return write_json  # SQLAlchemy's looks for two kinds of null first
    process: Process | None = own.bind_processor(dialect)
    return process


def convert(row: Sequence[Any], processes: Sequence[tuple[int, Process]]) -> list[Any]:
    """Return a row with some of its values, by their places, put through a function; None stays."""
    values = list(row)
    for at, process in processes:
        if values[at] is not None:
            values[at] = process(values[at])
    return values


def run_by_driver(connection: Connection, sql: str, values: Any) -> Any:
    """Run a statement and return the driver's cursor.

    Args:
        connection: In a transaction, or at its beginning.
        sql: As the driver takes it.
        values: Likewise.

    Raises:
        sqlalchemy.exc.DBAPIError: The database refuses the statement, or ends it.
    """
    allow_more_time(connection)
    driver: Any = connection.connection.driver_connection
    try:
        return driver.execute(sql, values)
    except connection.dialect.loaded_dbapi.Error as error:
        raise to_error(connection.dialect, sql, error) from error


def to_error(dialect: Dialect, sql: str, error: Exception) -> Any:
    """Return a driver's error as the one that SQLAlchemy would have raised."""
    assert dialect.loaded_dbapi is not None
    return DBAPIError.instance(sql, None, error, dialect.loaded_dbapi.Error, dialect=dialect)
