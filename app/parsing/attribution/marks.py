"""Quotation marks, paired.

One pass over each paragraph with a stack, linear in the number of marks. Which way a mark that
looks the same on both sides points is read from its neighbours, as typesetters do: an opening mark
has space (or an opening mark or bracket) before it, a closing mark has none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.parsing.types import Span

_MARK = re.compile("''|``|[\"“”„‟«»‹›‘’‚‛']")
# What may be left out at the front of a word: an apostrophe before it opens nothing.
_ROCK_N_ROLL = re.compile("['’‘]n['’]", re.I)
_ELISION = re.compile(
    r"(?:\d\ds?|em|n|til|till|tis|twas|cause|round|bout|neath|nuff|cuz|kay)\b", re.I
)
_OPENERS = {"“": "”", "„": "“”", "‟": "”", "«": "»", "‹": "›", "‘": "’", "‚": "‘’", "``": "''"}
_CLOSERS = frozenset("”»›’")
_BEFORE_OPENING = frozenset("([{—–-:/\"“„‟«‹‘‚'`¿¡")


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch between quotation marks.

    Attributes:
        outer: With its marks; ends with the paragraph when no closing mark was found.
        inner: Without its marks; may be empty.
        depth: 0 for the outermost, 1 for a quotation inside a quotation, and so on.
        chain: The parts of a quotation that runs over paragraphs share this number, which is the
            position of the first part in the result.
        closed: False when the closing mark is missing from the paragraph.
    """

    outer: Span
    inner: Span
    depth: int
    chain: int
    closed: bool


@dataclass(slots=True)
class _Open:
    mark: str
    start: int
    end: int
    depth: int


def find_marked(text: str, *, paragraphs: Sequence[Span]) -> tuple[Marked, ...]:
    """Pair the quotation marks of a text.

    A quotation that runs over paragraphs opens again at the front of each and closes once. A mark
    whose partner is missing ends with its paragraph (`closed` is False); a closing mark with no
    opening one is passed over.

    Args:
        text: Any text.
        paragraphs: Disjoint spans in text order; no pair crosses them.

    Returns:
        The marked stretches, sorted by start; of two that start together the longer comes first.
    """
    found: list[Marked] = []
    running: tuple[int, str] | None = None
    for paragraph in paragraphs:
        marked, left_open = _pair(text, paragraph)
        base = len(found)
        lead = text[paragraph.start : paragraph.start + 2]
        for index, item in enumerate(marked):
            chain = base + index
            continues = item.outer.start == paragraph.start and item.depth == 0
            if running is not None and continues and lead.startswith(running[1]):
                chain = running[0]
            found.append(replace(item, chain=chain))
        running = None
        if left_open is not None:
            for item in found[base:]:
                if item.outer.start == left_open.start:
                    running = (item.chain, left_open.mark)
    return tuple(found)


def _pair(text: str, paragraph: Span) -> tuple[list[Marked], _Open | None]:
    """Pair one paragraph's marks; also return the outermost mark that stays open."""
    marks = [match.span() for match in _MARK.finditer(text, *paragraph)]
    closers_left = _count_single_closers(text, marks, paragraph)
    stack: list[_Open] = []
    open_marks: dict[str, int] = {}
    done: list[Marked] = []

    def push(mark: str, start: int, end: int) -> None:
        stack.append(_Open(mark, start, end, len(stack)))
        open_marks[mark] = open_marks.get(mark, 0) + 1

    def pop_to(marks_wanted: Sequence[str], start: int, end: int) -> None:
        while stack:
            top = stack.pop()
            open_marks[top.mark] -= 1
            if top.mark in marks_wanted:
                inner = Span(top.end, start)
                done.append(Marked(Span(top.start, end), inner, top.depth, 0, True))
                return
            # What was opened inside and never closed is no quotation of its own.

    for index, (start, end) in enumerate(marks):
        mark = text[start:end]
        before = text[start - 1] if start > paragraph.start else " "
        after = text[end] if end < paragraph.end else " "
        single = mark in "‘’‛'"
        if single and _is_apostrophe(text, mark, start, end, before, after):
            continue
        partners = [o for o, c in _OPENERS.items() if mark in c] if mark != "''" else ["``", "''"]
        if mark in "\"'‛":
            partners = [mark]
        open_partner = any(open_marks.get(partner) for partner in partners)
        if mark in _CLOSERS or (mark in _OPENERS and open_partner and _closes(before, after)):
            wants_open = False
        elif mark in _OPENERS:
            wants_open = True
        elif open_partner:
            wants_open = _opens(before, after) and not _closes(before, after)
        else:
            wants_open = _opens(before, after) or not (before.isalnum() or before in ".,!?;")
        if wants_open:
            if single and not closers_left[index]:
                continue
            if open_marks.get(mark):
                # The same mark opens again: the one before was never closed.
                while stack and open_marks.get(mark):
                    top = stack.pop()
                    open_marks[top.mark] -= 1
            push(mark, start, end)
        elif open_partner:
            if mark == "’" and _is_plural_possessive(text, start, after, closers_left[index]):
                continue
            pop_to(partners, start, end)
    left = stack[0] if stack else None
    if left is not None:
        # Only the outermost open mark reaches to the paragraph's end.
        stop = paragraph.end
        if not (left.end < stop and left.mark not in "‘'‛‚"):
            left = None
        else:
            outer, inner = Span(left.start, stop), Span(left.end, stop)
            done.append(Marked(outer, inner, 0, 0, False))
    done.sort(key=lambda item: (item.outer.start, -item.outer.end))
    return done, left


def _opens(before: str, after: str) -> bool:
    return (before.isspace() or before in _BEFORE_OPENING) and not after.isspace()


def _closes(before: str, after: str) -> bool:
    return not before.isspace() and not (after.isalnum() or after in "“‘")


def _is_apostrophe(text: str, mark: str, start: int, end: int, before: str, after: str) -> bool:
    if mark != "‘" and before.isalnum() and after.isalnum():
        return True
    if before in "nN" and _ROCK_N_ROLL.match(text, max(start - 2, 0)):
        return True
    looks_open = (before.isspace() or before in _BEFORE_OPENING) and after.isalnum()
    return looks_open and _ELISION.match(text, end) is not None


def _is_plural_possessive(text: str, start: int, after: str, closers_left: int) -> bool:
    """Say whether a single mark inside a single quotation is the one of "the dogs’ bowls"."""
    return (text[start - 1] in "sS" and after == " " and closers_left > 0) and text[
        start + 2 : start + 3
    ].islower()


def _count_single_closers(
    text: str, marks: Sequence[tuple[int, int]], paragraph: Span
) -> list[int]:
    """For each mark, count the single marks behind it that could close before one opens again."""
    counts = [0] * len(marks)
    running = 0
    for index in range(len(marks) - 1, -1, -1):
        counts[index] = running
        start, end = marks[index]
        mark = text[start:end]
        before = text[start - 1] if start > paragraph.start else " "
        after = text[end] if end < paragraph.end else " "
        if mark in "’'‛" and _closes(before, after):
            running += 1
        elif mark in "‘'‛" and _opens(before, after):
            running = 0
    return counts
