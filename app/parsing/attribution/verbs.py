"""Cue verbs: their source, their content in each construction, and to whom and how it was said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.parsing.attribution.drafts import Draft
from app.parsing.attribution.lexicon import Cue, load_media
from app.parsing.attribution.phrases import Paragraph
from app.parsing.attribution.quoting import adjacent_quotation
from app.parsing.attribution.syntax import child, cue_tokens, find_subject, span_of, subtract, trim
from app.parsing.types import Span

if TYPE_CHECKING:
    from spacy.tokens import Token

_EMPTY_SOURCES = frozenset({"it", "there"})


class VerbReader(Paragraph):
    """Reads the cue verbs of one paragraph."""

    def read_verb(self, token: Token, cue: Cue) -> Iterator[Draft]:
        """Yield what the verb attributes, if its lexicon entry has the construction."""
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
        """Return the phrase of the verb's subject, its own or one that a verb above lends."""
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
        clause: Token | None = child(token, "ccomp")
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
                self.text, marks=self.marks, head=head, sentence=sentence, paragraph=self.span
            )
            if quoted:
                return "adjacent-quotation", quoted, cue_span
        target = child(token, "dobj") if not passive else child(token, "nsubjpass")
        if "oprd" in frames:
            what = child(token, "oprd")
            if what is not None:
                about = [self.phrase(t) for t in (what, target) if t is not None]
                return "predicate", [s for s in about if s is not None], cue_span
        if "as" in frames and target is not None:
            how = next((k for k in token.rights if k.dep_ == "prep" and k.lower_ == "as"), None)
            if how is not None:
                parts = [self.phrase(target), self.phrase(how)]
                return "predicate", [s for s in parts if s is not None], cue_span
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
                if medium is not None and medium.lemma_.lower() in load_media():
                    draft.medium = self.phrase(medium)


def _has_to(token: Token) -> bool:
    return any(t.tag_ == "TO" for t in token.lefts)
