"""Fits the chance that an attribution is right, on PolNeAR's dev split.

    python -m training.calibrate --model app/parsing/models

Logistic regression on what the decoder knows of each attribution; right is what the scorer's
`attr` calls right. The error of calibration is measured by 5-fold cross-validation over articles.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from app.parsing.attribution.extract import list_linked, place_linked
from app.parsing.model import ReaderModel
from training.polnear import read_polnear

FOLDS = 5
BINS = 10


def load_scorer(shared: Path) -> ModuleType:
    """The project's scorer, from its file."""
    path = shared / "eval" / "score_attribution.py"
    spec = importlib.util.spec_from_file_location("score_attribution", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def collect(model: ReaderModel, shared: Path) -> tuple[NDArray, NDArray, NDArray]:
    """Features, whether right, and number of the article, for every attribution found on dev."""
    scorer = load_scorer(shared)
    rows, right, articles = [], [], []
    gold = scorer.annotators(str(shared / "polnear"), "dev")
    for number, reading in enumerate(read_polnear(shared / "polnear", "dev", all_annotators=False)):
        scores = model.read(reading.text)
        linked = list_linked(scores, tuning=model.tuning)
        found = [place_linked(scores, one, model.tuning) for one in linked]
        article = scorer.Art(reading.text)
        gold_spans = scorer.read_ann(gold[reading.name][0][1])
        roles = ("source", "cue", "content")
        sets = [
            [{r: article.ts(getattr(a, r) if n == 0 else a[r]) for r in roles} for a in group]
            for n, group in enumerate((found, gold_spans))
        ]
        mine, theirs = sets

        def agree(i: int, j: int, mine=mine, theirs=theirs) -> float | None:
            value = scorer.iou(mine[i]["content"], theirs[j]["content"])
            a, b = mine[i]["source"], theirs[j]["source"]
            return value if value >= 0.5 and ((a & b) or (not a and not b)) else None

        matched, _ = scorer.match(mine, theirs, agree)
        for place, one in enumerate(linked):
            rows.append(one.features)
            right.append(place in matched)
            articles.append(number)
    return np.array(rows, float), np.array(right, float), np.array(articles)


def fit(x: NDArray, y: NDArray, *, penalty: float = 1e-3) -> NDArray:
    """Weights of a logistic regression by Newton's method; the last one is the constant."""
    x = np.hstack([x, np.ones((len(x), 1))])
    weights = np.zeros(x.shape[1])
    ridge = penalty * len(x) * np.eye(x.shape[1])
    ridge[-1, -1] = 0
    for _ in range(30):
        p = 1 / (1 + np.exp(-(x @ weights)))
        gradient = x.T @ (p - y) + ridge @ weights
        weights -= np.linalg.solve((x.T * (p * (1 - p))) @ x + ridge, gradient)
    return weights


def predict(x: NDArray, weights: NDArray) -> NDArray:
    """Chances for rows of features."""
    return 1 / (1 + np.exp(-(x @ weights[:-1] + weights[-1])))


def measure_error(p: NDArray, y: NDArray) -> float:
    """Expected calibration error over ten equal bins."""
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    parts = [(bins == b) for b in range(BINS)]
    return float(sum(abs(p[own].mean() - y[own].mean()) * own.mean() for own in parts if own.any()))


def main() -> None:
    """Fit, measure, and write the weights into the model's `reader.json`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="app/parsing/models")
    parser.add_argument("--shared", default="../shared")
    options = parser.parse_args()
    x, y, articles = collect(ReaderModel(Path(options.model)), Path(options.shared))
    mean, spread = x.mean(0), x.std(0) + 1e-6
    z = (x - mean) / spread
    held = np.zeros(len(y))
    for fold in range(FOLDS):
        own = articles % FOLDS == fold
        held[own] = predict(z[own], fit(z[~own], y[~own]))
    order = np.argsort(-held)
    half = y[order][: len(y) // 2].mean()
    weights = fit(z, y)
    print(
        f"{len(y)} attributions, {y.mean():.3f} right; cross-validated: "
        f"calibration error {measure_error(held, y):.3f}, Brier {((held - y) ** 2).mean():.3f} "
        f"(of a constant {y.mean() * (1 - y.mean()):.3f}), surer half {half:.3f} right"
    )
    path = Path(options.model) / "reader.json"
    data = json.loads(path.read_text(encoding="utf8"))
    plain = weights[:-1] / spread
    data["constants"]["confidence"] = [
        *plain.round(5).tolist(),
        round(float(weights[-1] - plain @ mean), 5),
    ]
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
