"""What is drawn on a text: marks, and the segments that a text is cut into at their borders.

Marks overlap and nest in any way, and HTML elements cannot. So the text is cut wherever a mark
begins or ends, and each piece says which marks cover it.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from app.pages.direction import find_direction

# A piece under more marks than this names only the shortest of them: real texts nest six deep, and
# what nests ten thousand deep must not cost its square.
MAX_COVERING = 8


class Layer(StrEnum):
    """A sort of mark that a reader can switch on and off."""

    PEOPLE = "people"
    ORGANISATIONS = "organisations"
    PLACES = "places"
    QUOTATIONS = "quotations"
    CLAIMS = "claims"
    ATTRIBUTIONS = "attributions"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something found in the text.

    Attributes:
        record: The id of the record that tells about it.
        layer: What sort it is.
        spans: Half-open offsets in code points, in text order.
        part: For an attribution, which part of it: source, cue or content; else empty.
        anchor: The HTML id of its first piece; empty when nothing links to it.
    """

    record: str
    layer: Layer
    spans: tuple[tuple[int, int], ...]
    part: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the text that no border of a mark cuts.

    Attributes:
        text: The words.
        records: The ids of the records of the marks that cover it, the shortest mark first.
        classes: The layers of those marks and the parts of attributions, in alphabetical order.
        anchors: The HTML ids of the marks that begin here.
    """

    text: str
    records: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()

    @property
    def opens(self) -> str:
        """The records' ids in one word list, as an attribute has them."""
        return " ".join(self.records)

    @property
    def names(self) -> str:
        """The classes in one word list, as an attribute has them."""
        return " ".join(self.classes)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the text, in pieces."""

    segments: tuple[Segment, ...]

    @property
    def direction(self) -> str:
        """Which way it runs: ltr or rtl."""
        return find_direction(segment.text for segment in self.segments)


def cut_text(
    text: str, marks: Sequence[Mark], *, paragraphs: Iterable[tuple[int, int]]
) -> list[Paragraph]:
    """Cut a text into paragraphs and those into segments, in text order.

    Args:
        text: The article's.
        marks: In any order; what reaches out of the text is cut off.
        paragraphs: Their spans, in text order, not overlapping. Words that stand between two of
            them become a paragraph of their own, so that no word is ever lost.

    Returns:
        Paragraphs whose segments, joined, are the text without the white space between paragraphs.
    """
    blocks = _cover(text, paragraphs)
    opening: dict[int, list[int]] = {}
    closing: dict[int, list[int]] = {}
    borders = {border for block in blocks for border in block}
    for number, mark in enumerate(marks):
        for start, end in mark.spans:
            start, end = max(start, 0), min(end, len(text))
            if start < end:
                opening.setdefault(start, []).append(number)
                closing.setdefault(end, []).append(number)
                borders.update((start, end))
    lengths = [sum(end - start for start, end in mark.spans) for mark in marks]
    classes = [_classes(mark) for mark in marks]
    order = sorted(borders)
    covering: list[tuple[int, int]] = []
    anchored: set[str] = set()
    waiting: list[str] = []
    segments: dict[int, tuple[int, Segment]] = {}
    for start, end in pairwise(order):
        for number in closing.get(start, ()):
            del covering[bisect_left(covering, (lengths[number], number))]
        for number in opening.get(start, ()):
            insort(covering, (lengths[number], number))
            anchor = marks[number].anchor
            if anchor and anchor not in anchored:
                anchored.add(anchor)
                waiting.append(anchor)
        nearest = [number for _, number in covering[:MAX_COVERING]]
        segments[start] = (
            end,
            Segment(
                text=text[start:end],
                records=tuple(dict.fromkeys([marks[number].record for number in nearest])),
                classes=tuple(sorted(set().union(*[classes[number] for number in nearest]))),
                anchors=tuple(waiting),
            ),
        )
        waiting = []
    return [Paragraph(tuple(_between(segments, start, end))) for start, end in blocks]


def _classes(mark: Mark) -> tuple[str, ...]:
    return (str(mark.layer), mark.part) if mark.part else (str(mark.layer),)


def _between(segments: dict[int, tuple[int, Segment]], start: int, end: int) -> Iterable[Segment]:
    while start < end:
        start, segment = segments[start]
        yield segment


def _cover(text: str, paragraphs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the paragraphs, and what stands between them and is not white space."""
    blocks: list[tuple[int, int]] = []
    at = 0
    for start, end in [*paragraphs, (len(text), len(text))]:
        start, end = max(start, at), min(end, len(text))
        gap = text[at:start]
        if gap.strip():
            blocks.append((at, start))
        if start < end:
            blocks.append((start, end))
            at = end
        else:
            at = max(at, start)
    return blocks
