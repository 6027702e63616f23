"""A parser that reads a tiny language by regular expressions, for tests of what comes after it.

Names are two capitalised words (persons) or one after "in" (places); `"words," said Name.` is a
quotation, an attribution and a claim. A text with the word BREAK in it makes it raise, and CRASH,
HANG and HOG do to its process what hostile articles do to a real parser's.
"""

import os
import re
import signal
import time
from collections.abc import Iterable, Iterator

from app.parsing.types import (
    Attribution,
    Claim,
    Entity,
    Mention,
    ParsedArticle,
    Quotation,
    RawArticle,
    Span,
)
from app.vocabulary import ClaimKind, EntityType, MentionKind, QuoteForm, SpeakerKind

_NAME = re.compile(r"\bthe (?P<role>\w+) (?P<titled>[A-Z]\w+ [A-Z]\w+)|(?P<name>[A-Z]\w+ [A-Z]\w+)")
_PLACE = re.compile(r"\bin (?P<place>[A-Z]\w+)\b")
_QUOTE = re.compile(r'"(?P<words>[^"]+),?" (?P<cue>said) (?P<name>(?:the \w+ )?[A-Z]\w+ [A-Z]\w+)')


class FakeParser:
    """Reads the tiny language; `seconds` is how long it takes over an article."""

    def __init__(self, *, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.parsed: list[str] = []

    def pipe(self, raws: Iterable[RawArticle]) -> Iterator[ParsedArticle]:
        for raw in raws:
            yield self.parse(raw)

    def parse(self, raw: RawArticle) -> ParsedArticle:
        time.sleep(self.seconds)
        self.parsed.append(raw.text)
        if "BREAK" in raw.text:
            raise ValueError("the parser broke")
        if "CRASH" in raw.text:
            os.kill(os.getpid(), signal.SIGSEGV)
        if "HANG" in raw.text:
            time.sleep(3600)
        if "HOG" in raw.text:
            bytearray(1 << 34)
        text = raw.text
        found: list[tuple[Span, EntityType, Span | None]] = []
        for match in _NAME.finditer(text):
            group = "name" if match["name"] else "titled"
            role = Span(*match.span("role")) if match["role"] else None
            found.append((Span(*match.span(group)), EntityType.PERSON, role))
        found.extend(
            (Span(*match.span("place")), EntityType.PLACE, None) for match in _PLACE.finditer(text)
        )
        found.sort()
        local: dict[tuple[str, EntityType], Entity] = {}
        mentions = []
        for span, kind, role in found:
            identity = (span.of(text), kind)
            if identity not in local:
                roles = (role,) if role else ()
                local[identity] = Entity(
                    key=f"e{len(local) + 1}", name=span.of(text), type=kind, roles=roles
                )
            mentions.append(Mention(span, MentionKind.NAME, local[identity].key))
        attributions, quotations, claims = [], [], []
        for number, match in enumerate(_QUOTE.finditer(text), 1):
            words, cue, source = (Span(*match.span(name)) for name in ("words", "cue", "name"))
            name = " ".join(match["name"].split()[-2:])
            about = tuple(dict.fromkeys(m.entity for m in mentions if words.contains(m.span)))
            attributions.append(
                Attribution(
                    key=f"a{number}",
                    content=(words,),
                    source=(source,),
                    cue=(cue,),
                    cue_lemma="say",
                    speaker=local[name, EntityType.PERSON].key,
                    speaker_kind=SpeakerKind.NAMED,
                    role=None,
                    recipient=None,
                    medium=None,
                    kind=ClaimKind.STATEMENT,
                    hedges=(),
                    negated=False,
                    method="fake",
                    confidence=0.9,
                )
            )
            quotations.append(
                Quotation(f"q{number}", (words,), QuoteForm.DIRECT, f"a{number}", about, 0.9)
            )
            claims.append(
                Claim(
                    key=f"c{number}",
                    content=(words,),
                    kind=ClaimKind.STATEMENT,
                    attribution=f"a{number}",
                    quotation=f"q{number}",
                    about=about,
                    hedges=(),
                    negated=False,
                    numbers=(),
                    dates=(),
                    check_worthiness=0.5,
                    method="fake",
                    confidence=0.9,
                )
            )
        return ParsedArticle(
            raw=raw,
            paragraphs=(Span(0, len(text)),),
            sentences=(Span(0, len(text)),),
            word_count=len(text.split()),
            entities=tuple(local.values()),
            mentions=tuple(mentions),
            attributions=tuple(attributions),
            quotations=tuple(quotations),
            claims=tuple(claims),
        )
