"""Reads ClaimBuster's sentences and cuts them into the folds that figures are reported on."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from pathlib import Path

FOLDS = 4


@dataclass(frozen=True)
class Sentence:
    """A sentence of a debate, whether it is check-worthy, and the fold that it is tested in."""

    text: str
    label: int
    fold: int


def read_claims(folder: Path, *, seed: int = 7) -> list[Sentence]:
    """All sentences in file order; folds are drawn at random within each label."""
    with open(folder / "kfold_25ncs.csv", encoding="utf8", newline="") as file:
        rows = [(row["text"].strip(), int(row["label"])) for row in csv.DictReader(file)]
    folds = [0] * len(rows)
    draw = random.Random(seed)
    for label in (0, 1):
        members = [i for i, row in enumerate(rows) if row[1] == label]
        draw.shuffle(members)
        for place, i in enumerate(members):
            folds[i] = place % FOLDS
    return [Sentence(text, label, fold) for (text, label), fold in zip(rows, folds, strict=True)]
