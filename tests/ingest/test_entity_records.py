"""Entities' records: made when an ingest ends, dropped by what changes what they are made of."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from house import House

from app.records import read_entity, unpack

pytestmark = pytest.mark.one_database  # they are SQLite's alone

BELL = '"It works," said the minister Ann Bell in Riga. Bo Nib was in Riga too.'
NIB = '"It does not work," said the mayor Bo Nib in Oslo.'
SAID = "SELECT key FROM entities WHERE quote_count > 0 OR claim_count > 0 ORDER BY key"
KEPT = "SELECT entity_key FROM entity_records ORDER BY entity_key"
OF_BELL = "SELECT key FROM entities WHERE slug = 'ann-bell'"


@pytest.fixture
def house(house: House) -> House:
    house.write("a.txt", BELL)
    house.write("b.txt", NIB)
    house.ingest()
    return house


@pytest.fixture
def database(house: House) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(house.database)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        yield connection


def check(database: sqlite3.Connection) -> None:
    """Hold the records against the rows that they are made of."""
    kept = database.execute("SELECT entity_key, record FROM entity_records").fetchall()
    assert kept
    assert {key: unpack(record) for key, record in kept} == {
        key: read_entity(database, key) for key, _ in kept
    }


def test_whoever_said_something_has_a_record_when_an_ingest_ends(
    house: House, database: sqlite3.Connection
) -> None:
    assert len(house.query(SAID)) == 2
    assert house.query(KEPT) == house.query(SAID)
    check(database)


def test_another_ingest_makes_those_anew_that_have_changed(
    house: House, database: sqlite3.Connection
) -> None:
    before = dict(database.execute("SELECT entity_key, record FROM entity_records"))
    house.write("c.txt", '"It rests," said the minister Ann Bell in Riga.')
    house.ingest()
    after = dict(database.execute("SELECT entity_key, record FROM entity_records"))
    assert [key for key in after if after[key] != before.get(key)] == [house.value(OF_BELL)]
    check(database)
    (house.seeds / "a.txt").unlink()
    (house.seeds / "b.txt").unlink()
    house.ingest()
    assert house.query(KEPT) == [(house.value(OF_BELL),)]
    check(database)


def test_an_ingest_that_changes_nothing_makes_no_records(
    house: House, database: sqlite3.Connection
) -> None:
    database.execute("DELETE FROM entity_records")
    database.commit()
    house.ingest()
    assert house.query(KEPT) == []
    house.write("c.txt", NIB)  # an article that is there already
    house.ingest()
    assert house.query(KEPT) == house.query(SAID)


def test_records_of_another_version_are_made_anew(
    house: House, database: sqlite3.Connection
) -> None:
    database.execute("UPDATE entity_records SET record = 'packed otherwise'")
    database.execute("UPDATE dataset SET records_version = '1'")
    database.commit()
    house.ingest()
    assert house.query(KEPT) == house.query(SAID)
    check(database)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entities SET mention_count = mention_count + 1 WHERE key = :key",
        "UPDATE entities SET country = 'LV' WHERE key = :key",
        "INSERT INTO entity_aliases (entity_key, text, folded, count) "
        "VALUES (:key, 'Bell', 'bell', 1)",
        "INSERT INTO entity_aliases (entity_key, text, folded, count) "
        "VALUES (:key, 'Ann Bell', 'ann bell', 1) ON CONFLICT DO UPDATE SET count = count + 1",
        "UPDATE entity_aliases SET count = count + 1 WHERE entity_key = :key",
        "DELETE FROM entity_aliases WHERE entity_key = :key",
        "INSERT INTO entity_roles (entity_key, article_key, start, end, text) "
        "SELECT :key, key, 0, 3, 'the' FROM articles LIMIT 1",
        "UPDATE entity_roles SET text = 'judge' WHERE entity_key = :key",
        "DELETE FROM entity_roles WHERE entity_key = :key",
        "DELETE FROM articles WHERE key IN "
        "(SELECT article_key FROM entity_roles WHERE entity_key = :key)",
    ],
)
def test_a_change_of_what_a_record_is_made_of_drops_it_and_no_other(
    house: House, database: sqlite3.Connection, change: str
) -> None:
    key = house.value(OF_BELL)
    kept = house.query(KEPT)
    assert database.execute(change, {"key": key}).rowcount == 1
    database.commit()
    assert house.query(KEPT) == [row for row in kept if row != (key,)]


def test_roles_that_pass_to_somebody_else_drop_both_records(
    house: House, database: sqlite3.Connection
) -> None:
    change = "UPDATE entity_roles SET entity_key = (SELECT key FROM entities WHERE slug = 'bo-nib')"
    database.execute(f"{change} WHERE entity_key = ({OF_BELL})")
    database.commit()
    assert house.query(KEPT) == []


def test_an_entity_that_goes_takes_its_record_along(
    house: House, database: sqlite3.Connection
) -> None:
    key = house.value(OF_BELL)
    database.execute("UPDATE quotes SET speaker_key = NULL")
    database.execute("UPDATE claims SET claimant_key = NULL")
    database.execute("UPDATE attributions SET speaker_key = NULL")
    database.execute("DELETE FROM mentions")
    database.execute("DELETE FROM entities WHERE key = ?", (key,))
    database.commit()
    assert (key,) not in house.query(KEPT)
    assert house.query(KEPT)
    house.check()
