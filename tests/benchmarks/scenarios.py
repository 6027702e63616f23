"""What is asked of the server: lists of addresses, drawn by a seed from what a corpus holds.

Keys are hashes, so the first rows in the order of their keys are an even draw of all: speakers come
as often as they are quoted, which is Zipf's law. No address stands twice in a list.
"""

import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.api.caching import encode_query
from app.api.counting import MAX_GROUPS
from app.api.paging import Cursor, encode_cursor
from app.db.fold import find_words
from app.db.ids import ARTICLE, to_id
from app.db.search import parse_query, to_fts5
from tests.benchmarks.world import FUNCTION_WORDS, SEED

PAGE = 20
DEEP = 1_000_000
MOST = 60_000  # addresses of a list, when the corpus has so many
_BEST_FIRST = ("sort", "relevance")
MONTHS = 120  # of ten years; a larger limit gives the same answer under another address


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of question.

    Attributes:
        name: What it is called in the figures.
        what: The same for people.
        list_lines: Makes its addresses from a corpus.
    """

    name: str
    what: str
    list_lines: Callable[[sqlite3.Connection], list[str]]


@dataclass(frozen=True, slots=True)
class Place:
    """A row of quotations of one speaker, after which there is at least a whole page."""

    key: int
    speaker_key: int
    slug: str
    published_at: str


def open_corpus(path: Path) -> closing[sqlite3.Connection]:
    """Open a corpus for reading."""
    return closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True))


def list_places(corpus: sqlite3.Connection, *, most: int = MOST) -> list[Place]:
    """Return places in lists of speakers, each speaker as often as he is quoted."""
    drawn = corpus.execute(
        "SELECT quotes.key, speaker_key, slug, published_at FROM quotes "
        "JOIN entities ON entities.key = speaker_key "
        "WHERE published_at IS NOT NULL AND quote_count > ? ORDER BY quotes.key LIMIT ?",
        (PAGE, 2 * most),
    )
    follow = corpus.cursor()
    found = []
    for row in drawn:
        place = Place(*row)
        rest = follow.execute(
            "SELECT 1 FROM quotes WHERE speaker_key = ? AND (published_at, key) < (?, ?) "
            "ORDER BY published_at DESC, key DESC LIMIT 1 OFFSET ?",
            (place.speaker_key, place.published_at, place.key, PAGE),
        ).fetchone()
        if rest is not None:
            found.append(place)
        if len(found) == most:
            break
    return found


def list_speaker_pages(corpus: sqlite3.Connection) -> list[str]:
    """Pages of quotations of a speaker, with the speaker, each from another row on."""
    return [
        to_page(
            [("include", "speaker"), ("speaker", place.slug)],
            published_at=place.published_at,
            key=place.key,
        )
        for place in list_places(corpus)
    ]


def list_deep_pages(corpus: sqlite3.Connection) -> list[str]:
    """Pages of all quotations, far from the first."""
    total = corpus.execute("SELECT count(*) FROM quotes").fetchone()[0]
    rows = corpus.execute(
        "SELECT published_at, key FROM quotes WHERE published_at IS NOT NULL "
        "ORDER BY published_at DESC, key DESC LIMIT ? OFFSET ?",
        (MOST, min(DEEP, total // 3)),
    ).fetchall()
    # Not one after the other, which would read the same pages of the file again and again.
    random.Random(SEED).shuffle(rows)
    return [to_page([], published_at=published_at, key=key) for published_at, key in rows]


def to_page(filters: Iterable[tuple[str, str]], *, published_at: str, key: int) -> str:
    """Return the address of the page of quotations after a row, newest first."""
    pairs = sorted(filters)
    scope = "/v1/quotes" + (f"?{encode_query(pairs)}" if pairs else "")
    time = datetime.fromisoformat(published_at).replace(tzinfo=UTC)
    cursor = encode_cursor(Cursor((time, key)), scope=scope)
    return f"/v1/quotes?{encode_query(sorted([*pairs, ('cursor', cursor), ('limit', str(PAGE))]))}"


def list_annotations(corpus: sqlite3.Connection) -> list[str]:
    """Articles with everything that was found in them."""
    keys = corpus.execute("SELECT key FROM articles ORDER BY key LIMIT ?", (MOST,))
    return [f"/v1/articles/{to_id(ARTICLE, key)}/annotations" for (key,) in keys]


def draw_searches(corpus: sqlite3.Connection) -> list[str]:
    """Two words that stand in one quotation: a log of what readers look for."""
    draw = random.Random(SEED)
    found: dict[str, None] = {}
    for (text,) in corpus.execute("SELECT text FROM quotes ORDER BY key LIMIT ?", (MOST,)):
        words = sorted({word.folded for word in find_words(text)} - FUNCTION_WORDS)
        if len(words) > 1:
            found.setdefault(" ".join(draw.sample(words, 2)))
    return list(found)


def _to_lines(searches: Iterable[str], *more: tuple[str, str]) -> list[str]:
    return [f"/v1/quotes?{encode_query([('limit', str(PAGE)), ('q', q), *more])}" for q in searches]


def list_searches(corpus: sqlite3.Connection) -> list[str]:
    """Searches, the newest hits first."""
    return _to_lines(draw_searches(corpus))


def list_relevance(corpus: sqlite3.Connection) -> list[str]:
    """The same searches, the best hits first."""
    return _to_lines(draw_searches(corpus), _BEST_FIRST)


def list_single_searches(corpus: sqlite3.Connection) -> list[str]:
    """Those of the searches by relevance that find one quotation.

    Of a million articles two words of a quotation find others too, of ten thousand hardly ever:
    these say what the size of the corpus alone costs, and the others what more is found as well.
    """
    count = "SELECT count(*) FROM (SELECT 1 FROM quote_search WHERE quote_search MATCH ? LIMIT 2)"
    single = (
        q
        for q in draw_searches(corpus)
        if corpus.execute(count, (to_fts5(parse_query(q)),)).fetchone() == (1,)
    )
    return _to_lines(single, _BEST_FIRST)


def list_speaker_counts(corpus: sqlite3.Connection) -> list[str]:
    """Quotations of a speaker by month."""
    drawn = corpus.execute(
        "SELECT slug FROM quotes JOIN entities ON entities.key = speaker_key "
        "ORDER BY quotes.key LIMIT ?",
        (MOST,),
    )
    limits: Counter[str] = Counter()
    lines = []
    for (slug,) in drawn:
        limit = MONTHS + limits[slug]
        limits[slug] += 1
        if limit <= MAX_GROUPS:
            pairs = [("interval", "month"), ("limit", str(limit)), ("speaker", slug)]
            lines.append(f"/v1/quotes/counts?{encode_query(pairs)}")
    return lines


def list_counts(corpus: sqlite3.Connection) -> list[str]:
    """All quotations, claims and articles by month."""
    return [
        f"/v1/{what}/counts?interval=month&limit={limit}"
        for limit in range(MONTHS, MAX_GROUPS + 1)
        for what in ("quotes", "claims", "articles")
    ]


def list_entities(corpus: sqlite3.Connection) -> list[str]:
    """Entities, those first that are named most often."""
    return [f"/v1/entities/{slug}" for slug in _draw_entities(corpus)]


def list_entity_pages(corpus: sqlite3.Connection) -> list[str]:
    """The pages for people about entities that said so much that a page is full.

    Among more articles more entities have: a page of three quotations would stand against one of
    twenty.
    """
    return [f"/speakers/{slug}" for slug in _draw_entities(corpus, least=PAGE + 1)]


def _draw_entities(corpus: sqlite3.Connection, *, least: int = 0) -> list[str]:
    """Draw entities without putting back, each with the weight of its mentions.

    Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006.

    Args:
        corpus: Where from.
        least: How many quotations each has at least.
    """
    draw = random.Random(SEED)
    weighted = [
        (draw.random() ** (1 / mentions), slug)
        for slug, mentions in corpus.execute(
            "SELECT slug, mention_count FROM entities WHERE quote_count >= ? ORDER BY key", (least,)
        )
    ]
    weighted.sort(reverse=True)
    return [slug for _, slug in weighted[:MOST]]


COLD = "cold_page"
SCENARIOS = (
    Scenario(COLD, "20 quotations of a speaker, each page once", list_speaker_pages),
    Scenario("deep_page", "20 of all quotations, a million rows deep", list_deep_pages),
    Scenario("annotations", "an article's annotations", list_annotations),
    Scenario("search", "two words in quotations, newest first", list_searches),
    Scenario("search_relevance", "two words in quotations, best first", list_relevance),
    Scenario("search_single", "two words in one quotation alone", list_single_searches),
    Scenario("speaker_months", "a speaker's quotations by month", list_speaker_counts),
    Scenario("all_months", "all quotations, claims, articles by month", list_counts),
    Scenario("entity", "an entity", list_entities),
    Scenario("entity_html", "a full page for people about an entity", list_entity_pages),
)
