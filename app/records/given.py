"""What is promised of an attribution: who is given what, by which words, and how it was read."""

from collections.abc import Mapping
from typing import Any

from app.db.ids import ATTRIBUTION, to_id
from app.records.spans import first_text_span, split_span, text_span, text_spans
from app.vocabulary import SpeakerKind


def speaker_record(
    *, kind: str, slug: str | None, name: str | None, role: str | None
) -> dict[str, Any] | None:
    """Return what is promised of a speaker; None when nobody is given."""
    if kind == SpeakerKind.NONE:
        return None
    return {"kind": kind, "entity_id": slug, "name": name, "role": role, "entity": None}


def attribution_record(given: Any, *, text: str) -> dict[str, Any] | None:
    """Return what is promised of an attribution, without its content and speaker.

    Args:
        given: Has the columns of the attributions' table; None for no attribution.
        text: The article's.
    """
    if given is None:
        return None
    cue = split_span(given.cue, text=text)
    return {
        "id": to_id(ATTRIBUTION, given.key),
        "type": given.speaker_kind,
        "kind": given.kind,
        "source": split_span(given.source, text=text),
        "cue": None if cue is None else {**cue, "lemma": given.cue_lemma},
        "role": first_text_span(given.role, text=text),
        "recipient": first_text_span(given.recipient, text=text),
        "medium": first_text_span(given.medium, text=text),
        "hedges": text_spans(given.hedges, text=text),
        "negated": given.negated,
        "method": given.method,
        "confidence": given.confidence,
        "coreference": [_step(step, text=text) for step in given.coreference],
        "candidates": [
            {
                "entity_id": candidate["entity"],
                "name": candidate["name"],
                "score": candidate["score"],
                "reason": candidate["reason"],
            }
            for candidate in given.candidates
        ],
    }


def _step(step: Mapping[str, Any], *, text: str) -> dict[str, Any]:
    antecedent = step["antecedent"]
    return {
        "span": text_span(step["span"], text=text),
        "antecedent": None if antecedent is None else text_span(antecedent, text=text),
        "rule": step["rule"],
    }


def article_attribution_record(
    given: Any, *, slug: str | None, article_id: str, text: str
) -> dict[str, Any]:
    """Return what is promised of an attribution of an article, with its content and speaker.

    Args:
        given: Has the columns of the attributions' table.
        slug: Of the speaker, when it is an entity.
        article_id: The article's public id.
        text: The article's.
    """
    attribution = attribution_record(given, text=text)
    assert attribution is not None
    role = attribution["role"]
    return {
        **attribution,
        "article_id": article_id,
        "content": split_span(given.content, text=text),
        "speaker": speaker_record(
            kind=given.speaker_kind,
            slug=slug,
            name=given.speaker_name,
            role=None if role is None else role["text"],
        ),
    }
