"""The reader model: one encoder pass over a text gives scores for every later stage.

`ReaderModel.read` cuts a text into windows of whole paragraphs with their neighbours, runs the ONNX
graph on each, and returns `Scores`: scores of attribution tags, entity tags and
check-worthiness for each word, and vectors that point from contents to cues and from cues to
sources. Windows run one at a time and unpadded, so a text reads the same whatever is read beside
it, and memory beyond the scores does not grow with the text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from app.parsing.pieces import (
    WINDOW_PIECES,
    Pieces,
    PieceTable,
    Span,
    find_paragraphs,
    lay_out,
    pack_windows,
)

Floats = NDArray[np.float32]

MODELS = Path(__file__).parent / "models"

ATTRIBUTION_TAGS = ("O", "B-source", "I-source", "B-cue", "I-cue", "B-content", "I-content")
ENTITY_TAGS = (
    "O",
    "B-person",
    "I-person",
    "B-organisation",
    "I-organisation",
    "B-place",
    "I-place",
)
TAGS = 7
POINTER = 64
"""Numbers in a pointer's vector; the head's columns are two tag sets, one score, four vectors."""

ANCHOR_SCORE = 0.02
"""Words whose chance to begin a span is lower keep no pointer vectors (nine in ten words)."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What the model says about one text.

    Attributes:
        text: the text, unchanged.
        words: its words: `starts`, `ends` and `paragraphs` are what most stages need.
        windows: number of the window that each word was read in, shape (words,).
        tags: scores of `ATTRIBUTION_TAGS` before any softmax, shape (words, 7).
        entities: scores of `ENTITY_TAGS`, the same way, shape (words, 7).
        checks: sum of the check-worthiness scores of each word's pieces, shape (words,).
        anchors: words that may begin a span, in order, shape (anchors,).
        pointers: their vectors, shape (anchors, 4, 64): content seeking a cue, cue sought,
            cue seeking a source, source sought.
        nowhere: for each window the vectors that stand for "no cue here" and "no source here",
            shape (windows, 2, 64).
    """

    text: str
    words: Pieces
    windows: NDArray[np.int32]
    tags: Floats
    entities: Floats
    checks: Floats
    anchors: NDArray[np.int32]
    pointers: Floats
    nowhere: Floats


@dataclass(frozen=True, slots=True)
class Tuning:
    """Numbers that were learned or chosen with the model; they travel with it.

    Attributes:
        version: names the model, for cache keys and reports.
        moves: scores of a tag behind another, shape (7, 7), forbidden moves included.
        begin: scores of a paragraph's first tag, shape (7,).
        constants: thresholds and weights of the later stages, by name.
    """

    version: str
    moves: Floats
    begin: Floats
    constants: dict[str, Any]


class ReaderModel:
    """The loaded model.

    Args:
        folder: holds `reader.onnx`, `reader.json` and `tokenizer.json`.
        threads: cores that one pass may use.
    """

    def __init__(self, folder: Path = MODELS, *, threads: int = 1) -> None:
        """Load the files; about a quarter of a second."""
        self.tuning = load_tuning(folder / "reader.json")
        self._table = PieceTable(Tokenizer.from_file(str(folder / "tokenizer.json")))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Without this, processors that lack VNNI add products of 8 bits in 16 and cut the sums off:
        # attr_indirect of the seed fell by 3.6 points, quotation_speaker of ours by 2.5. It costs
        # some 6 percent of the words a second there.
        options.add_session_config_entry("session.x64quantprecision", "1")
        self._session = onnxruntime.InferenceSession(
            str(folder / "reader.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def read(self, text: str, paragraphs: Sequence[Span] | None = None) -> Scores:
        """Scores of one text.

        Args:
            text: any text, not normalised.
            paragraphs: disjoint spans in text order; by default the text's lines.

        Returns:
            The scores; of a text without words, one with empty arrays.
        """
        spans = find_paragraphs(text) if paragraphs is None else paragraphs
        words = self._table.encode(text, spans)
        count = len(words.starts)
        windows = pack_windows(words, text, limit=WINDOW_PIECES)
        numbers = np.zeros(count, np.int32)
        tags = np.zeros((count, TAGS), np.float32)
        entities = np.zeros((count, TAGS), np.float32)
        checks = np.zeros(count, np.float32)
        nowhere = np.zeros((len(windows), 2, POINTER), np.float32)
        anchors: list[NDArray[np.int32]] = []
        pointers: list[Floats] = []
        for number, window in enumerate(windows):
            own = slice(window.start, window.end)
            ids, shapes, places = lay_out(words, window, cls=self._table.cls, sep=self._table.sep)
            inputs = {"ids": ids[None], "shapes": shapes[None]}
            output: Floats = self._session.run(None, inputs)[0][0]
            rows = output[places]
            numbers[own] = number
            tags[own] = rows[:, :TAGS]
            entities[own] = rows[:, TAGS : 2 * TAGS]
            checks[own] = _sum_pieces(output[:, 2 * TAGS], words, window.start, window.end, places)
            vectors = output[:, 2 * TAGS + 1 :].reshape(-1, 4, POINTER)
            nowhere[number] = vectors[0, (1, 3)]
            likely = np.flatnonzero(_find_starts(rows[:, :TAGS]))
            anchors.append((likely + window.start).astype(np.int32))
            pointers.append(vectors[places[likely]])
        return Scores(
            text,
            words,
            numbers,
            tags,
            entities,
            checks,
            np.concatenate(anchors) if anchors else np.zeros(0, np.int32),
            np.concatenate(pointers) if pointers else np.zeros((0, 4, POINTER), np.float32),
            nowhere,
        )

    def pipe(self, texts: Iterable[str]) -> Iterator[Scores]:
        """Scoress of many texts, in their order, one held at a time."""
        for text in texts:
            yield self.read(text)


def _sum_pieces(
    scores: Floats, words: Pieces, start: int, end: int, places: NDArray[np.int32]
) -> Floats:
    first: NDArray[np.int32] = words.first[start : end + 1]
    lengths = first[1:] - first[:-1]
    totals = np.concatenate((np.zeros(1), np.cumsum(scores, dtype=np.float64)))
    sums: Floats = (totals[places + lengths] - totals[places]).astype(np.float32)
    return sums


def _find_starts(tags: Floats) -> NDArray[np.bool_]:
    """Words that may begin a span, by the softmax of their tag scores."""
    weights = np.exp(tags - tags.max(axis=1, keepdims=True))
    found: NDArray[np.bool_] = weights[:, 1::2].max(axis=1) > ANCHOR_SCORE * weights.sum(axis=1)
    return found


def rate_sentences(scores: Scores, sentences: Sequence[Span], *, tuning: Tuning) -> list[float]:
    """Check-worthiness of sentences: the chance that each states a fact worth checking.

    Args:
        scores: the model's scores.
        sentences: code-point spans, in any order.
        tuning: carries the scale and shift that turn mean scores into chances.

    Returns:
        One number in [0, 1] for each sentence, 0.0 for one without words.
    """
    words = scores.words
    totals = np.concatenate((np.zeros(1), np.cumsum(scores.checks, dtype=np.float64)))
    scale, shift = tuning.constants.get("check", (1.0, 0.0))
    rates = []
    for start, end in sentences:
        first = int(np.searchsorted(words.ends, start, side="right"))
        last = int(np.searchsorted(words.starts, end, side="left"))
        pieces = int(words.first[last] - words.first[first]) if first < last else 0
        if not pieces:
            rates.append(0.0)
            continue
        mean = scale * float(totals[last] - totals[first]) / pieces + shift
        rates.append(float(1 / (1 + np.exp(-np.clip(mean, -30, 30)))))
    return rates


def load_tuning(path: Path) -> Tuning:
    """Read a model's `reader.json`."""
    data = json.loads(path.read_text(encoding="utf8"))
    return Tuning(
        data["version"],
        np.array(data["moves"], np.float32),
        np.array(data["begin"], np.float32),
        data["constants"],
    )


@lru_cache(maxsize=2)
def load_model(threads: int = 1) -> ReaderModel:
    """The shipped model, loaded once."""
    return ReaderModel(threads=threads)
