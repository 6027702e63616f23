import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from app.db import schema
from app.db.engine import make_reader_engine, make_writer_engine
from app.db.tables import metadata


@pytest.fixture
def engine(url):
    engine = make_writer_engine(url, foreign_keys=False)
    yield engine
    engine.dispose()


def everything(engine) -> set[tuple[str, str]]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT type, name FROM sqlite_master")).fetchall()
    return {(kind, name) for kind, name in rows if not name.startswith("sqlite_")}


def test_the_constant_is_the_newest_migration(engine):
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(schema.make_config(connection))
    assert script.get_heads() == [schema.HEAD]
    assert script.get_bases() == ["0001"]


def test_upgrade_makes_a_missing_database_and_then_has_nothing_to_do(url):
    reader = make_reader_engine(url)
    assert schema.is_current(reader) is False
    assert schema.upgrade(url) is True
    assert schema.is_current(reader) is True
    assert schema.upgrade(url) is False
    reader.dispose()


def test_models_and_migrations_agree(url, engine):
    schema.upgrade(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": schema.is_ours,
                "compare_type": True,
                "target_metadata": metadata,
            },
        )
        assert compare_metadata(context, metadata) == []


def test_alembic_check_from_the_command_line_is_clean(url):
    schema.upgrade(url)
    done = subprocess.run(
        [sys.executable, "-m", "alembic", "check"],
        cwd=Path(__file__).parents[2],
        env={"ONRECORD_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "No new upgrade operations" in done.stdout + done.stderr


def test_downgrade_leaves_nothing_and_upgrade_brings_everything_back(url, engine):
    schema.upgrade(url)
    before = everything(engine)
    with engine.connect() as connection:
        command.downgrade(schema.make_config(connection), "base")
    assert everything(engine) == {("table", "alembic_version")}
    assert schema.upgrade(url) is True
    assert everything(engine) == before


def test_every_constraint_has_a_name(url, engine):
    schema.upgrade(url)
    inspector = inspect(engine)
    for table in metadata.tables:
        assert inspector.get_pk_constraint(table)["name"] == f"pk_{table}"
        for constraint in [
            *inspector.get_foreign_keys(table),
            *inspector.get_unique_constraints(table),
        ]:
            assert constraint["name"], (table, constraint)


def test_every_foreign_key_begins_an_index():
    # Without one, deleting an article reads the whole of each table that may point at its rows.
    for table in metadata.tables.values():
        starts = {next(iter(table.primary_key.columns)).name}
        starts |= {next(iter(index.columns)).name for index in table.indexes}
        for key in table.foreign_keys:
            assert key.parent.name in starts, (table.name, key.parent.name)


def test_keys_are_sqlite_row_numbers_and_link_tables_have_none(url, engine):
    schema.upgrade(url)
    with engine.connect() as connection:
        for table in metadata.tables.values():
            created = connection.scalar(
                text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table.name}
            )
            linked = len(table.primary_key.columns) > 1
            assert ("WITHOUT ROWID" in created) is linked, table.name
            if "key" in table.columns:
                assert '\t"key" INTEGER NOT NULL' in created, table.name


def test_a_migration_that_fails_leaves_the_file_as_it_was(url, engine):
    # The last statement of the first migration meets a table that is already there.
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE entity_search (x)"))
    with pytest.raises(Exception, match="entity_search"):
        schema.upgrade(url)
    assert everything(engine) == {("table", "entity_search")}


def test_a_migration_that_is_killed_leaves_the_file_as_it_was(tmp_path, url):
    code = (
        "import os, sys\n"
        "from sqlalchemy import event, Engine\n"
        "from app.db import schema\n"
        "@event.listens_for(Engine, 'before_cursor_execute')\n"
        "def die(connection, cursor, statement, *rest):\n"
        "    if 'CREATE TABLE claims' in statement:\n"
        "        os._exit(9)\n"
        "schema.upgrade(sys.argv[1])\n"
    )
    done = subprocess.run([sys.executable, "-c", code, url], check=False)
    assert done.returncode == 9
    with sqlite3.connect(tmp_path / "onrecord.db") as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    assert schema.upgrade(url) is True


def test_two_processes_that_upgrade_at_once_both_succeed(url):
    code = "import sys; from app.db import schema; schema.upgrade(sys.argv[1])"
    both = [subprocess.Popen([sys.executable, "-c", code, url]) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    reader = make_reader_engine(url)
    assert schema.is_current(reader) is True
    reader.dispose()


def test_an_up_to_date_database_does_not_load_alembic(url):
    schema.upgrade(url)
    code = (
        "import sys; from app.db import schema\n"
        "assert schema.upgrade(sys.argv[1]) is False\n"
        "assert 'alembic' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code, url], check=True)


def test_missing_migrations_are_named(monkeypatch, tmp_path):
    monkeypatch.setattr(schema, "__file__", str(tmp_path / "site" / "app" / "db" / "schema.py"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(schema.MigrationsMissingError, match="migrations"):
        schema.upgrade(f"sqlite:///{tmp_path}/onrecord.db")


def test_an_installed_package_finds_migrations_in_the_working_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(schema, "__file__", str(tmp_path / "site" / "app" / "db" / "schema.py"))
    monkeypatch.chdir(Path(__file__).parents[2])
    assert schema.upgrade(f"sqlite:///{tmp_path}/onrecord.db") is True
