"""What is promised of a quotation."""

from collections.abc import Sequence
from typing import Any

from app.db.ids import ARTICLE, QUOTE, to_id
from app.records.given import attribution_record, speaker_record
from app.records.spans import text_spans


def quote_record(
    quote: Any, *, given: Any, slug: str | None, text: str, about: Sequence[str]
) -> dict[str, Any]:
    """Return what is promised of a quotation, `app.api.quotes.schemas.Quote`.

    Args:
        quote: Has the columns of the quotes' table.
        given: Has those of its attribution; None when nobody is given.
        slug: Of the speaker, when it is an entity.
        text: The article's.
        about: The slugs of the entities that it names, in order.
    """
    return {
        "id": to_id(QUOTE, quote.key),
        "article_id": to_id(ARTICLE, quote.article_key),
        "form": quote.form,
        "text": quote.text,
        "span": {"start": quote.start, "end": quote.end},
        "parts": text_spans(quote.parts, text=text),
        "speaker": speaker_record(
            kind=quote.speaker_kind, slug=slug, name=quote.speaker_name, role=quote.speaker_role
        ),
        "attribution": attribution_record(given, text=text),
        "about": list(about),
        "confidence": quote.confidence,
        "source": quote.outlet,
        "language": quote.language,
        "published_at": quote.published_at,
        "article": None,
        "search": None,
    }
