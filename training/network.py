"""The reader: one MiniLM encoder with word shapes, and three heads on its last layer.

The encoder is BERT's (Devlin et al., 2019) with the weights of all-MiniLM-L6-v2. A table of word
shapes, zero at the start, is added to its input, since its vocabulary is lower-case. The heads:
tags of attributions (a linear-chain CRF), tags of entities, check-worthiness of each piece (a
sentence's score is the mean over its pieces: pooling and a linear head commute), and two pointers
(content to cue, cue to source; Dozat and Manning, 2017, without the deep part).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from app.parsing.pieces import SHAPES

HIDDEN, LAYERS, HEADS, INNER = 384, 6, 12, 1536
POINTER = 64
TAGS = 7
HEAD_WIDTH = TAGS + TAGS + 1 + 4 * POINTER


class Layer(nn.Module):
    """One transformer block, normalised after each half."""

    def __init__(self) -> None:
        """Make the block with random weights."""
        super().__init__()
        self.qkv = nn.Linear(HIDDEN, 3 * HIDDEN)
        self.out = nn.Linear(HIDDEN, HIDDEN)
        self.norm1 = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.up = nn.Linear(HIDDEN, INNER)
        self.down = nn.Linear(INNER, HIDDEN)
        self.norm2 = nn.LayerNorm(HIDDEN, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor | None, dropout: float) -> Tensor:
        """Hidden states of shape (batch, pieces, hidden) to the same."""
        batch, width, _ = x.shape
        qkv = self.qkv(x).view(batch, width, 3, HEADS, HIDDEN // HEADS).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], attn_mask=mask)
        mixed = self.out(mixed.transpose(1, 2).reshape(batch, width, HIDDEN))
        x = self.norm1(x + F.dropout(mixed, dropout, self.training))
        inner = self.down(F.gelu(self.up(x)))
        return self.norm2(x + F.dropout(inner, dropout, self.training))


class Reader(nn.Module):
    """Encoder and heads; `forward` gives one row of head scores for each piece."""

    def __init__(self, *, dropout: float = 0.1) -> None:
        """Make the model; only `load_encoder` gives it weights worth having."""
        super().__init__()
        self.words = nn.Embedding(30522, HIDDEN)
        self.places = nn.Embedding(512, HIDDEN)
        self.shapes = nn.Embedding(SHAPES, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.heads = nn.Linear(HIDDEN, HEAD_WIDTH)
        self.transitions = nn.Parameter(torch.zeros(TAGS, TAGS))
        self.begin = nn.Parameter(torch.zeros(TAGS))
        self.dropout = dropout
        nn.init.zeros_(self.shapes.weight)
        nn.init.normal_(self.heads.weight, std=0.02)
        nn.init.zeros_(self.heads.bias)

    def forward(self, ids: Tensor, shapes: Tensor, mask: Tensor | None) -> Tensor:
        """Scores of shape (batch, pieces, HEAD_WIDTH) for piece numbers (batch, pieces)."""
        x = self.words(ids) + self.places.weight[: ids.shape[1]] + self.shapes(shapes)
        x = F.dropout(self.norm(x), self.dropout, self.training)
        for layer in self.layers:
            x = layer(x, mask, self.dropout)
        return self.heads(x)

    def load_encoder(self, path: Path) -> None:
        """Take the weights of a BERT checkpoint in safetensors."""
        weights = {k.removeprefix("bert."): v for k, v in load_file(path).items()}
        own = self.state_dict()
        own["words.weight"] = weights["embeddings.word_embeddings.weight"]
        own["places.weight"] = (
            weights["embeddings.position_embeddings.weight"]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        for part in ("weight", "bias"):
            own[f"norm.{part}"] = weights[f"embeddings.LayerNorm.{part}"]
            for n in range(LAYERS):
                theirs = f"encoder.layer.{n}."
                own[f"layers.{n}.qkv.{part}"] = torch.cat(
                    [
                        weights[f"{theirs}attention.self.{x}.{part}"]
                        for x in ("query", "key", "value")
                    ]
                )
                for mine, name in (
                    ("out", "attention.output.dense"),
                    ("norm1", "attention.output.LayerNorm"),
                    ("up", "intermediate.dense"),
                    ("down", "output.dense"),
                    ("norm2", "output.LayerNorm"),
                ):
                    own[f"layers.{n}.{mine}.{part}"] = weights[f"{theirs}{name}.{part}"]
        self.load_state_dict(own)


def group_parameters(
    model: Reader, *, rate: float, head_rate: float, word_rate: float, decay: float
) -> Iterator[dict[str, object]]:
    """Optimiser groups: lower layers learn slower, vectors and norms are not decayed.

    Args:
        model: the reader.
        rate: learning rate of the highest layer.
        head_rate: of the heads and the shapes.
        word_rate: of the word and place tables.
        decay: factor on the rate for each layer further down.
    """
    for name, value in model.named_parameters():
        if name.startswith(("words.", "places.", "norm.")):
            own = word_rate
        elif name.startswith("layers."):
            own = rate * decay ** (LAYERS - 1 - int(name.split(".")[1]))
        elif name in {"transitions", "begin"}:
            own = 10 * head_rate
        else:
            own = head_rate
        plain = value.ndim < 2 or name.startswith(("words.", "places.", "shapes.", "transitions"))
        yield {"params": [value], "lr": own, "peak": own, "weight_decay": 0.0 if plain else 0.01}
