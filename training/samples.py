"""Turns texts and labels of the three tasks into arrays, once, and packs them into windows."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.parsing.pieces import (
    Pieces,
    PieceTable,
    Span,
    Window,
    find_paragraphs,
    lay_out,
    pack_windows,
)
from training.claims import Sentence
from training.entities import Named
from training.polnear import Annotated

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
IGNORE = -100
NULL = -1
"""A pointer's target when there is nothing to point to."""


@dataclass(eq=False)
class Sample:
    """A text as arrays over its words; a task that it has no labels for is None.

    Attributes:
        links: (word of a content's start, word of its cue's start).
        owners: (word of a cue's start, word of its source's start, or NULL).
    """

    task: str
    text: str
    pieces: Pieces
    tags: NDArray[np.int64] | None = None
    entities: NDArray[np.int64] | None = None
    links: list[tuple[int, int]] = field(default_factory=list)
    owners: list[tuple[int, int]] = field(default_factory=list)
    sentences: list[tuple[int, int, int]] = field(default_factory=list)
    share: float = 1.0


@dataclass(eq=False)
class Example:
    """One window with its labels; positions are places in the window's pieces."""

    task: str
    ids: NDArray[np.int32]
    shapes: NDArray[np.int32]
    positions: NDArray[np.int32]
    paragraph_starts: NDArray[np.bool_]
    tags: NDArray[np.int64] | None
    entities: NDArray[np.int64] | None
    links: list[tuple[int, int]]
    owners: list[tuple[int, int]]
    sentences: list[tuple[int, int, int]]


def find_words(pieces: Pieces, span: Span) -> tuple[int, int]:
    """Words [first, last) that share a character with a span."""
    first = int(np.searchsorted(pieces.ends, span[0], side="right"))
    last = int(np.searchsorted(pieces.starts, span[1], side="left"))
    return first, max(first, last)


def tag_words(pieces: Pieces, spans: Iterable[tuple[Span, int]]) -> NDArray[np.int64]:
    """BIO tags, shape (words,); a span's label is that of its B tag, I is one more."""
    tags = np.zeros(len(pieces.starts), np.int64)
    for span, label in spans:
        first, last = find_words(pieces, span)
        if first < last:
            tags[first:last] = label + 1
            tags[first] = label
    return tags


def make_attribution_sample(table: PieceTable, reading: Annotated) -> Sample:
    """A PolNeAR text with its tags and links."""
    pieces = table.encode(reading.text, find_paragraphs(reading.text))
    spans: list[tuple[Span, int]] = []
    links, owners = [], []
    for attribution in reading.attributions:
        for label, part in ((1, "source"), (3, "cue"), (5, "content")):
            spans += [(span, label) for span in getattr(attribution, part)]
        if not attribution.cue:
            continue
        cue = find_words(pieces, attribution.cue[0])[0]
        for span in attribution.content:
            links.append((find_words(pieces, span)[0], cue))
        source = find_words(pieces, attribution.source[0])[0] if attribution.source else NULL
        owners.append((cue, source))
    tags = tag_words(pieces, spans)
    return Sample("attribution", reading.text, pieces, tags, None, links, owners)


def make_entity_sample(table: PieceTable, document: Named) -> Sample:
    """A document with entity tags."""
    pieces = table.encode(document.text, find_paragraphs(document.text))
    labels = {"person": 1, "organisation": 3, "place": 5}
    tags = tag_words(pieces, (((s, e), labels[kind]) for s, e, kind in document.spans))
    return Sample("entity", document.text, pieces, None, tags, share=document.share)


def make_claim_samples(
    table: PieceTable, sentences: list[Sentence], draw: random.Random
) -> list[Sample]:
    """Sentences thrown together into made-up paragraphs: at run time a sentence has neighbours."""
    sentences = sentences[:]
    draw.shuffle(sentences)
    samples = []
    begin = 0
    while begin < len(sentences):
        group = sentences[begin : begin + draw.choice((1, 3, 6, 9))]
        begin += len(group)
        text, spans = "", []
        for sentence in group:
            text += ("\n" if draw.random() < 0.3 else " ") if text else ""
            spans.append((len(text), len(text) + len(sentence.text), sentence.label))
            text += sentence.text
        pieces = table.encode(text, find_paragraphs(text))
        words = [(*find_words(pieces, (s, e)), label) for s, e, label in spans]
        words = [w for w in words if w[0] < w[1]]
        samples.append(Sample("claim", text, pieces, sentences=words))
    return samples


def cut_sample(
    sample: Sample, table: PieceTable, *, limit: int, first_limit: int | None = None
) -> list[Example]:
    """Windows of a sample with what of its labels falls inside them."""
    windows = pack_windows(sample.pieces, sample.text, limit=limit, first_limit=first_limit)
    return [_make_example(sample, window, table) for window in windows]


def _make_example(sample: Sample, window: Window, table: PieceTable) -> Example:
    ids, shapes, positions = lay_out(sample.pieces, window, cls=table.cls, sep=table.sep)
    begin, end = window.start, window.end
    numbers = sample.pieces.paragraphs[begin:end]
    starts = np.concatenate(([True], np.diff(numbers) > 0))

    def place(word: int) -> int:
        return int(positions[word - begin]) if begin <= word < end else 0

    links = [(place(a), place(b)) for a, b in sample.links if begin <= a < end]
    owners = [(place(a), place(b)) for a, b in sample.owners if begin <= a < end]
    sentences = []
    for first, last, label in sample.sentences:
        if begin <= first and last <= end:
            stop = int(sample.pieces.first[last] - sample.pieces.first[last - 1])
            sentences.append(
                (int(positions[first - begin]), int(positions[last - 1 - begin]) + stop, label)
            )
    return Example(
        sample.task,
        ids,
        shapes,
        positions,
        starts,
        None if sample.tags is None else sample.tags[begin:end],
        None if sample.entities is None else sample.entities[begin:end],
        links,
        owners,
        sentences,
    )


def list_epoch(
    samples: list[Sample], table: PieceTable, *, limit: int, draw: random.Random
) -> list[Example]:
    """Windows of an epoch: each time cut at other places, so that context varies."""
    examples = []
    for sample in samples:
        if sample.share < 1 and draw.random() >= sample.share:
            continue
        first_limit = draw.randint(limit // 4, limit)
        # One text in eight is cut small: short articles are read with less context.
        size = limit if draw.random() >= 0.125 else limit // 2
        examples += cut_sample(sample, table, limit=size, first_limit=min(first_limit, size))
    return examples


def list_batches(
    examples: list[Example], *, budget: int, draw: random.Random
) -> list[list[Example]]:
    """Batches of at most `budget` pieces, padding counted; neighbours in length share a batch."""
    examples = examples[:]
    draw.shuffle(examples)
    batches: list[list[Example]] = []
    pool = 40 * 8
    for begin in range(0, len(examples), pool):
        batch: list[Example] = []
        for example in sorted(examples[begin : begin + pool], key=lambda e: -len(e.ids)):
            width = len(batch[0].ids) if batch else len(example.ids)
            if batch and width * (len(batch) + 1) > budget:
                batches.append(batch)
                batch = []
            batch.append(example)
        if batch:
            batches.append(batch)
    draw.shuffle(batches)
    return batches
