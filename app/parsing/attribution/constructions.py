"""The constructions that attribute: a parsed paragraph in, drafts out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.parsing.attribution.drafts import Draft
from app.parsing.attribution.lexicon import Cue, load_cue_nouns, load_cue_verbs
from app.parsing.attribution.quoting import Marks
from app.parsing.attribution.syntax import child, cue_tokens, find_subject, trim
from app.parsing.attribution.verbs import VerbReader
from app.parsing.nlp import Piece
from app.parsing.types import Span

if TYPE_CHECKING:
    from spacy.tokens import Token

_LABEL = re.compile(r"[\"“]?(?P<name>[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,3})(?P<colon>:)\s+(?=\S)")


def find_drafts(piece: Piece, *, text: str, marks: Marks) -> Iterator[Draft]:
    """Yield what the rules find in one paragraph, in no promised order, overlaps included."""
    reader = _Reader(piece, text=text, marks=marks)
    yield from reader.find_labels()
    verbs, nouns = load_cue_verbs(), load_cue_nouns()
    for token in piece.doc:
        if token.lower_ == "according":
            yield from reader.read_according(token)
            continue
        lemma = token.lemma_.lower()
        if token.tag_.startswith("VB") and token.dep_ not in ("aux", "auxpass", "amod", "compound"):
            cue = verbs.get(lemma)
            if cue is not None:
                yield from reader.read_verb(token, cue)
        elif token.pos_ in ("NOUN", "ADJ"):
            cue = nouns.get(lemma)
            if cue is not None:
                yield from reader.read_noun(token, cue)


class _Reader(VerbReader):
    """One paragraph under all the rules."""

    def find_labels(self) -> Iterator[Draft]:
        match = _LABEL.match(self.text, *self.span)
        if match is None or not match["name"].isupper() or len(match["name"]) < 3:
            return
        content = trim(self.text, Span(match.end(), self.span.end))
        if content is None:
            return
        source, cue = Span(*match.span("name")), Span(*match.span("colon"))
        content = Span(content.start, self.span.end)
        yield Draft("label", "", [content], source, cue)

    def read_according(self, token: Token) -> Iterator[Draft]:
        to = child(token, "prep")
        if to is None or to.lower_ != "to":
            following = token.doc[token.i + 1] if token.i + 1 < len(token.doc) else None
            if following is None or following.lower_ != "to":
                return
            to = following
        named = child(to, "pobj", "pcomp")
        if named is None:
            return
        source, cue = self.phrase(named), self.at(token, to)
        if source is None or cue is None:
            return
        source = trim(self.text, source)
        clause = token.head
        while clause.pos_ not in ("VERB", "AUX") and clause.head != clause:
            clause = clause.head
        while clause.dep_ in ("xcomp", "acl", "relcl", "advcl", "pcomp", "conj") and (
            clause.head != clause
        ):
            clause = clause.head
        whole = self.phrase(clause)
        sentence = self.at(*token.sent)
        if source is None or whole is None or sentence is None:
            return
        phrase = Span(min(cue.start, source.start), max(cue.end, source.end))
        leads = phrase.start == sentence.start
        ends = trim(self.text, Span(phrase.end, sentence.end)) is None and (
            self.text[sentence.start : phrase.start].rstrip().endswith(",")
        )
        if clause.dep_ == "ROOT" or leads or ends:
            whole = sentence
        content = self.cut(whole, [phrase])
        if content:
            yield Draft("according", "accord", content, source, cue)

    def read_noun(self, token: Token, cue: Cue) -> Iterator[Draft]:
        for kid in token.rights:
            if kid.dep_ not in ("acl", "ccomp", "xcomp"):
                continue
            to = any(t.tag_ == "TO" for t in kid.lefts)
            that = any(t.lower_ == "that" for t in kid.lefts)
            if not ((to and "to" in cue.frames) or (that and "that" in cue.frames)):
                continue
            content = self.phrase(kid)
            content = trim(self.text, content) if content is not None else None
            source: Span | None = None
            words: list[Token] = [token]
            if token.pos_ == "ADJ":
                verb = token.head
                subject = find_subject(verb) if verb.pos_ in ("AUX", "VERB") else None
                source = self.phrase(subject) if subject is not None else None
                if source is None or verb.lemma_ not in ("be", "seem", "remain", "feel", "become"):
                    continue
                words = [*cue_tokens(verb), token] if verb.i < token.i else [token]
            else:
                owner = child(token, "poss")
                if owner is not None:
                    source = self.phrase(owner)
                    if source is not None:
                        source = cut_possessive(self.text, source)
            cue_span = self.at(*words)
            if content is None or cue_span is None:
                continue
            if source is None:
                continue
            yield Draft("noun", cue.lemma, [content], source, cue_span)


def cut_possessive(text: str, span: Span) -> Span:
    """Cut a possessive ending from a phrase."""
    for ending in ("’s", "'s"):
        if text.endswith(ending, span.start, span.end):
            return Span(span.start, span.end - 2)
    if text[span.end - 1] in "’'" and span.end - span.start > 1:
        return Span(span.start, span.end - 1)
    return span
