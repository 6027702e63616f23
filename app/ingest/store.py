"""Writing one article, and taking one away, with everything that hangs on it.

An article that comes or goes can change who is who in others: these are rewritten within the same
transaction, from what parsing once found in them.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.db import tables
from app.db.bulk import insert_rows
from app.db.ready import Ready, ready_delete, ready_delete_through, ready_update
from app.ingest.kept import pack, unpack
from app.ingest.resolve import (
    Corrections,
    Touch,
    list_locals,
    read_entities,
    read_touched,
    resolve,
    touch_locals,
    write_locals,
)
from app.ingest.resolve.local import Local
from app.ingest.rows import to_article_key, to_records, to_row_values, to_rows, to_values
from app.ingest.staged import Staged
from app.ingest.staging import move_locals, move_rows, read_parsed
from app.ingest.stories import (
    Sketch,
    close_story,
    join_story,
    leave_story,
    to_sketch,
    write_sketch,
)
from app.ingest.tally import Tally, apply_tally, drop_unnamed, read_tally, to_tally
from app.parsing.types import ParsedArticle
from app.records import delete_records, write_records

_ARTICLES = tables.metadata.tables["articles"]
_REMOVED = tables.metadata.tables["removed_articles"]
_SOURCES = tables.metadata.tables["sources"]
_PARSES = tables.metadata.tables["article_parses"]
_ATTRIBUTIONS = tables.metadata.tables["attributions"]
_QUOTES = tables.metadata.tables["quotes"]
_CLAIMS = tables.metadata.tables["claims"]
_QUOTE_ABOUT = tables.metadata.tables["quote_about"]
_CLAIM_ABOUT = tables.metadata.tables["claim_about"]
_NO_CORRECTIONS = Corrections()
_KEYS_OF_SOURCE = Ready(
    select(_ARTICLES.c.key)
    .where(_ARTICLES.c.source_key == bindparam("source"))
    .order_by(_ARTICLES.c.key)
)
_STORED = Ready(
    select(_ARTICLES.c.text, _ARTICLES.c.source_key, _SOURCES.c.path, _PARSES.c.parsed)
    .join(_SOURCES, _SOURCES.c.key == _ARTICLES.c.source_key)
    .join(_PARSES, _PARSES.c.article_key == _ARTICLES.c.key)
    .where(_ARTICLES.c.key == bindparam("article"))
)
_ABOUTS = (
    ready_delete_through(_QUOTE_ABOUT, column="quote_key", parent=_QUOTES),
    ready_delete_through(_CLAIM_ABOUT, column="claim_key", parent=_CLAIMS),
)


def store_article(
    connection: Connection,
    *,
    parsed: ParsedArticle | Staged,
    source_key: int,
    source_name: str,
    corrections: Corrections = _NO_CORRECTIONS,
    packed: bytes | None = None,
    sketch: Sketch | None = None,
    locals_: Sequence[Local] | None = None,
) -> int:
    """Write an article in place of what the database holds under its identity.

    Args:
        connection: In a transaction, which the caller commits.
        parsed: The article; or what to know of one whose rows a worker has written.
        source_key: Key of its file's row, which is there already.
        source_name: The file's name.
        corrections: What users know better about who is who.
        packed: What `pack` makes of the article, where that is known.
        sketch: What `to_sketch` makes of its text, where that is known.
        locals_: What `list_locals` makes of it, where that is known.

    Returns:
        The article's key.

    Raises:
        KeyError: The parsed article contradicts itself, see `app.ingest.rows.to_rows`.
        StagedRowsGoneError: The rows that a worker wrote are not there.
    """
    if isinstance(parsed, Staged):
        key, sketch = parsed.article_key, parsed.sketch
    else:
        key = to_article_key(parsed.raw, source_name=source_name)
        sketch = sketch or to_sketch(parsed.raw.text)
    before = read_tally(connection, article_key=key)
    touch = _touch(connection, article_key=key)
    left = leave_story(connection, article_key=key)
    _delete(connection, _ARTICLES, key)
    if isinstance(parsed, Staged):
        touch.groups |= parsed.groups
        touch.callees |= parsed.callees
        move_locals(connection, parsed)
    else:
        if locals_ is None:
            locals_ = list_locals(parsed, article_key=key)
        touch_locals(touch, locals_)
        write_locals(connection, locals_)
    moved = resolve(connection, touch, corrections=corrections)
    entities = read_entities(connection, article_key=key)
    if isinstance(parsed, Staged) and entities == parsed.entities:
        move_rows(connection, parsed)
        after = parsed.tally
    else:
        if isinstance(parsed, Staged):
            parsed, packed = read_parsed(connection, parsed)
        rows = to_rows(
            parsed,
            source_key=source_key,
            source_name=source_name,
            entities=entities,
            article_key=key,
        )
        write_records(connection, to_row_values(rows))
        write_records(connection, to_records(rows, entities=entities.values()))
        write_sketch(connection, sketch, article_key=key)
        kept = {"article_key": key, "parsed": packed or pack(parsed)}
        insert_rows(connection, _PARSES, [kept])
        after = to_tally(rows)
    join_story(connection, article_key=key, sketch=sketch, left=left)
    _delete(connection, _REMOVED, key)
    names = corrections.names
    touched = apply_tally(connection, before=before, after=after, preferred=names)
    touched |= rewrite_articles(connection, keys=moved - {key}, corrections=corrections)
    drop_unnamed(connection, keys=touched)
    return key


def delete_article(
    connection: Connection, *, article_key: int, corrections: Corrections = _NO_CORRECTIONS
) -> None:
    """Take an article away, and the entities that nobody else names; its key stays on record."""
    before = read_tally(connection, article_key=article_key)
    touch = _touch(connection, article_key=article_key)
    left = leave_story(connection, article_key=article_key)
    if _delete(connection, _ARTICLES, article_key):
        insert_rows(connection, _REMOVED, [{"key": article_key}])
    close_story(connection, left=left)
    moved = resolve(connection, touch, corrections=corrections)
    touched = apply_tally(connection, before=before, after=Tally(), preferred=corrections.names)
    touched |= rewrite_articles(connection, keys=moved - {article_key}, corrections=corrections)
    drop_unnamed(connection, keys=touched)


def rewrite_articles(
    connection: Connection, *, keys: Iterable[int], corrections: Corrections
) -> set[int]:
    """Bring the rows of articles in line with who is who now.

    Returns:
        Keys of the entities whose counts changed; `drop_unnamed` is to be told of them.
    """
    touched: set[int] = set()
    for key in sorted(keys):
        touched |= _rewrite(connection, key, corrections=corrections)
    return touched


def list_article_keys(connection: Connection, *, source_key: int) -> list[int]:
    """Return the keys of the articles that a file has in the database, in ascending order."""
    return _KEYS_OF_SOURCE.scalars(connection, source=source_key)


def _touch(connection: Connection, *, article_key: int) -> Touch:
    groups, callees = read_touched(connection, article_key=article_key)
    return Touch(articles={article_key}, groups=groups, callees=callees)


def _rewrite(connection: Connection, key: int, *, corrections: Corrections) -> set[int]:
    (row,) = _STORED.all(connection, article=key)
    before = read_tally(connection, article_key=key)
    entities = read_entities(connection, article_key=key)
    rows = to_rows(
        unpack(row.parsed, text=row.text),
        source_key=row.source_key,
        source_name=row.path,
        entities=entities,
        article_key=key,
    )
    for table in ("mentions", "entity_roles", "article_entities"):
        of_article = ready_delete(tables.metadata.tables[table], of=("article_key",))
        of_article.run(connection, of_article_key=key)
    for about in _ABOUTS:
        about.run(connection, article=key)
    for some in (rows.entities, rows.roles, rows.mentions, rows.quote_abouts, rows.claim_abouts):
        _insert(connection, some)
    _update(connection, _ARTICLES, [rows.article], "entity_count", "mention_count")
    _update(connection, _ATTRIBUTIONS, rows.attributions, "speaker_key", "candidates")
    _update(connection, _QUOTES, rows.quotes, "speaker_key")
    _update(connection, _CLAIMS, rows.claims, "claimant_key")
    delete_records(connection, article_key=key)
    write_records(connection, to_records(rows, entities=entities.values()))
    return apply_tally(connection, before=before, after=to_tally(rows), preferred=corrections.names)


def _insert(connection: Connection, rows: Sequence[Any]) -> None:
    if rows:
        insert_rows(connection, rows[0].__table__, [to_values(row) for row in rows])


def _update(connection: Connection, table: Any, rows: Sequence[Any], *columns: str) -> None:
    ready_update(table, of=("key",), columns=columns).run_each(
        connection,
        [
            {"of_key": row.key} | {f"new_{column}": getattr(row, column) for column in columns}
            for row in rows
        ],
    )


def _delete(connection: Connection, table: Any, key: int) -> int:
    return ready_delete(table, of=("key",)).run(connection, of_key=key)
