"""Ranks that are made without the index are the index's own, and so is the order."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from app.db.rank import Hit, WordCounts, can_rank, count_words, rank_hits
from app.db.search import RANK_SCALE, SearchTarget, parse_query, to_fts5

WORDS = ("ferry", "Ferry", "ferryman", "harbour", "hárbour", "the", "sea", "of", "2024")
QUERIES = ("ferry", "ferry harbour", "the sea", "sea -of", "sea sea", "HARBOUR of 2024 the")
INDEX = SearchTarget.QUOTES


@pytest.fixture
def index() -> Iterator[sqlite3.Connection]:
    """Return an index of texts as that of quotations is."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(
            f"CREATE VIRTUAL TABLE {INDEX} USING "
            "fts5(text, tokenize='unicode61 remove_diacritics 2')"
        )
        yield database


def write(index: sqlite3.Connection, texts: list[str]) -> None:
    index.execute(f"DELETE FROM {INDEX}")
    index.executemany(f"INSERT INTO {INDEX} (rowid, text) VALUES (?, ?)", enumerate(texts))
    index.commit()  # its size is written with what is committed


def fetch_from(index: sqlite3.Connection) -> Any:
    return lambda sql, values: index.execute(sql, values).fetchall()


def compare(index: sqlite3.Connection, q: str, *, version: str, counts: WordCounts) -> int:
    """Compare the ranks of all that a query finds; return how many ranks there are."""
    query = parse_query(q)
    assert can_rank(query)
    found = index.execute(
        f"SELECT rowid, text, CAST(rank * {RANK_SCALE} AS INTEGER) FROM {INDEX} "
        f"WHERE {INDEX} MATCH ? ORDER BY rowid",
        (to_fts5(query),),
    ).fetchall()
    ranks = rank_hits(
        [Hit(key, *count_words(text)) for key, text, _ in found],
        query,
        index=INDEX,
        counts=counts,
        version=version,
        fetch=fetch_from(index),
    )
    assert ranks == [rank for *_, rank in found], q
    return len(set(ranks))


def test_ranks_are_those_of_the_index(index: sqlite3.Connection) -> None:
    draw = random.Random(7)
    counts = WordCounts()
    most = 0
    for number in range(150):
        lengths = (draw.randint(1, 9) for _ in range(draw.randint(2, 60)))
        write(index, [", ".join(draw.choices(WORDS, k=length)) for length in lengths])
        for q in QUERIES:
            most = max(most, compare(index, q, version=str(number), counts=counts))
    assert most > 10


def test_ranks_of_an_index_of_many_long_texts_are_the_same(index: sqlite3.Connection) -> None:
    # How many rows and words it has takes several bytes.
    draw = random.Random(8)
    write(index, [" ".join(draw.choices(WORDS, k=draw.randint(1, 300))) for _ in range(3000)])
    for q in QUERIES:
        assert compare(index, q, version="1", counts=WordCounts()) > 5


def test_words_are_counted_once_for_each_version(index: sqlite3.Connection) -> None:
    asked: list[str] = []

    def fetch(sql: str, values: Any) -> Any:
        asked.append(sql)
        return index.execute(sql, values).fetchall()

    counts = WordCounts()
    write(index, ["the ferry", "the sea"])
    for version, number in (("1", 2), ("1", 2), ("2", 1)):
        if version == "2":
            write(index, ["the ferry", "a sea"])
        assert counts.count("the", index=INDEX, version=version, fetch=fetch) == number
    assert len(asked) == 2


def test_words_that_are_counted_are_not_kept_without_end(
    index: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.db.rank._MOST_COUNTS", 3)
    counts = WordCounts()
    for word in ("a", "b", "c", "d", "e"):
        assert counts.count(word, index=INDEX, version="1", fetch=fetch_from(index)) == 0
    assert len(counts._known[1]) == 2


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("War, war and WAR", (4, "war war")),
        ("The ferry left.", (3, None)),
        ("Café cafe the The", (4, "cafe the")),
        ("…", (0, None)),
        ("", (0, None)),
    ],
)
def test_words_are_counted_as_the_index_has_them(text: str, counted: tuple[int, Any]) -> None:
    assert count_words(text) == counted


@pytest.mark.parametrize("q", ['"the ferry"', "fer*", "ferry don't", "ferry har*"])
def test_phrases_and_beginnings_are_left_to_the_index(q: str) -> None:
    assert not can_rank(parse_query(q))
