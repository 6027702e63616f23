"""What can be asked of lists of entities and mentions."""

from pydantic import Field

from app.api.entities.mentions import Mention
from app.api.entities.schemas import ArticleEntity, Entity
from app.api.parameters import PageParameters, SearchParameters, facet_field
from app.api.shape import OffsetParameters, fields_field
from app.api.sorting import sort_pattern
from app.vocabulary import EntityType, MentionKind

SORTS = (
    "mention_count",
    "article_count",
    "quote_count",
    "claim_count",
    "name",
    "first_seen",
    "last_seen",
    "id",
    "relevance",
)

ARTICLE_ENTITY_SORTS = ("mention_count", "name", "relevance")


class EntityShape(OffsetParameters):
    """What an entity is to carry."""

    fields: str | None = fields_field(tuple(Entity.__annotations__))


class EntityFilters(SearchParameters, EntityShape):
    """What the list of entities can be asked, but for the page. `q` searches names and aliases."""

    type: list[EntityType] = Field(
        default=[],
        description="Only entities of this type. Repeat it for several.",
        examples=[["person"]],
    )
    country: list[str] = Field(
        default=[],
        description="Only places in this country, as an ISO 3166 code.",
        examples=[["UA"]],
    )
    min_mentions: int | None = Field(
        default=None,
        ge=0,
        le=2**31 - 1,
        description="Only entities with at least so many mentions.",
        examples=[2],
    )
    sort: str = Field(
        default="-mention_count",
        pattern=sort_pattern(*SORTS),
        max_length=200,
        description="The order: " + ", ".join(SORTS) + "; a - before a name puts the greatest "
        "first, commas part several. Dates that are not known come last. Ties are settled by an "
        "internal key. relevance needs q.",
        examples=["-mention_count,name"],
    )


class EntityParameters(PageParameters, EntityFilters):
    """The parameters of the list of entities."""

    facet: str | None = facet_field("type", "country")


class ArticleEntityFilters(SearchParameters, OffsetParameters):
    """What the list of an article's entities can be asked, but for the page."""

    fields: str | None = fields_field(tuple(ArticleEntity.__annotations__))

    type: list[EntityType] = Field(
        default=[],
        description="Only entities of this type. Repeat it for several.",
        examples=[["person"]],
    )

    sort: str = Field(
        default="-mention_count",
        pattern=sort_pattern(*ARTICLE_ENTITY_SORTS),
        max_length=200,
        description="The order: " + ", ".join(ARTICLE_ENTITY_SORTS) + "; a - before a name puts "
        "the greatest first, commas part several. mention_count is that in the article. Ties are "
        "settled by an internal key. relevance needs q.",
        examples=["name"],
    )


class ArticleEntityParameters(PageParameters, ArticleEntityFilters):
    """The parameters of the list of an article's entities."""


class MentionFilters(SearchParameters, OffsetParameters):
    """What a list of mentions can be asked, but for the page."""

    fields: str | None = fields_field(tuple(Mention.__annotations__))

    kind: list[MentionKind] = Field(
        default=[],
        description="Only mentions of this kind. Repeat it for several.",
        examples=[["pronoun"]],
    )
    entity: list[str] = Field(
        default=[],
        description="Only mentions of this entity (its id).",
        examples=[["sergei-naryshkin"]],
    )
    article: list[str] = Field(
        default=[],
        description="Only mentions in this article (its id).",
        examples=[["art_2k9d1v7c40hsm"]],
    )


class MentionParameters(PageParameters, MentionFilters):
    """The parameters of a list of mentions."""
