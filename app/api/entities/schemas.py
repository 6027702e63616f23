"""What is promised of entities and their mentions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, cast

from pydantic import Field
from sqlalchemy import Row
from typing_extensions import TypedDict

from app.api.counting import Facets
from app.api.envelope import ListLinks, ListMeta
from app.api.examples import example_of
from app.api.search import NameHit, find_name_hit
from app.api.spans import Span
from app.db.search import Query
from app.records import MAX_ALIASES, MAX_ROLES, entity_record
from app.vocabulary import EntityType

EntityId = Annotated[
    str,
    Field(description="The entity's id: its name made readable.", examples=["sergei-naryshkin"]),
]
META_EXAMPLE = {"total": 20, "limit": 50, "dataset_version": "ds_2ur0t1adjsi3l"}


class Alias(TypedDict):
    """A form of an entity's name."""

    text: Annotated[str, Field(description="As articles write it.", examples=["Naryshkin"])]
    count: Annotated[int, Field(description="How often they do.", ge=0, examples=[1])]


class Role(TypedDict):
    """A description that an article ties to an entity."""

    text: Annotated[
        str,
        Field(
            description="The words of the article.",
            examples=["the head of Russia’s foreign intelligence service"],
        ),
    ]
    article_id: Annotated[
        str, Field(description="The article's id.", examples=["art_2k9d1v7c40hsm"])
    ]
    span: Annotated[
        Span,
        Field(
            description="Where the words stand in its text.",
            examples=[{"start": 2564, "end": 2613}],
        ),
    ]


class ExternalIds(TypedDict):
    """What other catalogues call an entity; null where nothing is known."""

    geonames: Annotated[
        str | None, Field(description="The GeoNames id of a place.", examples=["703448"])
    ]
    iso3166: Annotated[
        str | None, Field(description="The ISO 3166 code of a country.", examples=["UA"])
    ]
    wikidata: Annotated[
        str | None,
        Field(
            description="The Wikidata id, where the seeds' entities.yaml states one.",
            examples=["Q212"],
        ),
    ]


class Location(TypedDict):
    """Where a place is, in WGS 84."""

    latitude: Annotated[
        float, Field(description="Degrees north.", ge=-90, le=90, examples=[50.4501])
    ]
    longitude: Annotated[
        float, Field(description="Degrees east.", ge=-180, le=180, examples=[30.5234])
    ]


class EntityLinks(TypedDict):
    """Where the parts of an entity are."""

    self: Annotated[
        str, Field(description="The entity.", examples=["/v1/entities/sergei-naryshkin"])
    ]
    mentions: Annotated[
        str,
        Field(
            description="Where it is mentioned.",
            examples=["/v1/entities/sergei-naryshkin/mentions"],
        ),
    ]
    quotes: Annotated[
        str, Field(description="What it said.", examples=["/v1/entities/sergei-naryshkin/quotes"])
    ]
    claims: Annotated[
        str,
        Field(description="What it claimed.", examples=["/v1/entities/sergei-naryshkin/claims"]),
    ]


class Entity(TypedDict):
    """A person, organisation or place, one over all articles."""

    id: EntityId
    type: Annotated[EntityType, Field(description="What it is.", examples=["person"])]
    name: Annotated[
        str,
        Field(description="The fullest name that articles give.", examples=["Sergei Naryshkin"]),
    ]
    aliases: Annotated[
        list[Alias],
        Field(
            description=f"The forms of the name, the most frequent first; {MAX_ALIASES} at most.",
            examples=[[{"text": "Naryshkin", "count": 1}]],
        ),
    ]
    roles: Annotated[
        list[Role],
        Field(
            description=f"What articles call it beside its name; {MAX_ROLES} at most.",
            examples=[
                [
                    {
                        "text": "the head of Russia’s foreign intelligence service",
                        "article_id": "art_2k9d1v7c40hsm",
                        "span": {"start": 2564, "end": 2613},
                    }
                ]
            ],
        ),
    ]
    external_ids: Annotated[
        ExternalIds,
        Field(
            description="What other catalogues call it.",
            examples=[{"geonames": None, "iso3166": None, "wikidata": None}],
        ),
    ]
    country: Annotated[
        str | None,
        Field(description="The country of a place, as an ISO 3166 code.", examples=["UA"]),
    ]
    location: Annotated[
        Location | None,
        Field(
            description="Where a place is, or null.",
            examples=[{"latitude": 50.4501, "longitude": 30.5234}],
        ),
    ]
    article_count: Annotated[int, Field(description="Articles that name it.", ge=0, examples=[1])]
    mention_count: Annotated[int, Field(description="Its mentions.", ge=0, examples=[3])]
    quote_count: Annotated[int, Field(description="Quotations of it.", ge=0, examples=[2])]
    claim_count: Annotated[int, Field(description="Claims of it.", ge=0, examples=[3])]
    first_seen: Annotated[
        datetime | None,
        Field(
            description="The date of the earliest dated article that names it, or null.",
            examples=["2024-11-28T09:30:00Z"],
        ),
    ]
    last_seen: Annotated[
        datetime | None,
        Field(
            description="The date of the latest dated article that names it, or null.",
            examples=["2024-11-28T09:30:00Z"],
        ),
    ]
    links: Annotated[
        EntityLinks,
        Field(
            description="Where its parts are.",
            examples=[
                {
                    "self": "/v1/entities/sergei-naryshkin",
                    "mentions": "/v1/entities/sergei-naryshkin/mentions",
                    "quotes": "/v1/entities/sergei-naryshkin/quotes",
                    "claims": "/v1/entities/sergei-naryshkin/claims",
                }
            ],
        ),
    ]
    search: Annotated[
        NameHit | None,
        Field(description="Which name the search matched; null without q.", examples=[None]),
    ]


class EntityList(TypedDict):
    """A page of entities."""

    data: Annotated[
        list[Entity],
        Field(description="The entities, in the order of `sort`.", examples=[[example_of(Entity)]]),
    ]
    meta: Annotated[ListMeta, Field(description="How much there is.", examples=[META_EXAMPLE])]
    links: Annotated[
        ListLinks,
        Field(
            description="This page and its neighbours.",
            examples=[{"self": "/v1/entities", "next": None, "prev": None}],
        ),
    ]
    facets: Facets


class ArticleEntity(TypedDict):
    """An entity that an article names."""

    entity: Annotated[
        Entity,
        Field(
            description="The entity, with its counts over all articles.",
            examples=[example_of(Entity)],
        ),
    ]
    mention_count: Annotated[
        int, Field(description="Its mentions in this article.", ge=1, examples=[2])
    ]


class ArticleEntityList(TypedDict):
    """A page of the entities of an article."""

    data: Annotated[
        list[ArticleEntity],
        Field(
            description="The entities, the most mentioned first.",
            examples=[[example_of(ArticleEntity)]],
        ),
    ]
    meta: Annotated[ListMeta, Field(description="How much there is.", examples=[META_EXAMPLE])]
    links: Annotated[
        ListLinks,
        Field(
            description="This page and its neighbours.",
            examples=[
                {"self": "/v1/articles/art_2k9d1v7c40hsm/entities", "next": None, "prev": None}
            ],
        ),
    ]


def entity_from_row(
    row: Row[Any],
    *,
    aliases: Mapping[int, Sequence[Row[Any]]],
    roles: Mapping[int, Sequence[Row[Any]]],
    query: Query | None = None,
) -> Entity:
    """Return what is promised of an entity.

    Args:
        row: All columns of the entity's table.
        aliases: Rows of aliases by entity key, in order.
        roles: Rows of roles by entity key, in order.
        query: What was searched, or None.
    """
    own_aliases = aliases.get(row.key, ())
    record = entity_record(row, aliases=own_aliases, roles=roles.get(row.key, ()))
    if query is not None:
        names = [row.name, *(alias.text for alias in own_aliases)]
        record["search"] = find_name_hit(names, query=query)
    return cast(Entity, record)
