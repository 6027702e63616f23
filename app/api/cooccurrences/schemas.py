"""What is promised of entities that are named together, and what can be asked."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.api.entities.schemas import META_EXAMPLE, Entity
from app.api.envelope import ListLinks, ListMeta
from app.api.examples import example_of
from app.api.parameters import PageParameters, SearchParameters
from app.api.shape import OffsetParameters, fields_field
from app.api.sorting import sort_pattern
from app.vocabulary import EntityType

SORTS = ("weight", "article_count", "relevance")
# Articles that are named for each pair, the newest first.
MAX_ARTICLES = 10


class Cooccurrence(TypedDict):
    """An entity that articles name together with another one."""

    entity: Annotated[Entity, Field(description="The other entity.", examples=[example_of(Entity)])]
    article_count: Annotated[int, Field(description="Articles that name both.", ge=1, examples=[1])]
    weight: Annotated[
        float,
        Field(
            description="Of the articles that name either, the share that name both (the Jaccard "
            "index): 1 when neither is ever named without the other.",
            ge=0,
            le=1,
            examples=[0.25],
        ),
    ]
    quotes_about: Annotated[
        int, Field(description="Quotations of this entity that name the other.", ge=0, examples=[0])
    ]
    quotes_from: Annotated[
        int, Field(description="Quotations of the other that name this entity.", ge=0, examples=[1])
    ]
    articles: Annotated[
        list[str],
        Field(
            description=f"The ids of the newest {MAX_ARTICLES} articles that name both.",
            examples=[["art_2k9d1v7c40hsm"]],
        ),
    ]


class CooccurrenceFilters(SearchParameters, OffsetParameters):
    """What the list of an entity's cooccurrences can be asked, but for the page.

    `q` searches the names of the others.
    """

    fields: str | None = fields_field(tuple(Cooccurrence.__annotations__))

    type: list[EntityType] = Field(
        default=[],
        description="Only entities of this type. Repeat it for several.",
        examples=[["person"]],
    )
    min_articles: int = Field(
        default=1,
        ge=1,
        le=2**31 - 1,
        description="Only entities that at least so many articles name together with this one.",
        examples=[1],
    )
    sort: str = Field(
        default="-article_count,-weight",
        pattern=sort_pattern(*SORTS),
        max_length=200,
        description="The order: " + ", ".join(SORTS) + "; a - before a name puts the greatest "
        "first, commas part several. Ties are settled by an internal key. relevance needs q.",
        examples=["-weight"],
    )


class CooccurrenceParameters(PageParameters, CooccurrenceFilters):
    """The parameters of the list of an entity's cooccurrences."""


class CooccurrenceList(TypedDict):
    """A page of entities that are named together with one."""

    data: Annotated[
        list[Cooccurrence],
        Field(
            description="The entities, in the order of `sort`.",
            examples=[[example_of(Cooccurrence)]],
        ),
    ]
    meta: Annotated[ListMeta, Field(description="How much there is.", examples=[META_EXAMPLE])]
    links: Annotated[
        ListLinks,
        Field(
            description="This page and its neighbours.",
            examples=[
                {
                    "self": "/v1/entities/sergei-naryshkin/cooccurrences",
                    "next": None,
                    "prev": None,
                }
            ],
        ),
    ]
