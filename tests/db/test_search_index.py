import pytest
from db_rows import (
    make_alias,
    make_article,
    make_claim,
    make_entity,
    make_quote,
    make_source,
)
from sqlalchemy import delete, text, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.db.fold import fold
from app.db.search import SearchTarget, check_search, parse_query, search_statement
from app.db.tables import Article, Claim, Entity, EntityAlias, Quote, Source


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
        session.add(make_claim(22, "claimed bridges", article_key=2))
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


ARTICLES, QUOTES = SearchTarget.ARTICLES, SearchTarget.QUOTES
CLAIMS, ENTITIES = SearchTarget.CLAIMS, SearchTarget.ENTITIES


def test_everything_is_found_as_it_was_stored(session):
    assert find(session, ARTICLES, "bridge") == [1, 2]
    assert find(session, ARTICLES, "enorme fell") == [1]
    assert find(session, QUOTES, "bridge") == [11, 12]
    assert find(session, CLAIMS, "bridge*") == [21, 22]
    assert find(session, ENTITIES, "nowak anna") == [32]


def test_an_entity_is_found_without_the_letters_of_its_language(session):
    assert find(session, ENTITIES, "Wałęsa") == [31]
    assert find(session, ENTITIES, "lukasz walesa") == [31]


def test_a_deleted_source_takes_everything_out_by_cascade(session):
    session.execute(delete(Source).where(Source.key == 1))
    assert find(session, ARTICLES, "bridge") == [2]
    assert find(session, QUOTES, "bridge") == [12]
    assert find(session, CLAIMS, "bridge*") == [22]


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


def test_counts_change_without_touching_the_index(session):
    before = session.scalar(text("SELECT total_changes()"))
    session.execute(update(Article).values(quote_count=7))
    session.execute(update(Entity).values(mention_count=7))
    session.execute(update(EntityAlias).values(count=7))
    assert session.scalar(text("SELECT total_changes()")) - before == 2 + 2 + 3


def test_replaced_rows_are_in_step(session):
    session.execute(
        insert(EntityAlias)
        .prefix_with("OR REPLACE")
        .values(entity_key=32, text="Nowak", folded="nowak", count=9)
    )
    assert find(session, ENTITIES, "nowak") == [32]


def test_an_upsert_that_only_counts_is_in_step(session):
    values = {"entity_key": 32, "folded": "x", "count": 1}
    for name in ("Nowak", "Nowakowa"):
        statement = insert(EntityAlias).values(**(values | {"text": name, "folded": fold(name)}))
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["entity_key", "text"], set_={"count": EntityAlias.count + 1}
            )
        )
        session.execute(statement.on_conflict_do_nothing())
    assert find(session, ENTITIES, "nowak nowakowa") == [32]


def test_aliases_come_and_go_one_by_one(session):
    session.execute(delete(EntityAlias).where(EntityAlias.text == "Mr Wałęsa"))
    assert find(session, ENTITIES, "mr") == []
    assert find(session, ENTITIES, "walesa") == [31]
    session.execute(delete(EntityAlias).where(EntityAlias.entity_key == 31))
    assert find(session, ENTITIES, "walesa") == []
    assert find(session, ENTITIES, "Wałęsa") == [31]
    session.add(make_alias(31, "Lech", "lech"))
    assert find(session, ENTITIES, "lech") == [31]


def test_a_deleted_entity_is_gone_with_its_aliases(session):
    session.execute(delete(Entity).where(Entity.key == 31))
    assert find(session, ENTITIES, "walesa") == []
    assert find(session, ENTITIES, "lukasz") == []
    assert find(session, ENTITIES, "nowak") == [32]


def test_an_alias_is_not_renamed_in_place(session):
    with pytest.raises(IntegrityError, match="deleting it and inserting another"):
        session.execute(update(EntityAlias).values(folded="x"))
    session.rollback()


def test_a_rolled_back_article_is_not_found(session):
    session.add(make_article(3, "A third bridge."))
    assert find(session, ARTICLES, "bridge") == [1, 2, 3]
    session.rollback()
    assert find(session, ARTICLES, "bridge") == [1, 2]


def test_the_check_names_an_index_that_is_out_of_step(writer):
    with writer.connect() as connection:
        connection.execute(
            text("INSERT INTO quote_search (rowid, text) VALUES (5, 'nobody said this')")
        )
        (fault,) = check_search(connection)
        assert fault.startswith("quote_search: differs from its table")
        connection.rollback()
        connection.execute(text("DROP TRIGGER claim_search_delete"))
        assert check_search(connection) == [
            "claim_search: the trigger claim_search_delete is missing"
        ]
        connection.rollback()
        assert check_search(connection) == []
