"""Articles with a Reading made by hand, so that what follows a reader is tested without a model."""

import re

from app.parsing.pipeline import assemble
from app.parsing.types import (
    FileFormat,
    FoundAttribution,
    NameSpan,
    ParsedArticle,
    RawArticle,
    Reading,
    Span,
)
from app.vocabulary import EntityType


def parse(
    text: str, names: dict[str, EntityType], said: list[tuple[str, str, str]]
) -> ParsedArticle:
    """Build an article from names and from (source, cue, content) that stand one behind the other.

    A source and cue that are empty are missing; sentences end at points.
    """
    spans = tuple(
        sorted(
            (
                NameSpan(Span(text.index(name), text.index(name) + len(name)), kind, 0.8)
                for name, kind in names.items()
            ),
            key=lambda item: item.span,
        )
    )
    found = []
    for source, cue, content in said:
        start = text.index(content)
        part = Span(start, start + len(content))
        if not source:
            found.append(FoundAttribution(content=(part,)))
            continue
        whole = re.compile(rf"(?<!\w){re.escape(source)}(?=(?: [a-z]+){{0,2}} {re.escape(cue)})")
        at = whole.search(text)
        assert at is not None, source
        said_at = text.index(cue, at.end())
        found.append(
            FoundAttribution(
                content=(part,),
                source=(Span(*at.span()),),
                cue=(Span(said_at, said_at + len(cue)),),
                cue_lemma="say",
            )
        )
    sentences = tuple(Span(*m.span()) for m in re.finditer(r"[^.\s][^.]*\.", text))
    reading = Reading((), sentences, spans, tuple(found))
    raw = RawArticle(key="0", text=text, format=FileFormat.TEXT)
    return assemble(raw, paragraphs=(Span(0, len(text)),), reading=reading)


def speakers(parsed: ParsedArticle) -> list[str | None]:
    """Return the name of each attribution's speaker, in text order."""
    names = {entity.key: entity.name for entity in parsed.entities}
    return [names.get(item.speaker or "") for item in parsed.attributions]
