"""From a name to the places that bear it, the likeliest first."""

import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache

from app.parsing.places.folding import cut_possessive, fold_name
from app.parsing.places.place import Place, PlaceKind
from app.parsing.places.tables import load_gazetteer, read_city

# How likely a place is meant before anything is known of the article: the square root of its
# population times what stands here. Chosen by hand on tests/parsing/test_places_accuracy.py:
# they make Washington the capital, Georgia the country and New York the city.
COUNTRY = 3.0
REGION = 0.5
CAPITAL = 5.0
TOWNS_REGION = 0.6
"""What is left of a region's weight when a town in it has the same name (New York, Donetsk)."""
OTHER_NAME = 0.1
"""A town under another of its names: foreign spellings and old names."""
MIN_POPULATION = 1000
"""Stands in for a population that is unknown or smaller."""

_LEADING_KIND = re.compile(
    r"^(?:the\s+)?(?P<kind>city|town|village|state|province|region|oblast|republic)\s+of\s+", re.I
)
_TRAILING_KIND = re.compile(
    r"\s+(?P<kind>city|state|province|region|oblast|krai|governorate|prefecture)$", re.I
)
_TOWN_WORDS = frozenset({"city", "town", "village"})


@dataclass(frozen=True, slots=True)
class Match:
    """A place under the name that was asked for.

    Attributes:
        weight: How likely it is meant without context, over 0; only ratios have a meaning.
        own_name: False when the name is another spelling, an old name or a name in ISO's list.
    """

    place: Place
    weight: float
    own_name: bool


def find_candidates(name: str) -> tuple[Place, ...]:
    """Return the places that bear a name, the likeliest first; empty when there is none.

    Case, accents, "the", "St." and "'s" make no difference, but a name without any capital is
    none, and abbreviations want capitals: "US" is found, "us" and "Us" are not. "Paris, Texas" and
    "Kursk region" are read as what they say.
    """
    return tuple(match.place for match in find_matches(name))


@lru_cache(maxsize=4096)
def find_matches(name: str) -> tuple[Match, ...]:
    """Return the places that bear a name with their weights, the heaviest first.

    Ties are broken by code or GeoNames id, so that the order is always the same.
    """
    bare, _, outer = name.strip().partition(",")
    found = _find_whole(bare)
    if not found:
        found = _find_by_kind(bare)
    if outer.strip() and (areas := find_areas(outer)):
        found = [match for match in found if is_within(match.place, areas)] or found
    found = [_weigh_among(match, found) for match in found]
    found.sort(key=lambda match: (-match.weight, match.place.iso3166 or "", _number(match.place)))
    return tuple(found)


def find_areas(name: str) -> tuple[Place, ...]:
    """Return the places that a word for where something lies can mean.

    These are countries by name or demonym, regions also by abbreviation ("Tex.", "TX"), and towns
    where no country or region has the name ("Brooklyn, New York City"). Continents are none:
    which countries are theirs is not kept.
    """
    gazetteer = load_gazetteer()
    if countries := find_demonym_countries(name):
        return tuple(gazetteer.by_code[code] for code in countries)
    places = find_candidates(name.strip())
    if any(place.country is None for place in places):
        return ()
    if areas := tuple(place for place in places if place.kind != "city"):
        return areas
    return gazetteer.abbreviations.get(name.strip().upper(), ()) or places


def is_within(place: Place, areas: tuple[Place, ...]) -> bool:
    """Say whether a place lies in one of the areas, or next to one that is a town."""
    for area in areas:
        if area.kind == "country":
            inside = place.country == area.country and place is not area
        elif area.kind == "region":
            inside = area.iso3166 is not None and area.iso3166 == place.region
            # A town whose subdivision could not be told gets the benefit of the doubt.
            unsure = place.kind == "city" and place.region is None
            inside = inside or (unsure and area.country == place.country)
        else:
            inside = place.kind == "city" and measure_distance(place, area) < 60
        if inside:
            return True
    return False


def is_demonym(word: str) -> str | None:
    """Return the country that a word for people or things belongs to, or None.

    Args:
        word: "Ukrainian", "Ukrainians", "North Korean"; it has to begin with a capital.

    Returns:
        ISO 3166-1 alpha-2; of several countries ("Korean", "Congolese") the most populous.
    """
    countries = find_demonym_countries(word)
    return countries[0] if countries else None


def find_demonym_countries(word: str) -> tuple[str, ...]:
    """Return all countries of a demonym, the most populous first."""
    bare = cut_possessive(word.strip())
    if not bare[:1].isupper():
        return ()
    key, demonyms = bare.lower(), load_gazetteer().demonyms
    return demonyms.get(key) or demonyms.get(key.removesuffix("s")) or ()


def measure_distance(one: Place, other: Place) -> float:
    """Return the great-circle distance of two places in kilometres; infinite where unknown."""
    if (
        one.latitude is None
        or one.longitude is None
        or other.latitude is None
        or other.longitude is None
    ):
        return math.inf
    low, high = math.radians(one.latitude), math.radians(other.latitude)
    half = math.sin((high - low) / 2) ** 2
    turn = math.sin(math.radians(other.longitude - one.longitude) / 2) ** 2
    return 12742 * math.asin(min(1.0, math.sqrt(half + math.cos(low) * math.cos(high) * turn)))


def _number(place: Place) -> int:
    return int(place.geonames_id or 0)


def _find_whole(name: str) -> list[Match]:
    """Find a name as it stands, else without its "'s"."""
    if not any(letter.isupper() for letter in name):
        return []
    return _find_key(name) or _find_key(cut_possessive(name))


def _find_key(name: str) -> list[Match]:
    gazetteer = load_gazetteer()
    key = fold_name(name)
    written = re.sub(r"^the\s+", "", name.strip(), flags=re.I)
    in_capitals = written.isupper()
    found = [
        Match(named.place, weigh(named.place, own_name=not named.iso_name), not named.iso_name)
        for named in gazetteer.areas.get(key, ())
        if in_capitals or not named.capitals_only
    ]
    for ref in filter(None, (gazetteer.city_names.find(key) or "").split(",")):
        own_name = not ref.startswith("~")
        if own_name or in_capitals or len(key) > 2:
            city = read_city(ref.removeprefix("~"))
            found.append(Match(city, weigh(city, own_name=own_name), own_name))
    if in_capitals or written.endswith("."):
        known = {match.place.iso3166 for match in found}
        found += [
            Match(place, weigh(place, own_name=False), written.endswith("."))
            for place in gazetteer.abbreviations.get(written.upper(), ())
            if place.iso3166 not in known
        ]
    return found


def _find_by_kind(name: str) -> list[Match]:
    """Find "the city of Kursk", "Kursk region" and "Washington state" by their names and kinds.

    Where no region has the name, it is the region around the town: "Sumy region".
    """
    for pattern in (_LEADING_KIND, _TRAILING_KIND):
        if read := pattern.search(name):
            rest = pattern.sub("", name)
            wanted: PlaceKind = "city" if read["kind"].lower() in _TOWN_WORDS else "region"
            found = _find_whole(rest)
            if fitting := [match for match in found if match.place.kind == wanted]:
                return fitting
            by_code = load_gazetteer().by_code
            around = {match.place.region: match for match in reversed(found) if match.own_name}
            return [
                Match(by_code[code], match.weight, own_name=True)
                for code, match in around.items()
                if code is not None
            ]
    return []


def _weigh_among(match: Match, found: list[Match]) -> Match:
    """Mend a weight by the others of the name that lie within the place or around it."""
    others = [other.place for other in found]
    weight = match.weight
    if match.place.kind == "region" and any(is_within(x, (match.place,)) for x in others):
        weight *= TOWNS_REGION
    if match.place.geonames_id in load_gazetteer().capitals and any(
        x.kind == "country" and x.country == match.place.country for x in others
    ):
        weight /= CAPITAL
    return replace(match, weight=weight)


def weigh(place: Place, *, own_name: bool) -> float:
    """Return how likely a place is meant by its name where nothing else is known."""
    weight = math.sqrt(max(place.population, MIN_POPULATION))
    if place.kind == "country":
        return weight * COUNTRY
    if place.kind == "region":
        return weight * REGION * (1.0 if own_name else OTHER_NAME)
    if place.geonames_id in load_gazetteer().capitals:
        weight *= CAPITAL
    return weight if own_name else weight * OTHER_NAME
