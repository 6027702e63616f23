"""Sentences without a parser: ends are read from marks, abbreviations and what follows them.

A sentence never crosses a paragraph. An end is a full stop, question or exclamation mark with what
closes behind it (marks, brackets), white space, and then something that can begin a sentence. The
method is that of Grefenstette and Tapanainen (1994): look-ups of abbreviations decide the points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from app.parsing.attribution.lexicon import load_word_list, read_lexicon
from app.parsing.types import Span

_END = re.compile(
    r"(?P<stop>[.!?…]+|[。！？])(?P<close>[\"'”’»)\]]*)(?P<space>\s+|$|(?<=[。！？]))"
)
_LAST_WORD = re.compile(r"(?:[^\W_]|[.'’&-])+$")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_LONGEST_WORD = 24
_OPENING = "\"'“‘«„([—–-•*"


def find_sentences(text: str, paragraphs: Sequence[Span]) -> tuple[Span, ...]:
    """Return the sentences of a text, in order, without white space at their borders.

    Args:
        text: Any text.
        paragraphs: Disjoint spans in text order.
    """
    return tuple(span for paragraph in paragraphs for span in _split(text, paragraph))


def _split(text: str, paragraph: Span) -> Iterator[Span]:
    start = paragraph.start
    for match in _END.finditer(text, *paragraph):
        end = match.end("close")
        if match.end() < paragraph.end and not _ends_here(text, match, paragraph):
            continue
        span = _trim(text, start, end)
        if span is not None:
            yield span
        start = end
    span = _trim(text, start, paragraph.end)
    if span is not None:
        yield span


def _trim(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def _ends_here(text: str, match: re.Match[str], paragraph: Span) -> bool:
    """Say whether marks in the middle of a paragraph end a sentence."""
    at = match.end()
    while at < paragraph.end and text[at] in _OPENING:
        at += 1
    after = text[at] if at < paragraph.end else ""
    if after.islower():
        # "Why?" he asked. A small letter goes on, whatever stands before it.
        return False
    if match["stop"] != "." or match["close"]:
        return True
    stop = match.start("stop")
    word = _LAST_WORD.search(text[max(paragraph.start, stop - _LONGEST_WORD) : stop])
    if word is None:
        return True
    before = word.group().lstrip("'’.-")
    kind = _load_abbreviations().get(before)
    if kind == "any" or (kind == "name" and not after.isdigit()):
        return False
    if kind == "number" and after.isdigit():
        return False
    if _INITIALS.fullmatch(before) and not before.endswith(("I", "i")):
        # "J. Smith", "U.S. Senate"; but "in the U.S. The …" ends where a sentence's word follows.
        following = re.compile(r"[^\W\d_]+").match(text, at)
        return (
            following is not None
            and following.group() in load_word_list("sentence_starters")
            and "." in before
        )
    return True


@lru_cache(maxsize=1)
def _load_abbreviations() -> dict[str, str]:
    return {row[0]: row[1] for row in read_lexicon("abbreviations.tsv")}
