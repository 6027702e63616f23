"""What is repeated beside records, names and words: what an older database becomes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic import command

from app.db import schema
from app.db.engine import make_writer_engine
from app.db.fold import fold_words
from tests import databases
from tests.api.corpus import write_corpus

ROWS = {
    "quote": "SELECT r.*, q.speaker_key = r.speaker_key FROM quote_records r "
    "JOIN quotes q ON q.key = r.quote_key ORDER BY r.quote_key",
    "claim": "SELECT r.*, c.claimant_key = r.claimant_key FROM claim_records r "
    "JOIN claims c ON c.key = r.claim_key ORDER BY r.claim_key",
}

ABOUT = "SELECT * FROM {what}_about ORDER BY {what}_key, entity_key"
DATED = (
    "SELECT count(*) FROM {what}_about AS a JOIN {what}s AS s ON s.key = a.{what}_key "
    "WHERE a.published_at = s.published_at"
)


Ask = Callable[[str], list[Any]]


@contextmanager
def old_database(kind: str, folder: Path) -> Iterator[tuple[Ask, Callable[[str], None]]]:
    """Give what asks a small database, and what takes it back to a revision and up again."""
    path = folder / "onrecord.db"
    databases.use(kind)
    try:
        write_corpus(path, articles=3)
        url = databases.url_of(path)
        engine = make_writer_engine(url)

        def ask(sql: str) -> list[Any]:
            with engine.connect() as connection:
                return list(connection.exec_driver_sql(sql).all())

        def go_back(revision: str) -> None:
            with engine.connect() as connection:
                command.downgrade(schema.make_config(connection), revision)
            assert schema.upgrade(url) is True

        yield ask, go_back
        engine.dispose()
    finally:
        databases.drop_database(path)
        databases.use(databases.SQLITE)


@pytest.mark.parametrize("what", ["quote", "claim"])
def test_names_from_before_get_the_date_of_what_names_them(
    both_databases: str, tmp_path: Path, what: str
) -> None:
    with old_database(both_databases, tmp_path) as (ask, go_back):
        before = ask(ABOUT.format(what=what))
        assert ask(DATED.format(what=what)) == [(len(before),)]
        assert len(before) > 3
        go_back("0012")
        assert ask(ABOUT.format(what=what)) == before


@pytest.mark.parametrize("what", ROWS)
def test_records_from_before_get_their_speaker_and_date(
    both_databases: str, tmp_path: Path, what: str
) -> None:
    with old_database(both_databases, tmp_path) as (ask, go_back):
        before = ask(ROWS[what])
        go_back("0008")
        after = ask(ROWS[what])
    assert len(before) > 5
    assert {row[-1] for row in before} == {1, None}  # some are nobody's

    # Columns that are added come last.
    assert {frozenset(row) for row in after} == {frozenset(row) for row in before}


@pytest.mark.parametrize("what", ["quote", "claim"])
def test_what_was_said_before_has_its_words_counted(
    both_databases: str, tmp_path: Path, what: str
) -> None:
    rows = f"SELECT * FROM {what}_words ORDER BY {what}_key"
    with old_database(both_databases, tmp_path) as (ask, go_back):
        before = ask(rows)
        assert len(before) == ask(f"SELECT count(*) FROM {what}s")[0][0] > 5
        go_back("0014")
        assert ask(rows) == before
        words = dict(ask(f"SELECT text, words FROM {what}_words JOIN {what}s ON key = {what}_key"))
        for text, number in words.items():
            assert number == len(fold_words(text))
