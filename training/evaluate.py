"""Reads PolNeAR's dev texts with an exported model and writes predictions for the scorer.

python -m training.evaluate --model app/parsing/models --out training/runs/dev.jsonl
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from app.parsing.attribution.extract import find_attributions
from app.parsing.model import ReaderModel
from training.polnear import read_polnear


def main() -> None:
    """Predict, score, and print the lines that matter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="app/parsing/models")
    parser.add_argument("--shared", default="../shared")
    parser.add_argument("--out", default="training/runs/dev.jsonl")
    parser.add_argument("--split", default="dev")
    options = parser.parse_args()
    reader = ReaderModel(Path(options.model))
    shared = Path(options.shared)
    texts = list(read_polnear(shared / "polnear", options.split, all_annotators=False))
    reader.read(texts[0].text)
    began = time.perf_counter()
    with open(options.out, "w", encoding="utf8") as file:
        for text in texts:
            found = find_attributions(reader.read(text.text), tuning=reader.tuning)
            rows = [
                {
                    "source": [list(s) for s in a.source],
                    "cue": [list(s) for s in a.cue],
                    "content": [list(s) for s in a.content],
                    "confidence": a.confidence,
                }
                for a in found
            ]
            file.write(json.dumps({"id": text.name, "attributions": rows}) + "\n")
    spent = time.perf_counter() - began
    words = sum(len(text.text.split()) for text in texts)
    print(f"{words} words in {spent:.1f} s: {words / spent:.0f} words/s")
    score = str(shared / "eval" / "score_attribution.py")
    command = [sys.executable, score, "--split", options.split, "--pred", options.out]
    print(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    main()
