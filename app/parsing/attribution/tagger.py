"""From tag scores to spans: constrained Viterbi and the chances of what it finds.

Linear-chain CRF decoding (Lafferty, McCallum and Pereira, 2001) over each paragraph, all
paragraphs of a text side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tagged:
    """A span of words with a role.

    Attributes:
        role: what the tags name it ("source", "cue", "content"; or a type of entity).
        first: its first word.
        last: one past its last word.
        chance: mean chance of its words' tags given the whole paragraph, in [0, 1].
        start_chance: chance of the tag that begins it.
    """

    role: str
    first: int
    last: int
    chance: float
    start_chance: float


@dataclass(frozen=True, slots=True)
class Decoded:
    """Spans in text order, with the chances of every tag of every word, shape (words, tags)."""

    spans: list[Tagged]
    chances: Floats


def decode_tags(
    scores: Floats,
    paragraphs: NDArray[np.int32],
    *,
    names: tuple[str, ...],
    moves: Floats,
    begin: Floats,
) -> Decoded:
    """Best spans under the moves that are allowed.

    Args:
        scores: of each tag, shape (words, tags).
        paragraphs: number of each word's paragraph, rising, shape (words,).
        names: of the tags: "O", then "B-x" and "I-x" for each role.
        moves: score of tag j behind tag i, shape (tags, tags).
        begin: score of each tag at a paragraph's start, shape (tags,).

    Returns:
        Spans that never cross a paragraph's border, and the chances.
    """
    if not len(scores):
        return Decoded([], np.zeros((0, len(names)), np.float32))
    borders = np.flatnonzero(np.diff(paragraphs)) + 1
    starts = np.concatenate(([0], borders))
    lengths = np.diff(np.append(starts, len(scores)))
    order = np.argsort(-lengths, kind="stable")
    starts, lengths = starts[order], lengths[order]
    path = _find_best_path(scores, starts, lengths, moves, begin)
    chances = _find_chances(scores, starts, lengths, moves, begin)
    return Decoded(_list_spans(path, chances, paragraphs, names), chances)


def _count_live(lengths: NDArray[np.intp]) -> list[int]:
    """How many of the paragraphs (longest first) have a word at each place."""
    return [int(np.searchsorted(-lengths, -place, side="left")) for place in range(int(lengths[0]))]


def _find_best_path(
    scores: Floats,
    starts: NDArray[np.intp],
    lengths: NDArray[np.intp],
    moves: Floats,
    begin: Floats,
) -> NDArray[np.intp]:
    live = _count_live(lengths)
    best = scores[starts] + begin
    back: list[NDArray[np.intp]] = []
    path = np.zeros(len(scores), np.intp)
    finals = np.zeros(len(starts), np.intp)
    for place, count in enumerate(live):
        if place:
            paths = best[:count, :, None] + moves
            back.append(paths.argmax(axis=1))
            best = paths.max(axis=1) + scores[starts[:count] + place]
        ending = live[place + 1] if place + 1 < len(live) else 0
        finals[ending:count] = best[ending:count].argmax(axis=1)
    tags = finals
    for place in range(len(live) - 1, -1, -1):
        count = live[place]
        path[starts[:count] + place] = tags[:count]
        if place:
            tags = tags.copy()
            tags[:count] = back[place - 1][np.arange(count), tags[:count]]
    return path


def _find_chances(
    scores: Floats,
    starts: NDArray[np.intp],
    lengths: NDArray[np.intp],
    moves: Floats,
    begin: Floats,
) -> Floats:
    """Marginals by the forward-backward algorithm, in probabilities scaled at each word."""
    live = _count_live(lengths)
    step = np.exp(moves)
    words = np.exp(scores - scores.max(axis=1, keepdims=True))
    forward = np.zeros_like(scores)
    for place, count in enumerate(live):
        own = starts[:count] + place
        if place:
            alpha = (forward[own - 1] @ step) * words[own]
        else:
            alpha = np.exp(begin - begin.max()) * words[own]
        forward[own] = alpha / np.maximum(alpha.sum(axis=1, keepdims=True), 1e-30)
    chances = np.zeros_like(scores)
    beta = np.ones((len(starts), scores.shape[1]), np.float32)
    for place in range(len(live) - 1, -1, -1):
        count = live[place]
        own = starts[:count] + place
        both = forward[own] * beta[:count]
        chances[own] = both / np.maximum(both.sum(axis=1, keepdims=True), 1e-30)
        before = (words[own] * beta[:count]) @ step.T
        beta[:count] = before / np.maximum(before.sum(axis=1, keepdims=True), 1e-30)
    return chances


def _list_spans(
    path: NDArray[np.intp],
    chances: Floats,
    paragraphs: NDArray[np.int32],
    names: tuple[str, ...],
) -> list[Tagged]:
    spans = []
    tags = path.tolist()
    first = 0
    for word in range(1, len(tags) + 1):
        inside = (
            word < len(tags)
            and names[tags[word]].startswith("I-")
            and paragraphs[word] == paragraphs[word - 1]
        )
        if inside:
            continue
        if tags[first]:
            own = chances[np.arange(first, word), path[first:word]]
            role = names[tags[first]][2:]
            spans.append(Tagged(role, first, word, float(own.mean()), float(own[0])))
        first = word
    return spans
