"""Under which names a town of the gazetteer is found, and which region its code stands for."""

import re
import unicodedata
from collections import defaultdict
from functools import cache
from typing import Any

from rapidfuzz.distance import JaroWinkler

from app.parsing.places.folding import fold_name

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

BRACKETS = re.compile(r"\s*(?:[\[(].*?[\])]|†)")
_TYPE_WORDS = re.compile(
    r"\b(oblast|oblasti|oblys|respublika|republic|kray|krai|avtonomnyy|okrug|province|provincia|"
    r"state|estado|region|district|governorate|prefecture|county|lan|wojewodztwo|voivodeship|"
    r"department|departamento|canton|municipality|city|federal|autonomous|capital|territory|"
    r"laani|maakond|apskritis|novads|judet|fylke|of|de|the|viloyati|muhafazat|wilaya)\b"
)

_ADJECTIVE = re.compile(r"(?:skaya|skiy|ska|zka|skie|ckie|zkie)$")

Row = dict[str, Any]


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


def stem(name: str) -> str:
    """Return a region's name without brackets and words for its kind, folded."""
    return " ".join(_TYPE_WORDS.sub(" ", fold_name(BRACKETS.sub("", name))).split())


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
        raise SystemExit("\n".join(problems))
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
