"""One parsed paragraph, as the rules ask it for phrases in the text's own offsets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.parsing.attribution.quoting import Marks
from app.parsing.attribution.syntax import span_of, subtract, trim
from app.parsing.nlp import Piece
from app.parsing.types import Span

if TYPE_CHECKING:
    from spacy.tokens import Token

_RELATIVES = frozenset({"who", "whom", "which", "that"})


class Paragraph:
    """A parsed paragraph with the text around it and the text's quotation marks."""

    def __init__(self, piece: Piece, *, text: str, marks: Marks) -> None:
        """Take a parsed piece of `text`."""
        self.offset = piece.offset
        self.doc = piece.doc
        self.text = text
        self.marks = marks
        self.span = Span(piece.offset, piece.offset + len(piece.doc.text))

    def at(self, *tokens: Token) -> Span | None:
        """Return the stretch from the first to the last of the tokens."""
        return span_of(tokens, self.offset)

    def phrase(self, token: Token) -> Span | None:
        """Return the stretch of a token with all that hangs on it."""
        return span_of(token.subtree, self.offset)

    def cut(self, span: Span, holes: list[Span]) -> list[Span]:
        """Return what is left of a span, trimmed; pieces with no letter or digit are dropped."""
        pieces = []
        for piece in subtract(span, holes):
            trimmed = trim(self.text, piece)
            if trimmed is not None and any(
                char.isalnum() for char in self.text[trimmed.start : trimmed.end]
            ):
                pieces.append(trimmed)
        return pieces

    def cut_all(self, spans: list[Span], holes: list[Span]) -> list[Span]:
        """Do so for several spans; the result is sorted and has no doubles."""
        found = {piece for span in spans for piece in self.cut(span, holes)}
        # "who he believes will help": the relative pronoun alone is no content.
        whole = [piece for piece in found if piece.of(self.text).lower() not in _RELATIVES]
        return sorted(whole or found)
