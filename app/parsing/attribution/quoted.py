"""Pairs quotation marks, without a model and in linear time.

Doubles (curly, low, guillemets, straight, two backticks or apostrophes) and singles (curly or
straight) are paired within each paragraph, singles inside doubles and the reverse. Apostrophes are
told from single marks by their neighbours. A quotation that runs over paragraphs opens again at
each and closes once: each of its paragraphs gives one `Quoted`, all but the last unclosed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.parsing.types import Span

ROCK_N_ROLL = re.compile("['’‘]n['’]", re.IGNORECASE)

MARK = re.compile(r"''|``|[\"“”„‟«»‘’‚‛'`]")

_OPENING = {
    "“": "double",
    "„": "double",
    "«": "double",
    "``": "double",
    "‘": "single",
    "‚": "single",
}
_CLOSING = {"”": "double", "»": "double", "''": "double", "’": "single"}
_STRAIGHT = {'"': "double", "‟": "double", "'": "single", "`": "single", "‛": "single"}

_BEFORE_OPENING = frozenset("([{—–-/\"“„«‘‚'`…")
_ELIDED = re.compile(r"(?:\d\ds?|tis|twas|em|til|cause|round|bout|n|cuz|nuff)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words between quotation marks.

    Attributes:
        span: marks included.
        inner: marks left out.
        depth: 0 for one that stands in no other.
        single: whether its marks are single ones.
        closed: False where the paragraph ends before a mark closes it; the quotation then goes on
            in the next paragraph if that opens with a mark (`continued`).
        continued: True for an unclosed one that the next paragraph takes up.
    """

    span: Span
    inner: Span
    depth: int
    single: bool
    closed: bool
    continued: bool


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    kind: str
    opens: bool
    closes: bool


def find_quoted(text: str, paragraphs: Sequence[tuple[int, int]]) -> list[Quoted]:
    """Quoted spans in the order of their first marks.

    Args:
        text: the text.
        paragraphs: disjoint spans in text order; no quoted span crosses their borders.

    Returns:
        Every pair of marks, and the spans that a paragraph's end leaves open. A mark that fits
        nowhere is passed over.
    """
    found: list[Quoted] = []
    for number, (start, end) in enumerate(paragraphs):
        follows = paragraphs[number + 1] if number + 1 < len(paragraphs) else None
        found += _pair_paragraph(text, start, end, follows)
    return sorted(found, key=lambda quoted: (quoted.span.start, -quoted.span.end))


def _pair_paragraph(
    text: str, start: int, end: int, follows: tuple[int, int] | None
) -> list[Quoted]:
    marks = _read_marks(text, start, end)
    # How many sure closers of singles stand at or behind each mark: a single opens only for one.
    left = sum(mark.kind == "single" and mark.closes for mark in marks)
    stack: list[_Mark] = []
    found: list[Quoted] = []
    for mark in marks:
        if mark.kind == "single" and mark.closes:
            left -= 1
        at = _find_open(stack, mark.kind)
        if mark.closes and at is not None and not (mark.opens and _prefers_opening(stack, mark)):
            opener = stack[at]
            del stack[at:]
            found.append(_make(opener, mark, depth=len(stack)))
        elif mark.opens and (mark.kind == "double" or left > 0):
            if at is not None and mark.kind == "double" and not _stands_inside(stack, at):
                # The same kind opens again: the earlier one was never closed.
                del stack[at:]
            stack.append(mark)
    for depth, opener in enumerate(stack):
        if opener.kind == "single":
            continue
        opened = follows is not None and _opens_with_mark(text, follows)
        last = end
        while last > opener.end and text[last - 1].isspace():
            last -= 1
        if last > opener.end:
            span = Span(opener.start, last)
            inner = Span(opener.end, last)
            found.append(Quoted(span, inner, depth, False, False, opened))
        break
    return found


def _make(opener: _Mark, closer: _Mark, *, depth: int) -> Quoted:
    return Quoted(
        Span(opener.start, closer.end),
        Span(opener.end, closer.start),
        depth,
        opener.kind == "single",
        True,
        False,
    )


def _find_open(stack: Sequence[_Mark], kind: str) -> int | None:
    for at in range(len(stack) - 1, -1, -1):
        if stack[at].kind == kind:
            return at
    return None


def _stands_inside(stack: Sequence[_Mark], at: int) -> bool:
    """Whether another kind of mark has opened since: then a double may stand inside it."""
    return len(stack) - 1 > at


def _prefers_opening(stack: Sequence[_Mark], mark: _Mark) -> bool:
    """Whether a mark that could do both opens: only when its own kind is not the last opened."""
    return bool(stack) and stack[-1].kind != mark.kind


def _opens_with_mark(text: str, paragraph: tuple[int, int]) -> bool:
    start, end = paragraph
    while start < end and text[start].isspace():
        start += 1
    mark = MARK.match(text, start, end)
    return mark is not None and mark.group() in {"“", '"', "„", "«", "``", "''", "”"}


def _read_marks(text: str, start: int, end: int) -> list[_Mark]:
    marks = []
    for match in MARK.finditer(text, start, end):
        sign = match.group()
        first, last = match.span()
        before = text[first - 1] if first > start else " "
        after = text[last] if last < end else " "
        if before in "nN" and ROCK_N_ROLL.match(text, max(first - 2, start)):
            continue
        free_before = before.isspace() or before in _BEFORE_OPENING
        free_after = not after.isalnum()
        if sign in _OPENING:
            kind = _OPENING[sign]
            opens, closes = True, False
            if kind == "single" and (before.isalnum() or after.isspace()):
                opens, closes = False, after.isspace() and not before.isspace()
            elif sign == "‘" and _ELIDED.match(text, last, end):
                opens = False
            elif sign == "“":  # German closes with it what a low mark opened
                closes = not before.isspace() and free_after and "„" in text[start:first]
        elif sign in _CLOSING:
            kind = _CLOSING[sign]
            opens, closes = False, True
            if kind == "single":
                closes = free_after and not before.isspace()
                closes = closes and not _is_possessive(text, first, end)
            elif before.isspace() and not after.isspace():
                opens, closes = True, True  # a mark turned the wrong way
        else:
            kind = _STRAIGHT[sign]
            opens = free_before and not after.isspace()
            closes = not before.isspace() and free_after
            if kind == "single":
                opens = (
                    opens
                    and not _ELIDED.match(text, last, end)
                    and (after.isalnum() or after in '"“')
                )
                closes = closes and not _is_possessive(text, first, end)
            elif not opens and not closes:
                opens = closes = True
        if opens or closes:
            marks.append(_Mark(first, last, kind, bool(opens), bool(closes)))
    return marks


def _is_possessive(text: str, at: int, end: int) -> bool:
    """Whether a single mark behind an s is rather a plural's possessive ("the voters' choice").

    It is when a small letter follows the space and no mark of a quotation's end stands around it.
    """
    if text[at - 1 : at] not in ("s", "S") or at + 2 >= end:
        return False
    return text[at + 1] == " " and text[at + 2].islower()
