"""What link_places decides, by which reasons, and what makes no difference to it."""

from itertools import permutations

import pytest

from app.parsing.places import LinkedPlace, PlaceKind, PlaceQuery, link_places


def link_one(name: str, *within: str, kind: PlaceKind | None = None) -> LinkedPlace | None:
    (found,) = link_places([PlaceQuery(name, within=within, kind=kind)])
    return found


def test_no_names_give_no_places() -> None:
    assert link_places([]) == ()


def test_the_answer_has_a_score_and_a_reason() -> None:
    paris = link_one("Paris", "Texas")
    assert paris is not None
    assert (paris.place.geonames_id, paris.place.region) == ("4717560", "US-TX")
    assert 0.9 < paris.score <= 1.0
    assert paris.reason.startswith('the text says "Texas"; the likeliest of 8 of the name')


def test_the_reason_names_the_places_that_helped() -> None:
    found = link_places([PlaceQuery("London"), PlaceQuery("Toronto"), PlaceQuery("Ontario")])
    assert found[0] is not None
    assert found[0].reason.startswith("near Ontario, Toronto;")


@pytest.mark.parametrize("within", ["Texas", "Tex.", "TX", "American", "the U.S."])
def test_where_a_town_lies_can_be_said_in_many_ways(within: str) -> None:
    paris = link_one("Paris", within, "Texas")
    assert paris is not None
    assert paris.place.region == "US-TX"


def test_a_place_that_lies_elsewhere_is_not_linked() -> None:
    assert link_one("Kherson", "Texas") is None
    assert link_one("Reykjavik", "Brazilian") is None


def test_a_continent_says_too_little_to_rule_a_place_out() -> None:
    tripoli = link_one("Tripoli", "Africa")
    assert tripoli is not None
    assert tripoli.place.country == "LY"


def test_a_town_whose_region_is_not_known_can_lie_in_any_of_its_country() -> None:
    karlstad = link_one("Karlstad", "Värmlands län")
    assert karlstad is not None
    assert (karlstad.place.country, karlstad.place.region) == ("SE", None)


def test_a_place_within_a_town_is_found_by_that_town() -> None:
    brooklyn = link_one("Brooklyn", "New York City")
    assert brooklyn is not None
    assert brooklyn.place.region == "US-NY"


def test_a_town_and_the_region_around_it_do_not_compete() -> None:
    kursk = link_one("Kursk")
    assert kursk is not None
    assert (kursk.place.kind, kursk.place.name) == ("city", "Kursk")
    region = link_one("Kursk", kind="region")
    assert region is not None
    assert region.place.iso3166 == "RU-KRS"


def test_names_that_mean_something_else_want_to_be_told_where_they_lie() -> None:
    assert link_one("White House") is None
    town = link_one("White House", "Tenn.")
    assert town is not None
    assert town.place.region == "US-TN"


def test_the_order_of_names_makes_no_difference() -> None:
    queries = [PlaceQuery("Georgia"), PlaceQuery("Columbus", count=2), PlaceQuery("Atlanta")]
    answers = {
        tuple(sorted((q.name, str(x)) for q, x in zip(order, link_places(order), strict=True)))
        for order in permutations(queries)
    }
    assert len(answers) == 1


def test_countries_spoken_of_help_to_choose() -> None:
    query = [PlaceQuery("Birmingham")]
    (british,) = link_places(query)
    (american,) = link_places(query, context={"US": 5})
    assert british is not None
    assert british.place.country == "GB"
    assert american is not None
    assert american.place.country == "US"
    assert "the article speaks of US" in american.reason


def test_an_unknown_name_is_left_out_and_stops_nothing() -> None:
    found = link_places([PlaceQuery("Barad-dûr"), PlaceQuery("Kyiv"), PlaceQuery("")])
    assert [x and x.place.name for x in found] == [None, "Kyiv", None]
