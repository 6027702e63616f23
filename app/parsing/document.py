"""A parsed article as plain JSON values: what `onrecord parse` prints and the scorers read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from app.parsing.types import (
    Attribution,
    Candidate,
    Claim,
    CoreferenceStep,
    Entity,
    ParsedArticle,
    Quotation,
    Span,
)
from app.vocabulary import MentionKind

JSON = dict[str, object]


def to_document(parsed: ParsedArticle, *, id: str) -> JSON:
    """Return a parsed article as JSON-like values.

    Args:
        parsed: The article.
        id: What to call it, for instance the file's name without its suffix.

    Returns:
        "id", "text", "attributions", "entities", "quotations" and "claims", each list in text
        order; spans are `[start, end]` lists of code points into "text". The "mentions" of an
        entity are its names; where a pronoun or a description stands for it is in "references".
    """
    names: dict[str, list[Span]] = defaultdict(list)
    references: dict[str, list[Span]] = defaultdict(list)
    for mention in parsed.mentions:
        side = names if mention.kind is MentionKind.NAME else references
        side[mention.entity].append(mention.span)
    text = parsed.raw.text
    return {
        "id": id,
        "title": parsed.raw.title,
        "text": text,
        "attributions": [_attribution(item) for item in parsed.attributions],
        "entities": [
            _entity(item, names=names[item.key], references=references[item.key])
            for item in parsed.entities
        ],
        "quotations": [_quotation(item, text=text) for item in parsed.quotations],
        "claims": [_claim(item, text=text) for item in parsed.claims],
    }


def _spans(spans: Sequence[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def _span(span: Span | None) -> list[int] | None:
    return [span.start, span.end] if span is not None else None


def _attribution(item: Attribution) -> JSON:
    return {
        "id": item.key,
        "source": _spans(item.source),
        "cue": _spans(item.cue),
        "content": _spans(item.content),
        "speaker": item.speaker,
        "speaker_kind": item.speaker_kind.value,
        "cue_lemma": item.cue_lemma,
        "kind": item.kind.value,
        "role": _span(item.role),
        "recipient": _span(item.recipient),
        "medium": _span(item.medium),
        "hedges": _spans(item.hedges),
        "negated": item.negated,
        "method": item.method,
        "confidence": item.confidence,
        "coreference": [_step(step) for step in item.coreference],
        "candidates": [_candidate(candidate) for candidate in item.candidates],
    }


def _step(step: CoreferenceStep) -> JSON:
    return {"span": _span(step.span), "antecedent": _span(step.antecedent), "rule": step.rule}


def _candidate(candidate: Candidate) -> JSON:
    return {"entity": candidate.entity, "score": candidate.score, "reason": candidate.reason}


def _entity(item: Entity, *, names: Sequence[Span], references: Sequence[Span]) -> JSON:
    return {
        "id": item.key,
        "name": item.name,
        "type": item.type.value,
        "mentions": _spans(names),
        "references": _spans(references),
        "roles": _spans(item.roles),
    }


def _quotation(item: Quotation, *, text: str) -> JSON:
    return {
        "id": item.key,
        "text": " ".join(part.of(text) for part in item.parts),
        "parts": _spans(item.parts),
        "form": item.form.value,
        "attribution": item.attribution,
        "about": list(item.about),
        "confidence": item.confidence,
    }


def _claim(item: Claim, *, text: str) -> JSON:
    return {
        "id": item.key,
        "text": " ".join(part.of(text) for part in item.content),
        "content": _spans(item.content),
        "kind": item.kind.value,
        "attribution": item.attribution,
        "quotation": item.quotation,
        "about": list(item.about),
        "hedges": _spans(item.hedges),
        "negated": item.negated,
        "numbers": [
            {"span": _span(number.span), "value": number.value, "unit": number.unit}
            for number in item.numbers
        ],
        "dates": [{"span": _span(date.span), "value": date.value} for date in item.dates],
        "check_worthiness": item.check_worthiness,
        "method": item.method,
        "confidence": item.confidence,
    }
