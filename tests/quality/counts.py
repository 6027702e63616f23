"""What every figure is made of: tokens, overlaps, one-to-one pairs, and counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

Tokens = frozenset[int]
Span = tuple[int, int]

_TOKEN = re.compile(r"\w+|[^\w\s]")
_MARKS = frozenset("\"“”„‟«»‘`'")


@dataclass(slots=True)
class Rate:
    """A figure's counts: `right` of `predicted` predictions, `found` of `gold` gold things.

    The two hits differ only where a figure is about a kind of thing and the partner is of another.
    A share (accuracy) has `predicted` equal to `gold`, so that all three numbers are the share.
    """

    right: int = 0
    predicted: int = 0
    found: int = 0
    gold: int = 0

    def add(self, right: int, predicted: int, gold: int, *, found: int | None = None) -> None:
        """Add the counts of one more article."""
        self.right += right
        self.predicted += predicted
        self.found += right if found is None else found
        self.gold += gold

    @property
    def precision(self) -> float:
        """Share of the predictions that are right, in [0, 1]; 0 without predictions."""
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold that was found, in [0, 1]; 0 without gold."""
        return self.found / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, in [0, 1]."""
        p, r = self.precision, self.recall
        return 2 * p * r / (p + r) if p + r else 0.0


@cache
def load_speech_cues() -> frozenset[str]:
    """Return the word forms that make a cue a speech cue, in small letters."""
    lines = (Path(__file__).parent / "speech_cues.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


class Text:
    """A text with its tokens, by number and by code point."""

    def __init__(self, text: str) -> None:
        """Find the tokens of `text`."""
        self.text = text
        self.tokens = [match.span() for match in _TOKEN.finditer(text)]
        self.at = {c: i for i, (s, e) in enumerate(self.tokens) for c in range(s, e)}

    def to_chars(self, spans: Sequence[Sequence[int]]) -> frozenset[int]:
        """Return the code points of the spans, space left out."""
        return frozenset(c for s, e in spans for c in range(s, e) if c in self.at)

    def to_tokens(self, spans: Sequence[Sequence[int]]) -> Tokens:
        """Return the numbers of the tokens that share a character with the spans."""
        return frozenset(self.at[c] for c in self.to_chars(spans))

    def to_words(self, tokens: Tokens) -> Tokens:
        """Return the tokens that are no marks."""
        firsts = ((i, self.text[self.tokens[i][0]]) for i in tokens)
        return frozenset(i for i, first in firsts if first.isalnum() or first == "_")

    def is_direct(self, content: Sequence[Sequence[int]]) -> bool:
        """Say whether a content begins with a quotation mark, or right behind one."""
        start, end = min((s, e) for s, e in content)
        while start < end and self.text[start].isspace():
            start += 1
        first = self.text[start] if start < end else ""
        return first in _MARKS or (start > 0 and self.text[start - 1] in '"“‘')

    def is_speech(self, cue: Sequence[Sequence[int]]) -> bool:
        """Say whether a cue has a word of `load_speech_cues`."""
        words = (self.text[slice(*self.tokens[i])].lower() for i in self.to_tokens(cue))
        return not load_speech_cues().isdisjoint(words)

    def trim(self, span: Sequence[int]) -> Span:
        """Cut a leading "the" and a trailing possessive."""
        start, end = span
        article = re.match(r"(?i)the\s+", self.text[start:end])
        if article and start + article.end() < end:
            start += article.end()
        possessive = re.search(r"(['’]s|['’])$", self.text[start:end])
        if possessive and possessive.start() > 0:
            end = start + possessive.start()
        return start, end


def measure_overlap(a: frozenset[Any], b: frozenset[Any]) -> float:
    """Return the size of the intersection over that of the union, in [0, 1]."""
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared) if shared else 0.0


def match(n: int, m: int, *, measure: Callable[[int, int], float]) -> dict[int, int]:
    """Pair `n` things with `m` others one-to-one, greedily, where `measure` is 0.5 or more."""
    scores = [(-measure(i, j), i, j) for i in range(n) for j in range(m)]
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for score, i, j in sorted(scores):
        if score <= -0.5 and i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs
