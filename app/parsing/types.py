"""What passes between the stages of parsing, in the order in which it comes to be.

Every offset is a half-open ``[start, end)`` span in Unicode code points of `RawArticle.text`; the
words of a span are always ``text[start:end]`` and are therefore stored nowhere in these types.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from app.vocabulary import (
    ClaimKind,
    EntityType,
    FileFormat,
    MentionKind,
    QuoteForm,
    SpeakerKind,
)


class Span(NamedTuple):
    """A half-open stretch of text, in Unicode code points. Sorts by start, then end."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the words of the span in `text`."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Say whether the two spans share at least one code point."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """Say whether `other` lies wholly inside this span (equal spans do)."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class RawArticle:
    """One article as a reader found it. Nothing is made up: what the file does not say is None.

    Attributes:
        key: What tells this article from the others of its file, stable over re-reading: the URL
            or id that the file states, else its position in the file ("0").
        text: The article's words, the one text that every offset points into. A headline that
            stands in the file outside of the body is not part of it.
        title: The headline, or None.
        title_derived: True when no headline was stated and `title` is the text's own first words.
        authors: Names of the writers as written, without "By", in order.
        outlet: Who published it, or None.
        published_at: Time zone aware, UTC; None when the file states no date.
        language: BCP 47 tag ("en"); stated by the file or detected from the text.
        url: Where it was published, or None.
        meta: Other metadata worth keeping, as JSON-like values (for instance {"invented": True}).
    """

    key: str
    text: str
    format: FileFormat
    title: str | None = None
    title_derived: bool = False
    authors: tuple[str, ...] = ()
    outlet: str | None = None
    published_at: datetime | None = None
    language: str = "en"
    url: str | None = None
    meta: dict[str, object] = field(default_factory=dict)


class Word(NamedTuple):
    """One token of the text: a run of letters and digits, or one mark."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NameSpan:
    """A proper name as a reader of language found it, before anything is resolved."""

    span: Span
    type: EntityType
    score: float


@dataclass(frozen=True, slots=True)
class FoundAttribution:
    """Source, cue and content as a tagger found them, before anybody is resolved.

    Each part is a tuple of spans in text order; source and cue may be empty, content may not.

    Attributes:
        method: Which rule or model found it ("rules:inverted", "model:reader-1").
        confidence: Probability in [0, 1] that the attribution is right.
    """

    content: tuple[Span, ...]
    source: tuple[Span, ...] = ()
    cue: tuple[Span, ...] = ()
    cue_lemma: str | None = None
    recipient: Span | None = None
    medium: Span | None = None
    method: str = ""
    confidence: float = 0.5


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader of language (rules on spaCy, or the trained model) sees in one text.

    Everything after it works on the text and on this, so that readers can be exchanged.

    Attributes:
        words: In text order, not overlapping.
        sentences: In text order, not overlapping, white space trimmed.
        names: In text order, not overlapping.
        attributions: In the order of their contents.
        check_worthiness: One score in [0, 1] for each sentence, in the order of `sentences`;
            empty when the reader has no such score.
    """

    words: tuple[Word, ...]
    sentences: tuple[Span, ...]
    names: tuple[NameSpan, ...]
    attributions: tuple[FoundAttribution, ...]
    check_worthiness: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where the text refers to an entity. `entity` is an `Entity.key`."""

    span: Span
    kind: MentionKind
    entity: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Entity:
    """A person, organisation or place of one article.

    Attributes:
        key: "e1", "e2" … in the order of first mention; unique in the article only.
        name: The fullest form of the name that the article gives, without titles.
        roles: Descriptions that the text ties to the name ("a Ukrainian platoon commander").
    """

    key: str
    name: str
    type: EntityType
    roles: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class CoreferenceStep:
    """One step from a source's words to the entity: what was read, as what, and why."""

    span: Span
    antecedent: Span | None
    rule: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that could have been the speaker, with its score in [0, 1] and the reason."""

    entity: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who is given what, resolved. `key` is "a1", "a2" … in text order.

    Attributes:
        speaker: An `Entity.key`, or None unless `speaker_kind` is named.
        role: The speaker's description as it stands at this source, or None.
        kind: What the content is to its source.
        hedges: Words that weaken it ("allegedly", "appears to"), in text order.
        negated: True when the cue is negated or denies ("did not say", "denied").
        coreference: The steps from the source's words to the speaker, in order.
        candidates: Rejected speakers, best first.
    """

    key: str
    content: tuple[Span, ...]
    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    cue_lemma: str | None
    speaker: str | None
    speaker_kind: SpeakerKind
    role: Span | None
    recipient: Span | None
    medium: Span | None
    kind: ClaimKind
    hedges: tuple[Span, ...]
    negated: bool
    method: str
    confidence: float
    coreference: tuple[CoreferenceStep, ...] = ()
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words between quotation marks that an attribution gives to a speaker.

    Attributes:
        parts: The marked words without their marks, in text order; more than one when the cue
            splits them or when they run over paragraphs.
        attribution: An `Attribution.key`, or None when nobody is given.
        about: `Entity.key`s of the entities named in the parts, in order of first mention.
    """

    key: str
    parts: tuple[Span, ...]
    form: QuoteForm
    attribution: str | None
    about: tuple[str, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, as written and as a value ("90 square miles", 90.0, "mi2")."""

    span: Span
    value: float
    unit: str | None


@dataclass(frozen=True, slots=True)
class DateExpression:
    """A date as written. `value` is ISO 8601, perhaps cut to a month or a year, or None."""

    span: Span
    value: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A proposition that somebody could check.

    Attributes:
        attribution: An `Attribution.key`; None when the article asserts it itself.
        quotation: A `Quotation.key` when it was said verbatim.
        check_worthiness: In [0, 1].
    """

    key: str
    content: tuple[Span, ...]
    kind: ClaimKind
    attribution: str | None
    quotation: str | None
    about: tuple[str, ...]
    hedges: tuple[Span, ...]
    negated: bool
    numbers: tuple[Quantity, ...]
    dates: tuple[DateExpression, ...]
    check_worthiness: float
    method: str
    confidence: float


@dataclass(frozen=True, slots=True)
class ParsedArticle:
    """An article with everything that was found in it, each tuple in text order."""

    raw: RawArticle
    paragraphs: tuple[Span, ...]
    sentences: tuple[Span, ...]
    word_count: int
    entities: tuple[Entity, ...]
    mentions: tuple[Mention, ...]
    attributions: tuple[Attribution, ...]
    quotations: tuple[Quotation, ...]
    claims: tuple[Claim, ...]
