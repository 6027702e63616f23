"""Rows with what a test does not care about filled in."""

from datetime import UTC, datetime

from app.db.tables import Article, Claim, Entity, EntityAlias, Quote, Source
from app.vocabulary import ClaimKind, EntityType, QuoteForm, SourceStatus, SpeakerKind

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def make_source(key: int = 1) -> Source:
    return Source(
        key=key, path=f"{key}.txt", sha256="", size=0, format="text", status=SourceStatus.LOADED,
        error=None, error_field=None, warnings=[], article_count=1, parser_version="1",
        model_version="1", read_at=NOW,
    )  # fmt: skip


def make_article(key: int, text: str, *, title: str | None = None, source_key: int = 1) -> Article:
    return Article(
        key=key, source_key=source_key, title=title, title_derived=False, authors=[], outlet=None,
        published_at=None, language="en", url=None, meta={}, text=text, paragraphs=[],
        sentences=[], word_count=0, quote_count=0, claim_count=0, entity_count=0, mention_count=0,
    )  # fmt: skip


def make_quote(key: int, text: str, *, article_key: int = 1) -> Quote:
    return Quote(
        key=key, article_key=article_key, attribution_key=None, form=QuoteForm.DIRECT, text=text,
        start=0, end=0, parts=[], speaker_key=None, speaker_kind=SpeakerKind.NONE,
        speaker_name=None, speaker_role=None, cue_lemma=None, confidence=1.0, published_at=None,
        outlet=None, language="en",
    )  # fmt: skip


def make_claim(key: int, text: str, *, article_key: int = 1) -> Claim:
    return Claim(
        key=key, article_key=article_key, attribution_key=None, quote_key=None,
        kind=ClaimKind.STATEMENT, text=text, start=0, end=0, content=[], claimant_key=None,
        claimant_kind=SpeakerKind.OWN_VOICE, claimant_name=None, claimant_role=None,
        cue_lemma=None, hedges=[], negated=False, hedged=False, numbers=[], has_number=False,
        dates=[], check_worthiness=0.0, method="", confidence=1.0, published_at=None, outlet=None,
        language="en",
    )  # fmt: skip


def make_entity(key: int, name: str) -> Entity:
    return Entity(
        key=key, slug=f"e{key}", name=name, type=EntityType.PERSON, external_ids={}, country=None,
        latitude=None, longitude=None, article_count=0, mention_count=0, quote_count=0,
        claim_count=0, first_seen=None, last_seen=None,
    )  # fmt: skip


def make_alias(entity_key: int, text: str, folded: str) -> EntityAlias:
    return EntityAlias(entity_key=entity_key, text=text, folded=folded, count=1)
