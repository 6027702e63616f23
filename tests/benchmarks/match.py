"""How long /v1/quotes/match takes among many invented quotations, in the real tables.

python -m tests.benchmarks.match [--quotes 1000000] [--asked 60] [--keep FOLDER]

Words are drawn as they are in English (Zipf's law, 30,000 of them), so that common runs of three
words come as often as in news. Prints percentiles in milliseconds for each way of asking, with the
machine as it is, and what of it was work of the processor: compare runs on one machine only.
"""

import argparse
import itertools
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote as encode

import numpy as np
from fastapi.testclient import TestClient
from sqlalchemy import insert

from app.api import stored
from app.db.engine import make_writer_engine
from app.db.ids import to_key
from app.db.near import to_words_key
from app.main import create_app
from app.settings import Settings
from tests.api.corpus import CHANGED_AT, write_corpus

VOCABULARY = 30_000
EACH = 10  # quotations of an article
PORTION = 2_000  # articles of a transaction
SYLLABLES = [
    "ba",
    "de",
    "fi",
    "go",
    "hu",
    "ka",
    "le",
    "mi",
    "no",
    "pu",
    "ra",
    "se",
    "ti",
    "vo",
    "wu",
    "za",
    "the",
    "an",
    "er",
    "on",
]


def invent_words() -> list[str]:
    """Return invented words, the shorter the more common."""
    sizes = (itertools.product(SYLLABLES, repeat=size) for size in itertools.count(1))
    every = ("".join(parts) for words in sizes for parts in words)
    return list(itertools.islice(every, VOCABULARY))


def invent_texts(count: int) -> Iterator[str]:
    """Yield the words of so many quotations, 4 to 40 of them each."""
    words = np.array(invent_words())
    shares = 1 / np.arange(1, len(words) + 1) ** 1.0
    shares /= shares.sum()
    chance = np.random.default_rng(2)
    while count > 0:
        sizes = chance.integers(4, 41, size=min(count, 20_000))
        drawn = words[chance.choice(len(words), size=int(sizes.sum()), p=shares)]
        at = 0
        for size in sizes:
            yield " ".join(drawn[at : at + size]).capitalize() + "."
            at += size
        count -= len(sizes)


def write_quotes(path: Path, count: int) -> None:
    """Make a database with so many quotations, ten an article."""
    write_corpus(path, articles=1)
    engine = make_writer_engine(f"sqlite:///{path}")
    texts = invent_texts(count)
    source = to_key("source", "courier/00.txt")
    for first in range(0, count // EACH, PORTION):
        articles: list[dict[str, Any]] = []
        quotes: list[dict[str, Any]] = []
        for number in range(first, min(first + PORTION, count // EACH)):
            key, text = to_key("invented article", str(number)), ""
            for place in range(EACH):
                words = next(texts)
                start = len(text) + 1
                text += f"“{words}” said somebody. "
                quotes.append(quote_row(key, number * EACH + place, words, start))
            articles.append(article_row(key, source, text))
        with engine.begin() as connection:
            connection.execute(insert(stored.articles), articles)
            connection.execute(insert(stored.quotes), quotes)
    engine.dispose()


def article_row(key: int, source: int, text: str) -> dict[str, Any]:
    return {
        "key": key,
        "source_key": source,
        "title": None,
        "title_derived": True,
        "authors": [],
        "outlet": None,
        "published_at": CHANGED_AT,
        "language": "en",
        "url": None,
        "meta": {},
        "text": text,
        "paragraphs": [],
        "sentences": [],
        "word_count": 0,
        "quote_count": EACH,
        "claim_count": 0,
        "entity_count": 0,
        "mention_count": 0,
    }


def quote_row(article: int, number: int, words: str, start: int) -> dict[str, Any]:
    return {
        "key": to_key("invented quote", str(number)),
        "article_key": article,
        "attribution_key": None,
        "form": "direct",
        "text": words,
        "words_key": to_words_key(words),
        "start": start,
        "end": start + len(words),
        "parts": [[start, start + len(words)]],
        "speaker_key": None,
        "speaker_kind": "none",
        "speaker_name": None,
        "speaker_role": None,
        "cue_lemma": None,
        "confidence": 0.9,
        "published_at": CHANGED_AT,
        "outlet": None,
        "language": "en",
    }


def ways_of_asking(text: str, chance: random.Random, common: list[str]) -> dict[str, str]:
    """Return a text as it may be asked for: whole, cut, altered, and not there at all."""
    words = text.rstrip(".").split()
    cut = words[len(words) // 4 : len(words) // 4 + max(4, len(words) // 2)]
    little = [chance.choice(common) if at % 8 == 4 else word for at, word in enumerate(words)]
    much = [chance.choice(common) if at % 3 == 1 else word for at, word in enumerate(words)]
    return {
        "whole": text,
        "cut": " ".join(cut),
        "altered": " ".join(little),
        "altered much": " ".join(much),
        "common words": " ".join(chance.choices(common[:60], k=8)),
        "not there": " ".join(f"{word}x" for word in words[:12]),
    }


def measure(path: Path, *, asked: int, count: int) -> None:
    """Ask, and print how long it took."""
    chance = random.Random(3)
    common = invent_words()[:3000]
    wanted = frozenset(chance.sample(range(count), asked))
    texts = [text for at, text in enumerate(invent_texts(count)) if at in wanted]
    settings = Settings(database_url=f"sqlite:///{path}", ingest_at_start=False)
    times: dict[str, list[float]] = {}
    work: dict[str, list[float]] = {}
    found: dict[str, int] = {}
    with TestClient(create_app(settings)) as client:
        client.get("/v1/quotes?limit=1")
        for text in texts:
            for way, words in ways_of_asking(text, chance, common).items():
                began, began_cpu = time.perf_counter(), time.process_time()
                answer = client.get(f"/v1/quotes/match?limit=5&text={encode(words)}")
                times.setdefault(way, []).append((time.perf_counter() - began) * 1000)
                work.setdefault(way, []).append((time.process_time() - began_cpu) * 1000)
                assert answer.status_code == 200, answer.text
                data = answer.json()["data"]
                found[way] = found.get(way, 0) + any(m["quote"]["text"] == text for m in data)
    write = sys.stdout.write
    write(f"{count} quotations, {path.stat().st_size / 1e6:.0f} MB, {asked} of each way\n")
    write(f"{'':14}{'p50':>8}{'p95':>8}{'p99':>8}{'most':>8}   CPU p50     p99   found\n")
    for way, some in times.items():
        percentiles = np.percentile(some, [50, 95, 99, 100])
        cells = "".join(f"{value:8.1f}" for value in percentiles)
        cells += "".join(f"{value:10.1f}" for value in np.percentile(work[way], [50, 99]))
        write(f"{way:14}{cells}   {found[way]} of {asked}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quotes", type=int, default=1_000_000)
    parser.add_argument("--asked", type=int, default=60)
    parser.add_argument("--keep", type=Path, help="a folder whose database is made once and kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="onrecord-match-") as temporary:
        path = (options.keep or Path(temporary)) / f"{options.quotes}.db"
        if not path.exists():
            began = time.perf_counter()
            write_quotes(path, options.quotes)
            sys.stdout.write(f"written in {time.perf_counter() - began:.0f} s\n")
        measure(path, asked=options.asked, count=options.quotes)


if __name__ == "__main__":
    main()
