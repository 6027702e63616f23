from datetime import UTC, datetime

import pytest

from app.ingest.resolve.cluster import choose, cluster
from app.ingest.resolve.corrections import Corrections
from app.ingest.resolve.keys import find_declared, to_calls, to_group
from app.ingest.resolve.local import Evidence, Local
from app.ingest.resolve.names import PersonName, split_person
from app.ingest.resolve.score import Profile, compare
from app.ingest.resolve.slugs import to_slug
from app.vocabulary import EntityType

pytestmark = pytest.mark.one_database

PERSON, ORGANISATION, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE
NOTHING = Corrections()


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Bill Clinton", PersonName("bill", (), "clinton", "")),
        ("Dr. Ludwig M. van der Berg Jr.", PersonName("ludwig", ("m",), "van der berg", "jr")),
        ("Bashar al-Assad", PersonName("bashar", (), "assad", "")),
        ("Putin", PersonName("", (), "putin", "")),
        ("", PersonName("", (), "", "")),
    ],
)
def test_a_name_is_taken_apart(name: str, parts: PersonName) -> None:
    assert split_person(name) == parts


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("Bill Clinton", "William Jefferson Clinton", PERSON),
        ("Volodymyr Zelensky", "Volodymyr Zelenskyy", PERSON),
        ("Vladimir Zelenskiy", "Volodymyr Zelenskyi", PERSON),
        ("Muammar Gaddafi", "Moammar Qaddafi", PERSON),
        ("Muammar al-Gadhafi", "Muammar Gaddafi", PERSON),
        ("JOSÉ PÉREZ", "Jose Perez", PERSON),
        ("The Washington Post", "Washington Post", ORGANISATION),
        ("Brightmoor Holdings Inc.", "Brightmoor", ORGANISATION),
        ("Johnson & Johnson", "Johnson and Johnson", ORGANISATION),
        ("U.N.", "UN", ORGANISATION),
    ],
)
def test_ways_of_writing_one_name_are_compared(one: str, other: str, kind: EntityType) -> None:
    assert to_group(one, kind) == to_group(other, kind)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bill Clinton", "Hillary Clinton"),
        ("Bill Clinton", "Clinton"),
        ("John Gray", "John Green"),
        ("Иван Петров", "Пётр Петров"),
    ],
)
def test_other_names_are_not(one: str, other: str) -> None:
    assert to_group(one, PERSON) != to_group(other, PERSON)


@pytest.mark.parametrize(
    ("name", "kind", "short"),
    [
        ("Vladimir Putin", PERSON, "Putin"),
        ("Federal Bureau of Investigation", ORGANISATION, "FBI"),
        ("The Washington Post", ORGANISATION, "the Post"),
        ("Goldman Sachs", ORGANISATION, "Goldman"),
    ],
)
def test_a_short_name_finds_the_full_one(name: str, kind: EntityType, short: str) -> None:
    group, is_short = to_group(short, kind)
    assert is_short
    assert group in to_calls(name, kind)


@pytest.mark.parametrize(
    ("name", "kind", "after", "group"),
    [
        ("Amelia Castle", PERSON, ", née Thornton, is back", "person:amelia|thornton"),
        ("Amelia Castle", PERSON, " (born Ann Thornton)", "person:ann|thornton"),
        ("National Rifle Association", ORGANISATION, " (NRA) will", "organisation:nra"),
    ],
)
def test_an_article_may_give_a_second_name(
    name: str, kind: EntityType, after: str, group: str
) -> None:
    assert find_declared(name, kind, forms=[], texts_after=[after]) == (group,)


def make(name: str, article: int, **evidence: object) -> Local:
    group, short = to_group(name, PERSON)
    return Local(
        article_key=article,
        key="e1",
        name=name,
        type=PERSON,
        base=to_slug(name),
        group=group,
        short=short,
        published_at=datetime(2024, 1, 1 + article, tzinfo=UTC),
        evidence=Evidence(**evidence),  # type: ignore[arg-type]
    )


def profile_of(*locals_: Local) -> Profile:
    profile = Profile()
    for local in locals_:
        profile.add(local)
    return profile


def test_father_and_son_are_two_whatever_else_they_share() -> None:
    senior = make("Harold Vance Sr.", 1, company=("p:marek", "p:quill"), walks=("business",))
    junior = make("Harold Vance Jr.", 2, company=("p:marek", "p:quill"), walks=("business",))
    assert compare(junior, profile_of(senior)).score < 0.5


def test_another_middle_name_parts_and_a_missing_one_does_not() -> None:
    first = make("Robert A. Milburn", 1)
    assert compare(make("Robert T. Milburn", 2), profile_of(first)).score < 0.5
    assert compare(make("Robert Milburn", 2), profile_of(first)).score > 0.9
    assert compare(make("Robert Albert Milburn", 2), profile_of(first)).score > 0.9


def test_ages_part_and_join() -> None:
    first = make("John Smith", 1, born=1950)
    assert compare(make("John Smith", 2, born=1990), profile_of(first)).score < 0.1
    assert compare(make("John Smith", 2, born=1951), profile_of(first)).score > 0.8


def test_a_surname_joins_the_one_whose_company_it_keeps() -> None:
    bill = make("Bill Harding", 1, company=("p:renn", "o:sac"), walks=("politics",))
    ann = make("Ann Harding", 2, company=("p:iles",), walks=("sport",))
    profiles = [profile_of(bill), profile_of(ann)]
    known = make("Harding", 3, company=("p:renn", "o:sac"))
    found = choose(known, profiles, corrections=NOTHING, margin=1.0)
    assert found is not None
    assert found.profile is profiles[0]
    assert choose(make("Harding", 3), profiles, corrections=NOTHING, margin=1.0) is None
    both = make("Harding", 3, company=("p:renn", "p:iles"))
    assert choose(both, profiles, corrections=NOTHING, margin=1.0) is None


def test_profiles_do_not_depend_on_the_order_of_their_articles() -> None:
    locals_ = [
        make("John Smith", number, company=(f"p:friend{number % 3}", f"p:foe{number % 3}"))
        for number in range(1, 13)
    ]
    profiles, decisions = cluster(locals_, corrections=NOTHING)
    again, _ = cluster(locals_[::-1], corrections=NOTHING)
    groups = [sorted(one.article_key for one in profile.locals) for profile in profiles]
    assert groups == [[1, 4, 7, 10], [2, 5, 8, 11], [3, 6, 9, 12]]
    assert [sorted(one.article_key for one in profile.locals) for profile in again] == groups
    assert len(decisions) == 12
    assert sum(decision.verdict is None for decision in decisions.values()) == 3
