import sqlite3
from itertools import pairwise

import pytest
from db_rows import make_article, make_quote, make_source
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlmodel import Session

from app.db.search import (
    Query,
    SearchError,
    SearchTarget,
    Term,
    find_matches,
    make_snippet,
    parse_query,
    search_statement,
    to_fts5,
)
from app.db.tables import Quote


def words(*each: str) -> tuple[Term, ...]:
    return tuple(Term((word,)) for word in each)


@pytest.mark.parametrize(
    ("q", "query"),
    [
        ("front crumbling", Query(words("front", "crumbling"))),
        ('"The Front"', Query((Term(("the", "front")),))),
        ("“the front„ is", Query((Term(("the", "front")), Term(("is",))))),
        ("war -peace", Query(words("war"), words("peace"))),
        ('war -"peace talks"', Query(words("war"), (Term(("peace", "talks")),))),
        ("crumbl*", Query((Term(("crumbl",), prefix=True),))),
        ('"the fro"*', Query((Term(("the", "fro"), prefix=True),))),
        ("-crumbl* war", Query(words("war"), (Term(("crumbl",), prefix=True),))),
        ("well-known", Query((Term(("well", "known")),))),
        ("don’t", Query((Term(("don", "t")),))),
        ('"not closed', Query((Term(("not", "closed")),))),
        ('say"hello there"', Query((Term(("say",)), Term(("hello", "there"))))),
        ("ÉLYSÉE", Query(words("elysee"))),
        ("AND OR NOT NEAR", Query(words("and", "or", "not", "near"))),
        ("title:war", Query((Term(("title", "war")),))),
        ('war ! - * "" -\'', Query(words("war"))),
        ("--war peace", Query(words("peace"), words("war"))),
        ("* war", Query(words("war"))),
    ],
)
def test_queries_are_read(q, query):
    assert parse_query(q) == query


@pytest.mark.parametrize(
    ("q", "reason"),
    [
        ("", "no letter or digit"),
        ("  \n", "no letter or digit"),
        ("!?.", "no letter or digit"),
        ('"', "no letter or digit"),
        ("👍", "no letter or digit"),
        ("-war", "only excludes"),
        ('-"war and" -peace', "only excludes"),
        ("a\0b", "NUL"),
        ("a\udc00", "surrogate"),
        ("a" * 501, "longer than 500"),
        ("a " * 33, "more than 32"),
    ],
)
def test_queries_that_cannot_run_say_why(q, reason):
    with pytest.raises(SearchError, match=reason):
        parse_query(q)


def test_the_limits_themselves_are_allowed():
    assert len(parse_query("a " * 32).wanted) == 32
    assert parse_query("a" * 500).wanted == words("a" * 500)


def test_a_query_is_written_in_the_syntax_of_fts5():
    query = parse_query('front "the war"* -peace -"old man"')
    assert to_fts5(query) == '("front" AND "the war" *) NOT ("peace" OR "old man")'


@pytest.fixture(scope="module")
def index():
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.execute(
        "CREATE VIRTUAL TABLE texts USING fts5(text, tokenize='unicode61 remove_diacritics 2')"
    )
    yield database
    database.close()


def ask(index, content: str, query: Query) -> bool:
    index.execute("DELETE FROM texts")
    index.execute("INSERT INTO texts (rowid, text) VALUES (1, ?)", (content,))
    found = index.execute("SELECT rowid FROM texts WHERE texts MATCH ?", (to_fts5(query),))
    return found.fetchall() == [(1,)]


SYNTAX = st.text(alphabet="ab é\"“*-+:^(){}'\\,.\0NEAROT\ud800", max_size=30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.one_of(st.text(max_size=600), SYNTAX))
@example('"a" AND')
@example("NEAR(a b, 2)")
@example("{a b}: c")
@example("^a")
@example("a + b")
@example("texts : a")
def test_any_text_is_a_query_that_runs_or_a_reason(index, q):
    try:
        query = parse_query(q)
    except SearchError:
        return
    assert ask(index, " ".join(word for term in query.wanted for word in term.words), query) or (
        query.excluded
    )


ALPHABET = "abAB éÉe\u0301\u0328ßẞﬁıİIłømМ.,'’-\n\t中文あشَ👍🏽²①\u200d\u0345ǅ"
TERM = st.builds(
    lambda minus, body, quoted, star: minus + (f'"{body}"' if quoted else body) + star,
    st.sampled_from(["", "", "", "-"]),
    st.text(alphabet=ALPHABET, max_size=5),
    st.booleans(),
    st.sampled_from(["", "*"]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400)
@given(
    st.one_of(st.text(alphabet=ALPHABET, max_size=40), st.text(max_size=40)),
    st.lists(TERM, max_size=3).map(" ".join),
    st.integers(0, 39),
    st.integers(1, 8),
)
@example("0\0", "", 0, 1)
def test_what_is_marked_is_what_the_index_finds(index, content, q, at, size):
    content = content.encode("utf-8", "ignore").decode()
    for asked in (q, content[at : at + size], f'"{content[at : at + size]}"*'):
        try:
            query = parse_query(asked)
        except SearchError:
            continue
        each = [find_matches(content, Query((term,))) for term in query.wanted]
        against = [find_matches(content, Query((term,))) for term in query.excluded]
        assert ask(index, content, query) == (all(each) and not any(against))
        marked = find_matches(content, query)
        assert marked == sorted(marked)
        assert all(0 <= start < end <= len(content) for start, end in marked)
        assert all(a[1] <= b[0] for a, b in pairwise(marked))
        # highlight() itself is the reference, but ends at a NUL.
        if all(each) and not set(content) & set("\0\x01\x02"):
            (shown,) = index.execute(
                "SELECT highlight(texts, 0, char(1), char(2)) FROM texts WHERE texts MATCH ?",
                (to_fts5(Query(query.wanted)),),
            ).fetchone()
            assert shown == mark(content, marked)


def mark(content: str, spans) -> str:
    parts, last = [], 0
    for start, end in spans:
        parts += [content[last:start], "\x01", content[start:end], "\x02"]
        last = end
    return "".join([*parts, content[last:]])


@pytest.mark.parametrize(
    ("content", "q", "slices"),
    [
        ("The front. Fronts, FRONT", "front", ["front", "FRONT"]),
        ("The front. Fronts, FRONT", "front*", ["front", "Fronts", "FRONT"]),
        ("the war, the warfare", '"the war"', ["the war"]),
        ("the war, the warfare", '"the war"*', ["the war", "the warfare"]),
        ("Café de l'Élysée", "elysee cafe", ["Café", "Élysée"]),
        ("Cafe\u0301!", "café", ["Cafe\u0301"]),
        ("They don’t know", "don't", ["don’t"]),
        ("one two three", '"one two" "two three"', ["one two three"]),
        ("war and peace", "war -peace", ["war"]),
        ("nothing here", "war", []),
    ],
)
def test_matches_are_the_words_that_were_asked_for(content, q, slices):
    assert [content[s:e] for s, e in find_matches(content, parse_query(q))] == slices


def test_matches_are_limited_from_the_beginning():
    assert find_matches("a b a b a", parse_query("a"), limit=2) == [(0, 1), (4, 5)]


def test_a_short_text_is_its_own_snippet():
    assert make_snippet("A\nwar\tis on", [(2, 5)]) == ("A war is on", [(2, 5)])


def test_a_snippet_is_cut_between_words_around_the_match():
    content = "one two three four five six seven eight nine ten"
    snippet, matches = make_snippet(content, find_matches(content, parse_query("six")), width=20)
    assert snippet == "…five six seven…"
    assert [snippet[s:e] for s, e in matches] == ["six"]


def test_a_snippet_shows_the_most_matches():
    content = "war " + "x " * 50 + "war and war " + "y " * 50
    snippet, matches = make_snippet(content, find_matches(content, parse_query("war")), width=40)
    assert [snippet[s:e] for s, e in matches] == ["war", "war"]
    assert snippet.startswith("…x")
    assert snippet.endswith("y…")


def test_without_matches_a_snippet_is_the_beginning():
    assert make_snippet("one two three four five six", [], width=20) == ("one two three four…", [])


def test_a_match_longer_than_the_snippet_is_cut():
    snippet, matches = make_snippet("x " + "a" * 50 + " y", [(2, 52)], width=20)
    assert len(snippet) <= 20
    assert [set(snippet[s:e]) for s, e in matches] == [{"a"}]


@given(
    st.text(alphabet="ab \n中", max_size=200),
    st.sampled_from(["a", "b*", '"a b"', "a b ab", "中*"]),
    st.integers(20, 80),
)
def test_a_snippet_is_a_stretch_of_the_text_no_longer_than_asked(content, q, width):
    found = find_matches(content, parse_query(q))
    snippet, matches = make_snippet(content, found, width=width)
    assert len(snippet) <= width
    assert "\n" not in snippet
    body = snippet.removeprefix("…").removesuffix("…")
    assert body in content.replace("\n", " ")
    assert bool(matches) == bool(found)
    shown = {content[s:e].replace("\n", " ") for s, e in found}
    for start, end in matches:
        assert 0 <= start < end <= len(snippet)
        assert any(snippet[start:end] in one for one in shown)


@pytest.fixture
def session(writer):
    with Session(writer) as session:
        session.add(make_source())
        session.flush()
        session.add(make_article(1, "Nothing."))
        session.flush()
        contents = ["war", "war war", "war and peace", "war", "peace", "war", "a longer war text"]
        session.add_all(make_quote(9 - n, content) for n, content in enumerate(contents))
        session.commit()
        yield session


def test_results_are_ordered_by_relevance_then_key(session):
    found = search_statement(SearchTarget.QUOTES, parse_query("war"), limit=10)
    rows = session.execute(found).all()
    assert [row.key for row in rows] == [8, 4, 6, 9, 7, 3]
    assert [row.rank for row in rows] == sorted(row.rank for row in rows)


def test_pages_by_cursor_are_the_whole_list_without_gap_or_repeat(session):
    query = parse_query("war")
    whole = session.execute(search_statement(SearchTarget.QUOTES, query, limit=100)).all()
    pages, after = [], None
    while page := session.execute(
        search_statement(SearchTarget.QUOTES, query, after=after, limit=2)
    ).all():
        pages += page
        after = (page[-1].rank, page[-1].key)
    assert pages == whole


def test_a_search_joins_its_table_and_takes_filters(session):
    found = search_statement(SearchTarget.QUOTES, parse_query("war -peace")).subquery()
    statement = (
        select(Quote.key)
        .join(found, found.c.key == Quote.key)
        .where(Quote.key > 4)
        .order_by(found.c.rank, found.c.key)
    )
    assert session.scalars(statement).all() == [8, 6, 9]
    plan = session.execute(text(f"EXPLAIN QUERY PLAN {compiled(statement, session)}")).all()
    assert any("VIRTUAL TABLE INDEX" in row[3] for row in plan), plan
    assert not any(row[3].startswith("SCAN quotes") for row in plan), plan


def compiled(statement, session) -> str:
    return str(statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
