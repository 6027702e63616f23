"""Writes a trained reader as the files that `app` ships.

python -m training.export --run first
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import torch

from training.crf import build_mask
from training.graph import build_graph
from training.network import Reader
from training.samples import ATTRIBUTION_TAGS
from training.train import WORK, find_encoder


def export_run(
    checkpoint: Path, folder: Path, *, method: str, block: int, version: str, which: str
) -> None:
    """Write `reader.onnx`, `reader.json` and `tokenizer.json`.

    Args:
        checkpoint: a `last.pt`.
        folder: where to write; constants of a `reader.json` already there are kept.
        method: see `build_graph`.
        block: see `build_graph`.
        version: name of the model.
        which: "average" or "model", the weights to take.
    """
    state = torch.load(checkpoint, weights_only=False)[which]
    model = Reader()
    model.load_state_dict(state)
    weights = {name: value.float().numpy() for name, value in state.items()}
    folder.mkdir(parents=True, exist_ok=True)
    graph = build_graph(weights, method=method, block=block)
    (folder / "reader.onnx").write_bytes(graph.SerializeToString())
    masks = build_mask(ATTRIBUTION_TAGS)
    target = folder / "reader.json"
    constants = json.loads(target.read_text())["constants"] if target.exists() else {}
    data = {
        "version": version,
        "moves": (state["transitions"] + masks[0]).numpy().round(4).tolist(),
        "begin": (state["begin"] + masks[1]).numpy().round(4).tolist(),
        "constants": constants,
    }
    target.write_text(json.dumps(data, indent=1) + "\n", encoding="utf8")
    shutil.copyfile(find_encoder() / "tokenizer.json", folder / "tokenizer.json")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", required=True)
    parser.add_argument("--to", default="app/parsing/models")
    parser.add_argument("--method", default="dynamic")
    parser.add_argument("--block", type=int, default=128)
    parser.add_argument("--version", default="0")
    parser.add_argument("--which", default="average")
    options = parser.parse_args()
    export_run(
        WORK / options.run / "last.pt",
        Path(options.to),
        method=options.method,
        block=options.block,
        version=options.version,
        which=options.which,
    )
