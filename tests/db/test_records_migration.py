"""What is repeated beside records and names: what a database from before 0009 and 0013 becomes."""

from pathlib import Path

import pytest
from alembic import command

from app.db import schema
from app.db.engine import make_writer_engine
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


@pytest.mark.parametrize("what", ["quote", "claim"])
def test_names_from_before_get_the_date_of_what_names_them(
    both_databases: str, tmp_path: Path, what: str
) -> None:
    path = tmp_path / "onrecord.db"
    databases.use(both_databases)
    try:
        write_corpus(path, articles=3)
        url = databases.url_of(path)
        engine = make_writer_engine(url)
        with engine.connect() as connection:
            before = connection.exec_driver_sql(ABOUT.format(what=what)).all()
            assert connection.exec_driver_sql(DATED.format(what=what)).scalar() == len(before) > 3
        with engine.connect() as connection:
            command.downgrade(schema.make_config(connection), "0012")
        assert schema.upgrade(url) is True
        with engine.connect() as connection:
            assert connection.exec_driver_sql(ABOUT.format(what=what)).all() == before
        engine.dispose()
    finally:
        databases.drop_database(path)
        databases.use(databases.SQLITE)


@pytest.mark.parametrize("what", ROWS)
def test_records_from_before_get_their_speaker_and_date(
    both_databases: str, tmp_path: Path, what: str
) -> None:
    path = tmp_path / "onrecord.db"
    databases.use(both_databases)
    try:
        write_corpus(path, articles=3)
        url = databases.url_of(path)
        engine = make_writer_engine(url)
        with engine.connect() as connection:
            before = connection.exec_driver_sql(ROWS[what]).all()
        with engine.connect() as connection:
            command.downgrade(schema.make_config(connection), "0008")
        assert schema.upgrade(url) is True
        with engine.connect() as connection:
            after = connection.exec_driver_sql(ROWS[what]).all()
        engine.dispose()
    finally:
        databases.drop_database(path)
        databases.use(databases.SQLITE)
    assert len(before) > 5
    assert {row[-1] for row in before} == {1, None}  # some are nobody's

    # Columns that are added come last.
    assert {frozenset(row) for row in after} == {frozenset(row) for row in before}
