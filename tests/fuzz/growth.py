"""How reading and parsing grow with the size of what they are given.

For each kind of text the processor time is taken at sizes that double; the slope of log time over
log size says how it grows: 1 is linear, 2 is quadratic. A fixed cost pulls the slope down and is
taken off first (the time of a tiny text).
"""

import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.parsing.errors import ReadError
from app.parsing.pipeline import Parser
from app.parsing.readers import SeedFile, read_file
from app.parsing.types import FileFormat, RawArticle

STEEPEST = 1.45
"""A steeper slope is taken for more than near-linear. n log n measures as 1.1; at these sizes the
processor's caches and the collector's walks add up to 0.3; what is quadratic measures 1.7 and more
once it costs anything."""

SIZES = (4_000, 8_000, 16_000, 32_000)
FILE_SIZES = (20_000, 40_000, 80_000, 160_000)

TEXTS: dict[str, str] = {
    "plain words": "the rain fell on the town and the river rose over night. ",
    "one word": "a",
    "digits": "7",
    "digits and commas": "1,",
    "spaces": "a" + " " * 40,
    "lines": "a line of words\n",
    "empty lines": "a\n\n\n\n",
    "opening marks": "“",
    "closing marks": "”",
    "straight marks": '"',
    "apostrophes": "'",
    "single marks": "‘a’ ",
    "pairs of marks": "“a b” ",
    "nested marks": "“a ‘b ",
    "marks over paragraphs": "“It rained here all night.\n\n",
    "brackets": "(",
    "dashes": "— ",
    "commas": "a, ",
    "full stops": "A. ",
    "colons": "a: ",
    "dialogue": "LIND: It rained here.\nORR: It did not.\n",
    "said": "said ",
    "he said that": "He said that ",
    "quotes": "“It rained all night here,” said Ann Bell.\n\n",
    "quotes by pronoun": "“It rained all night here,” she said. ",
    "split quotes": "“It rained,” Ann Bell said, “and it rained on.” ",
    "indirect": "Ann Bell said that it rained in Riga on Monday. ",
    "according to": "According to the ministry, it rained. ",
    "one name": "Ann Bell met Jon Lind. ",
    "pronouns": "he ",
    "roles": "the mayor of Riga, Ann Bell, a former judge, ",
    "capitals": "Abc ",
    "initials": "J. R. ",
    "and": "Ann and ",
    "of the": "of the ",
    "possessives": "Bell's ",
    "places": "in Paris, ",
    "dates": "on 1 May 2020, ",
    "amounts": "10 million euros, ",
    "accents": "e\u0301",
    "piled accents": "e" + "\u0301" * 30 + " ",
    "invisible": "a\u200b\u202e",
    "emoji": "🙂",
    "surrogates": "a\ud800 ",
    "Arabic": "قال الرئيس إن الحرب انتهت. ",
    "Chinese": "总统说战争结束了。",
    "addresses": "https://example.org/a?b=c ",
    "hyphens": "a-b-",
    "underscores": "a_",
}
"""Repeated to the size that is measured."""

MANY: dict[str, Callable[[int], str]] = {
    "many names": lambda n: f"{_name(n)} {_name(n * 7 + 3)} met him. ",
    "many surnames": lambda n: f"Ann {_name(n)} said it rained. Mr. {_name(n)} left. ",
    "many bodies": lambda n: f"the {_name(n)} Company (“{_name(n)[:3].upper()}”) said so. ",
    "many roles": lambda n: f"the {_name(n).lower()} minister, Ann {_name(n)}, said it rained. ",
    "many cues": lambda n: f"{_name(n)} Orr {('said', 'denied', 'warned')[n % 3]} that it rained. ",
    "many numbers": lambda n: f"{n:,} of {n * 7} people, ",
}
"""Called with 0, 1, 2 … and joined."""

FILES: dict[str, tuple[str, str, str, str]] = {
    "tags": (".html", "<html><body>", "<p>It rained here on Monday. ", ""),
    "nested tags": (".html", "", "<div>", "x"),
    "unclosed tags": (".html", "<p>", "<b>a ", ""),
    "attributes": (".html", "<p ", "a=1 ", ">x</p>"),
    "entities": (".html", "<p>", "&amp;", "</p>"),
    "comments": (".html", "", "<!-- a ", ""),
    "angle brackets": (".html", "", "<", ""),
    "JSON-LD": (".html", '<script type="application/ld+json">', "[", "</script>"),
    "meta": (".html", "", '<meta name="author" content="Ann Bell">', "<p>x</p>"),
    "nested JSON": (".json", "", "[", ""),
    "JSON keys": (".json", '{"a": 1', ', "a": {"b": 1}', "}"),
    "lines of JSON": (".jsonl", "", '{"text": "It rained."}\n', ""),
    "numbers in JSON": (".json", '{"a": ', "9", "}"),
    "Markdown words": (".md", "", "It rained here on Monday. ", ""),
    "Markdown quotes": (".md", "", ">", " a"),
    "Markdown lists": (".md", "", "- a\n", ""),
    "Markdown emphasis": (".md", "", "*a_", ""),
    "Markdown stars": (".md", "", "a **b ", ""),
    "Markdown brackets": (".md", "", "[", ""),
    "Markdown links": (".md", "", "[a](", ""),
    "Markdown images": (".md", "", "![a", ""),
    "Markdown angle brackets": (".md", "", "<a ", ""),
    "Markdown backticks": (".md", "", "`a``b", ""),
    "Markdown references": (".md", "", "[a]: b\n", ""),
    "Markdown backslashes": (".md", "", "\\", ""),
    "Markdown entities": (".md", "", "&a", ""),
    "front matter": (".md", "---\na: [", "1, ", "]\n---\nText."),
    "front matter keys": (".md", "---\n", "a: 1\n", "---\nText."),
    "headers": (".txt", "", "Title: a\n", ""),
    "bylines": (".txt", "A headline\nBy Ann", " and Bo", "\n\nText."),
    "authors": (".json", '{"bodies":[{"value":"x"}],"by":"', "Ann, ", '"}'),
}
"""Suffix, beginning, what is repeated, end."""


@dataclass(frozen=True, slots=True)
class Growth:
    """How the time grew.

    Attributes:
        name: Of the kind of text.
        sizes: In characters or bytes.
        seconds: Of the processor, one for each size.
    """

    name: str
    sizes: tuple[int, ...]
    seconds: tuple[float, ...]

    @property
    def slope(self) -> float:
        """Slope of log time over log size, by least squares."""
        fitted = np.polyfit(np.log(self.sizes), np.log(np.maximum(self.seconds, 1e-4)), 1)
        return float(fitted[0])

    @property
    def is_steep(self) -> bool:
        """It grows more than near-linearly, and costs enough to say so."""
        return self.slope > STEEPEST and self.seconds[-1] > 0.2


def measure_texts(parser: Parser, *, sizes: tuple[int, ...] = SIZES) -> Iterator[Growth]:
    """Measure parsing, over all texts."""
    for name, piece in TEXTS.items():
        yield _measure_text(
            parser, name, lambda size, piece=piece: piece * (size // len(piece)), sizes
        )
    for name, make in MANY.items():
        yield _measure_text(parser, name, lambda size, make=make: _join(make, size), sizes)


def _measure_text(
    parser: Parser, name: str, build: Callable[[int], str], sizes: tuple[int, ...]
) -> Growth:
    def parse(size: int) -> float:
        return _time(lambda: parser.parse(RawArticle("0", build(size), FileFormat.TEXT)))

    fixed = parse(200)
    return Growth(name, sizes, tuple(parse(size) - fixed for size in sizes))


def measure_files(folder: Path, *, sizes: tuple[int, ...] = FILE_SIZES) -> Iterator[Growth]:
    """Measure reading, over all kinds of files."""
    for name, (suffix, head, piece, tail) in FILES.items():
        path = folder / f"growing{suffix}"
        file = SeedFile(path, folder, path.name)

        def read(
            size: int, *, path: Path = path, file: SeedFile = file, form: tuple[str, ...]
        ) -> float:
            head, piece, tail = form
            path.write_text(head + piece * (size // len(piece)) + tail, encoding="utf-8")
            return _time(lambda: _read(file))

        form = (head, piece, tail)
        fixed = min(read(200, form=form), read(200, form=form))
        yield Growth(
            f"{suffix} {name}", sizes, tuple(read(size, form=form) - fixed for size in sizes)
        )


def _read(file: SeedFile) -> None:
    try:
        read_file(file)
    except ReadError:
        return


def _time(work: Callable[[], object]) -> float:
    gc.collect()
    since = time.process_time()
    work()
    return time.process_time() - since


def _name(number: int) -> str:
    """Return a name of its own for every number."""
    heads, tails = (
        ("Bel", "Nor", "Mar", "Pik", "Orr", "Las", "Tun"),
        ("lo", "by", "sten", "wi", "ra"),
    )
    name = heads[number % 7]
    number //= 7
    while True:
        name += tails[number % 5]
        number //= 5
        if not number:
            return name


def _join(make: Callable[[int], str], size: int) -> str:
    pieces: list[str] = []
    length = number = 0
    while length < size:
        pieces.append(make(number))
        length += len(pieces[-1])
        number += 1
    return "".join(pieces)
