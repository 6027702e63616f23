"""Writing one article, and taking one away, with everything that hangs on it.

An article that comes or goes can change who is who in others: these are rewritten within the same
transaction, from what parsing once found in them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import compress
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.db import tables
from app.db.bulk import insert_rows
from app.db.ready import Ready, ready_delete, ready_update
from app.ingest.kept import pack, unpack
from app.ingest.resolve import (
    Corrections,
    Moved,
    Touch,
    list_locals,
    read_entities,
    read_touched,
    resolve,
    touch_locals,
    write_locals,
)
from app.ingest.resolve.local import Local
from app.ingest.rows import (
    ArticleRows,
    to_article_key,
    to_records,
    to_row_values,
    to_rows,
    to_values,
    to_words,
)
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
from app.parsing.types import Claim, ParsedArticle, Quotation
from app.records import update_records, write_records

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
    moved.pop(key, None)
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
        write_records(connection, to_words(rows))
        write_records(connection, to_records(rows, entities=entities.values()))
        write_sketch(connection, sketch, article_key=key)
        kept = {"article_key": key, "parsed": packed or pack(parsed)}
        insert_rows(connection, _PARSES, [kept])
        after = to_tally(rows)
    join_story(connection, article_key=key, sketch=sketch, left=left)
    _delete(connection, _REMOVED, key)
    names = corrections.names
    touched = apply_tally(connection, before=before, after=after, preferred=names)
    touched |= rewrite_articles(connection, moved=moved, corrections=corrections)
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
    moved.pop(article_key, None)
    touched = apply_tally(connection, before=before, after=Tally(), preferred=corrections.names)
    touched |= rewrite_articles(connection, moved=moved, corrections=corrections)
    drop_unnamed(connection, keys=touched)


def rewrite_articles(connection: Connection, *, moved: Moved, corrections: Corrections) -> set[int]:
    """Bring the rows of articles in line with who is who now.

    Only rows that name somebody who is somebody else now are written: 4.2 ms an article, where all
    of them took 7.

    Args:
        connection: In the transaction of the change.
        moved: From `resolve`, without articles that are written anew or gone.
        corrections: What users know better about who is who.

    Returns:
        Keys of the entities whose counts changed; `drop_unnamed` is to be told of them.
    """
    touched: set[int] = set()
    for key in sorted(moved):
        touched |= _rewrite(connection, key, moved=moved[key], corrections=corrections)
    return touched


def list_article_keys(connection: Connection, *, source_key: int) -> list[int]:
    """Return the keys of the articles that a file has in the database, in ascending order."""
    return _KEYS_OF_SOURCE.scalars(connection, source=source_key)


def _touch(connection: Connection, *, article_key: int) -> Touch:
    groups, callees = read_touched(connection, article_key=article_key)
    return Touch(articles={article_key}, groups=groups, callees=callees)


def _rewrite(
    connection: Connection, key: int, *, moved: Mapping[str, int], corrections: Corrections
) -> set[int]:
    (row,) = _STORED.all(connection, article=key)
    before = read_tally(connection, article_key=key)
    entities = read_entities(connection, article_key=key)
    parsed = unpack(row.parsed, text=row.text)
    rows = to_rows(
        parsed,
        source_key=row.source_key,
        source_name=row.path,
        entities=entities,
        article_key=key,
    )
    keys = {*moved.values(), *(entities[local].key for local in moved)}
    some = _select_moved(rows, parsed, moved=moved, keys=keys)
    of_entities = [{"of_article_key": key, "of_entity_key": entity} for entity in sorted(keys)]
    for name in ("mentions", "entity_roles", "article_entities"):
        table = tables.metadata.tables[name]
        ready_delete(table, of=("article_key", "entity_key")).run_each(connection, of_entities)
    for table, column, said in (
        (_QUOTE_ABOUT, "quote_key", some.quotes),
        (_CLAIM_ABOUT, "claim_key", some.claims),
    ):
        of_said = [{f"of_{column}": one.key} for one in said]
        ready_delete(table, of=(column,)).run_each(connection, of_said)
    for of_kind in (some.entities, some.roles, some.mentions, some.quote_abouts, some.claim_abouts):
        _insert(connection, of_kind)
    _update(connection, _ARTICLES, [rows.article], "entity_count", "mention_count")
    _update(connection, _ATTRIBUTIONS, some.attributions, "speaker_key", "candidates")
    _update(connection, _QUOTES, some.quotes, "speaker_key")
    _update(connection, _CLAIMS, some.claims, "claimant_key")
    update_records(
        connection,
        to_records(replace(some, attributions=rows.attributions), entities=entities.values()),
    )
    return apply_tally(connection, before=before, after=to_tally(rows), preferred=corrections.names)


def _select_moved(
    rows: ArticleRows,
    parsed: ParsedArticle,
    *,
    moved: Collection[str],
    keys: Collection[int],
) -> ArticleRows:
    """Return those of an article's rows that may not be what is stored.

    Args:
        rows: The article's, with its entities as they are now.
        parsed: The article.
        moved: Its entities that are others now.
        keys: Of the entities that they were and are.
    """
    given = {
        one.key
        for one in parsed.attributions
        if one.speaker in moved or any(other.entity in moved for other in one.candidates)
    }

    def is_moved(said: Quotation | Claim) -> bool:
        return said.attribution in given or any(local in moved for local in said.about)

    quotes = tuple(compress(rows.quotes, map(is_moved, parsed.quotations)))
    claims = tuple(compress(rows.claims, map(is_moved, parsed.claims)))
    said = {row.key for row in quotes} | {row.key for row in claims}
    return replace(
        rows,
        entities=tuple(row for row in rows.entities if row.entity_key in keys),
        roles=tuple(row for row in rows.roles if row.entity_key in keys),
        mentions=tuple(row for row in rows.mentions if row.entity_key in keys),
        attributions=tuple(
            compress(rows.attributions, (one.key in given for one in parsed.attributions))
        ),
        quotes=quotes,
        quote_abouts=tuple(row for row in rows.quote_abouts if row.quote_key in said),
        claims=claims,
        claim_abouts=tuple(row for row in rows.claim_abouts if row.claim_key in said),
    )


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
