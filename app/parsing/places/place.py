"""What a place is, what is asked about one, and what is answered."""

from dataclasses import dataclass
from typing import Literal

PlaceKind = Literal["country", "region", "city"]
"""``region``: a first-level subdivision of a country (a state, an oblast), or a continent."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the gazetteer.

    Attributes:
        name: Its usual English name where the sources have one.
        geonames_id: Its number in GeoNames ("703448"); of regions, U.S. states and continents
            have one.
        iso3166: ISO 3166-1 alpha-2 of a country ("UA"; Kosovo is the user-assigned "XK") or
            ISO 3166-2 of a region ("US-TX"); None for cities and continents.
        country: The country that it is or lies in, alpha-2; None for continents.
        region: The subdivision that a city lies in, ISO 3166-2; None where it could not be told.
        latitude: Degrees north. A country has its capital's, a region the mean of its towns'
            coordinates; None where there is none.
        longitude: Degrees east, as `latitude`.
        population: As GeoNames has it; 0 is unknown. Of a subdivision the sum over its towns,
            which is rough and good for ranking only.
    """

    name: str
    kind: PlaceKind
    geonames_id: str | None
    iso3166: str | None
    country: str | None
    region: str | None
    latitude: float | None
    longitude: float | None
    population: int


@dataclass(frozen=True, slots=True)
class PlaceQuery:
    """One distinct place name of an article.

    Attributes:
        name: As written ("Paris", "the U.S.", "Washington, D.C.").
        count: How often the article names it, 1 or more.
        within: What the text says that it lies in: "Texas" for "Paris, Texas", "Ukrainian" for
            "the Ukrainian city of Pokrovsk". Names, abbreviations ("Tex.") and demonyms.
        kind: What the text calls it ("the city of New York", "Washington state"), or None.
    """

    name: str
    count: int = 1
    within: tuple[str, ...] = ()
    kind: PlaceKind | None = None


@dataclass(frozen=True, slots=True)
class LinkedPlace:
    """The place that a name means, with a score in [0, 1] and the reason in words."""

    place: Place
    score: float
    reason: str
