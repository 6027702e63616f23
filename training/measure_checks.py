"""Scores check-worthiness on the fold of ClaimBuster that the model never saw.

    python -m training.measure_checks --model app/parsing/models --fold 0

Sentences are read alone and, as at run time, among others. The scale and shift that make chances
of the scores are fitted on half of the fold and measured on the other half.
"""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.parsing.model import ReaderModel, rate_sentences
from training.calibrate import fit, measure_error, predict
from training.claims import Sentence, read_claims

GROUP = 8


def score(model: ReaderModel, sentences: list[Sentence], *, group: int) -> NDArray:
    """Raw scores of sentences, read in paragraphs of `group` sentences."""
    plain = replace(model.tuning, constants={})
    scores: list[float] = []
    for begin in range(0, len(sentences), group):
        text, spans = "", []
        for sentence in sentences[begin : begin + group]:
            text += " " if text else ""
            spans.append((len(text), len(text) + len(sentence.text)))
            text += sentence.text
        rates = rate_sentences(model.read(text), spans, tuning=plain)
        scores += [math.log(max(p, 1e-9) / max(1 - p, 1e-9)) for p in rates]
    return np.array(scores)


def weigh_f1(y: NDArray, guess: NDArray) -> tuple[float, float]:
    """F1 of both classes weighted by their counts, and F1 of the check-worthy one."""
    values = []
    for label in (0, 1):
        hits = float(((guess == label) & (y == label)).sum())
        total = float((guess == label).sum() + (y == label).sum())
        values.append(2 * hits / total if total else 0.0)
    share = y.mean()
    return (1 - share) * values[0] + share * values[1], values[1]


def main() -> None:
    """Measure, and write scale and shift into the model's `reader.json`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="app/parsing/models")
    parser.add_argument("--shared", default="../shared")
    parser.add_argument("--fold", type=int, default=0)
    options = parser.parse_args()
    model = ReaderModel(Path(options.model))
    own = [s for s in read_claims(Path(options.shared) / "claimbuster") if s.fold == options.fold]
    order = np.random.default_rng(3).permutation(len(own))
    own = [own[i] for i in order]
    y = np.array([s.label for s in own], float)
    for group in (1, GROUP):
        x = score(model, own, group=group)[:, None]
        half = len(y) // 2
        weights = fit(x[:half], y[:half])
        chance = predict(x, weights)
        both, worthy = weigh_f1(y[half:], (chance[half:] > 0.5).astype(float))
        raw = weigh_f1(y, (x[:, 0] > 0).astype(float))
        error = measure_error(chance[half:], y[half:])
        print(
            f"{group} together: weighted F1 {raw[0]:.3f} (check-worthy {raw[1]:.3f}) as trained; "
            f"{both:.3f} ({worthy:.3f}) and calibration error {error:.3f} with the fitted shift"
        )
    weights = fit(x, y)
    path = Path(options.model) / "reader.json"
    data = json.loads(path.read_text(encoding="utf8"))
    data["constants"]["check"] = [round(float(w), 4) for w in weights]
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
