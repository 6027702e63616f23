"""Words of a text and the word pieces that the reader's encoder takes.

A word is a run of letters, digits and combining marks, or one other visible character. Words carry
code-point offsets into the unmodified text; lower-casing and accent stripping happen only on the
way to a word's piece numbers. One text becomes flat arrays (`Pieces`), and windows over these
arrays (`Window`) are contiguous ranges of words, so that scores are written back by slicing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

Span = tuple[int, int]
Ints = NDArray[np.int32]

WORD = re.compile(r"\w[\w\u0300-\u036f]*|[^\w\s]")
SURROGATE = re.compile("[\ud800-\udfff]")
PARAGRAPH = re.compile(r"[^\r\n\u0085\u2028\u2029]+")

WINDOW_PIECES = 256
"""Longest input of the encoder, special pieces included: its training length."""

MAX_WORD_PIECES = 16
"""A longer word (a hash, a run of Chinese) is cut: its head says what it is."""

MAX_CACHED_WORDS = 60_000
"""Bounds the memory of the word table; news of a day holds about 30,000 forms."""

SHAPE_NONE, SHAPE_LOWER, SHAPE_TITLE, SHAPE_UPPER, SHAPE_MIXED, SHAPE_DIGIT, SHAPE_LETTER = range(7)
SHAPE_PUNCTUATION = 7
"""7 + 1 if white space stands before + 2 if it stands after: tells opening from closing marks."""
SHAPES = 11

_SENTENCE_END = frozenset(".?!;")


@dataclass(frozen=True, slots=True)
class Pieces:
    """Words of one text with their pieces, in text order.

    Attributes:
        starts: first code point of each word, shape (words,).
        ends: one past the last code point of each word, shape (words,).
        paragraphs: number of the paragraph of each word, shape (words,).
        first: index in `ids` of each word's first piece, with one more entry, the number of
            pieces; shape (words + 1,).
        ids: piece numbers of all words, shape (pieces,).
        shapes: what each piece's word looks like, 0 for pieces after the first; shape (pieces,).
    """

    starts: Ints
    ends: Ints
    paragraphs: Ints
    first: Ints
    ids: Ints
    shapes: Ints


@dataclass(frozen=True, slots=True)
class Window:
    """A range of words [start, end) that the encoder reads in one go, and its piece count."""

    start: int
    end: int
    length: int


def find_paragraphs(text: str) -> list[Span]:
    """Spans of the lines of a text that hold a visible character, in order."""
    return [m.span() for m in PARAGRAPH.finditer(text) if not m.group().isspace()]


class PieceTable:
    """Turns words into piece numbers and remembers them.

    Piece numbers do not depend on a word's neighbours, so a table of words answers most look-ups:
    about ten times faster than tokenising whole texts, and aligned with the words by construction.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Take over a tokenizer; its padding and truncation are switched off."""
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self._known: dict[str, tuple[tuple[int, ...], int]] = {}
        self.cls = self._special("[CLS]")
        self.sep = self._special("[SEP]")
        self.pad = self._special("[PAD]")

    def _special(self, name: str) -> int:
        number = self._tokenizer.token_to_id(name)
        if number is None:
            raise ValueError(f"the tokenizer has no {name}")
        return int(number)

    def _look_up(self, word: str) -> tuple[tuple[int, ...], int]:
        known = self._known.get(word)
        if known is None:
            # Half of a surrogate pair, which a broken file can hold, is no text to the tokenizer.
            plain = SURROGATE.sub("\ufffd", word)
            ids = self._tokenizer.encode(plain, add_special_tokens=False).ids
            known = (tuple(ids[:MAX_WORD_PIECES]), _find_shape(word))
            if len(self._known) >= MAX_CACHED_WORDS:
                self._known.clear()
            self._known[word] = known
        return known

    def encode(self, text: str, paragraphs: Sequence[Span]) -> Pieces:
        """Words and pieces of the given paragraphs.

        Args:
            text: any text; it is not normalised.
            paragraphs: disjoint spans in text order; what lies outside them is not read.

        Returns:
            The arrays; words without a piece (control and format characters) are left out.
        """
        starts: list[int] = []
        ends: list[int] = []
        numbers: list[int] = []
        first: list[int] = [0]
        ids: list[int] = []
        shapes: list[int] = []
        limit = len(text)
        for number, (begin, finish) in enumerate(paragraphs):
            for match in WORD.finditer(text, begin, finish):
                start, end = match.span()
                pieces, shape = self._look_up(match.group())
                if not pieces:
                    continue
                if shape == SHAPE_PUNCTUATION:
                    before = start == begin or text[start - 1].isspace()
                    after = end >= finish or end >= limit or text[end].isspace()
                    shape += before + 2 * after
                starts.append(start)
                ends.append(end)
                numbers.append(number)
                ids.extend(pieces)
                shapes.append(shape)
                if len(pieces) > 1:
                    shapes.extend([SHAPE_NONE] * (len(pieces) - 1))
                first.append(len(ids))
        return Pieces(
            np.array(starts, np.int32),
            np.array(ends, np.int32),
            np.array(numbers, np.int32),
            np.array(first, np.int32),
            np.array(ids, np.int32),
            np.array(shapes, np.int32),
        )


def _find_shape(word: str) -> int:
    if not (word[0].isalnum() or word[0] == "_"):
        return SHAPE_PUNCTUATION
    if word[0].isdigit():
        return SHAPE_DIGIT
    if word.islower():
        return SHAPE_LOWER
    if len(word) == 1:
        return SHAPE_LETTER
    if word.isupper():
        return SHAPE_UPPER
    if word[0].isupper() and word[1:].islower():
        return SHAPE_TITLE
    return SHAPE_MIXED


def pack_windows(
    pieces: Pieces, text: str, *, limit: int = WINDOW_PIECES, first_limit: int | None = None
) -> list[Window]:
    """Pack paragraphs with their neighbours into windows.

    A window holds `[CLS] paragraph [SEP] paragraph [SEP] ...`. Paragraphs stay whole; one that is
    longer than a window is cut behind a sentence's end, or where it must.

    Args:
        pieces: words of the text.
        text: the text itself, read to find sentence ends in paragraphs that must be cut.
        limit: most pieces in a window, special pieces included.
        first_limit: another limit for the first window (training shifts its windows by it).

    Returns:
        Windows in order; together they cover every word once.
    """
    windows: list[Window] = []
    room = limit if first_limit is None else first_limit
    start, length = 0, 1
    last, last_size = 0, 0
    for begin, end in _chunk_paragraphs(pieces, text, limit):
        size = int(pieces.first[end] - pieces.first[begin]) + 1
        if begin > start and length + size > room:
            # "He said:" goes with what he said, in the next window.
            leads = last > start and text[pieces.ends[begin - 1] - 1] == ":"
            if leads and last_size + size < limit:
                windows.append(Window(start, last, length - last_size))
                start, length, room = last, 1 + last_size, limit
            else:
                windows.append(Window(start, begin, length))
                start, length, room = begin, 1, limit
        length += size
        last, last_size = begin, size
    if len(pieces.starts) > start:
        windows.append(Window(start, len(pieces.starts), length))
    return windows


def _chunk_paragraphs(pieces: Pieces, text: str, limit: int) -> Iterator[Span]:
    """Word ranges of whole paragraphs, or of parts of the ones that exceed a window."""
    count = len(pieces.starts)
    if not count:
        return
    borders = np.flatnonzero(np.diff(pieces.paragraphs)) + 1
    begin = 0
    for end in [*borders.tolist(), count]:
        while pieces.first[end] - pieces.first[begin] > limit - 2:
            cut = _find_cut(pieces, text, begin, limit - 2)
            yield begin, cut
            begin = cut
        yield begin, end
        begin = end


def _find_cut(pieces: Pieces, text: str, begin: int, room: int) -> int:
    """Last sentence end at most `room` pieces behind word `begin`, else the limit."""
    last = int(np.searchsorted(pieces.first, pieces.first[begin] + room, side="right")) - 1
    last = max(last, begin + 1)
    for word in range(last, begin + (last - begin) // 2, -1):
        gap = pieces.ends[word - 1] < pieces.starts[word]
        if gap and text[pieces.ends[word - 1] - 1] in _SENTENCE_END:
            return word
        mark = not text[pieces.ends[word - 1] - 1].isalnum()  # a closing mark behind the stop
        if gap and mark and word - 2 > begin and text[pieces.ends[word - 2] - 1] in _SENTENCE_END:
            return word
    return last


def lay_out(pieces: Pieces, window: Window, *, cls: int, sep: int) -> tuple[Ints, Ints, Ints]:
    """Input of the encoder for one window.

    Returns:
        Piece numbers and shapes, both of shape (window.length,) or one longer where a paragraph was
        cut between windows, and the position of each word's first piece, shape (words,).
    """
    start, end = window.start, window.end
    numbers = pieces.paragraphs[start:end]
    first = pieces.first[start : end + 1] - pieces.first[start]
    breaks = np.diff(numbers, append=numbers[-1] + 1) > 0
    # Each border moves what follows by one place; the first place is [CLS].
    shift = np.concatenate(([0], np.cumsum(breaks)))[:-1]
    positions = first[:-1] + shift + 1
    total = int(first[-1] + breaks.sum()) + 1
    ids = np.full(total, sep, np.int32)
    shapes = np.zeros(total, np.int32)
    ids[0] = cls
    lengths = np.diff(first)
    places = np.arange(int(first[-1])) + np.repeat(shift, lengths) + 1
    ids[places] = pieces.ids[pieces.first[start] : pieces.first[end]]
    shapes[places] = pieces.shapes[pieces.first[start] : pieces.first[end]]
    return ids, shapes, positions.astype(np.int32)
