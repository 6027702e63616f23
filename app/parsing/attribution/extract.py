"""Attributions of a text, from the model's scores to code-point spans."""

from __future__ import annotations

from collections.abc import Sequence

from app.parsing.attribution.linker import Linked, link_spans
from app.parsing.attribution.marks import find_quoted
from app.parsing.attribution.reconcile import favour_quoted
from app.parsing.attribution.tagger import decode_tags
from app.parsing.model import ATTRIBUTION_TAGS, Scores, Tuning
from app.parsing.pieces import find_paragraphs
from app.parsing.types import FoundAttribution, Span


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
    if paragraphs is None:
        paragraphs = find_paragraphs(scores.text)
    quoted = find_quoted(scores.text, paragraphs)
    decoded = decode_tags(
        favour_quoted(scores.tags, scores.words, quoted),
        scores.words.paragraphs,
        names=ATTRIBUTION_TAGS,
        moves=tuning.moves,
        begin=tuning.begin,
    )
    linked = link_spans(scores, decoded, quoted=quoted, tuning=tuning)
    return [_place(scores, one, tuning) for one in linked]


def _place(scores: Scores, linked: Linked, tuning: Tuning) -> FoundAttribution:
    starts, ends = scores.words.starts, scores.words.ends

    def spell(span: tuple[int, int]) -> Span:
        return Span(int(starts[span[0]]), int(ends[span[1] - 1]))

    return FoundAttribution(
        content=tuple(spell(part) for part in linked.content),
        source=(spell(linked.source),) if linked.source else (),
        cue=(spell(linked.cue),) if linked.cue else (),
        method=f"model:{tuning.version}",
        confidence=0.5,
    )
