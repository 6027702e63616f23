"""Attributions by dependency and quotation marks: the reader that needs no training.

Cue words of a lexicon are looked up in spaCy's parse, each construction by its own rule; contents
are then fitted to the quotation marks, and of nested attributions the outermost is kept, as the
annotators of PolNeAR did (Newell, Margolin and Ruths, LREC 2018).
"""

from __future__ import annotations

from collections.abc import Sequence

from app.parsing.attribution.constructions import find_drafts
from app.parsing.attribution.drafts import Draft, keep_outermost, to_attribution
from app.parsing.attribution.marks import find_marked
from app.parsing.attribution.quoting import (
    Marks,
    continue_quotation,
    find_loose_quotations,
    fit_to_marks,
)
from app.parsing.attribution.syntax import span_of
from app.parsing.nlp import Piece
from app.parsing.types import FoundAttribution, NameSpan, Reading, Span, Word
from app.vocabulary import EntityType

NAME_TYPES = {
    "PERSON": EntityType.PERSON,
    "ORG": EntityType.ORGANISATION,
    "GPE": EntityType.PLACE,
    "LOC": EntityType.PLACE,
    "FAC": EntityType.PLACE,
}
NAME_SCORE = 0.75
"""spaCy gives no score; its typed mention F1 on our gold articles is 75."""


def read_with_rules(text: str, *, paragraphs: Sequence[Span], pieces: Sequence[Piece]) -> Reading:
    """Read a parsed text by rules.

    Args:
        text: The article's text.
        paragraphs: Its paragraphs, in order.
        pieces: What spaCy made of them (`app.parsing.nlp.parse_texts`).

    Returns:
        Words, sentences, names and attributions; no check-worthiness.
    """
    words: list[Word] = []
    sentences: list[Span] = []
    names: list[NameSpan] = []
    for offset, doc in ((piece.offset, piece.doc) for piece in pieces):
        words.extend(
            Word(offset + token.idx, offset + token.idx + len(token))
            for token in doc
            if not token.is_space
        )
        for sentence in doc.sents:
            span = span_of(sentence, offset)
            if span is not None:
                sentences.append(span)
        for name in doc.ents:
            span = span_of(name, offset)
            if name.label_ in NAME_TYPES and span is not None:
                names.append(NameSpan(span, NAME_TYPES[name.label_], NAME_SCORE))
    return Reading(
        words=tuple(words),
        sentences=tuple(sentences),
        names=tuple(names),
        attributions=tuple(find_attributions(text, paragraphs=paragraphs, pieces=pieces)),
    )


def find_attributions(
    text: str, *, paragraphs: Sequence[Span], pieces: Sequence[Piece]
) -> list[FoundAttribution]:
    """Find who is given what, in the order of the contents. Arguments as in `read_with_rules`."""
    marks = Marks(find_marked(text, paragraphs=paragraphs))
    drafts: list[Draft] = []
    for piece in pieces:
        paragraph = Span(piece.offset, piece.offset + len(piece.doc.text))
        for draft in find_drafts(piece, text=text, marks=marks):
            if draft.cue is not None and marks.holds(draft.cue):
                # Whoever is quoted says it: "I think" in a quotation is nested in that.
                continue
            fit_to_marks(draft, marks=marks)
            continue_quotation(text, draft, marks=marks, paragraph=paragraph)
            drafts.append(draft)
    kept = keep_outermost(drafts)
    find_loose_quotations(text, kept, marks=marks, paragraphs=paragraphs)
    found = [to_attribution(text, draft) for draft in kept]
    return sorted(
        (item for item in found if item is not None), key=lambda item: (item.content, item.cue)
    )
