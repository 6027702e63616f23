"""PostgreSQL gives the answers that SQLite gives, in the same order; a real server says so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from db_rows import make_alias, make_article, make_claim, make_entity, make_quote, make_source
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, delete, inspect, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError, OperationalError
from sqlmodel import Session
from test_search import ALPHABET, TERM, ask, index

from app.db import schema
from app.db.dialect import is_rows_fault, period_of
from app.db.engine import database_ready, make_reader_engine, make_writer_engine, open_session
from app.db.fold import find_words, fold
from app.db.postgresql import DatabaseUnfitError
from app.db.search import SearchError, SearchTarget, check_search, parse_query, search_statement
from app.db.tables import Article, Claim, Entity, EntityAlias, Quote, Source, metadata

__all__ = ["index"]  # FTS5's, to compare with

pytestmark = pytest.mark.postgresql
ARTICLES, QUOTES = SearchTarget.ARTICLES, SearchTarget.QUOTES
CLAIMS, ENTITIES = SearchTarget.CLAIMS, SearchTarget.ENTITIES
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def migrated(postgresql_server, tmp_path_factory):
    path = tmp_path_factory.mktemp("postgresql") / "migrated"
    schema.upgrade(postgresql_server.url_of(path))
    return path


@pytest.fixture
def url(postgresql_server, migrated, tmp_path):
    path = tmp_path / "database"
    yield postgresql_server.copy(path, template=postgresql_server.name_of(migrated))
    postgresql_server.drop(path)


@pytest.fixture
def empty_url(postgresql_server, tmp_path):
    path = tmp_path / "empty"
    yield postgresql_server.url_of(path)
    postgresql_server.drop(path)


@pytest.fixture
def writer(url):
    engine = make_writer_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def reader(url):
    engine = make_reader_engine(url, query_seconds=30)
    yield engine
    engine.dispose()


@pytest.fixture
def session(writer):
    with Session(writer) as session:
        session.add_all([make_source(1), make_source(2)])
        session.flush()
        session.add(make_article(1, "The bridge fell.", title="Énorme", source_key=1))
        session.add(make_article(2, "A bridge stands.", source_key=2))
        session.flush()
        session.add(make_quote(11, "bridge one", article_key=1))
        session.add(make_quote(12, "bridge two", article_key=2))
        session.add(make_claim(21, "claimed bridge", article_key=1))
        session.add(make_entity(31, "Łukasz Wałęsa"))
        session.add(make_entity(32, "Anna Nowak"))
        session.flush()
        for key, name in [(31, "Łukasz Wałęsa"), (31, "Mr Wałęsa"), (32, "Nowak")]:
            session.add(make_alias(key, name, fold(name)))
        session.commit()
        yield session
        assert check_search(session.connection()) == []


def find(session, target: SearchTarget, q: str) -> list[int]:
    session.flush()
    return sorted(session.scalars(search_statement(target, parse_query(q))))


def test_the_reader_cannot_write_sees_one_state_and_is_stopped(url, reader, writer):
    with open_session(reader) as session:
        assert session.scalar(text("SHOW default_transaction_read_only")) == "on"
        assert session.scalar(text("SHOW statement_timeout")) == "30s"
        assert session.scalar(text("SHOW timezone")) == "UTC"
        with pytest.raises(InternalError, match="read-only transaction"):
            session.execute(delete(Source))
    with open_session(reader) as session:
        assert session.scalar(text("SELECT count(*) FROM sources")) == 0
        with Session(writer) as other:
            other.add(make_source(1))
            other.commit()
        assert session.scalar(text("SELECT count(*) FROM sources")) == 0
    with open_session(reader) as session:
        assert session.scalar(text("SELECT count(*) FROM sources")) == 1
        session.execute(text("SET LOCAL statement_timeout = '50ms'"))
        with pytest.raises(OperationalError, match="statement timeout"):
            session.execute(text("SELECT pg_sleep(5)"))


def test_a_database_without_tables_is_not_ready(empty_url):
    reader = make_reader_engine(empty_url)
    assert database_ready(reader) is False
    assert schema.is_current(reader) is False
    assert schema.upgrade(empty_url) is True
    assert database_ready(reader) is True
    assert schema.is_current(reader) is True
    assert schema.upgrade(empty_url) is False
    reader.dispose()


def test_alembic_check_is_clean_and_downgrade_leaves_nothing(empty_url):
    schema.upgrade(empty_url)
    done = subprocess.run(
        [sys.executable, "-m", "alembic", "check"],
        cwd=ROOT,
        env=os.environ | {"ONRECORD_DATABASE_URL": empty_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "No new upgrade operations" in done.stdout + done.stderr
    engine = make_writer_engine(empty_url)
    with engine.connect() as connection:
        command.downgrade(schema.make_config(connection), "base")
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
        assert inspect(connection).get_view_names() == []
        # Not those of an extension, which others may use.
        ours = (
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
            "AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')"
        )
        assert connection.scalars(text(ours)).all() == []
    engine.dispose()


def test_two_processes_that_upgrade_at_once_both_succeed(empty_url):
    code = "import sys; from app.db import schema; schema.upgrade(sys.argv[1])"
    both = [subprocess.Popen([sys.executable, "-c", code, empty_url]) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]


def test_a_database_that_is_not_unicode_is_refused(postgresql_server, tmp_path):
    postgresql_server.execute(
        "CREATE DATABASE bytes TEMPLATE template0 ENCODING 'SQL_ASCII' "
        "LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'"
    )
    url = postgresql_server.url_of(tmp_path / "any").rpartition("/")[0] + "/bytes"
    with pytest.raises(DatabaseUnfitError, match="SQL_ASCII"):
        schema.upgrade(url)


def test_every_text_is_ordered_by_code_point_whatever_the_servers_locale(session):
    names = ["b", "B", "a", "Z", "É", "e", "-a", " a", "ß", "😀"]
    session.execute(delete(EntityAlias))
    session.execute(delete(Entity))
    session.add_all(make_entity(key, name) for key, name in enumerate(names, start=1))
    session.flush()
    assert session.scalars(select(Entity.name).order_by(Entity.name)).all() == sorted(names)
    shown = session.scalars(text('SELECT name FROM entities ORDER BY name COLLATE "default"'))
    assert shown.all() != sorted(names)
    left = session.scalars(
        text(
            "SELECT table_name || '.' || column_name FROM information_schema.columns "
            "WHERE table_name = ANY(:tables) AND data_type IN ('text', 'character varying') "
            "AND collation_name IS DISTINCT FROM 'C'"
        ),
        {"tables": list(metadata.tables)},
    )
    assert left.all() == []


def test_everything_is_found_as_it_was_stored(session):
    assert find(session, ARTICLES, "bridge") == [1, 2]
    assert find(session, ARTICLES, "enorme fell") == [1]
    assert find(session, ARTICLES, '"enorme the"') == []  # headline and text are two columns
    assert find(session, QUOTES, "bridge -two") == [11]
    assert find(session, CLAIMS, "brid*") == [21]
    assert find(session, ENTITIES, "nowak anna") == [32]
    assert find(session, ENTITIES, "lukasz walesa") == [31]


def test_changed_words_are_found_and_old_ones_are_not(session):
    session.execute(update(Article).where(Article.key == 1).values(text="A tunnel.", title=None))
    session.execute(update(Quote).where(Quote.key == 11).values(text="tunnel"))
    session.execute(update(Claim).where(Claim.key == 21).values(text="tunnel"))
    session.execute(update(Entity).where(Entity.key == 32).values(name="Anna Kowalska"))
    assert find(session, ARTICLES, "tunnel") == [1]
    assert find(session, ARTICLES, "enorme") == []
    assert find(session, QUOTES, "tunnel") == [11]
    assert find(session, CLAIMS, "tunnel") == [21]
    assert find(session, ENTITIES, "kowalska nowak") == [32]


def test_what_goes_is_not_found(session):
    session.execute(delete(EntityAlias).where(EntityAlias.text == "Mr Wałęsa"))
    assert find(session, ENTITIES, "mr") == []
    assert find(session, ENTITIES, "walesa") == [31]
    session.execute(delete(Entity).where(Entity.key == 31))
    assert find(session, ENTITIES, "walesa") == []
    session.execute(delete(Source).where(Source.key == 1))
    assert find(session, ARTICLES, "bridge") == [2]
    assert find(session, QUOTES, "bridge") == [12]
    assert find(session, CLAIMS, "bridge") == []


def test_an_alias_is_not_renamed_in_place(session):
    with pytest.raises(IntegrityError, match="deleting it and inserting another"):
        session.execute(update(EntityAlias).values(folded="x"))
    session.rollback()


def test_the_check_names_an_index_that_is_out_of_step(writer):
    with Session(writer) as session:
        session.add(make_source(1))
        session.flush()
        session.add(make_article(1, "The bridge fell."))
        session.flush()
        session.execute(text("UPDATE article_search SET words = ' nobody wrote this '"))
        (fault,) = check_search(session.connection())
        assert fault == "article_search: differs from its table in 1 documents"
        session.execute(text("DROP TRIGGER claim_search_insert ON claims"))
        assert "claim_search: the trigger claim_search_insert is missing" in check_search(
            session.connection()
        )


def test_a_phrase_is_found_where_a_tsvector_has_lost_its_place(session):
    # It keeps 255 places of a word and none after the 16,383rd.
    session.add(make_article(3, f"{'the cat ' * 300}{'filler ' * 17_000} the last bridge"))
    session.flush()
    assert find(session, ARTICLES, '"last bridge"') == [3]
    assert find(session, ARTICLES, '"the last bridge"') == [3]
    assert find(session, ARTICLES, '"the bridge"') == [1]
    assert find(session, ARTICLES, '"cat filler"') == [3]


def test_what_is_too_large_for_the_server_is_the_rows_fault_and_a_lost_server_is_not(session):
    words = " ".join(f"{number:x}{'m' * 40}" for number in range(30_000))
    for broken in (make_article(4, words), make_entity(5, "n" * 700_000 + str(list(range(9_999))))):
        session.add(broken)
        with pytest.raises(DBAPIError) as caught:
            session.flush()
        session.rollback()
        assert is_rows_fault(caught.value)
    lost = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    with pytest.raises(OperationalError) as gone, lost.connect():
        pytest.fail("there is no server")
    assert not is_rows_fault(gone.value)


@pytest.fixture(scope="module")
def asker(postgresql_server, migrated):
    """Tells whether a text would be found by a query: through the tables and their triggers."""
    path = Path(f"{migrated}-for-properties")
    engine = make_writer_engine(
        postgresql_server.copy(path, template=postgresql_server.name_of(migrated))
    )
    with Session(engine) as session:
        session.add(make_source(1))
        session.flush()
        session.add(make_article(1, "no words"))
        session.flush()
        session.add(make_quote(1, "no words"))
        session.flush()

        def find_in(content: str, query) -> bool:
            session.execute(update(Quote).values(text=content))
            return session.scalars(search_statement(QUOTES, query)).all() == [1]

        yield find_in
        session.rollback()
    engine.dispose()
    postgresql_server.drop(path)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None
)
@given(
    st.one_of(st.text(alphabet=ALPHABET, max_size=40), st.text(max_size=40)),
    st.lists(TERM, max_size=3).map(" ".join),
    st.integers(0, 39),
    st.integers(1, 8),
)
@example("a" * 600, "a" * 500 + " " + "b" * 400 + "*", 0, 500)
@example("a" * 500, "", 0, 500)
def test_what_is_found_is_what_fts5_finds(asker, index, content, q, at, size):
    content = content.encode("utf-8", "ignore").decode().replace("\0", "")
    for asked in (q, content[at : at + size], f'"{content[at : at + size]}"*'):
        try:
            query = parse_query(asked)
        except SearchError:
            continue
        assert asker(content, query) == ask(index, content, query), (content, asked)


def test_words_are_those_of_fts5_at_every_border_of_its_table(writer):
    codes = set(range(1, 0x500))
    for line in (ROOT / "app" / "db" / "unicode61.txt").read_text(encoding="utf-8").splitlines():
        kind, *ranges = line.split()
        if kind in ("part", "drop", "fold"):
            for one in ranges:
                first, _, last = one.partition("-")
                codes |= {
                    int(edge, 16) + step for edge in (first, last or first) for step in (-1, 0, 1)
                }
    codes = sorted(code for code in codes if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000)
    texts = [f"a{chr(code)}b" for code in codes]
    with writer.connect() as connection:
        found = connection.scalars(
            text("SELECT onrecord_words(one) FROM unnest(CAST(:texts AS text[])) AS one"),
            {"texts": texts},
        ).all()
    wanted = [f" {' '.join(word.folded for word in find_words(one))} " for one in texts]
    assert [(one, f, w) for one, f, w in zip(texts, found, wanted, strict=True) if f != w] == []


@pytest.mark.parametrize("interval", ["day", "week", "month", "year"])
def test_periods_begin_on_the_same_day_on_both(reader, interval):
    sqlite = create_engine("sqlite://")
    for moment in (
        "2024-12-29 23:59:59",
        "2024-12-30 00:00:00",
        "2025-01-01 12:00:00",
        "0987-03-01 00:00:00",
    ):
        ours = text(f"'{moment}+00'::timestamptz")
        with reader.connect() as one, sqlite.connect() as other:
            from sqlalchemy import literal_column

            there = one.scalar(select(period_of(literal_column(ours.text), interval)))
            here = other.scalar(select(period_of(literal_column(f"'{moment}'"), interval)))
        assert there == here
    sqlite.dispose()
