"""Records of one speaker side by side: what a database from before migration 0009 becomes."""

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
