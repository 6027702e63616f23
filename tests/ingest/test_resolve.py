import itertools
import json
import random
import re
from collections.abc import Callable

import pytest
from house import House
from smiths import (
    MAYOR,
    MAYOR_AGAIN,
    NOBODY,
    SURGEON,
    facts,
    slugs_by_article,
    write_articles,
)

from app.ingest.resolve import to_slug

pytestmark = pytest.mark.one_database


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


def test_homonyms_are_kept_apart_and_the_earliest_has_the_plain_slug(house: House) -> None:
    write_articles(
        house, (SURGEON, "2024-05-02"), (MAYOR, "2024-05-01"), (MAYOR_AGAIN, "2024-06-01")
    )
    house.ingest()
    assert slugs_by_article(house) == {
        MAYOR: {"john-smith"},
        MAYOR_AGAIN: {"john-smith"},
        SURGEON: {"john-smith--surgeon"},
    }


def test_what_speaks_for_nobody_is_left_apart(house: House) -> None:
    write_articles(house, (MAYOR, "2024-05-01"), (NOBODY, "2024-05-02"))
    house.ingest()
    assert len(set.union(*slugs_by_article(house).values())) == 2


def test_the_score_and_the_reasons_are_kept(house: House) -> None:
    write_articles(house, (MAYOR, "2024-05-01"), (MAYOR_AGAIN, "2024-06-01"))
    house.ingest()
    (first, second) = house.query(
        "SELECT score, reasons FROM local_entities WHERE name = 'John Smith' ORDER BY published_at"
    )
    assert first == (None, "[]")
    assert 0.6 < second[0] <= 1
    words = [words for words, _ in json.loads(second[1])]
    assert "the same name, one that many bear" in words
    assert "described alike (mayor)" in words


def test_whatever_the_order_the_entities_are_the_same(
    build_house: Callable[[str], House],
) -> None:
    articles = [
        (SURGEON, "2024-05-02"),
        (MAYOR, "2024-05-01"),
        (MAYOR_AGAIN, None),
        (NOBODY, "2024-05-03"),
        ("Bob Kline and the mayor John Smith sat in Springfield.", "2023-01-01"),
        ("Later old Robert Kline spoke to Ada Pohl in Springfield.", "2023-01-02"),
    ]
    seen = []
    orders = list(itertools.permutations(range(len(articles))))
    for number, order in enumerate(random.Random(3).sample(orders, 6)):
        house = build_house(f"order{number}")
        for place, index in enumerate(order):
            write_articles(house, articles[index], name=f"{place}-{index}-")
            house.ingest()
        seen.append(facts(house))
    assert all(one == seen[0] for one in seen)
    assert {row[1] for row in seen[0]["entities"]} >= {
        "bob-kline",
        "john-smith",
        "john-smith--surgeon",
    }
    assert "robert-kline" not in {row[1] for row in seen[0]["entities"]}


def test_an_earlier_article_takes_the_plain_slug_and_old_links_lead_on(house: House) -> None:
    write_articles(house, (SURGEON, "2024-05-02"))
    house.ingest()
    assert slugs_by_article(house) == {SURGEON: {"john-smith"}}
    write_articles(house, (MAYOR, "2024-05-01"), name="b")
    house.ingest()
    assert slugs_by_article(house) == {SURGEON: {"john-smith--surgeon"}, MAYOR: {"john-smith"}}
    (house.seeds / "b0.jsonl").unlink()
    house.ingest()
    assert slugs_by_article(house) == {SURGEON: {"john-smith"}}
    assert house.query(
        "SELECT r.slug, e.slug FROM entity_redirects r JOIN entities e ON e.key = r.entity_key"
    ) == [("john-smith--surgeon", "john-smith")]
    assert house.query("SELECT slug FROM entity_clusters ORDER BY slug") == house.query(
        "SELECT slug FROM entities ORDER BY slug"
    )


def test_other_articles_are_rewritten_with_everything_in_them(house: House) -> None:
    text = '"We are done," said the surgeon John Smith in Riga.'
    write_articles(house, (text, "2024-05-02"))
    house.ingest()
    write_articles(house, (MAYOR, "2024-05-01"), name="b")
    house.ingest()
    for sql in (
        "SELECT e.slug FROM quotes q JOIN entities e ON e.key = q.speaker_key",
        "SELECT e.slug FROM claims c JOIN entities e ON e.key = c.claimant_key",
        "SELECT e.slug FROM attributions a JOIN entities e ON e.key = a.speaker_key",
        "SELECT e.slug FROM entity_roles r JOIN entities e ON e.key = r.entity_key"
        " WHERE r.text = 'surgeon'",
    ):
        assert house.query(sql) == [("john-smith--surgeon",)]


def test_two_types_of_a_name_are_told_apart_by_type(house: House) -> None:
    write_articles(house, ("She lived in Washington for years.", "2024-01-01"))
    house.ingest()
    assert house.query("SELECT slug, type FROM entities") == [("washington", "place")]
    assert re.fullmatch(r"[a-z0-9-]+", to_slug("Washington"))
