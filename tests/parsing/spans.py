"""What is true of every parsed article, whatever its text."""

import json

from app.parsing.document import to_document
from app.parsing.types import ParsedArticle, Span
from app.vocabulary import SpeakerKind


def check_spans(parsed: ParsedArticle) -> None:
    """Every span lies inside the text, is not empty and in order; every key resolves."""
    text = parsed.raw.text
    entities = {entity.key for entity in parsed.entities}
    attributions = {item.key for item in parsed.attributions}
    quotations = {item.key for item in parsed.quotations}

    def good(spans: tuple[Span, ...]) -> None:
        assert list(spans) == sorted(spans)
        for span in spans:
            assert 0 <= span.start < span.end <= len(text)

    good(parsed.paragraphs)
    good(parsed.sentences)
    good(tuple(mention.span for mention in parsed.mentions))
    for mention in parsed.mentions:
        assert mention.entity in entities
    for entity in parsed.entities:
        good(entity.roles)
        assert entity.name.strip()
    for item in parsed.attributions:
        assert item.content
        for spans in (item.content, item.source, item.cue, item.hedges):
            good(spans)
        assert (item.speaker in entities) is (item.speaker_kind is SpeakerKind.NAMED)
        assert 0 <= item.confidence <= 1
    for quotation in parsed.quotations:
        assert quotation.parts
        good(quotation.parts)
        assert quotation.attribution is None or quotation.attribution in attributions
        assert set(quotation.about) <= entities
    for claim in parsed.claims:
        assert claim.content
        good(claim.content)
        assert claim.attribution is None or claim.attribution in attributions
        assert claim.quotation is None or claim.quotation in quotations
        assert 0 <= claim.check_worthiness <= 1
        good(tuple(number.span for number in claim.numbers))
        good(tuple(date.span for date in claim.dates))
    json.dumps(to_document(parsed, id="x"))
