"""What can be asked of lists of quotations."""

from typing import Literal

from pydantic import Field

from app.api.parameters import (
    PageParameters,
    Probability,
    PublishedParameters,
    SearchParameters,
    facet_field,
    include_pattern,
)
from app.api.quotes.schemas import Quote
from app.api.shape import OffsetParameters, fields_field
from app.api.sorting import sort_pattern
from app.api.stories.distinct import DistinctParameters
from app.vocabulary import QuoteForm

SORTS = ("published_at", "confidence", "position", "id", "relevance")


_SORT_TEXT = (
    "The order: " + ", ".join(SORTS) + "; a - before a name puts the greatest first, commas part "
    "several. position is the order in the articles' texts, each article's together. Quotations "
    "of articles without a date come last. Ties are settled by an internal key. relevance needs q."
)


class QuoteInclude(OffsetParameters):
    """What a quotation is to carry."""

    fields: str | None = fields_field(tuple(Quote.__annotations__))

    include: str | None = Field(
        default=None,
        pattern=include_pattern("article", "speaker"),
        max_length=200,
        description="What to embed, parted by commas: article (as `article`) and speaker (as "
        "`speaker.entity`).",
        examples=["article,speaker"],
    )


class QuoteConditions(PublishedParameters, SearchParameters, DistinctParameters):
    """Which quotations are wanted."""

    speaker: list[str] = Field(
        default=[],
        description="Only quotations of this entity (its id). Repeat it for several.",
        examples=[["sergei-naryshkin"]],
    )
    about: list[str] = Field(
        default=[],
        description="Only quotations whose words name this entity (its id).",
        examples=[["russia"]],
    )
    form: list[QuoteForm] = Field(
        default=[],
        description="direct: the content is the quotation. partial: marked words in a paraphrase.",
        examples=[["direct"]],
    )
    cue: list[str] = Field(
        default=[],
        description="Only quotations with this cue verb, in its basic form.",
        examples=[["say"]],
    )
    attribution: list[Literal["named", "unnamed", "none"]] = Field(
        default=[],
        description="How the speaker is given: by name, by a description only (anonymous "
        "sources), or not at all.",
        examples=[["unnamed"]],
    )
    article: list[str] = Field(
        default=[],
        description="Only quotations in this article (its id).",
        examples=[["art_2k9d1v7c40hsm"]],
    )
    source: list[str] = Field(
        default=[],
        description="Only quotations in articles of this outlet.",
        examples=[["The Harbour Courier"]],
    )
    language: list[str] = Field(
        default=[],
        description="Only quotations in articles in this language (BCP 47).",
        examples=[["en"]],
    )
    min_confidence: Probability | None = Field(
        default=None,
        description="Only quotations that the software is at least so sure of.",
        examples=[0.8],
    )


class QuoteFilters(QuoteConditions, QuoteInclude):
    """What a list of quotations can be asked, but for the page."""

    sort: str = Field(
        default="-published_at",
        pattern=sort_pattern(*SORTS),
        max_length=200,
        description=_SORT_TEXT,
        examples=["-published_at,id"],
    )


class QuoteParameters(PageParameters, QuoteFilters):
    """The parameters of a list of quotations."""

    facet: str | None = facet_field(
        "speaker", "about", "source", "form", "cue", "attribution", "language"
    )


class ArticleQuoteFilters(QuoteFilters):
    """As `QuoteFilters`, for one article: its quotations come in text order."""

    sort: str = Field(
        default="position",
        pattern=sort_pattern(*SORTS),
        max_length=200,
        description=_SORT_TEXT,
        examples=["position"],
    )


class ArticleQuoteParameters(ArticleQuoteFilters, QuoteParameters):
    """The parameters of the list of an article's quotations."""
