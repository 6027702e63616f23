"""The constructions that attribute, one function each: a parsed paragraph in, drafts out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.parsing.attribution.drafts import Draft
from app.parsing.attribution.lexicon import Cue, load_cue_nouns, load_cue_verbs
from app.parsing.attribution.quoting import Marks, adjacent_quotation
from app.parsing.attribution.syntax import child, cue_tokens, find_subject, span_of, subtract, trim
from app.parsing.nlp import Piece
from app.parsing.types import Span

if TYPE_CHECKING:
    from spacy.tokens import Token

_LABEL = re.compile(r"(?P<name>[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,3})(?P<colon>:)\s+(?=\S)")
_EMPTY_SOURCES = frozenset({"it", "there"})
_CLAUSES = ("ccomp",)
_RELATIVES = frozenset({"who", "whom", "which", "that"})


def find_drafts(piece: Piece, *, text: str, marks: Marks) -> Iterator[Draft]:
    """Yield what the rules find in one paragraph, in no promised order, overlaps included."""
    reader = _Reader(piece, text, marks)
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


class _Reader:
    """One paragraph under the rules."""

    def __init__(self, piece: Piece, text: str, marks: Marks) -> None:
        self.offset = piece.offset
        self.doc = piece.doc
        self.text = text
        self.marks = marks
        self.paragraph = Span(piece.offset, piece.offset + len(piece.doc.text))

    def at(self, *tokens: Token) -> Span | None:
        return span_of(tokens, self.offset)

    def phrase(self, token: Token) -> Span | None:
        return span_of(token.subtree, self.offset)

    def find_labels(self) -> Iterator[Draft]:
        match = _LABEL.match(self.text, *self.paragraph)
        if match is None or not match["name"].isupper() or len(match["name"]) < 3:
            return
        content = trim(self.text, Span(match.end(), self.paragraph.end))
        if content is None:
            return
        source, cue = Span(*match.span("name")), Span(*match.span("colon"))
        content = Span(content.start, self.paragraph.end)
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
        if clause.dep_ == "ROOT":
            whole = sentence
        phrase = Span(min(cue.start, source.start), max(cue.end, source.end))
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

    def read_verb(self, token: Token, cue: Cue) -> Iterator[Draft]:
        cue_span = self.at(*cue_tokens(token))
        if cue_span is None:
            return
        source = self.find_source(token, cue_span)
        passive = child(token, "nsubjpass") is not None or (child(token, "auxpass") is not None)
        found = self.find_content(token, cue, cue_span=cue_span, source=source, passive=passive)
        if found is None and source is not None and not passive and "that" in cue.frames:
            found = self.find_around(token, cue_span=cue_span, source=source)
        if found is None:
            return
        rule, content, cue_span = found
        if passive:
            agent = child(token, "agent")
            maker = child(agent, "pobj") if agent is not None else None
            source = self.phrase(maker) if maker is not None else None
            if rule in ("clause", "infinitive"):
                subject = child(token, "nsubjpass")
                about = self.phrase(subject) if subject is not None else None
                if rule == "infinitive" and about is not None:
                    content = [about, *content]
                rule = "passive"
            elif maker is None:
                return
        elif source is None:
            return
        if source is not None:
            source = trim(self.text, source)
        if source is not None:
            if source.of(self.text).lower() in _EMPTY_SOURCES:
                source = None
            elif source.overlaps(cue_span):
                source = Span(source.start, cue_span.start)
                source = trim(self.text, source) if source.start < source.end else None
        draft = Draft(rule, cue.lemma, content, source, cue_span)
        self.add_circumstances(draft, token)
        parts = [part for part in (cue_span, source, draft.recipient) if part is not None]
        draft.content = self.cut_all(content, parts)
        if draft.content:
            yield draft

    def find_source(self, token: Token, cue_span: Span) -> Span | None:
        subject = find_subject(token)
        if subject is None:
            if token.dep_ == "acl" and token.tag_ == "VBG":
                subject = token.head
                tokens = [t for t in subject.subtree if t.i < token.i]
                return span_of(tokens, self.offset)
            return None
        tokens = list(subject.subtree)
        if subject.i < token.i:
            tokens = [t for t in tokens if t.i < token.i]
        source = span_of(tokens, self.offset)
        if source is None:
            return None
        left = subtract(source, [cue_span])
        return left[0] if left else None

    def find_content(
        self, token: Token, cue: Cue, *, cue_span: Span, source: Span | None, passive: bool
    ) -> tuple[str, list[Span], Span] | None:
        """Return the rule that holds, the content, and the cue (which a preposition may widen)."""
        frames = cue.frames
        clause = child(token, *_CLAUSES)
        if clause is not None and ("that" in frames or "quote" in frames):
            content = self.phrase(clause)
            if content is not None and ("that" in frames or self.marks.overlapping(content)):
                return "clause", self.widen(token, clause, content, cue_span, source), cue_span
            if content is not None and "to" in frames and _has_to(clause):
                return "infinitive", [content], cue_span
        goal = next((k for k in token.rights if k.dep_ in ("xcomp", "ccomp") and _has_to(k)), None)
        if goal is not None and "to" in frames:
            content = span_of((t for t in goal.subtree if t.i > token.i), self.offset)
            if content is not None:
                return "infinitive", [content], cue_span
        if {"quote", "that"} & frames and source is not None:
            head = Span(min(source.start, cue_span.start), max(source.end, cue_span.end))
            sentence = self.at(*token.sent) or head
            quoted = adjacent_quotation(
                self.text, marks=self.marks, head=head, sentence=sentence, paragraph=self.paragraph
            )
            if quoted:
                return "adjacent-quotation", quoted, cue_span
        target = child(token, "dobj") if not passive else child(token, "nsubjpass")
        if "oprd" in frames:
            what = child(token, "oprd")
            if what is not None:
                spans = [self.phrase(what)] + ([self.phrase(target)] if target is not None else [])
                return "predicate", [s for s in spans if s is not None], cue_span
        if "as" in frames and target is not None:
            how = next((k for k in token.rights if k.dep_ == "prep" and k.lower_ == "as"), None)
            if how is not None:
                spans = [self.phrase(target), self.phrase(how)]
                return "predicate", [s for s in spans if s is not None], cue_span
        for kid in token.rights:
            if kid.dep_ == "prep" and f"prep:{kid.lower_}" in frames:
                span = span_of((t for t in kid.subtree if t.i > kid.i), self.offset)
                if span is None:
                    continue
                if target is not None and "object" in frames:
                    both = [self.phrase(target), self.phrase(kid)]
                    return "preposition", [s for s in both if s is not None], cue_span
                if target is None and kid.i <= token.i + 2:
                    return (
                        "preposition",
                        [span],
                        Span(cue_span.start, self.offset + kid.idx + len(kid)),
                    )
        if "object" in frames and target is not None and target.i > token.i:
            span = self.phrase(target)
            if span is not None and target.pos_ in ("NOUN", "PROPN", "VERB"):
                spans = [span]
                for kid in token.rights:
                    if kid.dep_ == "prep" and kid.lower_ in ("for", "of", "over", "as"):
                        more = self.phrase(kid)
                        if more is not None:
                            spans.append(more)
                return "object", spans, cue_span
        return None

    def find_around(
        self, token: Token, *, cue_span: Span, source: Span
    ) -> tuple[str, list[Span], Span] | None:
        """Find a content that a cue stands in the middle of.

        "Ukraine lacked troops, he explained, which could …" (the cue hangs beside the clause), and
        "moves that the Kremlin has claimed could start a war" (the cue parts subject and verb).
        """
        sentence = self.at(*token.sent)
        if sentence is None:
            return None
        head = Span(min(source.start, cue_span.start), max(source.end, cue_span.end))
        if token.dep_ == "parataxis" and self.text[head.end : head.end + 1] in (",", "."):
            clause = self.phrase(token.head)
            if clause is not None:
                return "around", self.cut(Span(clause.start, sentence.end), [head]), cue_span
        after = token.doc[token.i + 1] if token.i + 1 < len(token.doc) else None
        if (
            token.dep_ == "relcl"
            and after is not None
            and after.tag_ in ("MD", "VBZ", "VBD", "VBP")
        ):
            about = self.at(*(t for t in token.head.subtree if t.i < token.left_edge.i))
            verb = after.head if after.dep_ in ("aux", "auxpass") else after
            rest = self.at(*(t for t in verb.subtree if t.i >= after.i))
            if about is not None and rest is not None:
                noun = self.at(token.head)
                return "around", [noun or about, rest], cue_span
        return None

    def widen(
        self, token: Token, clause: Token, content: Span, cue_span: Span, source: Span | None
    ) -> list[Span]:
        """Give a clause before its cue all of the sentence that is not source and cue.

        "Ukraine lacked troops, he explained, which could …": what follows a cue between commas
        goes on with the content, whatever the parser hung it on.
        """
        if clause.i > token.i:
            return [content]
        sentence = self.at(*token.sent)
        if sentence is None:
            return [content]
        start = content.start
        if (
            token.dep_ == "ROOT"
            and not any(
                t.dep_ in ("cc",) or t.dep_ == "advcl" for t in token.lefts if t.i < clause.i
            )
        ) or token.dep_ == "ROOT":
            start = min(start, sentence.start)
        head_end = max(cue_span.end, source.end if source is not None else 0)
        spans = [Span(start, content.end)]
        rest = self.text[head_end : sentence.end]
        if content.end < head_end and rest.lstrip().startswith(","):
            after = next(
                (t for t in self.doc if self.offset + t.idx > head_end and not t.is_punct), None
            )
            if after is not None and (
                after.tag_ in ("WDT", "WP", "WRB", "WP$")
                or (after.dep_ == "cc" and clause == after.head)
                or clause in after.ancestors
                or (after.lower_ in ("because", "although", "but", "which", "who", "where"))
            ):
                spans.append(Span(self.offset + after.idx, sentence.end))
        return spans

    def add_circumstances(self, draft: Draft, token: Token) -> None:
        """Find to whom and by which medium it was said."""
        if draft.rule in ("object", "predicate", "preposition"):
            return
        for kid in token.rights:
            span = self.phrase(kid)
            if span is None or any(span.overlaps(content) for content in draft.content):
                continue
            if kid.dep_ in ("dobj", "dative") and kid.pos_ in ("NOUN", "PROPN", "PRON"):
                if draft.recipient is None and draft.source != span:
                    draft.recipient = trim(self.text, span)
            elif kid.dep_ == "prep" and kid.lower_ in (
                "on",
                "in",
                "via",
                "during",
                "through",
                "at",
            ):
                medium = child(kid, "pobj")
                if medium is not None and medium.lemma_.lower() in MEDIA:
                    draft.medium = self.phrase(medium)

    def cut(self, span: Span, holes: list[Span]) -> list[Span]:
        pieces = []
        for piece in subtract(span, holes):
            trimmed = trim(self.text, piece)
            if trimmed is not None and any(
                char.isalnum() for char in self.text[trimmed.start : trimmed.end]
            ):
                pieces.append(trimmed)
        return pieces

    def cut_all(self, spans: list[Span], holes: list[Span]) -> list[Span]:
        found = {piece for span in spans for piece in self.cut(span, holes)}
        # "who he believes will help": the relative pronoun alone is no content.
        whole = [piece for piece in found if piece.of(self.text).lower() not in _RELATIVES]
        return sorted(whole or found)


MEDIA = frozenset(
    [
        "statement",
        "interview",
        "tweet",
        "post",
        "letter",
        "email",
        "e-mail",
        "speech",
        "report",
        "memo",
        "op-ed",
        "column",
        "book",
        "twitter",
        "telegram",
        "facebook",
        "instagram",
        "youtube",
        "tiktok",
        "blog",
        "video",
        "address",
        "message",
        "article",
        "essay",
        "television",
        "radio",
        "podcast",
        "filing",
        "affidavit",
        "lawsuit",
        "testimony",
        "press",
        "conference",
        "briefing",
        "rally",
        "newsletter",
        "editorial",
        "platform",
    ]
)


def cut_possessive(text: str, span: Span) -> Span:
    """Cut a possessive ending from a phrase."""
    for ending in ("’s", "'s"):
        if text.endswith(ending, span.start, span.end):
            return Span(span.start, span.end - 2)
    if text[span.end - 1] in "’'" and span.end - span.start > 1:
        return Span(span.start, span.end - 1)
    return span


def _has_to(token: Token) -> bool:
    return any(t.tag_ == "TO" for t in token.lefts)
