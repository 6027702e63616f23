from typing import Any

import pytest
from db_rows import make_article, make_claim, make_source
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.db.bulk import insert_rows
from app.db.search import SearchTarget, check_search, parse_query, search_statement
from app.db.tables import metadata
from app.ingest.rows import to_values

CLAIMS = metadata.tables["claims"]


@pytest.fixture
def engine(writer: Engine) -> Engine:
    with Session(writer) as session:
        session.add(make_source(1))
        session.flush()
        session.add(make_article(1, "A bridge fell.", source_key=1))
        session.commit()
    return writer


def insert_claims(connection: Connection, *keys: int) -> None:
    rows = [to_values(make_claim(key, f"bridge {key}", article_key=1)) for key in keys]
    insert_rows(connection, CLAIMS, rows)


def ask(engine: Engine, query: Any) -> list[Any]:
    with engine.begin() as connection:
        return list(connection.scalars(query))


def test_searched_rows_are_found_in_whatever_order_they_come(engine: Engine) -> None:
    with engine.begin() as connection:
        insert_claims(connection, 23, 21, 22)
        assert check_search(connection) == []
    query = search_statement(SearchTarget.CLAIMS, parse_query("bridge"))
    assert sorted(ask(engine, query)) == [21, 22, 23]


def test_the_full_text_index_is_written_out_once_for_all_rows(engine: Engine) -> None:
    pieces = text("SELECT count(*) FROM claim_search_data")
    (before,) = ask(engine, pieces)
    with engine.begin() as connection:
        insert_claims(connection, 23, 21, 22)
    assert ask(engine, pieces) == [before + 1]


def test_a_refused_row_takes_the_others_along_and_is_in_no_later_insert(engine: Engine) -> None:
    with engine.begin() as connection:
        with connection.begin_nested() as attempt:
            with pytest.raises(IntegrityError):
                insert_claims(connection, 21, 22, 21)
            attempt.rollback()
        insert_claims(connection, 24, 23)
        assert check_search(connection) == []
    assert ask(engine, text("SELECT key FROM claims ORDER BY key")) == [23, 24]
