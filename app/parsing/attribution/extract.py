"""Attributions of a text, from the model's scores to code-point spans."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from app.parsing.attribution.layout import Spoken, find_signed, find_turns
from app.parsing.attribution.linker import Linked, link_spans
from app.parsing.attribution.quoted import find_quoted
from app.parsing.attribution.reconcile import blank_words, favour_quoted
from app.parsing.attribution.tagger import decode_tags
from app.parsing.model import ATTRIBUTION_TAGS, Scores, Tuning
from app.parsing.pieces import find_paragraphs
from app.parsing.types import FoundAttribution, Span

SURE = (1.0, 1.0, 10.0, 1.0, 1.0, 10.0, 0.0, 0.0)
"""Features of an attribution that a rule found: those of the surest that a model finds."""


def find_attributions(
    scores: Scores,
    *,
    tuning: Tuning,
    paragraphs: Sequence[tuple[int, int]] | None = None,
) -> list[FoundAttribution]:
    """Attributions in the order of their contents.

    Args:
        scores: what the model says about a text.
        tuning: the model's own numbers.
        paragraphs: the spans that the model read; by default the text's lines.

    Returns:
        Attributions with a content, at most one source span and one cue span; no word has two
        roles.
    """
    linked = list_linked(scores, tuning=tuning, paragraphs=paragraphs)
    return [place_linked(scores, one, tuning) for one in linked]


def list_linked(
    scores: Scores,
    *,
    tuning: Tuning,
    paragraphs: Sequence[tuple[int, int]] | None = None,
) -> list[Linked]:
    """The same attributions in words, with what their confidence is computed from."""
    if paragraphs is None:
        paragraphs = find_paragraphs(scores.text)
    quoted = find_quoted(scores.text, paragraphs)
    ruled = _list_spoken(
        scores,
        [*find_signed(scores.text, paragraphs, quoted), *find_turns(scores.text, paragraphs)],
    )
    tags = favour_quoted(scores.tags, scores.words, quoted)
    decoded = decode_tags(
        blank_words(
            tags, [part for one in ruled for part in (one.cue, one.source, *one.content) if part]
        ),
        scores.words.paragraphs,
        names=ATTRIBUTION_TAGS,
        moves=tuning.moves,
        begin=tuning.begin,
    )
    linked = link_spans(scores, decoded, quoted=quoted, tuning=tuning)
    return sorted([*linked, *ruled], key=lambda one: one.content[0])


def _list_spoken(scores: Scores, spoken: Sequence[Spoken]) -> list[Linked]:
    """What the layout tells as attributions, as sure as a rule can be."""
    words = scores.words

    def find(span: Span) -> tuple[int, int]:
        first = int(np.searchsorted(words.ends, span.start, side="right"))
        return first, int(np.searchsorted(words.starts, span.end, side="left"))

    ranges = [
        (tuple(find(part) for part in one.content), find(one.cue), find(one.source))
        for one in spoken
    ]
    return [
        Linked(source, cue, content, SURE)
        for content, cue, source in ranges
        if all(first < last for first, last in (*content, cue, source))
    ]


def place_linked(scores: Scores, linked: Linked, tuning: Tuning) -> FoundAttribution:
    """One attribution in code points of the text, with its confidence."""
    starts, ends = scores.words.starts, scores.words.ends

    def spell(span: tuple[int, int]) -> Span:
        return Span(int(starts[span[0]]), int(ends[span[1] - 1]))

    return FoundAttribution(
        content=tuple(spell(part) for part in linked.content),
        source=(spell(linked.source),) if linked.source else (),
        cue=(spell(linked.cue),) if linked.cue else (),
        method=f"model:{tuning.version}",
        confidence=_rate(linked.features, tuning),
    )


def _rate(features: tuple[float, ...], tuning: Tuning) -> float:
    """Chance in [0, 1] that a reader would agree; 0.5 from a model without calibration."""
    weights: list[float] | None = tuning.constants.get("confidence")
    if weights is None:
        return 0.5
    total = weights[-1] + sum(w * f for w, f in zip(weights, features, strict=False))
    return round(1 / (1 + math.exp(-max(-30.0, min(30.0, total)))), 4)
