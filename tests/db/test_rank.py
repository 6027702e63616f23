"""What the texts say of their order is what the index's ranks say."""

import random
import sqlite3

import pytest

from app.db.rank import rank_evenly
from app.db.search import parse_query, to_fts5

WORDS = ("ferry", "Ferry", "ferryman", "harbour", "hárbour", "the", "sea", "of", "2024")
QUERIES = ("ferry", "ferry harbour", "ferry*", "the sea", "fer* harb*", "sea -of", "sea sea")


@pytest.fixture
def index() -> sqlite3.Connection:
    """Return an index of texts as that of quotations is."""
    database = sqlite3.connect(":memory:")
    database.execute(
        "CREATE VIRTUAL TABLE quotes USING fts5(text, tokenize='unicode61 remove_diacritics 2')"
    )
    return database


def test_an_order_without_ranks_is_that_of_the_ranks(index: sqlite3.Connection) -> None:
    draw = random.Random(7)
    told = untold = 0
    for _ in range(150):
        index.execute("DELETE FROM quotes")
        for key in range(draw.randint(2, 12)):
            text = ", ".join(draw.choices(WORDS, k=draw.randint(1, 9)))
            index.execute("INSERT INTO quotes (rowid, text) VALUES (?, ?)", (key, text))
        for q in QUERIES:
            query = parse_query(q)
            found = index.execute(
                "SELECT rowid, text, rank FROM quotes WHERE quotes MATCH ? ORDER BY rowid",
                (to_fts5(query),),
            ).fetchall()
            places = rank_evenly([text for _, text, _ in found], query)
            if places is None:
                untold += 1
                continue
            told += len(found) > 1
            ranked = sorted(found, key=lambda row: (row[2], row[0]))
            assert [found[place] for place in places] == ranked, q
    assert told > 100
    assert untold > 100


def test_a_phrase_is_left_to_the_index() -> None:
    assert rank_evenly(["the ferry", "the ferry"], parse_query('"the ferry"')) is None


def test_one_text_or_none_has_an_order() -> None:
    query = parse_query("ferry")
    assert rank_evenly([], query) == []
    assert rank_evenly(["ferry"], query) == [0]
