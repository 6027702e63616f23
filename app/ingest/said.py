"""The rows of what is said: attributions, quotations and claims, each with who says it.

A part of `app.ingest.rows`, which puts the whole article together.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.db import plain, tables
from app.db.ids import ATTRIBUTION, CLAIM, QUOTE, to_key
from app.db.near import to_words_key
from app.db.plain import plain_word
from app.ingest.unnamed import fold_source
from app.parsing.types import Attribution, Claim, Entity, ParsedArticle, Quotation, Span
from app.vocabulary import EntityType, SpeakerKind


@dataclass(frozen=True, slots=True)
class GlobalEntity:
    """The entity over all articles that an article's entity was found to be."""

    key: int
    slug: str
    type: EntityType


class SaidMapper:
    """One article's attributions, quotations and claims on their way to rows."""

    def __init__(
        self, parsed: ParsedArticle, *, article_key: int, entities: Mapping[str, GlobalEntity]
    ) -> None:
        """Give everything that is said its key.

        Args:
            parsed: The article.
            article_key: Its row's key.
            entities: For each `Entity.key` of the article, the entity over all articles.
        """
        self.raw = parsed.raw
        self.text = parsed.raw.text
        self.article_key = article_key
        self.entities = entities
        self.parsed_quotations = parsed.quotations
        self.parsed_claims = parsed.claims
        self.local_entities = {entity.key: entity for entity in parsed.entities}
        self.attributions = {attribution.key: attribution for attribution in parsed.attributions}
        self.attribution_keys = self._to_keys(
            ATTRIBUTION, {a.key: a.content for a in parsed.attributions}
        )
        self.quote_keys = self._to_keys(QUOTE, {q.key: q.parts for q in parsed.quotations})
        self.claim_keys = self._to_keys(CLAIM, {c.key: c.content for c in parsed.claims})

    def _to_keys(self, prefix: str, contents: Mapping[str, tuple[Span, ...]]) -> dict[str, int]:
        """Return a key for each thing, from its words and how often they came before."""
        seen: Counter[str] = Counter()
        keys = {}
        for local_key, content in contents.items():
            words = " ".join(self.join(content).split())
            keys[local_key] = to_key(prefix, str(self.article_key), words, str(seen[words]))
            seen[words] += 1
        return keys

    def join(self, spans: Iterable[Span]) -> str:
        """Return the words of the spans, joined by a space."""
        text = self.text
        return " ".join([text[start:end] for start, end in spans])

    def to_speaker_name(self, attribution: Attribution) -> str | None:
        """Return the article's name for a named speaker, the source's own words for any other."""
        if attribution.speaker is not None:
            return self.local_entities[attribution.speaker].name
        return self.join(attribution.source) or None

    def to_speaker_role(self, attribution: Attribution) -> str | None:
        """Return the role at this source, else the first that the article gives the speaker."""
        if attribution.role is not None:
            return attribution.role.of(self.text)
        speaker: Entity | None = self.local_entities.get(attribution.speaker or "")
        if speaker is None or not speaker.roles:
            return None
        return speaker.roles[0].of(self.text)

    def to_attribution(self, attribution: Attribution) -> tables.Attribution:
        """Return the row of an attribution."""
        return plain.Attribution(
            key=self.attribution_keys[attribution.key],
            article_key=self.article_key,
            content=to_json(attribution.content),
            source=to_json(attribution.source),
            cue=to_json(attribution.cue),
            cue_text=self.join(attribution.cue) or None,
            cue_lemma=attribution.cue_lemma,
            speaker_key=self.to_speaker_key(attribution),
            speaker_kind=plain_word(attribution.speaker_kind),
            speaker_name=self.to_speaker_name(attribution),
            role=to_json_one(attribution.role),
            recipient=to_json_one(attribution.recipient),
            medium=to_json_one(attribution.medium),
            kind=plain_word(attribution.kind),
            hedges=to_json(attribution.hedges),
            negated=attribution.negated,
            method=attribution.method,
            confidence=attribution.confidence,
            coreference=[
                {
                    "span": list(step.span),
                    "antecedent": list(step.antecedent) if step.antecedent else None,
                    "rule": step.rule,
                }
                for step in attribution.coreference
            ],
            candidates=[
                {
                    "entity": self.entities[candidate.entity].slug,
                    "name": self.local_entities[candidate.entity].name,
                    "score": candidate.score,
                    "reason": candidate.reason,
                }
                for candidate in attribution.candidates
            ],
        )

    def to_speaker_key(self, attribution: Attribution) -> int | None:
        """Return the key of the entity that a named speaker is over all articles, else None."""
        return None if attribution.speaker is None else self.entities[attribution.speaker].key

    def list_unnamed(self) -> list[tables.UnnamedSource]:
        """Return a row for each attribution whose source is described and not named."""
        quotes = Counter(quotation.attribution for quotation in self.parsed_quotations)
        claims = Counter(claim.attribution for claim in self.parsed_claims)
        return [
            plain.UnnamedSource(
                attribution_key=self.attribution_keys[attribution.key],
                article_key=self.article_key,
                folded=folded,
                words=words,
                outlet=self.raw.outlet,
                published_at=self.raw.published_at,
                quote_count=quotes[attribution.key],
                claim_count=claims[attribution.key],
            )
            for attribution in self.attributions.values()
            if attribution.speaker_kind == SpeakerKind.UNNAMED
            and (words := " ".join(self.join(attribution.source).split()))
            and (folded := fold_source(words))
        ]

    def to_quote(self, quotation: Quotation) -> tables.Quote:
        """Return the row of a quotation; one that nobody is given has a speaker of no kind."""
        attribution = self.attributions[quotation.attribution] if quotation.attribution else None
        text = self.join(quotation.parts)
        return plain.Quote(
            key=self.quote_keys[quotation.key],
            article_key=self.article_key,
            attribution_key=self.attribution_keys[attribution.key] if attribution else None,
            form=plain_word(quotation.form),
            text=text,
            words_key=to_words_key(text),
            start=quotation.parts[0].start,
            end=quotation.parts[-1].end,
            parts=to_json(quotation.parts),
            speaker_key=self.to_speaker_key(attribution) if attribution else None,
            speaker_kind=plain_word(attribution.speaker_kind if attribution else SpeakerKind.NONE),
            speaker_name=self.to_speaker_name(attribution) if attribution else None,
            speaker_role=self.to_speaker_role(attribution) if attribution else None,
            cue_lemma=attribution.cue_lemma if attribution else None,
            confidence=quotation.confidence,
            published_at=self.raw.published_at,
            outlet=self.raw.outlet,
            language=self.raw.language,
        )

    def to_claim(self, claim: Claim) -> tables.Claim:
        """Return the row of a claim; one without an attribution is the article's own."""
        attribution = self.attributions[claim.attribution] if claim.attribution else None
        text = self.join(claim.content)
        return plain.Claim(
            key=self.claim_keys[claim.key],
            article_key=self.article_key,
            attribution_key=self.attribution_keys[attribution.key] if attribution else None,
            quote_key=self.quote_keys[claim.quotation] if claim.quotation else None,
            kind=plain_word(claim.kind),
            text=text,
            words_key=to_words_key(text),
            start=claim.content[0].start,
            end=claim.content[-1].end,
            content=to_json(claim.content),
            claimant_key=self.to_speaker_key(attribution) if attribution else None,
            claimant_kind=plain_word(
                attribution.speaker_kind if attribution else SpeakerKind.OWN_VOICE
            ),
            claimant_name=self.to_speaker_name(attribution) if attribution else None,
            claimant_role=self.to_speaker_role(attribution) if attribution else None,
            cue_lemma=attribution.cue_lemma if attribution else None,
            hedges=to_json(claim.hedges),
            negated=claim.negated,
            hedged=bool(claim.hedges),
            numbers=[
                {"span": list(number.span), "value": number.value, "unit": number.unit}
                for number in claim.numbers
            ],
            has_number=bool(claim.numbers),
            dates=[{"span": list(date.span), "value": date.value} for date in claim.dates],
            check_worthiness=claim.check_worthiness,
            method=claim.method,
            confidence=claim.confidence,
            published_at=self.raw.published_at,
            outlet=self.raw.outlet,
            language=self.raw.language,
        )


def to_json(spans: Iterable[Span]) -> list[list[int]]:
    """Return spans as the database stores them: ``[[start, end], ...]``."""
    return [list(span) for span in spans]


def to_json_one(span: Span | None) -> list[list[int]]:
    """Return a span that may be missing as a list of one or none."""
    return [] if span is None else [list(span)]
