"""Writes a trained reader as the files that `app` ships.

python -m training.export --run first
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import torch
from numpy.typing import NDArray

from training.crf import build_mask
from training.graph import build_graph
from training.network import Reader
from training.polnear import read_polnear
from training.samples import ATTRIBUTION_TAGS, Example, cut_sample, make_attribution_sample
from training.train import RUNS, collate, find_encoder, load_table


def find_factors(model: Reader, examples: list[Example], *, share: float) -> dict[str, NDArray]:
    """Factors that even out how far each input column of a matrix reaches.

    Args:
        model: the reader.
        examples: windows to run it on, from the train split.
        share: how much of the spread moves into the weights (0 none, 1 all).
    """
    reach: dict[str, torch.Tensor] = {}

    def watch(name: str):
        def hook(_module, inputs, _output) -> None:
            top = inputs[0].detach().abs().flatten(0, -2).amax(0)
            reach[name] = torch.maximum(reach[name], top) if name in reach else top

        return hook

    handles = [
        module.register_forward_hook(watch(name))
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear)
    ]
    model.eval()
    with torch.no_grad():
        for example in examples:
            ids, shapes, _ = collate([example])
            model(ids, shapes, None)
    for handle in handles:
        handle.remove()
    factors = {}
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.Linear):
            top = module.weight.detach().abs().amax(0).clamp(min=1e-5)
            factor = (reach[name].clamp(min=1e-5) ** share / top ** (1 - share)).clamp(min=1e-4)
            factor = (factor / factor.mean()).numpy()
            base, _, last = name.rpartition(".")
            names = [f"{base}.{p}" for p in ("query", "key", "value")] if last == "qkv" else [name]
            factors.update(dict.fromkeys(names, factor))
    return factors


def list_examples(shared: Path, count: int) -> list[Example]:
    """Windows of the first train texts."""
    table = load_table()
    examples: list[Example] = []
    for reading in read_polnear(shared / "polnear", "train", all_annotators=False):
        examples += cut_sample(make_attribution_sample(table, reading), table, limit=256)
        if len(examples) >= count:
            break
    return examples[:count]


def export_run(
    checkpoint: Path,
    folder: Path,
    *,
    method: str,
    block: int,
    version: str,
    which: str,
    shared: Path,
    share: float,
) -> None:
    """Write `reader.onnx`, `reader.json` and `tokenizer.json`.

    Args:
        checkpoint: a `last.pt`.
        folder: where to write; constants of a `reader.json` already there are kept.
        method: see `build_graph`.
        block: see `build_graph`.
        version: name of the model.
        which: "average" or "model", the weights to take.
        shared: folder that holds PolNeAR, whose train texts even out the inputs of matrices.
        share: see `find_factors`; 0 leaves the inputs as they are.
    """
    state = torch.load(checkpoint, map_location="cpu", weights_only=False)[which]
    model = Reader()
    model.load_state_dict(state)
    weights = {name: value.float().numpy() for name, value in state.items()}
    folder.mkdir(parents=True, exist_ok=True)
    smooth = find_factors(model, list_examples(shared, 60), share=share) if share else None
    graph = build_graph(weights, method=method, block=block, smooth=smooth)
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
    parser.add_argument("--shared", default="../shared")
    parser.add_argument("--share", type=float, default=0.0)
    options = parser.parse_args()
    export_run(
        RUNS / options.run / "last.pt",
        Path(options.to),
        method=options.method,
        block=options.block,
        version=options.version,
        which=options.which,
        shared=Path(options.shared),
        share=options.share,
    )
