"""Writing one article, and taking one away, with everything that hangs on it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from app.db import tables
from app.ingest.resolve import resolve_entities
from app.ingest.rows import to_article_key, to_rows, to_values
from app.ingest.tally import Tally, apply_tally, read_tally, to_tally
from app.parsing.types import ParsedArticle

_ARTICLES = tables.metadata.tables["articles"]


def store_article(
    connection: Connection, *, parsed: ParsedArticle, source_key: int, source_name: str
) -> int:
    """Write an article in place of what the database holds under its identity.

    Args:
        connection: In a transaction, which the caller commits.
        parsed: The article.
        source_key: Key of its file's row, which is there already.
        source_name: The file's name.

    Returns:
        The article's key.

    Raises:
        KeyError: The parsed article contradicts itself, see `app.ingest.rows.to_rows`.
    """
    key = to_article_key(parsed.raw, source_name=source_name)
    before = read_tally(connection, article_key=key)
    connection.execute(delete(_ARTICLES).where(_ARTICLES.c.key == key))
    entities = resolve_entities(connection, entities=parsed.entities)
    rows = to_rows(parsed, source_key=source_key, source_name=source_name, entities=entities)
    _insert(connection, [rows.article])
    _insert(connection, rows.authors)
    _insert(connection, rows.entities)
    _insert(connection, rows.roles)
    _insert(connection, rows.mentions)
    _insert(connection, rows.attributions)
    _insert(connection, rows.quotes)
    _insert(connection, rows.quote_abouts)
    _insert(connection, rows.claims)
    _insert(connection, rows.claim_abouts)
    apply_tally(connection, before=before, after=to_tally(rows))
    return key


def delete_article(connection: Connection, *, article_key: int) -> None:
    """Take an article away, and the entities that nobody else names."""
    before = read_tally(connection, article_key=article_key)
    connection.execute(delete(_ARTICLES).where(_ARTICLES.c.key == article_key))
    apply_tally(connection, before=before, after=Tally())


def list_article_keys(connection: Connection, *, source_key: int) -> list[int]:
    """Return the keys of the articles that a file has in the database, in ascending order."""
    query = select(_ARTICLES.c.key).where(_ARTICLES.c.source_key == source_key)
    return list(connection.scalars(query.order_by(_ARTICLES.c.key)))


def _insert(connection: Connection, rows: Sequence[Any]) -> None:
    if rows:
        connection.execute(insert(rows[0].__table__), [to_values(row) for row in rows])
