"""Rows that the workers of a cluster write, by COPY, for the process that decides who is who.

Nearly all rows of an article depend on it alone, but for the keys of its entities, and these can be
guessed: an entity has the readable id of its name unless another one of that name was there before.
So a worker makes all rows under that guess and copies them, in a transaction of its own, into a
table beside the others. The process that writes decides who is who; where the guess was right it
has the server move the rows, without seeing them, and where it was wrong it makes them anew from
the parsed article, which is there too. The database is the same either way, row for row.

Each attempt at a file writes under keys of its own, and only those keys are moved that came back as
an attempt's result. So what a killed worker left, or one that was taken for dead and goes on, is
looked at by nobody, and goes with the file's other rows or with the table at the end of the run.

SQLite takes one writer, so there the rows come to it with the result.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import LargeBinary

from app.db import tables
from app.db.ids import to_key
from app.ingest.resolve import Touch, touch_locals
from app.ingest.resolve.local import Local
from app.ingest.resolve.stored import to_call_values, to_local_values
from app.ingest.rows import to_records, to_row_values, to_rows, to_words
from app.ingest.said import GlobalEntity
from app.ingest.stories import Sketch, to_sketch_values
from app.ingest.tally import Tally, to_tally
from app.parsing.types import ParsedArticle

BEFORE = ("local_entities", "local_entity_calls")
"""Tables that the resolver reads before it decides."""
AFTER = (
    *("articles", "article_authors", "article_entities", "entity_roles", "mentions"),
    *("attributions", "quotes", "quote_about", "claims", "claim_about", "unnamed_sources"),
    *("quote_records", "claim_records", "quote_words", "claim_words"),
    *("article_sketches", "article_bands"),
)
"""Tables that are written once it is decided who is who."""


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of an article under the guess who its entities are.

    Attributes:
        article_key: The article's.
        entities: The guess, by `Entity.key`.
        tally: The article's share in the counts.
        of_table: The rows of each table as a JSON array.
    """

    article_key: int
    entities: Mapping[str, GlobalEntity]
    tally: Tally
    of_table: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Staged:
    """An article whose rows a worker has written: what the process that writes has to know of it.

    Attributes:
        key: Of its row in the table of staged articles.
        article_key: The article's own.
        entities: See `Rows`.
        tally: See `Rows`.
        groups: The groups of its entities, see `app.ingest.resolve.local.Local`.
        callees: The groups of shorter names that look at these.
        sketch: What its words are like.
        word_count: How many it has.
        warnings: What was wrong with the page that it was read from.
    """

    key: int
    article_key: int
    entities: Mapping[str, GlobalEntity]
    tally: Tally
    groups: frozenset[str]
    callees: frozenset[str]
    sketch: Sketch | None
    word_count: int
    warnings: tuple[str, ...] = ()


def make_rows(
    parsed: ParsedArticle,
    *,
    article_key: int,
    source_key: int,
    locals_: Sequence[Local],
    sketch: Sketch | None,
) -> Rows:
    """Return all rows of an article but its parse, under the guess who its entities are.

    Raises:
        KeyError: The article contradicts itself, see `app.ingest.rows.to_rows`.
    """
    entities = {
        local.key: GlobalEntity(to_key(local.base), local.base, local.type) for local in locals_
    }
    rows = to_rows(
        parsed, source_key=source_key, source_name="", entities=entities, article_key=article_key
    )
    values = {
        **dict.fromkeys((*BEFORE, *AFTER), ()),
        "local_entities": to_local_values(locals_),
        "local_entity_calls": to_call_values(locals_),
        **to_row_values(rows),
        **to_words(rows),
        **to_records(rows, entities=entities.values()),
        **to_sketch_values(sketch, article_key=article_key),
    }
    return Rows(
        article_key=article_key,
        entities=entities,
        tally=to_tally(rows),
        of_table={name: _to_json(name, some) for name, some in values.items()},
    )


def to_staged(
    key: int,
    rows: Rows,
    *,
    locals_: Sequence[Local],
    sketch: Sketch | None,
    word_count: int,
    warnings: tuple[str, ...],
) -> Staged:
    """Return what is left to be sent of an article whose rows are written."""
    touch = Touch()
    touch_locals(touch, locals_)
    return Staged(
        key=key,
        article_key=rows.article_key,
        entities=rows.entities,
        tally=rows.tally,
        groups=frozenset(touch.groups),
        callees=frozenset(touch.callees),
        sketch=sketch,
        word_count=word_count,
        warnings=warnings,
    )


def _to_json(name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows of a table as the server reads them: `json_populate_recordset`."""
    encoders = _find_encoders(name)
    return f"[{', '.join(_to_object(row, encoders) for row in rows)}]"


def _to_object(row: Mapping[str, Any], encoders: Mapping[str, Callable[[Any], str]]) -> str:
    pairs = (
        f'"{name}": {"null" if value is None else encoders[name](value)}'
        for name, value in row.items()
    )
    return f"{{{', '.join(pairs)}}}"


@cache
def _find_encoders(name: str) -> dict[str, Callable[[Any], str]]:
    """Return what writes a value of each column; a JSON column's comes out as it is stored."""
    return {
        column.name: _bytes_to_json
        if isinstance(column.type, LargeBinary)
        else _time_to_json
        if isinstance(column.type, tables.UtcDateTime)
        else json.dumps
        for column in tables.metadata.tables[name].columns
    }


def _bytes_to_json(value: bytes) -> str:
    return f'"\\\\x{value.hex()}"'


def _time_to_json(value: datetime) -> str:
    return f'"{value.isoformat()}"'
