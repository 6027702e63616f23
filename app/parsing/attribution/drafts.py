"""An attribution while the rules are still at work on it, and the choice among overlapping ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.parsing.attribution.syntax import subtract, trim
from app.parsing.types import FoundAttribution, Span

CONFIDENCE = {
    # Precision of each rule ("attr", one to one) on 250 articles of PolNeAR's train split; "label"
    # is a guess between train (5 of 12) and dev (9 of 11).
    "clause": 0.81,
    "infinitive": 0.56,
    "object": 0.53,
    "predicate": 0.7,
    "preposition": 0.55,
    "passive": 0.66,
    "according": 0.9,
    "around": 0.66,
    "noun": 0.41,
    "adjacent-quotation": 0.67,
    "label": 0.6,
}


@dataclass(slots=True)
class Draft:
    """One rule's finding. `content` is never empty; offsets are the text's own."""

    rule: str
    lemma: str
    content: list[Span]
    source: Span | None
    cue: Span | None
    recipient: Span | None = None
    medium: Span | None = None

    @property
    def start(self) -> int:
        """Where the first part of the attribution begins."""
        return min(span.start for span in self._parts())

    @property
    def end(self) -> int:
        """Where the last part of the attribution ends."""
        return max(span.end for span in self._parts())

    def _parts(self) -> list[Span]:
        return [*self.content, *(part for part in (self.source, self.cue) if part is not None)]


def keep_outermost(drafts: Iterable[Draft]) -> list[Draft]:
    """Drop attributions inside another's content or whose words another already uses.

    Larger contents are kept first; the order of the result is that of the contents.
    """
    kept: list[Draft] = []
    ordered = sorted(
        drafts, key=lambda d: (-sum(s.end - s.start for s in d.content), d.start, d.rule)
    )
    index = _Occupied()
    for draft in ordered:
        anchor = draft.cue or draft.content[0]
        if index.content_holds(anchor):
            continue
        if any(index.content_holds(span) for span in draft.content):
            continue
        if draft.source is not None and index.content_holds(draft.source):
            continue
        if draft.cue is not None and index.cue_holds(draft.cue):
            continue
        index.add(draft)
        kept.append(draft)
    return sorted(kept, key=lambda d: (d.content[0], d.start))


class _Occupied:
    """Which code points are already content or cue."""

    def __init__(self) -> None:
        self._content: set[int] = set()
        self._cue: set[int] = set()

    def add(self, draft: Draft) -> None:
        for span in draft.content:
            self._content.update(range(*span))
        if draft.cue is not None:
            self._cue.update(range(*draft.cue))

    def content_holds(self, span: Span) -> bool:
        return any(point in self._content for point in range(*span))

    def cue_holds(self, span: Span) -> bool:
        return any(point in self._cue for point in range(*span))


def to_attribution(text: str, draft: Draft) -> FoundAttribution | None:
    """Return the finished attribution; None when nothing is left of its content."""
    roles = [part for part in (draft.source, draft.cue) if part is not None]
    content: list[Span] = []
    for span in draft.content:
        for piece in subtract(span, roles):
            quoted = text[piece.start : piece.start + 1] in "“\"‘«„'`"
            whole = piece if quoted and piece == span else trim_keeping_marks(text, piece)
            if whole is not None:
                content.append(whole)
    if not content:
        return None
    return FoundAttribution(
        content=tuple(sorted(content)),
        source=(draft.source,) if draft.source is not None else (),
        cue=(draft.cue,) if draft.cue is not None else (),
        cue_lemma=draft.lemma or None,
        recipient=draft.recipient,
        medium=draft.medium,
        method=f"rules:{draft.rule}",
        confidence=CONFIDENCE[draft.rule],
    )


def trim_keeping_marks(text: str, span: Span) -> Span | None:
    """Trim punctuation at the borders, but nothing when only marks would be left."""
    cut = trim(text, span)
    if cut is None or not any(char.isalnum() for char in text[cut.start : cut.end]):
        return None
    return cut
