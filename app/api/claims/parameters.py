"""What can be asked of lists of claims."""

from pydantic import Field

from app.api.claims.schemas import Claim
from app.api.parameters import (
    Flag,
    PageParameters,
    Probability,
    PublishedParameters,
    SearchParameters,
    facet_field,
    include_pattern,
)
from app.api.shape import OffsetParameters, fields_field
from app.api.sorting import sort_pattern
from app.api.stories.distinct import DistinctParameters
from app.vocabulary import ClaimKind, SpeakerKind

SORTS = ("published_at", "check_worthiness", "confidence", "position", "id", "relevance")


_SORT_TEXT = (
    "The order: " + ", ".join(SORTS) + "; a - before a name puts the greatest first, commas part "
    "several. position is the order in the articles' texts, each article's together. Claims of "
    "articles without a date come last. Ties are settled by an internal key. relevance needs q."
)


class ClaimInclude(OffsetParameters):
    """What a claim is to carry."""

    fields: str | None = fields_field(tuple(Claim.__annotations__))

    include: str | None = Field(
        default=None,
        pattern=include_pattern("article", "claimant"),
        max_length=200,
        description="What to embed, parted by commas: article (as `article`) and claimant (as "
        "`claimant.entity`).",
        examples=["article,claimant"],
    )


class ClaimConditions(PublishedParameters, SearchParameters, DistinctParameters):
    """Which claims are wanted."""

    claimant: list[str] = Field(
        default=[],
        description="Only claims of this entity (its id). Repeat it for several.",
        examples=[["vladimir-putin"]],
    )
    about: list[str] = Field(
        default=[],
        description="Only claims whose words name this entity (its id).",
        examples=[["zaporizhzhia"]],
    )
    kind: list[ClaimKind] = Field(
        default=[],
        description="Only claims of this kind. Repeat it for several.",
        examples=[["allegation"]],
    )
    cue: list[str] = Field(
        default=[],
        description="Only claims with this cue verb, in its basic form.",
        examples=[["claim"]],
    )
    hedged: Flag | None = Field(
        default=None,
        description="true: only claims that the text weakens (“allegedly”). false: only others.",
        examples=[True],
    )
    negated: Flag | None = Field(
        default=None,
        description="true: only claims whose cue is negated or denies. false: only others.",
        examples=[False],
    )
    attribution: list[SpeakerKind] = Field(
        default=[],
        description="How the claimant is given: by name, by a description only (anonymous "
        "sources), not at all, or the article's own voice.",
        examples=[["own_voice"]],
    )
    min_check_worthiness: Probability | None = Field(
        default=None,
        description="Only claims that are at least so worth checking.",
        examples=[0.5],
    )
    has_number: Flag | None = Field(
        default=None,
        description="true: only claims with a number. false: only others.",
        examples=[True],
    )
    article: list[str] = Field(
        default=[],
        description="Only claims in this article (its id).",
        examples=[["art_2k9d1v7c40hsm"]],
    )
    source: list[str] = Field(
        default=[],
        description="Only claims in articles of this outlet.",
        examples=[["The Harbour Courier"]],
    )
    language: list[str] = Field(
        default=[],
        description="Only claims in articles in this language (BCP 47).",
        examples=[["en"]],
    )
    min_confidence: Probability | None = Field(
        default=None,
        description="Only claims that the software is at least so sure of.",
        examples=[0.8],
    )


class ClaimFilters(ClaimConditions, ClaimInclude):
    """What a list of claims can be asked, but for the page."""

    sort: str = Field(
        default="-published_at",
        pattern=sort_pattern(*SORTS),
        max_length=200,
        description=_SORT_TEXT,
        examples=["-check_worthiness"],
    )


class ClaimParameters(PageParameters, ClaimFilters):
    """The parameters of a list of claims."""

    facet: str | None = facet_field(
        "claimant", "about", "source", "kind", "cue", "attribution", "language"
    )


class ArticleClaimFilters(ClaimFilters):
    """As `ClaimFilters`, for one article: its claims come in text order."""

    sort: str = Field(
        default="position",
        pattern=sort_pattern(*SORTS),
        max_length=200,
        description=_SORT_TEXT,
        examples=["position"],
    )


class ArticleClaimParameters(ArticleClaimFilters, ClaimParameters):
    """The parameters of the list of an article's claims."""
