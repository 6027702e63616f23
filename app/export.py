"""The whole database as Parquet, one file a table, for bulk work outside of the API.

Ids are written as the API writes them, so that rows join across files and with the API's answers;
spans and other nested values are JSON text. https://parquet.apache.org/docs/file-format/
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Engine,
    Float,
    Integer,
    Row,
    Table,
    select,
)

from app.db import tables
from app.db.ids import ARTICLE, ATTRIBUTION, CLAIM, QUOTE, SOURCE, to_id

# Rows that are held at once and make one row group.
_PORTION = 5_000
_PREFIXES = {
    "articles": ARTICLE,
    "quotes": QUOTE,
    "claims": CLAIM,
    "attributions": ATTRIBUTION,
    "sources": SOURCE,
}
_NAMES = (
    "sources",
    "articles",
    "article_authors",
    "entities",
    "entity_aliases",
    "entity_roles",
    "article_entities",
    "mentions",
    "attributions",
    "quotes",
    "quote_about",
    "claims",
    "claim_about",
)


class ParquetMissingError(Exception):
    """The library that writes Parquet is not installed."""

    def __init__(self) -> None:
        """See the class."""
        super().__init__(
            "Parquet needs pyarrow, which is not installed: pip install 'on-record[parquet]'"
        )


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written.

    Attributes:
        path: Where it is.
        rows: How many rows it has.
    """

    path: Path
    rows: int


def export_parquet(engine: Engine, *, folder: Path) -> Iterator[Written]:
    """Write one file a table into a folder, which is made where it is missing.

    All files are of one state of the database. A file that is there is written anew; each has its
    name only when it is whole.

    Args:
        engine: A reader's.
        folder: Where to.

    Yields:
        Each file once it is written, in the order of the tables.

    Raises:
        ParquetMissingError: pyarrow is not installed.
        OSError: The folder cannot be written.
    """
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise ParquetMissingError from None
    folder.mkdir(parents=True, exist_ok=True)
    with engine.connect() as connection:
        # The slugs of all entities: what their ids are. Some 100 bytes each.
        entities = tables.metadata.tables["entities"]
        slugs = {
            row.key: row.slug for row in connection.execute(select(entities.c.key, entities.c.slug))
        }
        for name in _NAMES:
            table = tables.metadata.tables[name]
            statement = select(table).order_by(*table.primary_key)
            rows = connection.execution_options(yield_per=_PORTION).execute(statement)
            path = folder / f"{name}.parquet"
            count = _write(path, table=table, portions=rows.partitions(), slugs=slugs)
            yield Written(path, count)


def _write(
    path: Path, *, table: Table, portions: Iterator[Sequence[Row[Any]]], slugs: dict[int, str]
) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = list(table.columns)
    schema = pa.schema([(_name_of(column), _type_of(column)) for column in columns])
    unfinished = path.with_suffix(".parquet.part")
    count = 0
    with pq.ParquetWriter(unfinished, schema, compression="zstd") as writer:
        for portion in portions:
            count += len(portion)
            values = [
                [_value_of(column, value, slugs) for value in cells]
                for column, cells in zip(columns, zip(*portion, strict=True), strict=True)
            ]
            arrays = [
                pa.array(cells, type=field.type)
                for cells, field in zip(values, schema, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
    unfinished.replace(path)
    return count


def _target_of(column: Column[Any]) -> str | None:
    """Return the table whose key a column holds."""
    if column.primary_key and column.name == "key":
        return column.table.name
    for key in column.foreign_keys:
        return key.column.table.name
    return None


def _name_of(column: Column[Any]) -> str:
    if _target_of(column) is None:
        return column.name
    return "id" if column.name == "key" else column.name.removesuffix("_key") + "_id"


def _type_of(column: Column[Any]) -> Any:
    import pyarrow as pa

    if _target_of(column) is not None:
        return pa.string()
    kind = column.type
    kind = getattr(kind, "impl_instance", kind)
    if isinstance(kind, Boolean):
        return pa.bool_()
    if isinstance(kind, Integer | BigInteger):
        return pa.int64()
    if isinstance(kind, Float):
        return pa.float64()
    if isinstance(kind, DateTime):
        return pa.timestamp("us", tz="UTC")
    return pa.string()


def _value_of(column: Column[Any], value: Any, slugs: dict[int, str]) -> Any:
    if value is None:
        return None
    target = _target_of(column)
    if target == "entities":
        return slugs[value]
    if target is not None:
        return to_id(_PREFIXES[target], value)
    if isinstance(column.type, JSON):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return value
