"""spaCy, loaded once, and paragraphs as parsed documents: the eyes of the rules.

A paragraph is parsed by itself, so that no sentence crosses its border; paragraphs of many articles
are parsed in one batch, since a batch of long and short ones costs less than each by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from app.parsing.types import Span

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

MAX_PIECE_CHARS = 4_000
"""A longer paragraph is parsed in pieces: bounds the parser's memory on one endless line."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A parsed paragraph (or part of a very long one) and where it starts in the text."""

    offset: int
    doc: Doc


@lru_cache(maxsize=2)
def load_nlp(name: str) -> Language:
    """Load a spaCy pipeline by the name of its package, once.

    Raises:
        OSError: No such package is installed.
    """
    import spacy

    return spacy.load(name)


def cut_pieces(text: str, paragraphs: Sequence[Span]) -> list[Span]:
    """Return the paragraphs in order, those over `MAX_PIECE_CHARS` cut behind a sentence's end."""
    pieces: list[Span] = []
    for start, end in paragraphs:
        while end - start > MAX_PIECE_CHARS:
            cut = _find_cut(text, start, start + MAX_PIECE_CHARS)
            pieces.append(Span(start, cut))
            start = cut
        if end > start:
            pieces.append(Span(start, end))
    return pieces


def parse_texts(
    texts: Iterable[tuple[str, Sequence[Span]]], *, spacy_model: str, batch_size: int
) -> Iterator[list[Piece]]:
    """Parse the paragraphs of many texts.

    Args:
        texts: Each a text and its paragraphs.
        spacy_model: The pipeline's package name.
        batch_size: Paragraphs that spaCy takes in one go.

    Yields:
        For each text, in order, its parsed pieces in text order.
    """
    nlp = load_nlp(spacy_model)

    def each_piece() -> Iterator[tuple[str, tuple[int, int]]]:
        for number, (text, paragraphs) in enumerate(texts):
            # spaCy writes UTF-8 and so cannot hold a lone surrogate; lengths stay the same.
            readable = _SURROGATE.sub("\ufffd", text)
            # A text with no paragraph still has its turn, with an offset that says so.
            for start, end in cut_pieces(text, paragraphs) or [Span(-1, -1)]:
                yield readable[start:end] if start >= 0 else "", (number, start)

    parsed = nlp.pipe(each_piece(), as_tuples=True, batch_size=batch_size)
    for _, group in groupby(parsed, key=lambda item: item[1][0]):
        yield [Piece(offset, doc) for doc, (_, offset) in group if offset >= 0]


def _find_cut(text: str, start: int, limit: int) -> int:
    """Return the last sentence end in the second half of [start, limit), or a space, or limit."""
    half = (start + limit) // 2
    ends = [match.end() for match in _SENTENCE_END.finditer(text, half, limit)]
    if ends:
        return ends[-1]
    space = text.rfind(" ", half, limit)
    return space + 1 if space >= 0 else limit
