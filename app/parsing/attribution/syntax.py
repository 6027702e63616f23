"""What the rules ask of a dependency parse: subjects, complements and the borders of phrases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from app.parsing.types import Span

if TYPE_CHECKING:
    from spacy.tokens import Token

SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass"})
_CUE_PARTS = frozenset({"aux", "auxpass", "neg"})
_TRIM = " \t\r\n\u00a0\u0085\u2028\u2029,.;:—–-…"
# Clauses whose verb is done by whoever does the verb above: "he left, saying that …".
_SHARED_SUBJECT = frozenset({"conj", "advcl", "xcomp", "pcomp", "prep", "dep"})


def span_of(tokens: Iterable[Token], offset: int) -> Span | None:
    """Return the stretch from the first to the last token, in the text's offsets; None for none."""
    start = end = None
    for token in tokens:
        if token.is_space:
            continue
        if start is None or token.idx < start:
            start = token.idx
        if end is None or token.idx + len(token) > end:
            end = token.idx + len(token)
    if start is None or end is None:
        return None
    return Span(offset + start, offset + end)


def trim(text: str, span: Span) -> Span | None:
    """Cut white space and the punctuation that ends or joins phrases; None when nothing is left."""
    start, end = span
    while start < end and text[start] in _TRIM and not _is_part_of_number(text, start, end):
        start += 1
    while end > start and text[end - 1] in _TRIM and not _ends_abbreviation(text, start, end):
        end -= 1
    return Span(start, end) if start < end else None


def subtract(span: Span, holes: Iterable[Span]) -> list[Span]:
    """Return what is left of `span` without the holes, in text order."""
    left = [span]
    for hole in holes:
        rest: list[Span] = []
        for piece in left:
            if not piece.overlaps(hole):
                rest.append(piece)
                continue
            if piece.start < hole.start:
                rest.append(Span(piece.start, hole.start))
            if hole.end < piece.end:
                rest.append(Span(hole.end, piece.end))
        left = rest
    return sorted(left)


def child(token: Token, *deps: str) -> Token | None:
    """Return the first child with one of the relations, or None."""
    for kid in token.children:
        if kid.dep_ in deps:
            return kid
    return None


def climb(token: Token) -> Iterator[Token]:
    """Yield the verbs above that may lend `token` their subject, nearest first."""
    seen = token
    while seen.dep_ in _SHARED_SUBJECT and seen.head != seen:
        if seen.dep_ in ("advcl", "pcomp") and seen.tag_ not in ("VBG", "VBN", "VB"):
            return
        seen = seen.head
        if seen.pos_ in ("VERB", "AUX"):
            yield seen


def find_subject(token: Token) -> Token | None:
    """Return the token that governs the verb's subject: its own, or one that a verb above lends."""
    own = [kid for kid in token.children if kid.dep_ in ("nsubj", "nsubjpass", "expl")]
    if own:
        # "moves that the Kremlin has claimed": of two subjects before the verb the nearer is its.
        before = [kid for kid in own if kid.i < token.i]
        return before[-1] if before else own[0]
    for above in climb(token):
        lent = child(above, "nsubj", "nsubjpass")
        if lent is not None:
            return lent
    return None


def cue_tokens(token: Token) -> list[Token]:
    """Return the verb with its auxiliaries, negation, the adverbs among them, and its particle."""
    doc = token.doc
    parts = [kid for kid in token.lefts if kid.dep_ in _CUE_PARTS]
    first = token.i
    for part in sorted(parts, key=lambda kid: -kid.i):
        between = doc[part.i + 1 : first]
        if all(t.dep_ in ("advmod", "aux", "auxpass", "neg") for t in between):
            first = part.i
        else:
            break
    while (
        first > 0
        and doc[first - 1].dep_ == "advmod"
        and doc[first - 1].head == token
        and (doc[first - 1].tag_ == "RB")
    ):
        first -= 1
    tokens = list(doc[first : token.i + 1])
    after = doc[token.i + 1] if token.i + 1 < len(doc) else None
    if after is not None and after.head == token and after.dep_ in ("prt", "neg"):
        tokens.append(after)
    return tokens


def _is_part_of_number(text: str, start: int, end: int) -> bool:
    # ".5 percent" and "-3" keep their first sign.
    return text[start] in ".-–" and start + 1 < end and text[start + 1].isdigit()


def _ends_abbreviation(text: str, start: int, end: int) -> bool:
    # "the U.S." and "Acme Inc." keep their point when another stands inside, or a short title does.
    if text[end - 1] != ".":
        return False
    word = text[max(text.rfind(" ", start, end) + 1, start) : end]
    return "." in word[:-1] and word.replace(".", "").isalpha() and len(word) <= 8
