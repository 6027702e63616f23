"""The trained reader as a `Reading`: one pass of the encoder, and no parse beside it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from app.parsing.attribution.details import find_cue_lemma, find_medium, find_recipient
from app.parsing.attribution.extract import find_attributions
from app.parsing.model import ReaderModel, rate_sentences
from app.parsing.model_names import find_names
from app.parsing.sentences import find_sentences
from app.parsing.types import FoundAttribution, Reading, Span, Word

UNSURE = 0.7
"""A paragraph whose least sure attribution is below this is read a second time. On PolNeAR dev that
is worth 0.2 attr, 0.3 direct, 0.4 speech and 0.5 content exact, for a quarter more time."""


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
    found = read_again(text, found, paragraphs=paragraphs, model=model)
    words = zip(scores.words.starts.tolist(), scores.words.ends.tolist(), strict=True)
    return Reading(
        words=tuple(Word(start, end) for start, end in words),
        sentences=sentences,
        names=tuple(find_names(scores)),
        attributions=tuple(_add_details(text, one, sentences, starts) for one in found),
        check_worthiness=tuple(rate_sentences(scores, sentences, tuning=model.tuning)),
    )


def read_again(
    text: str,
    found: Sequence[FoundAttribution],
    *,
    paragraphs: Sequence[Span],
    model: ReaderModel,
) -> list[FoundAttribution]:
    """Read paragraphs that the model is unsure of a second time, with less around them.

    What stands in a window sways the model's reading of it. A paragraph with an attribution below
    `UNSURE` is read once more behind the paragraph before it alone, and of the two readings the one
    that promises more right attributions over wrong ones is kept. Paragraphs that share an
    attribution with another stay as they are.

    Args:
        text: The text.
        found: What the first reading found, in order of content.
        paragraphs: What was read, in order.
        model: The model.

    Returns:
        Attributions in order of content.
    """
    starts = [paragraph.start for paragraph in paragraphs]
    whole: dict[int, list[FoundAttribution]] = {}
    crossing: list[FoundAttribution] = []
    shared: set[int] = set()
    for one in found:
        own = {
            bisect_right(starts, span.start) - 1 for span in (*one.content, *one.source, *one.cue)
        }
        if len(own) == 1:
            whole.setdefault(own.pop(), []).append(one)
        else:
            crossing.append(one)
            shared |= own
    replaced: dict[int, list[FoundAttribution]] = {}
    for number, first in whole.items():
        if number in shared or min(one.confidence for one in first) >= UNSURE:
            continue
        some = paragraphs[max(0, number - 1) : number + 1]
        scores = model.read(text, some)
        second = [
            one
            for one in find_attributions(scores, tuning=model.tuning, paragraphs=some)
            if all(paragraphs[number].contains(s) for s in (*one.content, *one.source, *one.cue))
        ]
        if second and _expect(second) > _expect(first):
            replaced[number] = second
    kept = [one for number, first in whole.items() for one in replaced.get(number, first)]
    return sorted([*kept, *crossing], key=lambda one: one.content)


def _expect(found: Sequence[FoundAttribution]) -> float:
    """Expected right attributions less wrong ones, halved."""
    return sum(one.confidence - 0.5 for one in found)


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
