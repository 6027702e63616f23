"""Folders of article files for ingest: our own articles told again about other people.

Each file is one of `tests/articles` and `seeds` with other names and with some other words, so that
there is as much to find in it as in the article that it was made of.
"""

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from app.parsing.readers import ReadOptions, read_file
from app.parsing.readers.files import find_files
from app.parsing.types import RawArticle
from tests.benchmarks.servers import ROOT
from tests.benchmarks.world import SEED, World

OPTIONS = ReadOptions(max_bytes=20_000_000, max_chars=1_000_000)
_OTHER_WORDS = 0.1  # of the words in small letters
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}")
_WORD = re.compile(r"\b[a-z]{5,}\b")


def read_articles(folders: list[Path]) -> Iterator[RawArticle]:
    """Read every article in the folders, in the order of the files."""
    for file in find_files(folders):
        yield from read_file(file, options=OPTIONS).articles


def write_articles(folder: Path, *, count: int) -> None:
    """Write so many Markdown files."""
    folder.mkdir(parents=True)
    own = list(read_articles([ROOT / "tests" / "articles", ROOT / "seeds"]))
    world = World(1_000)
    surnames = [name.short for name in world.names if " " not in name.short]
    draw = random.Random(SEED)
    for number in range(count):
        article = own[number % len(own)]
        text = _tell_again(article.text, draw=draw, surnames=surnames, words=world.words.tolist())
        head = {
            "title": article.title,
            "outlet": article.outlet,
            "published_at": f"2024-{1 + number % 12:02}-{1 + number % 28:02}T10:00:00Z",
            "url": f"https://www.example.org/ingest/{number}",
        }
        lines = [f"{name}: {json.dumps(value)}" for name, value in head.items() if value]
        front = "\n".join(["---", *lines, "---"])
        path = folder / f"{number:05}.md"
        path.write_text(f"{front}\n\n{text}\n", encoding="utf-8")


def _tell_again(text: str, *, draw: random.Random, surnames: list[str], words: list[str]) -> str:
    others: dict[str, str] = {}

    def rename(found: re.Match[str]) -> str:
        return others.setdefault(found[0], draw.choice(surnames))

    def reword(found: re.Match[str]) -> str:
        return draw.choice(words[200:5_000]) if draw.random() < _OTHER_WORDS else found[0]

    return _WORD.sub(reword, _NAME.sub(rename, text))


def write_small_files(folder: Path, *, count: int) -> None:
    """Write so many files of some two hundred bytes, five hundred in a folder."""
    world = World(100)
    draw = random.Random(SEED)
    words = world.words[:2_000].tolist()
    for number in range(count):
        place = folder / f"{number // 500:03}"
        place.mkdir(parents=True, exist_ok=True)
        text = " ".join(draw.choices(words, k=30))
        (place / f"{number:06}.txt").write_text(f"{number}\n\n{text}.\n", encoding="utf-8")
