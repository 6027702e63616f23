from collections.abc import Callable

import pytest
from house import House
from smiths import MAYOR, MAYOR_AGAIN, SURGEON, facts, slugs_by_article, write_articles

from app.db.ids import ARTICLE, to_id
from app.ingest.resolve.corrections import read_corrections

FILE = "seeds/entities.yaml"


def correct(house: House, text: str) -> None:
    house.write("entities.yaml", text)
    house.ingest()


def load(house: House) -> None:
    write_articles(house, (MAYOR, "2024-05-01"), (MAYOR_AGAIN, "2024-06-01"))
    write_articles(house, (SURGEON, "2024-05-02"), name="b")
    house.ingest()


def redirects(house: House) -> list[tuple[str, str]]:
    return house.query(
        "SELECT r.slug, e.slug FROM entity_redirects r JOIN entities e ON e.key = r.entity_key"
    )


def test_what_users_say_is_the_same_is_one_without_parsing_again(house: House) -> None:
    load(house)
    before, checksum = house.dump(), house.checksum()
    correct(house, "entities: [{id: john-smith, same_as: [john-smith--surgeon]}]")
    assert house.loaded == 0
    assert set.union(*slugs_by_article(house).values()) == {"john-smith"}
    assert redirects(house) == [("john-smith--surgeon", "john-smith")]
    assert house.query(
        "SELECT article_count, mention_count FROM entities WHERE slug = 'john-smith'"
    ) == [(3, 3)]
    assert house.checksum() != checksum
    (house.seeds / "entities.yaml").unlink()
    house.ingest()
    assert house.dump() == before


def test_what_users_say_is_not_the_same_is_two(house: House) -> None:
    load(house)
    (article,) = [
        row[0] for row in house.query("SELECT key FROM articles WHERE text = ?", MAYOR_AGAIN)
    ]
    ref = "{article: " + to_id(ARTICLE, article) + "}"
    correct(house, "entities: [{id: john-smith, not_same_as: [" + ref + "]}]")
    found = slugs_by_article(house)
    assert found[MAYOR] == {"john-smith"}
    assert found[MAYOR_AGAIN] == {"john-smith--mayor"}


def test_a_preferred_name_and_other_catalogues_are_kept_and_taken_back(house: House) -> None:
    load(house)
    sql = "SELECT name, external_ids FROM entities WHERE slug = 'john-smith'"
    correct(
        house,
        "entities: [{id: john-smith, name: Mayor Smith, external_ids: {wikidata: Q5}}]",
    )
    assert house.query(sql) == [("Mayor Smith", '{"wikidata": "Q5"}')]
    write_articles(house, (MAYOR.replace("met", "saw"), "2024-07-01"), name="c")
    house.ingest()
    assert house.query(sql) == [("Mayor Smith", '{"wikidata": "Q5"}')]
    correct(house, "entities: []")
    assert house.query(sql) == [("John Smith", "{}")]


def test_corrections_hold_whatever_came_first(build_house: Callable[[str], House]) -> None:
    text = "entities: [{id: john-smith, name: J. Smith, same_as: [john-smith--surgeon]}]"
    first, last = build_house("first"), build_house("last")
    first.write("entities.yaml", text)
    load(first)
    load(last)
    correct(last, text)
    assert facts(first) == facts(last)


def test_a_wrong_entry_is_reported_and_the_rest_goes_on(house: House) -> None:
    load(house)
    house.write(
        "entities.yaml",
        "entities:\n- {id: John Smith}\n- {id: john-smith, name: Smith, nick: S}\n"
        "- {id: ada-pohl, name: Ada P.}\n",
    )
    report = house.ingest()
    assert report.problems[0][0] == FILE
    ((status, error, warnings),) = house.query(
        "SELECT status, error, warnings FROM sources WHERE path = ?", FILE
    )
    assert status == "failed"
    assert error.startswith("seeds/entities.yaml, entry 1 (John Smith): id: ")
    assert "entry 2 (john-smith): nick: Extra inputs are not permitted" in warnings
    assert house.value("SELECT name FROM entities WHERE slug = 'ada-pohl'") == "Ada P."


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("entities: [", "f, line 1: cannot be read as YAML: expected the node content"),
        ("- a", "f: must be a mapping with the one key 'entities'"),
        ("entities: 3", "f: 'entities' must be a list"),
        ("entities: [x]", "f, entry 1: Input should be a valid dictionary"),
        ("entities: [{name: X}]", "f, entry 1: id: Field required"),
        ("entities: [{id: a, same_as: [a]}]", "f, entry 1 (a): same_as: an entity is itself"),
        (
            "entities: [{id: a, same_as: [b], not_same_as: [b]}]",
            "f, entry 1 (a): b is both in same_as and in not_same_as",
        ),
        (
            "entities: [{id: a, same_as: [b]}, {id: b, same_as: [c]}]",
            "f, entry 2 (b): same_as: name each entity once; a has an entry that overlaps",
        ),
        ("entities: [{id: a}, {id: a}]", "f, entry 2 (a): the id stands in an earlier entry"),
    ],
)
def test_every_mistake_names_file_entry_and_reason(text: str, error: str) -> None:
    (found,) = read_corrections(text.encode(), file="f").errors
    assert found.startswith(error)


def test_bytes_that_are_no_text_are_a_mistake_too() -> None:
    assert read_corrections(b"\xff\xfe\xfa", file="f").errors


def test_an_empty_file_says_nothing() -> None:
    assert read_corrections(b"# nothing yet\n", file="f").errors == ()
