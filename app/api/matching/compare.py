"""How alike two texts are, which words of one are in the other, and what differs.

rapidfuzz is imported by the first that asks: a server that nobody asks this has 3.5 MiB more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, cast

from app.db.fold import Word, find_words

# How far, in words, the ends of what is alike may lie from where letters alone put them.
_MOVED = 3


class MatchType(StrEnum):
    """How a text was found, the surest first."""

    EXACT = "exact"
    NORMALISED = "normalised"
    FUZZY = "fuzzy"


@dataclass(frozen=True, slots=True)
class Change:
    """A run of words that both texts have, or that they have otherwise.

    Attributes:
        op: delete has words only asked, insert words only quoted.
        asked: The words as they were asked; empty for "insert".
        quoted: The words as they were quoted; empty for "delete".
    """

    op: Literal["equal", "replace", "delete", "insert"]
    asked: str
    quoted: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a comparison found.

    Attributes:
        type: How.
        score: How alike the asked words and those that stand for them are, in [0, 1].
        complete: True when those are all words of the quotation, False when it says more.
        start: Offset of the first of those words in the article's text.
        end: Offset after the last of them.
        changes: What differs, word by word, in order.
    """

    type: MatchType
    score: float
    complete: bool
    start: int
    end: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A text that is looked for, taken apart once."""

    text: str
    words: tuple[Word, ...]

    @property
    def folded(self) -> list[str]:
        """Its words without case, accents and marks."""
        return [word.folded for word in self.words]


def read_asked(text: str) -> Asked:
    """Take a text apart into words; marks, dashes, ellipses and white space are not words."""
    return Asked(text, tuple(find_words(text)))


def find_words_of(text: str, parts: Sequence[Sequence[int]]) -> list[Word]:
    """Return the words of some stretches of an article's text, with offsets into that."""
    return [
        Word(word.folded, start + word.start, start + word.end)
        for start, end in parts
        for word in find_words(text[start:end])
    ]


def compare(
    asked: Asked, *, text: str, parts: Sequence[Sequence[int]], quoted: str
) -> Found | None:
    """Compare a text with a quotation.

    Args:
        asked: What is looked for.
        text: The article's text.
        parts: The quotation's.
        quoted: The quotation's words, as they are served.

    Returns:
        None when one of them has no words.
    """
    from rapidfuzz import fuzz

    words = find_words_of(text, parts)
    if not words or not asked.words:
        return None
    wanted, there = asked.folded, [word.folded for word in words]
    first, last = _find_window(wanted, there)
    window = words[first:last]
    if wanted == there[first:last]:
        is_exact = asked.text.strip() in quoted
        kind = MatchType.EXACT if is_exact else MatchType.NORMALISED
        score = 1.0
    else:
        kind = MatchType.FUZZY
        # Below 1, even where only a letter of a thousand differs.
        score = min(fuzz.ratio(" ".join(wanted), " ".join(there[first:last])) / 100, 0.999)
    return Found(
        type=kind,
        score=round(score, 3),
        complete=len(window) == len(words),
        start=window[0].start,
        end=window[-1].end,
        changes=_find_changes(asked, window, text=text),
    )


def _find_window(wanted: Sequence[str], there: Sequence[str]) -> tuple[int, int]:
    """Return which words stand for the wanted ones: the run that is most alike, else all."""
    from rapidfuzz import fuzz

    size = len(wanted)
    for start in range(len(there) - size + 1):
        if there[start] == wanted[0] and list(there[start : start + size]) == list(wanted):
            return start, start + size
    if size >= len(there):
        return 0, len(there)
    short, long = " ".join(wanted), " ".join(there)
    best = fuzz.partial_ratio_alignment(short, long)
    assert best is not None
    first = last = None
    at = 0
    for number, word in enumerate(there):
        # A word belongs to the run when most of it does.
        inside = min(at + len(word), best.dest_end) - max(at, best.dest_start)
        if inside * 2 > len(word):
            first = number if first is None else first
            last = number + 1
        at += len(word) + 1
    if first is None or last is None:
        return 0, len(there)
    return _fit_window(short, there, first, last)


def _fit_window(short: str, there: Sequence[str], first: int, last: int) -> tuple[int, int]:
    """Move both ends of a run of words to where it is most alike.

    The run of letters is as long as what is asked, though words may have been put in or left out.
    """
    from rapidfuzz import fuzz

    ends = range(-_MOVED, _MOVED + 1)
    windows = (
        (start, end)
        for start in {max(0, first + move) for move in ends}
        for end in {min(len(there), last + move) for move in ends}
        if start < end
    )
    return max(windows, key=lambda at: (fuzz.ratio(short, " ".join(there[at[0] : at[1]])), -at[0]))


def _find_changes(asked: Asked, window: Sequence[Word], *, text: str) -> tuple[Change, ...]:
    from rapidfuzz.distance import Levenshtein

    ours, theirs = asked.folded, [word.folded for word in window]

    def cut(source: str, words: Sequence[Word]) -> str:
        return source[words[0].start : words[-1].end] if words else ""

    return tuple(
        Change(
            op=cast(Literal["equal", "replace", "delete", "insert"], step.tag),
            asked=cut(asked.text, asked.words[step.src_start : step.src_end]),
            quoted=cut(text, window[step.dest_start : step.dest_end]),
        )
        for step in Levenshtein.opcodes(ours, theirs)
    )
