"""Stories are a function of the articles: in whatever order they come, change and go."""

import random
from collections.abc import Callable

import pytest
from house import House
from hypothesis import given, settings
from hypothesis import strategies as st

from app.db.engine import make_writer_engine
from app.db.fold import find_words
from app.db.sketch import estimate_resemblance
from app.ingest.store import delete_article
from app.ingest.stories import to_bands, to_sketch

WORDS = [
    f"{a}{b}"
    for a in ["harbour", "velm", "crane", "ferry", "quay", "dock", "pilot", "tide"]
    for b in "aeiou"
]


def invent(seed: int, *, size: int = 120) -> list[str]:
    return random.Random(seed).choices(WORDS, k=size)


def vary(words: list[str], *, cut: int = 0, every: int = 0) -> str:
    """Return a copy: without its end, and with every so manieth word another."""
    kept = words[: len(words) - cut]
    if every:
        kept = [word if at % every else f"other{at}" for at, word in enumerate(kept)]
    return " ".join(kept).capitalize() + "."


FIRST, SECOND = invent(1), invent(2)
TEXTS = [
    vary(FIRST),
    vary(FIRST, cut=20),
    vary(FIRST, every=25),
    vary(FIRST, every=40, cut=10),
    vary(FIRST, cut=45),
    vary(SECOND),
    vary(SECOND, cut=12),
    vary(invent(3)),
    "Too short to tell.",
    # Half of each of two: alike neither.
    " ".join([*FIRST[:60], *SECOND[:60]]) + ".",
]


def oracle(texts: dict[str, str]) -> set[frozenset[str]]:
    """Join every two articles that are copies, by looking at every pair."""
    sketches = {name: to_sketch(text) for name, text in texts.items()}
    group = {name: {name} for name in texts}
    for one in texts:
        for other in texts:
            first, second = sketches[one], sketches[other]
            if first is None or second is None or one == other:
                continue
            if (
                to_bands(first.signature) & to_bands(second.signature)
                and estimate_resemblance(first.signature, second.signature) > 0.5
            ):
                joined = group[one] | group[other]
                for name in joined:
                    group[name] = joined
    return {frozenset(found) for found in group.values() if len(found) > 1}


def stories(house: House) -> set[frozenset[str]]:
    rows = house.query(
        "SELECT s.story_key, f.path FROM article_sketches s JOIN articles a ON a.key ="
        " s.article_key JOIN sources f ON f.key = a.source_key WHERE s.story_key IS NOT NULL"
    )
    found: dict[int, set[str]] = {}
    for story, path in rows:
        found.setdefault(story, set()).add(path.rpartition("/")[2])
    return {frozenset(names) for names in found.values()}


@pytest.mark.parametrize("seed", range(4))
def test_after_every_coming_change_and_going_the_stories_are_those_of_all_pairs(
    house: House, seed: int
) -> None:
    chance = random.Random(seed)
    texts: dict[str, str] = {}
    for _ in range(6):
        for _ in range(3):
            name = f"{chance.randrange(9)}.txt"
            if name in texts and chance.random() < 0.35:
                del texts[name]
                (house.seeds / name).unlink()
            else:
                texts[name] = chance.choice(TEXTS)
                house.write(name, texts[name])
        house.ingest()
        assert stories(house) == oracle(texts)
        assert house.value("SELECT count(*) FROM article_sketches") == sum(
            to_sketch(text) is not None for text in texts.values()
        )


def test_whatever_the_order_every_table_is_the_same(build_house: Callable[[str], House]) -> None:
    dumps = []
    for number in range(3):
        house = build_house(f"order{number}")
        order = list(enumerate(TEXTS))
        random.Random(number).shuffle(order)
        for place, text in order:
            house.write(f"{place}.txt", text)
            house.ingest()
        dump = house.dump()
        dumps.append((dump["article_sketches"], dump["article_bands"]))
    assert dumps[0] == dumps[1] == dumps[2]
    assert any(row[3] for row in dumps[0][0])


def test_a_copy_that_joins_two_stories_parts_them_when_it_goes(house: House) -> None:
    words = invent(5, size=200)
    left, middle, right = words[:130], words[35:165], words[70:]
    for name, some in (("a.txt", left), ("c.txt", right)):
        house.write(name, vary(some))
    house.ingest()
    assert stories(house) == set()
    house.write("b.txt", vary(middle))
    house.ingest()
    assert stories(house) == {frozenset({"a.txt", "b.txt", "c.txt"})}
    (house.seeds / "b.txt").unlink()
    house.ingest()
    assert stories(house) == set()


def test_a_story_is_named_by_its_earliest_article(house: House) -> None:
    for name, day in (("a.md", "2024-05-03"), ("b.md", "2024-05-01"), ("c.md", None)):
        date = f"date: {day}\n" if day else ""
        house.write(name, f"---\ntitle: {name}\n{date}---\n{vary(FIRST)}\n")
    house.ingest()
    query = "SELECT DISTINCT a.title FROM article_sketches s JOIN articles a ON a.key = s.story_key"
    assert house.query(query) == [("b.md",)]
    (house.seeds / "b.md").unlink()
    house.ingest()
    assert house.query(query) == [("a.md",)]


@pytest.mark.one_database  # the plan is SQLite's
def test_a_new_article_is_compared_with_what_an_index_finds(house: House) -> None:
    house.write("a.txt", vary(FIRST))
    house.ingest()
    plans = house.query(
        "EXPLAIN QUERY PLAN SELECT DISTINCT o.article_key FROM article_bands o JOIN article_bands"
        " m ON m.band = o.band WHERE m.article_key = 1 AND o.article_key <> 1"
    )
    assert not [row[3] for row in plans if row[3].startswith("SCAN")]


def test_an_article_that_is_deleted_leaves_no_sketch(house: House) -> None:
    house.write("a.txt", vary(FIRST))
    house.ingest()
    engine = make_writer_engine(house.settings.database_url)
    with engine.begin() as connection:
        delete_article(connection, article_key=house.value("SELECT key FROM articles"))
    engine.dispose()
    for table in ("article_sketches", "article_bands"):
        assert house.value(f"SELECT count(*) FROM {table}") == 0


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000), kept=st.integers(0, 200))
def test_the_estimate_is_near_the_true_resemblance(seed: int, kept: int) -> None:
    chance = random.Random(seed)
    words = [f"w{chance.randrange(5000)}" for _ in range(400)]
    others = words[:kept] + [f"v{chance.randrange(5000)}" for _ in range(400 - kept)]
    first, second = to_sketch(" ".join(words)), to_sketch(" ".join(others))
    assert first is not None
    assert second is not None

    def runs(some: list[str]) -> set[tuple[str, ...]]:
        folded = [word.folded for word in find_words(" ".join(some))]
        return {tuple(folded[at : at + 3]) for at in range(len(folded) - 2)}

    true = len(runs(words) & runs(others)) / len(runs(words) | runs(others))
    estimate = estimate_resemblance(first.signature, second.signature)
    # Five standard errors, so that none of forty is out by chance.
    assert abs(estimate - true) < 5 * 0.045
    assert first.shingle_count == len(runs(words))


def test_case_accents_and_marks_make_no_difference() -> None:
    plain = to_sketch("The harbour of Velm is closed " * 3 + "since the storm of last night.")
    other = to_sketch("THE HÁRBOUR, of Velm — is “closed” " * 3 + "since the storm of last night!")
    assert plain is not None
    assert plain == other


def test_a_line_is_too_little_to_tell() -> None:
    assert to_sketch("") is None
    assert to_sketch("one two three") is None
