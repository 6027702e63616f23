"""Negative log-likelihood of tag sequences under a linear-chain CRF with forbidden moves."""

from __future__ import annotations

import torch
from torch import Tensor

FORBIDDEN = -10_000.0


def build_mask(tags: tuple[str, ...]) -> tuple[Tensor, Tensor]:
    """What BIO forbids: moves of shape (tags, tags) and first tags of shape (tags,)."""
    moves = torch.zeros(len(tags), len(tags))
    begin = torch.zeros(len(tags))
    for j, after in enumerate(tags):
        if after.startswith("I-"):
            begin[j] = FORBIDDEN
            for i, before in enumerate(tags):
                if before[2:] != after[2:]:
                    moves[i, j] = FORBIDDEN
    return moves, begin


def score_sequences(
    scores: Tensor, tags: Tensor, lengths: Tensor, moves: Tensor, begin: Tensor
) -> Tensor:
    """Negative log-likelihood of each sequence.

    Args:
        scores: (sequences, words, tags), sorted by length, longest first.
        tags: (sequences, words), padded with 0.
        lengths: (sequences,).
        moves: (tags, tags), mask included.
        begin: (tags,), mask included.
    """
    width = scores.shape[1]
    inside = torch.arange(width)[None] < lengths[:, None]
    gold = scores.gather(2, tags[..., None]).squeeze(2)
    gold = gold + torch.cat([begin[tags[:, :1]], moves[tags[:, :-1], tags[:, 1:]]], 1)
    gold = (gold * inside).sum(1)
    alpha = scores[:, 0] + begin
    active = (torch.arange(width)[:, None] < lengths[None]).sum(1).tolist()
    done = []
    for place in range(1, width):
        live = active[place]
        if live < len(alpha):
            done.append(alpha[live:])
            alpha = alpha[:live]
        alpha = torch.logsumexp(alpha[:, :, None] + moves, 1) + scores[:live, place]
    done.append(alpha)
    total = torch.cat([torch.logsumexp(part, 1) for part in reversed(done)])
    return total - gold
