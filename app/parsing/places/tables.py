"""The gazetteer's tables, read once and on first use.

Countries and regions are few and become objects; towns stay text, sorted, in which a name or an
id is found by bisection and only the rows that are asked for are parsed. That is what keeps the
loading short and the memory small (figures: app/parsing/gazetteer/README.md).
"""

import gzip
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.parsing.places.folding import fold_name
from app.parsing.places.place import Place

FOLDER = Path(__file__).parent.parent / "gazetteer"


@dataclass(frozen=True, slots=True)
class SortedText:
    """Lines ``key TAB rest``, sorted by the bytes of ``key TAB``, each ended by a line break."""

    data: bytes

    def find(self, key: str) -> str | None:
        """Return the rest of the line that has the key, or None."""
        wanted = f"{key}\t".encode()
        low, high = 0, len(self.data)
        while low < high:
            start = self.data.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = self.data.find(b"\n", start) + 1
            line = self.data[start:end]
            if line.startswith(wanted):
                return line[len(wanted) : -1].decode()
            if line < wanted:
                low = end
            else:
                high = start
        return None


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A country, region or continent under one of its names.

    Attributes:
        capitals_only: The name is an abbreviation ("US"), to be read in capitals alone.
        iso_name: Only ISO's list has the name, and there is an English one ("Lombardia").
    """

    place: Place
    capitals_only: bool = False
    iso_name: bool = False


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Everything that is known of places; keys are of `fold_name`.

    Attributes:
        areas: Countries, regions and continents by each of their names.
        by_code: The same by ISO 3166 code, continents left out.
        abbreviations: Regions by "TEX." and "TX", as written but in capitals.
        demonyms: Countries' codes by lower-case demonym, the most populous country first.
        capitals: GeoNames ids of capitals.
        person_shares: Share of the U.S. population, in percent, that bears the name.
        common_words: Names that are also words.
        other_meanings: Names of towns that mean something else in the news ("White House").
    """

    areas: dict[str, tuple[NamedPlace, ...]]
    by_code: dict[str, Place]
    abbreviations: dict[str, tuple[Place, ...]]
    demonyms: dict[str, tuple[str, ...]]
    capitals: frozenset[str]
    person_shares: dict[str, float]
    common_words: frozenset[str]
    other_meanings: frozenset[str]
    cities: SortedText
    city_names: SortedText


def read_rows(name: str) -> Iterator[list[str]]:
    """Yield the cells of each line of a table, its header lines left out."""
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def read_sorted(name: str) -> SortedText:
    """Return a compressed table without its header lines."""
    data = gzip.decompress((FOLDER / name).read_bytes())
    start = 0
    while data.startswith(b"#", start):
        start = data.index(b"\n", start) + 1
    return SortedText(data[start:])


def to_degrees(cell: str) -> float | None:
    """Return a coordinate, or None for an empty cell."""
    return float(cell) if cell else None


def split_names(cell: str) -> list[str]:
    """Return the names of a cell, in which "|" separates them."""
    return [name for name in cell.split("|") if name]


@cache
def load_gazetteer() -> Gazetteer:
    """Return the gazetteer, read at the first call and kept."""
    areas: dict[str, dict[int, NamedPlace]] = defaultdict(dict)
    by_code: dict[str, Place] = {}
    abbreviations: dict[str, list[Place]] = defaultdict(list)
    demonyms: dict[str, list[Place]] = defaultdict(list)
    capitals = set()
    iso_names = {row[0]: split_names(row[1]) for row in read_rows("iso3166.tsv")}

    def add(place: Place, name: str, *, iso_name: bool = False) -> None:
        named = NamedPlace(place, name.isupper() and len(name) < 9, iso_name)
        areas[fold_name(name)].setdefault(id(place), named)

    for code, ident, name, _, _, capital, population, latitude, longitude in read_rows(
        "countries.tsv"
    ):
        by_code[code] = Place(
            name.removeprefix("The "),
            "country",
            ident,
            code,
            code,
            None,
            to_degrees(latitude),
            to_degrees(longitude),
            int(population),
        )
        capitals.add(capital)
    for code, other_names, words in read_rows("country_words.tsv"):
        place = by_code[code]
        for name in (place.name, *split_names(other_names), *iso_names.get(code, ())):
            add(place, name)
        for word in split_names(words):
            demonyms[word.lower()].append(place)
    for code, ident, cell, short, population, latitude, longitude in read_rows("regions.tsv"):
        names, is_subdivision = split_names(cell), "-" in code
        others = iso_names.get(code, [])
        place = Place(
            (names or others)[0],
            "region",
            ident or None,
            code if is_subdivision else None,
            code.partition("-")[0] if is_subdivision else None,
            None,
            to_degrees(latitude),
            to_degrees(longitude),
            int(population),
        )
        for name in names:
            add(place, name)
        for name in others:
            add(place, name, iso_name=bool(names))
        if is_subdivision:
            by_code[code] = place
        if code.startswith(("US-", "CA-")):
            for abbreviation in (*split_names(short), code[3:]):
                abbreviations[abbreviation.upper()].append(place)
    return Gazetteer(
        areas={key: tuple(found.values()) for key, found in areas.items()},
        by_code=by_code,
        abbreviations={key: tuple(dict.fromkeys(x)) for key, x in abbreviations.items()},
        demonyms={
            word: tuple(x.iso3166 or "" for x in sorted(places, key=lambda x: -x.population))
            for word, places in demonyms.items()
        },
        capitals=frozenset(capitals - {""}),
        person_shares={key: float(share) for key, share in read_rows("person_names.tsv")},
        common_words=frozenset(fold_name(row[0]) for row in read_rows("common_words.tsv")),
        other_meanings=frozenset(fold_name(row[0]) for row in read_rows("other_meanings.tsv")),
        cities=read_sorted("cities.tsv.gz"),
        city_names=read_sorted("city_names.tsv.gz"),
    )


def read_city(ident: str) -> Place:
    """Return the town of a GeoNames id that the gazetteer's own tables refer to.

    Raises:
        KeyError: the gazetteer has no such town.
    """
    row = load_gazetteer().cities.find(ident)
    if row is None:
        raise KeyError(ident)
    name, country, region, population, latitude, longitude = row.split("\t")
    return Place(
        name,
        "city",
        ident,
        None,
        country,
        f"{country}-{region}" if region else None,
        to_degrees(latitude),
        to_degrees(longitude),
        int(population),
    )
