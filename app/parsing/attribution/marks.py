"""Quotations that run over paragraphs: marked stretches, chained.

`app.parsing.attribution.quoted` pairs the marks; here the paragraphs of one quotation are joined.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.parsing.attribution.quoted import find_quoted
from app.parsing.types import Span


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
    running: int | None = None
    for number, one in enumerate(find_quoted(text, paragraphs)):
        chain = number
        if one.depth == 0:
            if running is not None:
                chain = running
            running = chain if one.continued else None
        found.append(Marked(one.span, one.inner, one.depth, chain, one.closed))
    return tuple(found)
