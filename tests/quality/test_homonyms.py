"""Who is who over 60 articles: 30 pairs of names, of which half are one and half are two."""

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.ingest.job import run_ingest
from app.settings import Settings

FOLDER = Path(__file__).parent / "homonyms"
PAIRS = json.loads((FOLDER / "pairs.json").read_text(encoding="utf-8"))["pairs"]
FLOOR = 0.95


@dataclass(frozen=True)
class Outcome:
    pair: dict[str, object]
    first: str | None
    second: str | None

    @property
    def joined(self) -> bool:
        return self.first is not None and self.first == self.second


def list_outcomes(database: Path) -> list[Outcome]:
    texts = {}
    for line in (FOLDER / "articles.jsonl").read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        texts[article["id"]] = article["text"]

    with closing(sqlite3.connect(database)) as connection:

        def find(place: dict[str, str]) -> str | None:
            text = texts[place["article"]]
            found = re.search(rf"\b{re.escape(place['name'])}(?!\w)", text)
            assert found is not None, place
            start = found.start()
            row = connection.execute(
                "SELECT e.slug FROM mentions m JOIN entities e ON e.key = m.entity_key"
                " JOIN articles a ON a.key = m.article_key"
                " WHERE a.text = ? AND m.start < ? AND m.end > ? AND m.kind = 'name'"
                " ORDER BY m.start LIMIT 1",
                (text, start + len(place["name"]), start),
            ).fetchone()
            return row and row[0]

        return [Outcome(pair, find(pair["first"]), find(pair["second"])) for pair in PAIRS]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    database = tmp_path_factory.mktemp("homonyms") / "test.db"
    settings = Settings(database_url=f"sqlite:///{database}", seeds=(FOLDER / "articles.jsonl",))
    assert run_ingest(settings).articles == 60
    return list_outcomes(database)


@pytest.mark.model
def test_pairs_of_names_are_told_apart_and_joined(outcomes: list[Outcome]) -> None:
    right = sum(one.joined and bool(one.pair["same"]) for one in outcomes)
    joined = sum(one.joined for one in outcomes)
    same = sum(bool(one.pair["same"]) for one in outcomes)
    precision, recall = right / joined, right / same
    f1 = 2 * precision * recall / (precision + recall)
    wrong = [one for one in outcomes if one.joined != one.pair["same"]]
    assert (same, len(outcomes)) == (15, 30)
    assert f1 >= FLOOR, wrong


@pytest.mark.model
def test_no_two_are_taken_for_one(outcomes: list[Outcome]) -> None:
    assert [one for one in outcomes if one.joined and not one.pair["same"]] == []
