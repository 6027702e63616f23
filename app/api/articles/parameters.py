"""What can be asked of lists of articles."""

from pydantic import Field

from app.api.articles.schemas import Article
from app.api.parameters import PageParameters, PublishedParameters, SearchParameters, facet_field
from app.api.shape import OffsetParameters, fields_field
from app.api.sorting import sort_pattern
from app.api.stories.distinct import DistinctParameters

SORTS = ("published_at", "word_count", "quote_count", "claim_count", "id", "relevance")


class ArticleShape(OffsetParameters):
    """What an article is to carry."""

    fields: str | None = fields_field(tuple(Article.__annotations__))


class ArticleConditions(PublishedParameters, SearchParameters, DistinctParameters):
    """Which articles are wanted."""

    source: list[str] = Field(
        default=[],
        description="Only articles of this outlet, as an article's `source` names it. Repeat it "
        "for several.",
        examples=[["The Harbour Courier"]],
    )
    author: list[str] = Field(
        default=[],
        description="Only articles by this writer. Case and accents do not matter.",
        examples=[["Mara Lindqvist"]],
    )
    language: list[str] = Field(
        default=[],
        description="Only articles in this language, as their `language` names it.",
        examples=[["en"]],
    )
    entity: list[str] = Field(
        default=[],
        description="Only articles that name this entity (its id).",
        examples=[["kurakhove"]],
    )
    speaker: list[str] = Field(
        default=[],
        description="Only articles that quote this entity (its id).",
        examples=[["sergei-naryshkin"]],
    )
    claimant: list[str] = Field(
        default=[],
        description="Only articles with a claim of this entity (its id).",
        examples=[["vladimir-putin"]],
    )


class ArticleFilters(ArticleConditions, ArticleShape):
    """What the list of articles can be asked, but for the page."""

    sort: str = Field(
        default="-published_at",
        pattern=sort_pattern(*SORTS),
        max_length=200,
        description="The order: " + ", ".join(SORTS) + "; a - before a name puts the greatest "
        "first, commas part several. Articles without a date come last. Ties are settled by an "
        "internal key. relevance needs q.",
        examples=["-published_at,id"],
    )


class ArticleParameters(PageParameters, ArticleFilters):
    """The parameters of the list of articles."""

    facet: str | None = facet_field("entity", "source", "author", "language")
