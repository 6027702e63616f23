"""Joins sources, cues and contents into attributions.

Each cue makes one attribution. A content takes the cue, and a cue takes the source, that the
model's pointers choose among the spans in reach, helped by a little of what print shows: whether
both stand in one sentence or paragraph, and how far apart. A pointer may also choose a word that
the tags left out; the span is then grown from it. No parse is needed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.parsing.attribution.quoted import Quoted
from app.parsing.attribution.tagger import Decoded, Tagged
from app.parsing.model import ATTRIBUTION_TAGS, POINTER, Scores, Tuning

Range = tuple[int, int]
Floats = NDArray[np.float32]

SEEK_CUE, CUE, SEEK_SOURCE, SOURCE = range(4)
"""Places of the pointer vectors in `Scores.pointers`."""

REACH = 14
"""Words between a quotation and a cue that is close behind it: a long name fits in between."""

GROW_CHANCE = 0.15
"""A span that a pointer chose goes on while the chance of its inner tag is higher than this."""


@dataclass(frozen=True, slots=True)
class Linked:
    """One attribution in words: [first, last) ranges of each role.

    Attributes:
        source: one range, or none.
        cue: one range, or none where a content stands alone.
        content: ranges in text order, at least one.
        features: what the confidence is computed from.
    """

    source: Range | None
    cue: Range | None
    content: tuple[Range, ...]
    features: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LinkWeights:
    """Weights of a link's parts, chosen on PolNeAR's dev split; a model may bring its own.

    Attributes:
        pointer: of the pointer's score.
        other_paragraph: added when the two stand in different paragraphs.
        other_sentence: added when they stand in different sentences.
        distance: added for each word between them.
        no_cue: added to the choice that a content has no cue.
        no_source: added to the choice that a cue has no source.
        untagged_cue: added to a word that no tag calls a cue.
        untagged_source: added to a word that no tag calls a source.
        leads_on: added to a cue close behind a quotation whose last mark follows a comma.
    """

    pointer: float = 1.0
    other_paragraph: float = -3.0
    other_sentence: float = -0.5
    distance: float = -0.02
    no_cue: float = -2.0
    no_source: float = -2.0
    untagged_cue: float = -2.0
    untagged_source: float = -2.0
    leads_on: float = 2.0


@dataclass(frozen=True, slots=True)
class _Choice:
    """What a pointer chose: a span or nothing, its score and its lead over the next choice."""

    span: Tagged | None
    lead: float


class _Links:
    """Scores of links within one text."""

    def __init__(self, scores: Scores, decoded: Decoded, weights: LinkWeights) -> None:
        self._scores = scores
        self._decoded = decoded
        self._weights = weights
        self._rows = {word: row for row, word in enumerate(scores.anchors.tolist())}
        self._sentences = number_sentences(scores)
        self._spans: dict[tuple[str, int], list[Tagged]] = defaultdict(list)
        for span in decoded.spans:
            self._spans[span.role, int(scores.windows[span.first])].append(span)
        taken = np.zeros(len(scores.words.starts), np.bool_)
        for span in decoded.spans:
            taken[span.first : span.last] = True
        self._free: dict[int, list[int]] = defaultdict(list)
        for word in scores.anchors.tolist():
            if not taken[word]:
                self._free[int(scores.windows[word])].append(word)
        self._taken = taken

    def choose(self, seeker: Tagged, role: str) -> _Choice:
        """The best span of a role for a seeker, or none.

        Args:
            seeker: a content (which seeks a cue) or a cue (which seeks a source).
            role: "cue" or "source".
        """
        weights, scores = self._weights, self._scores
        kind = CUE if role == "cue" else SOURCE
        row = self._rows.get(seeker.first)
        if row is None:
            seeking = np.zeros(POINTER, np.float32)
        else:
            seeking = scores.pointers[row, kind - 1] * (weights.pointer / POINTER**0.5)
        window = int(scores.windows[seeker.first])
        nothing = float(seeking @ scores.nowhere[window, kind // 2])
        nothing += weights.no_cue if role == "cue" else weights.no_source
        options: list[tuple[float, int, Tagged | None]] = [(nothing, -1, None)]
        for span in self._spans[role, window]:
            score = self._rate(seeker, span.first, span.last, seeking, kind)
            options.append((score, span.first, span))
        penalty = weights.untagged_cue if role == "cue" else weights.untagged_source
        for word in self._free[window]:
            score = self._rate(seeker, word, word + 1, seeking, kind) + penalty
            options.append((score, word, None))
        options.sort(key=lambda option: (-option[0], option[1]))
        lead = options[0][0] - options[1][0] if len(options) > 1 else 10.0
        _, word, best = options[0]
        if best is None and word >= 0:
            best = self._grow(word, role)
        return _Choice(best, lead)

    def _rate(self, seeker: Tagged, first: int, last: int, seeking: Floats, kind: int) -> float:
        weights = self._weights
        row = self._rows.get(first)
        score = 0.0 if row is None else float(seeking @ self._scores.pointers[row, kind])
        paragraphs = self._scores.words.paragraphs
        if paragraphs[first] != paragraphs[seeker.first]:
            score += weights.other_paragraph
        if self._sentences[first] != self._sentences[seeker.first]:
            score += weights.other_sentence
        gap = first - seeker.last if first > seeker.first else seeker.first - last
        if kind == CUE and 0 <= first - seeker.last <= REACH and self._leads_on(seeker):
            score += weights.leads_on
        return score + weights.distance * max(gap, 0)

    def _leads_on(self, content: Tagged) -> bool:
        """Whether a quotation ends in a comma: its cue then stands right behind it."""
        text, words = self._scores.text, self._scores.words
        if content.last - content.first < 3:
            return False
        mark = text[words.starts[content.last - 1]]
        before = text[words.ends[content.last - 2] - 1]
        return mark in "”\"’'" and before in ",'’"

    def _grow(self, word: int, role: str) -> Tagged:
        """A span from a word to the right, as far as its inner tag is likely."""
        chances = self._decoded.chances
        begin = ATTRIBUTION_TAGS.index(f"B-{role}")
        inner = begin + 1
        last = word + 1
        paragraphs = self._scores.words.paragraphs
        while (
            last < len(chances)
            and not self._taken[last]
            and paragraphs[last] == paragraphs[word]
            and chances[last, inner] > GROW_CHANCE
        ):
            last += 1
        self._taken[word:last] = True
        window = int(self._scores.windows[word])
        self._free[window] = [w for w in self._free[window] if not word <= w < last]
        span = Tagged(role, word, last, float(chances[word, begin]), float(chances[word, begin]))
        self._spans[role, window].append(span)
        return span


def link_spans(
    scores: Scores, decoded: Decoded, *, quoted: Sequence[Quoted], tuning: Tuning
) -> list[Linked]:
    """Attributions of a text, in the order of their contents.

    Args:
        scores: pointer vectors and words.
        decoded: spans of roles and chances of tags.
        quoted: what stands between quotation marks.
        tuning: the weights of the links' parts.
    """
    links = _Links(scores, decoded, LinkWeights(**tuning.constants.get("links", {})))
    goes_on = _list_continued(scores, quoted)
    owned: dict[int, tuple[Tagged, list[tuple[Tagged, float]]]] = {}
    alone: list[tuple[Tagged, float]] = []
    owner_of_last: int | None = None
    for content in decoded.spans:
        if content.role != "content" or not _holds_letter(scores, content):
            continue
        if content.first in goes_on and owner_of_last is not None:
            owned[owner_of_last][1].append((content, 0.0))
            continue
        choice = links.choose(content, "cue")
        if choice.span is None:
            alone.append((content, choice.lead))
            owner_of_last = None
            continue
        owner_of_last = choice.span.first
        owned.setdefault(owner_of_last, (choice.span, []))[1].append((content, choice.lead))
    linked = []
    for cue, parts in owned.values():
        choice = links.choose(cue, "source")
        linked.append(_build(choice.span, cue, parts, choice.lead))
    linked += [_build(None, None, [part], 0.0) for part in alone]
    return sorted(linked, key=lambda one: one.content[0])


def _holds_letter(scores: Scores, span: Tagged) -> bool:
    """Whether a span is more than marks; a stray quotation mark is nobody's content."""
    text, words = scores.text, scores.words
    return any(text[start].isalnum() for start in words.starts[span.first : span.last].tolist())


def _list_continued(scores: Scores, quoted: Sequence[Quoted]) -> frozenset[int]:
    """First words of quoted stretches that take up one left open in the paragraph before."""
    words = scores.words
    found = set()
    opened = False
    for one in quoted:
        if one.depth:
            continue
        if opened:
            found.add(int(np.searchsorted(words.ends, one.span.start, side="right")))
        opened = one.continued
    return frozenset(found)


def _build(
    source: Tagged | None, cue: Tagged | None, parts: Sequence[tuple[Tagged, float]], lead: float
) -> Linked:
    contents = sorted(parts, key=lambda part: part[0].first)
    features = (
        min(part.chance for part, _ in contents),
        min(part.start_chance for part, _ in contents),
        min(link for _, link in contents),
        cue.chance if cue else 0.0,
        source.chance if source else 0.0,
        lead,
        float(source is None),
        float(cue is None),
    )
    return Linked(
        (source.first, source.last) if source else None,
        (cue.first, cue.last) if cue else None,
        tuple((part.first, part.last) for part, _ in contents),
        features,
    )


def number_sentences(scores: Scores) -> NDArray[np.int32]:
    """A number for each word that rises where a sentence seems to end; shape (words,).

    Rough on purpose: a stop, then a capital. It only nudges links, so an abbreviation taken for
    an end costs little.
    """
    text, words = scores.text, scores.words
    numbers = np.zeros(len(words.starts), np.int32)
    number = 0
    ended = False
    previous = -1
    paragraphs = words.paragraphs.tolist()
    for place, start in enumerate(words.starts.tolist()):
        sign = text[start]
        if paragraphs[place] != previous or (ended and sign.isupper()):
            number += 1
            ended = False
        elif sign in ".?!":
            ended = True
        elif sign.isalnum():
            ended = False
        previous = paragraphs[place]
        numbers[place] = number
    return numbers
