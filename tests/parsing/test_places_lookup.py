"""Names of places: how they fold, what they find, and what says that a name is a place's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.parsing.places import Place, find_candidates, is_demonym, is_place_name
from app.parsing.places.folding import fold_name


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Łódź", "lodz"),
        ("the U.S.", "us"),
        ("St.-Étienne", "saint etienne"),
        ("Ft. Worth", "fort worth"),
        ("Côte d’Ivoire", "cote divoire"),
        ("İstanbul", "istanbul"),
        ("Winston-Salem", "winston salem"),
        ("St. John's", "saint johns"),
        ("The", "the"),
        ("...", ""),
        ("", ""),
    ],
)
def test_names_fold_to_one_key(name: str, key: str) -> None:
    assert fold_name(name) == key


@given(st.text(max_size=40))
def test_any_text_folds_and_can_be_asked_for(name: str) -> None:
    assert fold_name(fold_name(name)) == fold_name(name)
    assert all(isinstance(place, Place) for place in find_candidates(name))
    assert 0.0 <= is_place_name(name) <= 1.0


@pytest.mark.parametrize(
    "names",
    [
        ("Kyiv", "Kiev", "KYIV", "Kyiv's", "Kyiv’s", "the city of Kyiv"),
        ("the United States", "U.S.", "US", "USA", "America", "United States’s"),
        ("Türkiye", "Turkey", "TURKEY", "Turkiye"),
        ("St. Petersburg", "Saint Petersburg", "St Petersburg", "Leningrad", "Saint-Petersburg"),
        ("the Netherlands", "Netherlands", "The Netherlands", "Holland"),
        ("Zürich", "Zurich", "ZURICH"),
        ("New York City", "NYC", "New York"),
        ("Odesa", "Odessa"),
        ("Bakhmut", "Artemivsk"),
    ],
)
def test_spellings_of_a_name_find_the_same_place_first(names: tuple[str, ...]) -> None:
    assert len({find_candidates(name)[0] for name in names}) == 1


def test_a_city_has_all_that_is_known_of_it() -> None:
    assert find_candidates("Kurakhove") == (
        Place(
            name="Kurakhove",
            kind="city",
            geonames_id="695357",
            iso3166=None,
            country="UA",
            region="UA-14",
            latitude=47.9847,
            longitude=37.2807,
            population=18220,
        ),
    )


def test_a_country_has_its_code_and_its_capitals_coordinates() -> None:
    ukraine, kyiv = find_candidates("Ukraine")[0], find_candidates("Kyiv")[0]
    assert (ukraine.kind, ukraine.iso3166, ukraine.geonames_id) == ("country", "UA", "690791")
    assert (ukraine.latitude, ukraine.longitude) == (kyiv.latitude, kyiv.longitude)


def test_a_state_has_both_ids() -> None:
    (texas,) = [place for place in find_candidates("Texas") if place.kind == "region"]
    assert (texas.iso3166, texas.geonames_id, texas.country) == ("US-TX", "4736286", "US")


def test_a_continent_is_a_region_without_country() -> None:
    europe = find_candidates("Europe")[0]
    assert (europe.kind, europe.iso3166, europe.country) == ("region", None, None)


@pytest.mark.parametrize("name", ["us", "Us", "the us", "kyiv", "in", "or", "", "...", "Mordor"])
def test_what_is_no_name_finds_nothing(name: str) -> None:
    assert find_candidates(name) == ()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Mich.", "US-MI"),
        ("N.Y.", "US-NY"),
        ("Ont.", "CA-ON"),
        ("Kursk region", "RU-KRS"),
        ("Sumy region", "UA-59"),
        ("Washington state", "US-WA"),
        ("the state of Georgia", "US-GA"),
        ("Bavaria", "DE-BY"),
        ("Lombardia", "IT-25"),
        ("Scotland", "GB-SCT"),
        ("Chechnya", "RU-CE"),
        ("Crimea", "UA-43"),
    ],
)
def test_regions_are_found_by_name_abbreviation_and_kind(name: str, code: str) -> None:
    regions = [place for place in find_candidates(name) if place.kind == "region"]
    assert regions[0].iso3166 == code


def test_what_follows_a_comma_says_where_it_lies() -> None:
    assert [place.region for place in find_candidates("Springfield, Ill.")] == ["US-IL"]


@pytest.mark.parametrize(
    ("word", "country"),
    [
        ("Russian", "RU"),
        ("Ukrainians", "UA"),
        ("British", "GB"),
        ("American", "US"),
        ("North Korean", "KP"),
        ("Korean", "KR"),
        ("Congolese", "CD"),
        ("Chinese", "CN"),
        ("Pole", "PL"),
        ("pole", None),
        ("polish", None),
        ("Ukraine", None),
        ("", None),
    ],
)
def test_demonyms_give_their_country(word: str, country: str | None) -> None:
    assert is_demonym(word) == country


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("Ukraine", 0.95, 1.0),
        ("the U.S.", 0.95, 1.0),
        ("Kyiv", 0.9, 1.0),
        ("Texas", 0.8, 1.0),
        ("Chicago", 0.6, 1.0),
        ("Georgia", 0.7, 0.9),
        ("Jordan", 0.7, 0.9),
        ("Kurakhove", 0.3, 0.6),
        ("Kent County", 0.7, 0.9),
        ("Lake Erie", 0.7, 0.9),
        ("Clinton", 0.1, 0.4),
        ("Jackson", 0.1, 0.5),
        ("Reading", 0.1, 0.3),
        ("Russian", 0.0, 0.0),
        ("Arizona Republic", 0.0, 0.0),
        ("Vladimir Putin", 0.0, 0.0),
    ],
)
def test_evidence_that_a_name_is_a_places(name: str, low: float, high: float) -> None:
    assert low <= is_place_name(name) <= high
