"""From a parsed article to its table rows: a pure mapping, with no session and no clock.

Keys come from what a thing is, never from where it stands in a list, so that links survive a
second reading: an article is its URL (or its file and its key in there), and a quotation, a claim
or an attribution is its words within the article, counted where the same words come again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.db import tables
from app.db.fold import fold
from app.db.ids import ARTICLE, ATTRIBUTION, CLAIM, QUOTE, to_key
from app.parsing.types import (
    Attribution,
    Claim,
    Entity,
    ParsedArticle,
    Quotation,
    RawArticle,
    Span,
)
from app.vocabulary import EntityType, SpeakerKind


@dataclass(frozen=True, slots=True)
class GlobalEntity:
    """The entity over all articles that an article's entity was found to be."""

    key: int
    slug: str
    type: EntityType


@dataclass(frozen=True, slots=True)
class ArticleRows:
    """Everything that one article puts into the database, apart from entities and their aliases.

    Rows may be inserted in the order of the fields: none refers to a later one.
    """

    article: tables.Article
    authors: tuple[tables.ArticleAuthor, ...]
    entities: tuple[tables.ArticleEntity, ...]
    roles: tuple[tables.EntityRole, ...]
    mentions: tuple[tables.Mention, ...]
    attributions: tuple[tables.Attribution, ...]
    quotes: tuple[tables.Quote, ...]
    quote_abouts: tuple[tables.QuoteAbout, ...]
    claims: tuple[tables.Claim, ...]
    claim_abouts: tuple[tables.ClaimAbout, ...]


def to_article_key(raw: RawArticle, *, source_name: str) -> int:
    """Return the key of an article: by its URL if it states one, else by its file and its key.

    Args:
        raw: The article as read.
        source_name: The seed file's name, as `sources.path` holds it.
    """
    if raw.url is not None:
        return to_key(ARTICLE, "url", raw.url)
    return to_key(ARTICLE, "file", source_name, raw.key)


def to_rows(
    parsed: ParsedArticle,
    *,
    source_key: int,
    source_name: str,
    entities: Mapping[str, GlobalEntity],
) -> ArticleRows:
    """Return the rows of one article.

    Args:
        parsed: The article; each of its spans is taken as it is.
        source_key: Key of the row of the file that it came from.
        source_name: The file's name, part of the identity of an article without a URL.
        entities: For each `Entity.key` of the article, the entity over all articles. Two of the
            article's entities may be the same one there.

    Returns:
        The rows, each kind in text order.

    Raises:
        KeyError: An entity that the article speaks of is not in `entities`, or a quotation or
            claim names an attribution or quotation that the article does not have.
    """
    return _Mapper(
        parsed, source_key=source_key, source_name=source_name, entities=entities
    ).to_rows()


class _Mapper:
    """One article on its way to rows: what the several kinds of row look up in each other."""

    def __init__(
        self,
        parsed: ParsedArticle,
        *,
        source_key: int,
        source_name: str,
        entities: Mapping[str, GlobalEntity],
    ) -> None:
        self.parsed = parsed
        self.raw = parsed.raw
        self.text = parsed.raw.text
        self.source_key = source_key
        self.entities = entities
        self.article_key = to_article_key(parsed.raw, source_name=source_name)
        self.local_entities = {entity.key: entity for entity in parsed.entities}
        self.attributions = {attribution.key: attribution for attribution in parsed.attributions}
        self.attribution_keys = _to_keys(
            ATTRIBUTION,
            self.article_key,
            [(a.key, self.join(a.content)) for a in self.attributions.values()],
        )
        self.quote_keys = _to_keys(
            QUOTE, self.article_key, [(q.key, self.join(q.parts)) for q in parsed.quotations]
        )
        self.claim_keys = _to_keys(
            CLAIM, self.article_key, [(c.key, self.join(c.content)) for c in parsed.claims]
        )

    def join(self, spans: Iterable[Span]) -> str:
        """Return the words of the spans, joined by a space."""
        return " ".join(span.of(self.text) for span in spans)

    def to_rows(self) -> ArticleRows:
        """Return all rows of the article."""
        mentions = self.to_mentions()
        links = self.to_entities(mentions)
        return ArticleRows(
            article=self.to_article(entity_count=len(links), mention_count=len(mentions)),
            authors=self.to_authors(),
            entities=links,
            roles=self.to_roles(),
            mentions=mentions,
            attributions=tuple(self.to_attribution(a) for a in self.parsed.attributions),
            quotes=tuple(self.to_quote(q) for q in self.parsed.quotations),
            quote_abouts=tuple(
                tables.QuoteAbout(quote_key=key, entity_key=entity, position=position)
                for quotation in self.parsed.quotations
                for key in [self.quote_keys[quotation.key]]
                for position, entity in enumerate(self.to_about(quotation.about))
            ),
            claims=tuple(self.to_claim(c) for c in self.parsed.claims),
            claim_abouts=tuple(
                tables.ClaimAbout(claim_key=key, entity_key=entity, position=position)
                for claim in self.parsed.claims
                for key in [self.claim_keys[claim.key]]
                for position, entity in enumerate(self.to_about(claim.about))
            ),
        )

    def to_article(self, *, entity_count: int, mention_count: int) -> tables.Article:
        raw = self.raw
        return tables.Article(
            key=self.article_key,
            source_key=self.source_key,
            title=raw.title,
            title_derived=raw.title_derived,
            authors=list(raw.authors),
            outlet=raw.outlet,
            published_at=raw.published_at,
            language=raw.language,
            url=raw.url,
            meta=raw.meta,
            text=raw.text,
            paragraphs=_to_json(self.parsed.paragraphs),
            sentences=_to_json(self.parsed.sentences),
            word_count=self.parsed.word_count,
            quote_count=len(self.parsed.quotations),
            claim_count=len(self.parsed.claims),
            entity_count=entity_count,
            mention_count=mention_count,
        )

    def to_authors(self) -> tuple[tables.ArticleAuthor, ...]:
        return tuple(
            tables.ArticleAuthor(
                article_key=self.article_key, position=position, name=name, folded=fold(name)
            )
            for position, name in enumerate(self.raw.authors)
        )

    def to_mentions(self) -> tuple[tables.Mention, ...]:
        # Two of the article's entities that are one over all articles may meet on one span; the
        # first of them is kept.
        rows: dict[tuple[Span, int], tables.Mention] = {}
        for mention in self.parsed.mentions:
            entity = self.entities[mention.entity]
            rows.setdefault(
                (mention.span, entity.key),
                tables.Mention(
                    article_key=self.article_key,
                    start=mention.span.start,
                    end=mention.span.end,
                    entity_key=entity.key,
                    kind=mention.kind,
                    text=mention.span.of(self.text),
                    confidence=mention.confidence,
                ),
            )
        return tuple(rows.values())

    def to_entities(self, mentions: tuple[tables.Mention, ...]) -> tuple[tables.ArticleEntity, ...]:
        counts = Counter({self.entities[entity.key].key: 0 for entity in self.parsed.entities})
        counts.update(mention.entity_key for mention in mentions)
        return tuple(
            tables.ArticleEntity(article_key=self.article_key, entity_key=key, mention_count=count)
            for key, count in counts.items()
        )

    def to_roles(self) -> tuple[tables.EntityRole, ...]:
        rows = {
            (self.entities[entity.key].key, span): tables.EntityRole(
                entity_key=self.entities[entity.key].key,
                article_key=self.article_key,
                start=span.start,
                end=span.end,
                text=span.of(self.text),
            )
            for entity in self.parsed.entities
            for span in entity.roles
        }
        return tuple(rows.values())

    def to_about(self, about: Iterable[str]) -> list[int]:
        return list(dict.fromkeys(self.entities[key].key for key in about))

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
        return tables.Attribution(
            key=self.attribution_keys[attribution.key],
            article_key=self.article_key,
            content=_to_json(attribution.content),
            source=_to_json(attribution.source),
            cue=_to_json(attribution.cue),
            cue_text=self.join(attribution.cue) or None,
            cue_lemma=attribution.cue_lemma,
            speaker_key=self.to_speaker_key(attribution),
            speaker_kind=attribution.speaker_kind,
            speaker_name=self.to_speaker_name(attribution),
            role=_to_json_one(attribution.role),
            recipient=_to_json_one(attribution.recipient),
            medium=_to_json_one(attribution.medium),
            kind=attribution.kind,
            hedges=_to_json(attribution.hedges),
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
        return None if attribution.speaker is None else self.entities[attribution.speaker].key

    def to_quote(self, quotation: Quotation) -> tables.Quote:
        attribution = self.attributions[quotation.attribution] if quotation.attribution else None
        return tables.Quote(
            key=self.quote_keys[quotation.key],
            article_key=self.article_key,
            attribution_key=self.attribution_keys[attribution.key] if attribution else None,
            form=quotation.form,
            text=self.join(quotation.parts),
            start=quotation.parts[0].start,
            end=quotation.parts[-1].end,
            parts=_to_json(quotation.parts),
            speaker_key=self.to_speaker_key(attribution) if attribution else None,
            speaker_kind=attribution.speaker_kind if attribution else SpeakerKind.NONE,
            speaker_name=self.to_speaker_name(attribution) if attribution else None,
            speaker_role=self.to_speaker_role(attribution) if attribution else None,
            cue_lemma=attribution.cue_lemma if attribution else None,
            confidence=quotation.confidence,
            published_at=self.raw.published_at,
            outlet=self.raw.outlet,
            language=self.raw.language,
        )

    def to_claim(self, claim: Claim) -> tables.Claim:
        attribution = self.attributions[claim.attribution] if claim.attribution else None
        return tables.Claim(
            key=self.claim_keys[claim.key],
            article_key=self.article_key,
            attribution_key=self.attribution_keys[attribution.key] if attribution else None,
            quote_key=self.quote_keys[claim.quotation] if claim.quotation else None,
            kind=claim.kind,
            text=self.join(claim.content),
            start=claim.content[0].start,
            end=claim.content[-1].end,
            content=_to_json(claim.content),
            claimant_key=self.to_speaker_key(attribution) if attribution else None,
            claimant_kind=attribution.speaker_kind if attribution else SpeakerKind.OWN_VOICE,
            claimant_name=self.to_speaker_name(attribution) if attribution else None,
            claimant_role=self.to_speaker_role(attribution) if attribution else None,
            cue_lemma=attribution.cue_lemma if attribution else None,
            hedges=_to_json(claim.hedges),
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


def _to_keys(prefix: str, article_key: int, words: list[tuple[str, str]]) -> dict[str, int]:
    """Return a key for each thing of an article, from its words and how often they came before."""
    seen: Counter[str] = Counter()
    keys = {}
    for local_key, text in words:
        spaced = " ".join(text.split())
        keys[local_key] = to_key(prefix, str(article_key), spaced, str(seen[spaced]))
        seen[spaced] += 1
    return keys


def _to_json(spans: Iterable[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def _to_json_one(span: Span | None) -> list[list[int]]:
    return [] if span is None else [[span.start, span.end]]


def to_values(row: Any) -> dict[str, Any]:
    """Return a row as column name -> value, as SQLAlchemy's `insert` takes it."""
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}
