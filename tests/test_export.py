"""The whole database as Parquet: every row, under the API's ids, readable by others."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from app.cli import app as command
from app.db.engine import make_reader_engine
from app.export import export_parquet
from tests.api.conftest import app, client, database

__all__ = ["app", "client", "database"]

pytest.importorskip("pyarrow", reason="pyarrow is not installed")


@pytest.fixture(scope="module")
def folder(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parquet") / "out"
    engine = make_reader_engine(f"sqlite:///{database}")
    written = list(export_parquet(engine, folder=folder))
    engine.dispose()
    assert [one.path.stem for one in written][:3] == ["sources", "articles", "article_authors"]
    assert len(list(folder.iterdir())) == len(written) == 13
    return folder


def query(folder: Path, sql: str) -> list[Any]:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    with duckdb.connect() as connection:
        connection.execute(f"SET file_search_path='{folder}'")
        connection.execute("SET TimeZone='UTC'")
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("kind", ["articles", "quotes", "claims", "entities", "sources"])
def test_the_files_have_the_ids_of_the_api(folder: Path, client: TestClient, kind: str) -> None:
    rows = query(folder, f"SELECT id FROM '{kind}.parquet'")
    items = client.get(f"/v1/{kind}?limit=200").json()["data"]
    assert sorted(row[0] for row in rows) == sorted(item["id"] for item in items)


def test_files_join_on_their_ids_and_spans_point_into_the_text(folder: Path) -> None:
    rows = query(
        folder,
        """
        SELECT q.id, q.text, substr(a.text, p."start" + 1, p."end" - p."start"), q.parts
        FROM 'quotes.parquet' q JOIN 'articles.parquet' a ON a.id = q.article_id,
        LATERAL (SELECT q."start", q."end") p
        WHERE q.parts NOT LIKE '%],[%'
        """,
    )
    assert len(rows) > 30
    for _, words, there, _ in rows:
        assert words == there


def test_types_are_kept(folder: Path, client: TestClient) -> None:
    ((moment, confidence, negated),) = query(
        folder,
        "SELECT published_at, confidence, negated FROM 'claims.parquet' "
        "WHERE published_at IS NOT NULL ORDER BY published_at DESC, id LIMIT 1",
    )
    newest = client.get("/v1/claims?limit=1").json()["data"][0]
    assert moment.isoformat().replace("+00:00", "Z") == newest["published_at"]
    assert isinstance(confidence, float)
    assert isinstance(negated, bool)


def test_the_command_names_what_it_wrote(database: Path, tmp_path: Path) -> None:
    address = f"sqlite:///{database}"
    run = CliRunner().invoke(
        command, ["export", "--parquet", str(tmp_path / "out"), "--database-url", address]
    )
    assert run.exit_code == 0, run.output
    assert "quotes.parquet" in run.output
    assert not list((tmp_path / "out").glob("*.part"))


def test_an_empty_database_is_said_so(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'none.db'}"
    run = CliRunner().invoke(
        command, ["export", "--parquet", str(tmp_path / "out"), "--database-url", address]
    )
    assert run.exit_code == 1
    assert "onrecord ingest" in run.output
