"""Quotations as dialogue: "I" is its speaker, and words without a source go on with the last."""

from __future__ import annotations

import re

from app.parsing.coreference.scene import Scene
from app.parsing.coreference.speaker import NOBODY, Offer, Speaker, to_speaker
from app.parsing.types import FoundAttribution, Span
from app.vocabulary import MentionKind, SpeakerKind

FIRST_PERSON = frozenset({"i", "we", "me", "us", "my", "our"})
_OPENING = "“\"‘'«„"
_BETWEEN = re.compile(r"[\s”\"’'»,.]*")


def resolve_missing(scene: Scene, found: FoundAttribution) -> Speaker:
    """Say who speaks where no source stands.

    A quotation that follows another in its paragraph, or that goes on over the paragraph's end,
    has the speaker of that one; all else has none.
    """
    if found.cue or not scene.said:
        return NOBODY
    start = found.content[0].start
    last = scene.said[-1]
    if last.speaker.entity is None:
        return NOBODY
    before = last.end
    if before > start or not _opens(scene, found.content[0]):
        return NOBODY
    gap = scene.text[before:start]
    same_paragraph = "\n" not in gap and _BETWEEN.fullmatch(gap.rstrip(_OPENING)) is not None
    goes_on = (
        "\n" in gap
        and not gap.strip(_OPENING + " \n\r.")
        and not _closes(scene, last.content[-1].end)
    )
    if not same_paragraph and not goes_on:
        return NOBODY
    rule = "dialogue:same-paragraph" if same_paragraph else "dialogue:goes-on"
    offer = Offer(last.speaker.entity, 0.8, last.span, rule)
    speaker = to_speaker(found.content[0], [offer], kind=MentionKind.PRONOUN)
    return Speaker(SpeakerKind.NAMED, speaker.entity, speaker.steps)


def _opens(scene: Scene, span: Span) -> bool:
    return scene.text[span.start] in _OPENING or scene.text[span.start - 1 : span.start] in tuple(
        _OPENING
    )


def _closes(scene: Scene, end: int) -> bool:
    return any(mark in '”"»' for mark in scene.text[end - 1 : end + 1])
