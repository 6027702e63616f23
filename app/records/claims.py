"""What is promised of a claim."""

from collections.abc import Sequence
from typing import Any

from app.db.ids import ARTICLE, CLAIM, QUOTE, to_id
from app.records.given import attribution_record, speaker_record
from app.records.spans import text_span, text_spans


def claim_record(
    claim: Any, *, given: Any, slug: str | None, text: str, about: Sequence[str]
) -> dict[str, Any]:
    """Return what is promised of a claim, `app.api.claims.schemas.Claim`.

    Args:
        claim: Has the columns of the claims' table.
        given: Has those of its attribution; None for the article's own voice.
        slug: Of the claimant, when it is an entity.
        text: The article's.
        about: The slugs of the entities that it names, in order.
    """
    return {
        "id": to_id(CLAIM, claim.key),
        "article_id": to_id(ARTICLE, claim.article_key),
        "kind": claim.kind,
        "text": claim.text,
        "span": {"start": claim.start, "end": claim.end},
        "parts": text_spans(claim.content, text=text),
        "claimant": speaker_record(
            kind=claim.claimant_kind, slug=slug, name=claim.claimant_name, role=claim.claimant_role
        ),
        "attribution": attribution_record(given, text=text),
        "quote_id": None if claim.quote_key is None else to_id(QUOTE, claim.quote_key),
        "about": list(about),
        "hedges": text_spans(claim.hedges, text=text),
        "negated": claim.negated,
        "numbers": [
            {
                "span": text_span(number["span"], text=text),
                "value": number["value"],
                "unit": number["unit"],
            }
            for number in claim.numbers
        ],
        "dates": [
            {"span": text_span(date["span"], text=text), "value": date["value"]}
            for date in claim.dates
        ],
        "check_worthiness": claim.check_worthiness,
        "method": claim.method,
        "confidence": claim.confidence,
        "source": claim.outlet,
        "language": claim.language,
        "published_at": claim.published_at,
        "article": None,
        "search": None,
    }
