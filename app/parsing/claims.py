"""Claims: the propositions that somebody could check, whoever makes them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from app.parsing.attribution.lexicon import load_cue_nouns, load_cue_verbs, read_lexicon
from app.parsing.quantities import find_dates, find_quantities
from app.parsing.quotations import find_about
from app.parsing.types import Attribution, Claim, Mention, Quotation, Reading, Span
from app.vocabulary import ClaimKind, QuoteForm

OWN_VOICE_AT_LEAST = 0.35
"""A sentence of the article itself is a claim from this check-worthiness on. Chosen on our own
gold: F1 59 there, 56 at 0.5; further down precision falls to a half."""

_NEGATION = re.compile(r"(?:n['’]t|\bnot|\bnever|\bno longer|\bneither|\bnor)\b", re.I)
_PAST = re.compile(r"\b(?:was|were|had|did|has|have|became|rose|fell|won|lost|\w{3,}ed)\b", re.I)
_COMPARED = re.compile(
    r"\b(?:more|less|fewer|most|least|than|higher|lower|biggest|largest|smallest|worst|best|first|"
    r"last|only|record|double|half|increase\w*|decrease\w*|percent|rate|majority|average)\b|%",
    re.I,
)
_FEELING = re.compile(
    r"\b(?:I|we|my|our)\b[^.]*\b(?:feel|love|hope|like|enjoy|wish|glad|happy|sad|sorry|proud)\b",
    re.I,
)
_QUESTION = re.compile(r"\?[\"”’']*$")
_EVIDENCE_SOURCE = re.compile(
    r"\b(?:poll|polls|polling|survey|study|studies|data|figures|records|report|statistics|census)\b",
    re.I,
)


def find_kind(text: str, *, lemma: str | None, source: Sequence[Span]) -> ClaimKind:
    """Return what a content is to its source, from the cue's class in the lexicon."""
    cue = load_cue_verbs().get(lemma or "") or load_cue_nouns().get(lemma or "")
    kind = cue.kind if cue is not None else ClaimKind.STATEMENT
    if lemma == "accord" and any(_EVIDENCE_SOURCE.search(text, *span) for span in source):
        return ClaimKind.EVIDENCE
    return kind


def is_negated(text: str, cue: Sequence[Span], kind: ClaimKind) -> bool:
    """Say whether a cue is negated ("did not say") or denies."""
    return kind is ClaimKind.DENIAL or any(_NEGATION.search(text, *span) for span in cue)


def find_hedges(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return the words that weaken what is said in the spans, in text order."""
    return tuple(Span(*match.span()) for span in spans for match in _hedges().finditer(text, *span))


@lru_cache(maxsize=1)
def _hedges() -> re.Pattern[str]:
    words = sorted((row[0] for row in read_lexicon("hedges.tsv")), key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(re.escape(word) for word in words) + r")\b", re.I)


def score_check_worthiness(
    text: str, spans: Sequence[Span], *, mentions: Sequence[Mention]
) -> float:
    """Score how worth checking a proposition is, in [0, 1].

    A linear score over features that fact-checkers' choices show (numbers, names, comparison, the
    past; no feelings, no questions), after Hassan et al., KDD 2017. Weights are set by hand.
    """
    words = [word for span in spans for word in re.findall(r"\w+", span.of(text))]
    if len(words) < 3:
        return 0.05
    joined = " ".join(span.of(text) for span in spans)
    score = 0.15
    score += 0.3 * min(len(find_quantities(text, spans)), 2) / 1.5
    score += 0.1 * bool(find_dates(text, spans))
    score += 0.12 * min(len(find_about(spans, mentions)), 2)
    score += 0.1 * bool(_COMPARED.search(joined))
    score += 0.12 * bool(_PAST.search(joined))
    score += 0.06 * (len(words) >= 10)
    score -= 0.3 * bool(_FEELING.search(joined))
    score -= 0.3 * bool(_QUESTION.search(joined))
    score -= 0.08 * bool(find_hedges(text, spans))
    return round(min(max(score, 0.0), 1.0), 3)


def find_claims(
    text: str,
    *,
    reading: Reading,
    attributions: Sequence[Attribution],
    quotations: Sequence[Quotation],
    mentions: Sequence[Mention],
) -> tuple[Claim, ...]:
    """Find the claims of a text: of its sources, and of the article itself.

    Returns:
        Claims keyed "c1", "c2" … in text order. Intentions are no claims; a sentence of the article
        itself is one from `OWN_VOICE_AT_LEAST` on and when no attribution has a part in it.
    """
    by_attribution = {
        quotation.attribution: quotation.key
        for quotation in quotations
        if quotation.attribution is not None and quotation.form is QuoteForm.DIRECT
    }
    scores = list(zip(reading.sentences, reading.check_worthiness, strict=False))
    drafts: list[Claim] = []
    for attribution in attributions:
        if attribution.kind is ClaimKind.INTENTION:
            continue
        spans = attribution.content
        worth = _worth(text, spans, scores, mentions)
        drafts.append(
            Claim(
                key="",
                content=spans,
                kind=attribution.kind,
                attribution=attribution.key,
                quotation=by_attribution.get(attribution.key),
                about=find_about(spans, mentions),
                hedges=attribution.hedges,
                negated=attribution.negated,
                numbers=find_quantities(text, spans),
                dates=find_dates(text, spans),
                check_worthiness=worth,
                method=attribution.method,
                confidence=attribution.confidence,
            )
        )
    taken = sorted(
        span for attribution in attributions for span in (*attribution.content, *attribution.cue)
    )
    at = 0
    for sentence in reading.sentences:
        while at < len(taken) and taken[at].end <= sentence.start:
            at += 1
        if any(span.overlaps(sentence) for span in taken[at : at + 8]):
            continue
        worth = _worth(text, (sentence,), scores, mentions)
        if worth < OWN_VOICE_AT_LEAST:
            continue
        content = _without_point(text, sentence)
        drafts.append(
            Claim(
                key="",
                content=(content,),
                kind=ClaimKind.STATEMENT,
                attribution=None,
                quotation=None,
                about=find_about((content,), mentions),
                hedges=find_hedges(text, (content,)),
                negated=_NEGATION.search(text, *content) is not None,
                numbers=find_quantities(text, (content,)),
                dates=find_dates(text, (content,)),
                check_worthiness=worth,
                method="rules:own-voice",
                confidence=worth,
            )
        )
    drafts.sort(key=lambda claim: claim.content)
    return tuple(_keyed(claim, number) for number, claim in enumerate(drafts, start=1))


def _keyed(claim: Claim, number: int) -> Claim:
    return replace(claim, key=f"c{number}")


def _worth(
    text: str,
    spans: Sequence[Span],
    scores: Sequence[tuple[Span, float]],
    mentions: Sequence[Mention],
) -> float:
    """Return the reader's score of the best sentence that the spans touch, else our own."""
    own: list[float] = []
    for span in spans:
        first = max(bisect_right(scores, span.start, key=lambda row: row[0].start) - 1, 0)
        for sentence, score in islice(scores, first, None):
            if sentence.start >= span.end:
                break
            if sentence.overlaps(span):
                own.append(score)
    return max(own) if own else score_check_worthiness(text, spans, mentions=mentions)


def _without_point(text: str, span: Span) -> Span:
    end = span.end
    while end > span.start + 1 and text[end - 1] in ".!?":
        end -= 1
    return Span(span.start, end)
