import re
from collections.abc import Iterator

import pytest
from house import House
from sqlalchemy import Connection

from app.db.engine import make_writer_engine
from app.ingest.resolve import resolve_entities, to_slug
from app.parsing.types import Entity
from app.vocabulary import EntityType

PERSON, ORGANISATION, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Vladimir Putin", "vladimir-putin"),
        ("Volodymyr  Zelenskyy\n", "volodymyr-zelenskyy"),
        ("José Pérez", "jose-perez"),
        ("JOSÉ PÉREZ", "jose-perez"),
        ("Jose\u0301 Pe\u0301rez", "jose-perez"),
        ("Łukasz O’Neil", "lukasz-oneil"),
        ("U.S.", "us"),
        ("Al-Jazeera", "al-jazeera"),
        ("Al Jazeera", "al-jazeera"),
        ("Johnson & Johnson", "johnson-johnson"),
        ("7-Eleven", "7-eleven"),
        ("Straße", "strasse"),
    ],
)
def test_a_slug_is_the_name_in_plain_letters(name: str, slug: str) -> None:
    assert to_slug(name) == slug


@pytest.mark.parametrize("name", ["Владимир Путин", "習近平", "Иван Smith", "—", "", "\ud800"])
def test_a_name_without_plain_letters_has_a_stable_slug_of_its_own(name: str) -> None:
    assert re.fullmatch(r"name-[0-9a-v]{13}", to_slug(name))
    assert to_slug(name) == to_slug(name.lower())
    assert to_slug(name) != to_slug(f"{name}я")


def test_long_names_keep_apart_and_stay_short() -> None:
    one, other = to_slug("word " * 60 + "one"), to_slug("word " * 60 + "other")
    assert one != other
    assert max(len(one), len(other)) <= 64
    assert one.startswith("word-word-")


@pytest.fixture
def connection(house: House) -> Iterator[Connection]:
    engine = make_writer_engine(house.settings.database_url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def resolve(connection: Connection, *named: tuple[str, EntityType]) -> list[str]:
    entities = [Entity(f"e{n}", name, kind) for n, (name, kind) in enumerate(named)]
    return [one.slug for one in resolve_entities(connection, entities=entities).values()]


def test_one_name_written_in_several_ways_is_one_entity(connection: Connection) -> None:
    assert resolve(connection, ("José Pérez", PERSON)) == ["jose-perez"]
    assert resolve(connection, ("JOSE  PEREZ", PERSON), ("José\nPérez", PERSON)) == [
        "jose-perez",
        "jose-perez",
    ]
    assert connection.exec_driver_sql("SELECT count(*) FROM entities").scalar() == 1


def test_a_surname_alone_does_not_join_a_full_name(connection: Connection) -> None:
    assert resolve(connection, ("Vladimir Putin", PERSON), ("Putin", PERSON)) == [
        "vladimir-putin",
        "putin",
    ]


def test_the_second_type_of_a_name_gets_its_type_as_a_suffix(connection: Connection) -> None:
    assert resolve(connection, ("Washington", PLACE)) == ["washington"]
    for _ in range(2):
        assert resolve(
            connection,
            ("Washington", PERSON),
            ("Washington", ORGANISATION),
            ("WASHINGTON", PLACE),
        ) == ["washington-person", "washington-organisation", "washington"]


def test_a_suffix_is_never_taken_for_a_name(connection: Connection) -> None:
    resolve(connection, ("Reading", ORGANISATION), ("Reading Place", PLACE))
    first, second = resolve(connection, ("Reading", PLACE), ("Reading Place", PLACE))
    assert second == "reading-place"
    assert re.fullmatch(r"name-[0-9a-v]{13}", first)
    assert resolve(connection, ("Reading", PLACE)) == [first]


def test_more_entities_than_one_query_takes(connection: Connection) -> None:
    named = [(f"Name {number}", PERSON) for number in range(700)]
    slugs = resolve(connection, *named)
    assert len(set(slugs)) == 700
    assert resolve(connection, *named) == slugs
