"""The gazetteer's files: what they hold and credit, and what loading them costs."""

import gzip
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from app.parsing.places.tables import FOLDER, SortedText, load_gazetteer, read_city, read_rows


def test_the_files_are_at_most_five_megabytes_together() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 5_000_000


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.tsv")), ids=lambda path: path.name)
def test_every_table_names_its_source_in_its_first_lines(path: Path) -> None:
    head = path.read_text(encoding="utf-8").splitlines()[:3]
    assert all(line.startswith("#") for line in head[:2])
    assert any("Source: " in line for line in head)


@pytest.mark.parametrize("name", ["cities.tsv.gz", "city_names.tsv.gz"])
def test_compressed_tables_credit_geonames(name: str) -> None:
    with gzip.open(FOLDER / name, "rt", encoding="utf-8") as file:
        assert "GeoNames (geonames.org), CC BY 4.0" in file.readline() + file.readline()


def test_every_line_of_a_sorted_text_is_found_and_nothing_else() -> None:
    text = SortedText(b"a\t1\nab\t2\nb c\t3\n")
    assert [text.find(key) for key in ("a", "ab", "b c")] == ["1", "2", "3"]
    assert [text.find(key) for key in ("", "aa", "b", "c", "A")] == [None] * 5
    assert SortedText(b"").find("a") is None


def test_both_compressed_tables_are_sorted_as_bisection_wants() -> None:
    gazetteer = load_gazetteer()
    for table in (gazetteer.cities, gazetteer.city_names):
        keys = [line.partition(b"\t")[0] + b"\t" for line in table.data.splitlines()]
        assert len(keys) > 60_000
        assert all(one < other for one, other in pairwise(keys))


def test_every_name_leads_to_a_town() -> None:
    for line in load_gazetteer().city_names.data.decode().splitlines()[::500]:
        for ref in line.partition("\t")[2].split(","):
            assert read_city(ref.removeprefix("~")).kind == "city"


def test_an_unknown_town_is_an_error() -> None:
    with pytest.raises(KeyError):
        read_city("1")


def test_every_country_is_there_with_coordinates() -> None:
    countries = [place for place in load_gazetteer().by_code.values() if place.kind == "country"]
    assert len(countries) == 250
    placeless = {place.iso3166 for place in countries if place.latitude is None}
    assert placeless == {"AQ", "BV", "HM", "UM"}


def test_coordinates_are_on_the_globe() -> None:
    for place in load_gazetteer().by_code.values():
        if place.latitude is not None and place.longitude is not None:
            assert -90 <= place.latitude <= 90
            assert -180 <= place.longitude <= 180


def test_countries_have_words_of_their_own_alone() -> None:
    codes = [row[0] for row in read_rows("country_words.tsv")]
    assert len(codes) == len(set(codes))
    assert set(codes) == {row[0] for row in read_rows("countries.tsv")}


def test_nothing_is_loaded_at_import() -> None:
    code = (
        "import app.parsing.places as places\n"
        "from app.parsing.places.tables import load_gazetteer\n"
        "assert load_gazetteer.cache_info().currsize == 0\n"
        "assert places.find_candidates('Kyiv')\n"
        "assert load_gazetteer.cache_info().currsize == 1\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_loading_is_quick_and_small() -> None:
    code = (
        "import time, app.parsing.places.tables as tables\n"
        "def read_memory():\n"
        "    with open('/proc/self/status') as file:\n"
        "        return next(int(x.split()[1]) for x in file if x.startswith('VmRSS'))\n"
        "memory, start = read_memory(), time.process_time()\n"
        "tables.load_gazetteer()\n"
        "assert time.process_time() - start < 0.5, 'seconds'\n"
        "assert read_memory() - memory < 40_000, 'kilobytes'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
