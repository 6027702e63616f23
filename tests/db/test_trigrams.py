"""Short texts without an index table of their own: found by trigrams on PostgreSQL, or without."""

import logging

import pytest
from db_rows import make_source
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import column, inspect, make_url, select, text, values
from sqlalchemy.types import Text
from sqlmodel import Session
from test_postgresql import empty_url, migrated, url, writer
from test_search import ALPHABET

from app.db import schema
from app.db.engine import make_writer_engine
from app.db.search import SearchError, matches_text_in_sql, parse_query, rank_text
from app.db.tables import Source, metadata

__all__ = ["empty_url", "migrated", "url", "writer"]

pytestmark = pytest.mark.postgresql
INDEXES = {("sources", "path"), ("unnamed_sources", "words")}


def list_indexes(engine) -> set[tuple[str, str]]:
    inspector = inspect(engine)
    return {
        pair
        for pair in INDEXES
        if f"ix_{'_'.join(pair)}_trgm" in {one["name"] for one in inspector.get_indexes(pair[0])}
    }


@pytest.mark.parametrize(("table", "name"), sorted(INDEXES))
@pytest.mark.parametrize("q", ["county", "min*", '"county court"', "county -court"])
def test_trigrams_find_the_words_of_a_list(writer, table, name, q):
    whole = metadata.tables[table]
    statement = select(whole.c[name]).where(matches_text_in_sql(whole.c[name], q))
    written = statement.compile(writer, compile_kwargs={"literal_binds": True})
    with writer.begin() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = connection.exec_driver_sql(f"EXPLAIN {written}").scalars().all()
    assert any(f"ix_{table}_{name}_trgm" in step for step in plan), plan


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None
)
@given(st.text(ALPHABET, max_size=30), st.text(ALPHABET, min_size=1, max_size=12))
@example("Énorme bridge", "enorme*")
@example("Énorme bridge", 'bridge -"enorme bridge"')
def test_what_matches_is_what_has_a_rank_on_sqlite(writer, content, q):
    content, q = content.replace("\0", ""), q.replace("\0", "")
    try:
        parse_query(q)
    except SearchError:
        return
    row = values(column("content", Text), name="row").data([(content,)])
    with writer.connect() as connection:
        found = connection.scalar(select(matches_text_in_sql(row.c.content, q)))
    assert found == (rank_text(content, q) is not None)


def test_without_the_extension_all_is_found_and_it_is_said(postgresql_server, empty_url, caplog):
    name = make_url(empty_url).database
    postgresql_server.execute("DROP ROLE IF EXISTS newsroom")
    postgresql_server.execute("CREATE ROLE newsroom LOGIN")
    owner = make_writer_engine(empty_url)
    with owner.begin() as connection:
        # All that its tables need, but nothing of the database's own.
        connection.execute(text("GRANT ALL ON SCHEMA public TO newsroom"))
        connection.execute(text(f"REVOKE CREATE ON DATABASE {name} FROM newsroom, public"))
    url = make_url(empty_url).set(username="newsroom").render_as_string()
    with caplog.at_level(logging.WARNING):
        schema.upgrade(url)
    (said,) = [message for message in caplog.messages if "pg_trgm" in message]
    assert 'permission denied to create extension "pg_trgm"' in said
    assert "run: CREATE INDEX ix_unnamed_sources_words_trgm ON unnamed_sources" in said
    plain = make_writer_engine(url)
    assert list_indexes(plain) == set()
    with Session(plain) as session:
        session.add(make_source(1))
        session.commit()
        path = metadata.tables["sources"].c.path
        stored = session.scalar(select(Source.path))
        assert session.scalars(select(path).where(matches_text_in_sql(path, stored))).all() == [
            stored
        ]
    # What the warning says to do is enough.
    with owner.begin() as connection:
        connection.exec_driver_sql("CREATE EXTENSION pg_trgm")
    with plain.begin() as connection:
        for statement in said.partition("run: ")[2].split("; "):
            connection.exec_driver_sql(statement)
    assert list_indexes(plain) == INDEXES
    plain.dispose()
    owner.dispose()


def test_the_indexes_are_there_and_go_with_their_migration(writer):
    assert list_indexes(writer) == INDEXES
