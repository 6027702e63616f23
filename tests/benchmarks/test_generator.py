"""The corpora that speed is measured on hold what ingest would have written."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.db.engine import make_reader_engine, make_writer_engine
from app.db.fold import find_words, fold
from app.db.ids import ARTICLE, QUOTE, to_id, to_key
from app.db.search import check_search
from app.db.tables import metadata
from app.ingest.resolve.slugs import to_slug
from app.main import create_app
from app.settings import Settings
from app.vocabulary import EntityType
from tests.benchmarks.corpus import ensure_corpus, find_corpus, write_corpus
from tests.benchmarks.rows import OF_ARTICLE, make_mentions
from tests.benchmarks.world import World

ARTICLES = 50


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("benchmarks") / "corpus.db"
    write_corpus(path, articles=ARTICLES)
    return path


@pytest.fixture(scope="module")
def rows(path: Path) -> dict[str, list[Any]]:
    """Every row of every table, as the program reads it."""
    engine = make_reader_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        found = {
            name: list(connection.execute(select(table))) for name, table in metadata.tables.items()
        }
    engine.dispose()
    return found


def test_every_span_is_true_to_its_text(rows: dict[str, list[Any]]) -> None:
    texts = {row.key: row.text for row in rows["articles"]}

    def read(key: int, spans: list[list[int]]) -> str:
        return " ".join(texts[key][start:end] for start, end in spans)

    for table in ("mentions", "entity_roles"):
        assert rows[table]
        for row in rows[table]:
            assert texts[row.article_key][row.start : row.end] == row.text
    for row in rows["quotes"]:
        assert read(row.article_key, row.parts) == row.text
        assert (row.parts[0][0], row.parts[-1][1]) == (row.start, row.end)
        assert texts[row.article_key][row.start - 1] == "“"
        assert texts[row.article_key][row.end] == "”"
    for row in rows["claims"]:
        assert read(row.article_key, row.content) == row.text
        for number in row.numbers:
            assert read(row.article_key, [number["span"]]) == f"{number['value']:.0f} percent"
    slugs = {row.slug: row.name for row in rows["entities"]}
    for row in rows["attributions"]:
        assert read(row.article_key, row.cue) == row.cue_text
        if row.speaker_kind == "unnamed":
            assert read(row.article_key, row.source) == row.speaker_name
        for step in row.coreference:
            if step["antecedent"] is not None:
                assert read(row.article_key, [step["antecedent"]]) == row.speaker_name
        assert all(slugs[one["entity"]] == one["name"] for one in row.candidates)
    for row in rows["articles"]:
        assert [row.text[start:end] for start, end in row.paragraphs] == row.text.split("\n\n")
        sentences = [row.text[start:end] for start, end in row.sentences]
        assert " ".join(sentences).split() == row.text.split()
        assert row.sentences[-1][1] == len(row.text)


def test_counts_are_those_of_the_rows(rows: dict[str, list[Any]]) -> None:
    for counted, table, column in (
        ("quote_count", "quotes", "article_key"),
        ("claim_count", "claims", "article_key"),
        ("mention_count", "mentions", "article_key"),
        ("entity_count", "article_entities", "article_key"),
    ):
        counts = Counter(getattr(row, column) for row in rows[table])
        for article in rows["articles"]:
            assert getattr(article, counted) == counts[article.key]
    dates = {row.key: row.published_at for row in rows["articles"]}
    links = [
        (row.entity_key, row.article_key, row.mention_count) for row in rows["article_entities"]
    ]
    mentions = Counter((row.entity_key, row.article_key) for row in rows["mentions"])
    assert mentions == {(who, article): count for who, article, count in links}
    quotes = Counter(row.speaker_key for row in rows["quotes"])
    claims = Counter(row.claimant_key for row in rows["claims"])
    assert {row.key for row in rows["entities"]} == {who for who, _, _ in links}
    for entity in rows["entities"]:
        of_entity = [(article, count) for who, article, count in links if who == entity.key]
        seen = sorted(dates[article] for article, _ in of_entity if dates[article] is not None)
        assert entity.article_count == len(of_entity)
        assert entity.mention_count == sum(count for _, count in of_entity)
        assert entity.quote_count == quotes[entity.key]
        assert entity.claim_count == claims[entity.key]
        assert (entity.first_seen, entity.last_seen) == (
            (seen[0], seen[-1]) if seen else (None, None)
        )
    aliases = Counter((row.entity_key, row.text) for row in rows["mentions"] if row.kind == "name")
    assert aliases == {(key, text): count for key, text, _, count in rows["entity_aliases"]}
    unnamed = {row.attribution_key: row for row in rows["unnamed_sources"]}
    assert set(unnamed) == {
        row.key for row in rows["attributions"] if row.speaker_kind == "unnamed"
    }
    for table, column in (("quotes", "quote_count"), ("claims", "claim_count")):
        counts = Counter(row.attribution_key for row in rows[table])
        assert all(getattr(row, column) == counts[key] for key, row in unnamed.items())
    (source,) = rows["sources"]
    assert source.article_count == ARTICLES


def test_names_and_ids_are_those_that_ingest_makes(rows: dict[str, list[Any]]) -> None:
    for entity in rows["entities"]:
        assert entity.slug == to_slug(entity.name)
        assert entity.key == to_key(entity.slug)
    for _, text, folded, _ in rows["entity_aliases"]:
        assert folded == fold(text)
    for article in rows["articles"]:
        assert article.key == to_key(ARTICLE, "url", article.url)
        words = sum(len(part.split()) for part in article.text.split("\n\n"))
        assert article.word_count == words
    seen: Counter[tuple[int, str]] = Counter()
    keys = {row.key for row in rows["quotes"]}
    for row in sorted(rows["quotes"], key=lambda row: row.start):
        count = seen[row.article_key, row.text]
        seen[row.article_key, row.text] += 1
        assert to_key(QUOTE, str(row.article_key), row.text, str(count)) in keys


def test_the_database_is_one_that_migrations_make(path: Path, tmp_path: Path) -> None:
    from app.db.schema import upgrade

    upgrade(f"sqlite:///{tmp_path}/empty.db")

    def read_schema(file: Path) -> list[tuple[str, str, str]]:
        with closing(sqlite3.connect(file)) as database:
            assert database.execute("PRAGMA foreign_key_check").fetchall() == []
            assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            return sorted(
                database.execute("SELECT type, name, sql FROM sqlite_master WHERE sql NOT NULL")
            )

    assert read_schema(path) == read_schema(tmp_path / "empty.db")


def test_search_finds_what_the_tables_hold(path: Path, rows: dict[str, list[Any]]) -> None:
    engine = make_writer_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert check_search(connection) == []
        word = max(
            (word.folded for row in rows["quotes"] for word in find_words(row.text)), key=len
        )
        found = connection.exec_driver_sql(
            "SELECT rowid FROM quote_search WHERE quote_search MATCH ?", (f'"{word}"',)
        )
        assert sorted(found.scalars()) == sorted(
            row.key
            for row in rows["quotes"]
            if word in [one.folded for one in find_words(row.text)]
        )
    engine.dispose()


def test_the_api_serves_it(path: Path, rows: dict[str, list[Any]]) -> None:
    app = create_app(Settings(database_url=f"sqlite:///{path}", ingest_at_start=False))
    with TestClient(app) as client:
        speakers = Counter(row.speaker_key for row in rows["quotes"] if row.speaker_key)
        ((most, count),) = speakers.most_common(1)
        slug = next(row.slug for row in rows["entities"] if row.key == most)
        page = client.get("/v1/quotes", params={"speaker": slug, "include": "speaker"}).json()
        assert page["meta"]["total"] == count
        assert {one["speaker"]["entity"]["id"] for one in page["data"]} == {slug}
        for row in rows["articles"]:
            found = client.get(f"/v1/articles/{to_id(ARTICLE, row.key)}/annotations").json()
            assert len(found["mentions"]) == row.mention_count
            assert len(found["quotes"]) == row.quote_count
            assert len(found["claims"]) == row.claim_count
        assert client.get("/readyz").json()["ready"]
        lines = client.get("/v1/quotes.ndjson").text.splitlines()
        assert {json.loads(line)["id"] for line in lines} == {
            to_id(QUOTE, row.key) for row in rows["quotes"]
        }


def test_the_same_seed_gives_the_same_rows_in_one_process_or_two(
    path: Path, rows: dict[str, list[Any]], tmp_path: Path
) -> None:
    other = tmp_path / "other.db"
    write_corpus(other, articles=ARTICLES, processes=2)
    engine = make_reader_engine(f"sqlite:///{other}")
    with engine.connect() as connection:
        for name, table in metadata.tables.items():
            assert list(connection.execute(select(table))) == rows[name]
    engine.dispose()


def test_a_column_that_is_not_filled_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def make(article: Any) -> list[dict[str, Any]]:
        return [
            {name: value for name, value in row.items() if name != "confidence"}
            for row in make_mentions(article)
        ]

    monkeypatch.setitem(OF_ARTICLE, "mentions", make)
    with pytest.raises(ValueError, match=r"mentions: the generator does not fill \['confidence'\]"):
        write_corpus(tmp_path / "corpus.db", articles=ARTICLES)


def test_a_corpus_is_kept_and_a_stale_one_is_made_anew(tmp_path: Path) -> None:
    stale = tmp_path / "20-generator0-schema0000-00000000.db"
    stale.write_bytes(b"")
    path = ensure_corpus(20, folder=tmp_path, processes=0)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    written = path.stat().st_mtime_ns
    assert ensure_corpus(20, folder=tmp_path) == path == find_corpus(20, folder=tmp_path)
    assert path.stat().st_mtime_ns == written


def test_frequencies_are_those_of_news() -> None:
    world = World(100)
    shares = (world.name_chances[0], world.name_chances[9])
    assert 0.01 < shares[0] < 0.1
    assert shares[1] < 0.4
    kinds = Counter(name.type for name in world.names[:2_000])
    assert kinds[EntityType.PERSON] > kinds[EntityType.ORGANISATION] > kinds[EntityType.PLACE]
