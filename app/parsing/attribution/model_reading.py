"""The trained reader as a `Reading`: one pass of the encoder, and no parse beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from app.parsing.attribution.details import find_cue_lemma, find_medium, find_recipient
from app.parsing.attribution.extract import find_attributions
from app.parsing.model import ReaderModel, rate_sentences
from app.parsing.model_names import find_names
from app.parsing.sentences import find_sentences
from app.parsing.types import FoundAttribution, Reading, Span, Word


def read_with_model(text: str, *, paragraphs: Sequence[Span], model: ReaderModel) -> Reading:
    """Read a text with the trained model.

    Args:
        text: Any text.
        paragraphs: Its paragraphs, in order.
        model: The loaded model.

    Returns:
        Words, sentences, names, attributions, and a check-worthiness for each sentence.
    """
    scores = model.read(text, paragraphs)
    sentences = find_sentences(text, paragraphs)
    starts = np.array([sentence.start for sentence in sentences], np.int64)
    found = find_attributions(scores, tuning=model.tuning, paragraphs=paragraphs)
    words = zip(scores.words.starts.tolist(), scores.words.ends.tolist(), strict=True)
    return Reading(
        words=tuple(Word(start, end) for start, end in words),
        sentences=sentences,
        names=tuple(find_names(scores)),
        attributions=tuple(_add_details(text, one, sentences, starts) for one in found),
        check_worthiness=tuple(rate_sentences(scores, sentences, tuning=model.tuning)),
    )


def _add_details(
    text: str,
    found: FoundAttribution,
    sentences: Sequence[Span],
    starts: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> FoundAttribution:
    """Add what the words around the cue tell."""
    if not found.cue:
        return found
    index = int(np.searchsorted(starts, found.cue[0].start, side="right")) - 1
    sentence = sentences[max(index, 0)]
    lemma = find_cue_lemma(text, found.cue)
    recipient = find_recipient(
        text, lemma=lemma, cue=found.cue, content=found.content, sentence=sentence
    )
    if recipient is not None and any(recipient.overlaps(part) for part in found.source):
        recipient = None
    medium = find_medium(text, cue=found.cue, content=found.content, sentence=sentence)
    return replace(found, cue_lemma=lemma, recipient=recipient, medium=medium)
