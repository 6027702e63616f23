"""Decoding of tags against a search through every path."""

from itertools import pairwise, product

import numpy as np
import pytest

from app.parsing.attribution.tagger import decode_tags

NAMES = ("O", "B-x", "I-x")
FORBIDDEN = -10_000.0


@pytest.mark.parametrize("seed", range(8))
def test_best_path_and_chances_are_those_of_a_full_search(seed: int) -> None:
    draw = np.random.default_rng(seed)
    lengths = [3, 1, 4]
    scores = draw.normal(size=(sum(lengths), 3)).astype(np.float32)
    moves = draw.normal(size=(3, 3)).astype(np.float32)
    begin = draw.normal(size=3).astype(np.float32)
    moves[0, 2] = begin[2] = FORBIDDEN
    paragraphs = np.repeat(np.arange(3, dtype=np.int32), lengths)
    found = decode_tags(scores, paragraphs, names=NAMES, moves=moves, begin=begin)
    path: list[int] = []
    chances = []
    for number in range(3):
        own = scores[paragraphs == number].astype(float)
        paths = list(product(range(3), repeat=len(own)))
        totals = np.array(
            [
                begin[p[0]]
                + own[range(len(own)), p].sum()
                + sum(moves[a, b] for a, b in pairwise(p))
                for p in paths
            ]
        )
        weights = np.exp(totals - totals.max())
        weights /= weights.sum()
        path += paths[int(totals.argmax())]
        for place in range(len(own)):
            chances.append(
                [
                    sum(w for w, p in zip(weights, paths, strict=True) if p[place] == tag)
                    for tag in range(3)
                ]
            )
    assert np.allclose(found.chances, chances, atol=1e-4)
    tags = [0] * len(scores)
    for span in found.spans:
        tags[span.first] = 1
        for word in range(span.first + 1, span.last):
            tags[word] = 2
    assert tags == path


def test_no_words_give_no_spans() -> None:
    empty = decode_tags(
        np.zeros((0, 3), np.float32),
        np.zeros(0, np.int32),
        names=NAMES,
        moves=np.zeros((3, 3), np.float32),
        begin=np.zeros(3, np.float32),
    )
    assert empty.spans == []
