"""Records on their way into the database: with their article, or all of them anew."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection, Engine, Table, select

from app.db import tables
from app.db.bulk import insert_rows
from app.db.ready import ready_delete_through, ready_update
from app.records.claims import claim_record
from app.records.packing import DICTIONARY_VERSION, pack
from app.records.quotes import quote_record

RECORDS_VERSION = f"2-{DICTIONARY_VERSION}"
"""Its number is raised by hand whenever the same rows give other records: they are then all made
anew, and so they are with another dictionary."""

_TABLES = tables.metadata.tables
_ARTICLES, _DATASET = _TABLES["articles"], _TABLES["dataset"]
_ATTRIBUTIONS, _ENTITIES = _TABLES["attributions"], _TABLES["entities"]
_QUOTES, _QUOTE_RECORDS = _TABLES["quotes"], _TABLES["quote_records"]
_CLAIMS, _CLAIM_RECORDS = _TABLES["claims"], _TABLES["claim_records"]
_OF_ARTICLE = (
    ready_delete_through(_QUOTE_RECORDS, column="quote_key", parent=_QUOTES),
    ready_delete_through(_CLAIM_RECORDS, column="claim_key", parent=_CLAIMS),
)
# Articles whose records are made anew in one transaction.
_AT_ONCE = 200


def make_records(
    *,
    text: str,
    quotes: Iterable[Any],
    claims: Iterable[Any],
    attributions: Iterable[Any],
    abouts: Mapping[int, Sequence[str]],
    slugs: Mapping[int, str],
) -> dict[str, list[dict[str, Any]]]:
    """Return the records of an article as rows, by the name of their table.

    Args:
        text: The article's.
        quotes: Its quotations; like the next two, with the columns of their table.
        claims: Its claims.
        attributions: Those that quotations and claims refer to.
        abouts: The slugs of the entities that a quotation or claim names, in order, by its key;
            what names nobody may be missing.
        slugs: Those of all speakers and claimants that are entities, by key.
    """
    given = {row.key: row for row in attributions}
    return {
        table.name: [
            {
                column: row.key,
                who: getattr(row, who),
                "published_at": row.published_at,
                "record": pack(
                    to_json(
                        make(
                            row,
                            given=given.get(row.attribution_key),
                            slug=slugs.get(getattr(row, who)),
                            text=text,
                            about=abouts.get(row.key, ()),
                        )
                    )
                ),
            }
            for row in rows
        ]
        for rows, make, who, table, column in (
            (quotes, quote_record, "speaker_key", _QUOTE_RECORDS, "quote_key"),
            (claims, claim_record, "claimant_key", _CLAIM_RECORDS, "claim_key"),
        )
    }


def write_records(connection: Connection, records: Mapping[str, Sequence[Any]]) -> None:
    """Write what `make_records` made of an article that has none, in its transaction."""
    for name, rows in records.items():
        insert_rows(connection, _TABLES[name], rows)


def update_records(connection: Connection, records: Mapping[str, Sequence[Any]]) -> None:
    """Write what `make_records` made anew of what has records already, in the transaction."""
    for name, rows in records.items():
        if rows:
            key, *columns = rows[0]
            ready_update(_TABLES[name], of=(key,), columns=tuple(columns)).run_each(
                connection,
                [
                    {f"of_{key}": row[key], **{f"new_{one}": row[one] for one in columns}}
                    for row in rows
                ],
            )


def _delete_records(connection: Connection, *, article_key: int) -> None:
    """Delete the records of an article."""
    for records in _OF_ARTICLE:
        records.run(connection, article=article_key)


def are_current(connection: Connection) -> bool:
    """Say whether the database's records are of this version; True where it holds nothing yet."""
    version = connection.scalar(select(_DATASET.c.records_version))
    return version is None or version == RECORDS_VERSION


def remake_records(engine: Engine) -> Iterator[int]:
    """Make all records anew from what is stored; whoever asked says so in the dataset's row.

    Args:
        engine: A writer's.

    Yields:
        After each transaction, how many articles are done.
    """
    done, last, more = 0, -1, True
    while more:
        with engine.begin() as connection:
            keys = list(
                connection.scalars(
                    select(_ARTICLES.c.key)
                    .where(_ARTICLES.c.key > last)
                    .order_by(_ARTICLES.c.key)
                    .limit(_AT_ONCE)
                )
            )
            for key in keys:
                _remake(connection, key)
        more = len(keys) == _AT_ONCE
        done += len(keys)
        last = keys[-1] if keys else last
        yield done


def _remake(connection: Connection, key: int) -> None:
    _delete_records(connection, article_key=key)

    def read(table: Table) -> Sequence[Any]:
        return connection.execute(select(table).where(table.c.article_key == key)).all()

    quotes, claims, attributions = read(_QUOTES), read(_CLAIMS), read(_ATTRIBUTIONS)
    speakers = {row.speaker_key for row in quotes} | {row.claimant_key for row in claims}
    slugs = connection.execute(
        select(_ENTITIES.c.key, _ENTITIES.c.slug).where(
            _ENTITIES.c.key.in_(sorted(speakers - {None}))
        )
    )
    records = make_records(
        text=connection.scalar(select(_ARTICLES.c.text).where(_ARTICLES.c.key == key)) or "",
        quotes=quotes,
        claims=claims,
        attributions=attributions,
        abouts={
            **_read_abouts(connection, "quote", [row.key for row in quotes]),
            **_read_abouts(connection, "claim", [row.key for row in claims]),
        },
        slugs={row.key: row.slug for row in slugs},
    )
    write_records(connection, records)


def _read_abouts(connection: Connection, what: str, keys: Sequence[int]) -> dict[int, list[str]]:
    table = _TABLES[f"{what}_about"]
    said = table.c[f"{what}_key"]
    found: dict[int, list[str]] = {}
    for row in connection.execute(
        select(said.label("said"), _ENTITIES.c.slug)
        .join(_ENTITIES, _ENTITIES.c.key == table.c.entity_key)
        .where(said.in_(keys))
        .order_by(said, table.c.position, _ENTITIES.c.key)
    ):
        found.setdefault(row.said, []).append(row.slug)
    return found
