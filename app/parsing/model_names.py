"""Proper names of persons, organisations and places, from the model's entity tags."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from app.parsing.attribution.tagger import Tagged, decode_tags
from app.parsing.model import ENTITY_TAGS, TAGS, Scores
from app.parsing.types import NameSpan, Span
from app.vocabulary import EntityType

_FORBIDDEN = -10_000.0


def find_names(scores: Scores) -> list[NameSpan]:
    """Names in text order, not overlapping.

    A name that is written the same way several times in a text gets one type: the one with the
    highest sum of chances over all of its places.

    Args:
        scores: what the model says about a text.
    """
    moves, begin = _build_moves()
    decoded = decode_tags(
        scores.entities, scores.words.paragraphs, names=ENTITY_TAGS, moves=moves, begin=begin
    )
    starts, ends = scores.words.starts, scores.words.ends
    places = [Span(int(starts[s.first]), int(ends[s.last - 1])) for s in decoded.spans]
    votes: dict[str, NDArray[np.float32]] = defaultdict(lambda: np.zeros(3, np.float32))
    keys = [scores.text[place.start : place.end].casefold() for place in places]
    for span, key in zip(decoded.spans, keys, strict=True):
        votes[key] += _rate_types(span, decoded.chances)
    types = tuple(EntityType)
    found = []
    for span, place, key in zip(decoded.spans, places, keys, strict=True):
        kind = types[int(votes[key].argmax())]
        found.append(NameSpan(place, kind, round(span.chance, 4)))
    return found


def _rate_types(span: Tagged, chances: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean chance of each type over a span's words, in the order of the tags."""
    own = chances[span.first : span.last]
    rates: NDArray[np.float32] = np.stack(
        [own[:, at : at + 2].sum(axis=1).mean() for at in range(1, TAGS, 2)]
    )
    return rates


def _build_moves() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """An I tag follows only a B or I tag of its own type."""
    moves = np.zeros((TAGS, TAGS), np.float32)
    begin = np.zeros(TAGS, np.float32)
    for inner in range(2, TAGS, 2):
        moves[:, inner] = _FORBIDDEN
        moves[inner - 1 : inner + 1, inner] = 0.0
        begin[inner] = _FORBIDDEN
    return moves, begin
