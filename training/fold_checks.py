"""Check-worthiness in four-fold cross-validation, as ClaimBuster's own figures are reported.

    python -m training.fold_checks --epochs 2

The shipped reader learns all its tasks at once and keeps one fold unseen (`measure_checks`). To
have all four, this trains the same network on check-worthiness alone, four times from the encoder's
first weights, each time on three folds, and scores the fourth, its sentences read alone.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from training.claims import FOLDS, Sentence, read_claims
from training.measure_checks import weigh_f1
from training.network import TAGS, Reader, group_parameters
from training.samples import list_batches, list_epoch, make_claim_samples
from training.train import collate, find_encoder, load_table, measure_claims

RATE, HEAD_RATE, WORD_RATE, DECAY = 2e-4, 1e-3, 5e-5, 0.9


def train_fold(
    sentences: list[Sentence], *, epochs: int, seed: int, limit: int
) -> tuple[Reader, object]:
    """Train a fresh reader on check-worthiness alone."""
    torch.manual_seed(seed)
    table = load_table()
    model = Reader()
    model.load_encoder(find_encoder() / "model.safetensors")
    groups = list(
        group_parameters(model, rate=RATE, head_rate=HEAD_RATE, word_rate=WORD_RATE, decay=DECAY)
    )
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98))
    batches = []
    for epoch in range(epochs):
        draw = random.Random(seed * 1000 + epoch)
        examples = list_epoch(
            make_claim_samples(table, sentences, draw), table, limit=limit, draw=draw
        )
        batches += list_batches(examples, budget=2048, draw=draw)
    model.train()
    for step, batch in enumerate(batches):
        progress = (step + 1) / len(batches)
        scale = min(1.0, progress / 0.06) * (1 - progress)
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * scale
        ids, shapes, real = collate(batch)
        mask = None if bool(real.all()) else real[:, None, None, :]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            heads = model(ids, shapes, mask)
        count = max(1, sum(len(example.sentences) for example in batch))
        (measure_claims(heads.float(), batch) / count).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
    return model.eval(), table


@torch.no_grad()
def score_fold(model: Reader, table: object, sentences: list[Sentence], *, limit: int) -> NDArray:
    """Return one score for each sentence, read alone; above 0 is check-worthy."""
    scores = []
    for sentence in sentences:
        draw = random.Random(0)
        samples = make_claim_samples(table, [sentence], draw)
        examples = list_epoch(samples, table, limit=limit, draw=draw)
        logits = []
        for example in examples:
            ids, shapes, _ = collate([example])
            heads = model(ids, shapes, None)
            logits += [
                heads[0, begin:end, 2 * TAGS].mean().item() for begin, end, _ in example.sentences
            ]
        scores.append(float(np.mean(logits)) if logits else -1.0)
    return np.array(scores)


def main() -> None:
    """Train and score each fold; print each and the mean."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", default="../shared")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=int, default=256)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    sentences = read_claims(Path(options.shared) / "claimbuster")
    figures = []
    for fold in range(FOLDS):
        began = time.monotonic()
        kept = [s for s in sentences if s.fold != fold]
        tested = [s for s in sentences if s.fold == fold]
        model, table = train_fold(kept, epochs=options.epochs, seed=fold + 1, limit=options.limit)
        guess = score_fold(model, table, tested, limit=options.limit) > 0
        weighted, positive = weigh_f1(np.array([s.label for s in tested]), guess.astype(int))
        figures.append(weighted)
        print(
            f"fold {fold}: F1 weighted {100 * weighted:.1f}, of the check-worthy "
            f"{100 * positive:.1f}; {time.monotonic() - began:.0f} s",
            flush=True,
        )
    print(f"four folds: F1 weighted {100 * float(np.mean(figures)):.1f}")


if __name__ == "__main__":
    main()
