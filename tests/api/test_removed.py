"""A link to an article that was removed says so."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.db.engine import make_writer_engine
from app.db.ids import to_id
from app.ingest.store import delete_article
from app.main import create_app
from tests.api.conftest import settings_for
from tests.api.corpus import draft_article, write_corpus
from tests.databases import url_of


@pytest.mark.parametrize(
    "part",
    ["", "/text", "/text.json", "/annotations", "/quotes", "/claims", "/entities", "/mentions"],
)
def test_a_removed_article_is_gone_and_an_unknown_one_is_not_found(
    tmp_path: Path, part: str
) -> None:
    path = tmp_path / "onrecord.db"
    write_corpus(path, articles=2)
    engine = make_writer_engine(url_of(path))
    key = draft_article(0).key
    app = create_app(settings_for(path))
    with TestClient(app) as client:
        address = f"/v1/articles/{to_id('art', key)}{part}"
        assert client.get(address).status_code == 200
        with engine.begin() as connection:
            delete_article(connection, article_key=key)
            connection.exec_driver_sql("UPDATE dataset SET checksum = checksum + 1")
        engine.dispose()
        app.state.source.dataset._read_at -= 1.0  # a second later
        answer = client.get(address)
        assert answer.status_code == 410
        assert answer.headers["content-type"] == "application/problem+json"
        assert "removed" in answer.json()["detail"]
        other = client.get(f"/v1/articles/{to_id('art', key + 1)}{part}")
        assert other.status_code == 404


def test_removing_what_is_not_there_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "onrecord.db"
    write_corpus(path, articles=1)
    engine = make_writer_engine(url_of(path))
    with engine.begin() as connection:
        delete_article(connection, article_key=7)
        assert not connection.exec_driver_sql("SELECT * FROM removed_articles").fetchall()
    engine.dispose()
