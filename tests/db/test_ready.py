"""Statements that are written down once: the same values in and out as by way of SQLAlchemy."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from app.db import tables
from app.db.bulk import insert_rows
from app.db.engine import make_writer_engine
from app.db.ready import Ready, is_one_of, ready_delete, ready_update
from app.db.schema import upgrade
from tests import databases
from tests.databases import url_of, use

ENTITIES = tables.metadata.tables["entities"]
MOMENT = datetime(2026, 11, 27, 1, 2, 3, 450000, tzinfo=timezone(timedelta(hours=5)))
BIG = 2**63 - 1
BY_KEYS = Ready(select(ENTITIES).where(is_one_of(ENTITIES.c.key, "keys")).order_by(ENTITIES.c.key))
OF_TYPE = Ready(
    select(ENTITIES.c.key).where(ENTITIES.c.type == bindparam("type")).order_by(ENTITIES.c.key)
)


def entity(key: int, **values: Any) -> dict[str, Any]:
    return {
        "key": key,
        "slug": f"entity-{key}",
        "name": f"Łukasz {key}",
        "type": "person",
        "external_ids": {"wikidata": [key, None, "é"]},
        "country": None,
        "latitude": -12.5,
        "longitude": None,
        "article_count": 1,
        "mention_count": 2,
        "quote_count": 0,
        "claim_count": 0,
        "first_seen": MOMENT,
        "last_seen": None,
        **values,
    }


@pytest.fixture
def connection(both_databases: str, tmp_path: Path) -> Iterator[Connection]:
    path = tmp_path / "onrecord.db"
    use(both_databases)
    try:
        url = url_of(path)
        upgrade(url)
        engine = make_writer_engine(url)
        with engine.connect() as opened, opened.begin():
            insert_rows(opened, ENTITIES, [entity(1), entity(2, type="place"), entity(BIG)])
            yield opened
        engine.dispose()
    finally:
        databases.drop_database(path)
        use(databases.SQLITE)


def read(connection: Connection) -> list[dict[str, Any]]:
    return [
        dict(row)
        for row in connection.execute(select(ENTITIES).order_by(ENTITIES.c.key)).mappings()
    ]


def test_rows_are_those_that_sqlalchemy_finds(connection: Connection) -> None:
    found = [row._asdict() for row in BY_KEYS.all(connection, keys=[1, 2, BIG])]
    assert found == read(connection)
    assert found[0]["first_seen"] == MOMENT
    assert found[0]["first_seen"].tzinfo is UTC
    assert found[0]["external_ids"] == {"wikidata": [1, None, "é"]}
    assert (found[0]["latitude"], found[0]["longitude"]) == (-12.5, None)


@pytest.mark.parametrize("count", [0, 1, 2, 1_000])
def test_a_list_of_any_length_is_one_parameter(connection: Connection, count: int) -> None:
    keys = [*range(100, 98 + count), BIG, 1][-count:] if count else []
    assert [row.key for row in BY_KEYS.all(connection, keys=keys)] == sorted({1, BIG} & set(keys))


def test_a_list_of_words_is_one_parameter(connection: Connection) -> None:
    of_slugs = Ready(select(ENTITIES.c.key).where(is_one_of(ENTITIES.c.slug, "slugs")))
    words = ["entity-2", 'l\'été, "quoted" {1,2}', "NULL", ""]
    assert of_slugs.scalars(connection, slugs=words) == [2]


def test_a_list_is_looked_up_by_an_index(connection: Connection) -> None:
    sql = BY_KEYS._write(connection.dialect).sql
    given = BY_KEYS._write(connection.dialect).bind({"keys": [1, 2]})
    assert databases.explain(connection, sql, tuple(given) if "?" in sql else given) == []


def test_one_row_one_value_or_none(connection: Connection) -> None:
    assert OF_TYPE.scalars(connection, type="person") == [1, BIG]
    assert OF_TYPE.scalar(connection, type="place") == 2
    assert OF_TYPE.first(connection, type="place").key == 2
    assert OF_TYPE.scalar(connection, type="nothing") is None
    assert OF_TYPE.first(connection, type="nothing") is None
    counted = Ready(select(func.count()).select_from(ENTITIES).where(ENTITIES.c.key > 1))
    assert counted.scalar(connection) == 2


def test_updates_write_what_sqlalchemy_would(connection: Connection) -> None:
    later = MOMENT + timedelta(days=1)
    statement = ready_update(ENTITIES, of=("key",), columns=("external_ids", "last_seen", "name"))
    new = {"new_external_ids": {"ü": 1.5}, "new_last_seen": later, "new_name": "l'été"}
    statement.run_each(connection, [{"of_key": key, **new} for key in (1, BIG)])
    assert statement.run(connection, of_key=2, **new | {"new_last_seen": None}) == 1
    assert statement.run(connection, of_key=3, **new) == 0
    changed = {"external_ids": {"ü": 1.5}, "name": "l'été"}
    assert read(connection) == [
        entity(1, **changed, last_seen=later),
        entity(2, type="place", **changed),
        entity(BIG, **changed, last_seen=later),
    ]


def test_deletes_say_how_many_rows_went(connection: Connection) -> None:
    statement = ready_delete(ENTITIES, of=("type", "country"))
    assert statement.run(connection, of_type="person", of_country="NO") == 0
    statement = ready_delete(ENTITIES, of=("type",))
    assert statement.run(connection, of_type="person") == 2
    statement.run_each(connection, [])
    assert read(connection) == [entity(2, type="place")]


def test_nothing_is_written_for_no_rows(connection: Connection) -> None:
    before = read(connection)
    ready_update(ENTITIES, of=("key",), columns=("name",)).run_each(connection, [])
    insert_rows(connection, ENTITIES, [])
    assert read(connection) == before


def test_what_the_database_refuses_is_sqlalchemys_error(connection: Connection) -> None:
    statement = ready_update(ENTITIES, of=("key",), columns=("slug",))
    with pytest.raises(IntegrityError), connection.begin_nested():
        statement.run(connection, of_key=1, new_slug="entity-2")
    with pytest.raises(IntegrityError), connection.begin_nested():
        statement.run_each(connection, [{"of_key": 1, "new_slug": "entity-2"}])
    nowhere = Ready(select(func.no_such_function(ENTITIES.c.key)))
    with pytest.raises((OperationalError, ProgrammingError)), connection.begin_nested():
        nowhere.all(connection)
    assert len(read(connection)) == 3


def test_a_parameter_without_a_value_is_an_error(connection: Connection) -> None:
    with pytest.raises(KeyError, match="keys"):
        BY_KEYS.all(connection)
    with pytest.raises(ValueError, match="time zone"):
        ready_update(ENTITIES, of=("key",), columns=("first_seen",)).run(
            connection, of_key=1, new_first_seen=MOMENT.replace(tzinfo=None)
        )


def test_rows_in_bulk_are_those_of_single_inserts(connection: Connection) -> None:
    ready_delete(ENTITIES, of=("type",)).run(connection, of_type="person")
    insert_rows(connection, ENTITIES, [entity(1), entity(BIG)])
    in_bulk = read(connection)
    ready_delete(ENTITIES, of=("type",)).run(connection, of_type="person")
    for one in (entity(1), entity(BIG)):
        connection.execute(insert(ENTITIES), one)
    assert read(connection) == in_bulk
