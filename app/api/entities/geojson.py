"""Places on a map: GeoJSON (RFC 7946) of an article's places, or of those that a query finds."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Response
from fastapi.responses import JSONResponse
from pydantic import Field
from pydantic_core import to_json
from sqlalchemy import Row
from typing_extensions import TypedDict

from app.api.articles.router import ArticleIdPath, check_article
from app.api.caching import answer_any_etag
from app.api.deps import Call, call_for
from app.api.entities.parameters import ArticleEntityFilters, EntityFilters
from app.api.entities.queries import find_article_entities, find_entities
from app.api.entities.schemas import EntityId
from app.api.examples import example_of
from app.api.listing import Listing
from app.api.paging import order_by
from app.api.parameters import Parameters
from app.api.promise import Router
from app.api.search import read_query
from app.api.stored import entities
from app.vocabulary import EntityType

router = Router()

ARTICLE_PLACES = ArticleEntityFilters(type=[EntityType.PLACE])
GEO_JSON = "application/geo+json"
MAX_FEATURES = 5000
DEFAULT_FEATURES = 1000


class GeoJsonResponse(JSONResponse):
    """An answer in GeoJSON."""

    media_type = GEO_JSON

    def render(self, content: Any) -> bytes:
        """Return the answer's bytes."""
        return to_json(content)


class GeoParameters(Parameters):
    """How much goes on the map."""

    limit: int = Field(
        default=DEFAULT_FEATURES,
        ge=1,
        le=MAX_FEATURES,
        description="The most places; those that come first in the order are taken.",
        examples=[100],
    )


class EntityGeoParameters(GeoParameters, EntityFilters):
    """The filters of the list of entities; only places that are somewhere come."""


class Geometry(TypedDict):
    """Where a place is: a point."""

    type: Annotated[Literal["Point"], Field(description="Always a point.", examples=["Point"])]
    coordinates: Annotated[
        list[Annotated[float, Field(ge=-180, le=180)]],
        Field(
            description="Degrees east, then degrees north (WGS 84). A country has its capital's.",
            min_length=2,
            max_length=2,
            examples=[[30.5234, 50.4501]],
        ),
    ]


class PlaceProperties(TypedDict):
    """What is said of a place on a map."""

    id: EntityId
    name: Annotated[str, Field(description="The place's name.", examples=["Kyiv"])]
    mention_count: Annotated[
        int,
        Field(description="Its mentions in the article, or in all articles.", ge=0, examples=[2]),
    ]
    country: Annotated[
        str | None, Field(description="Its country, as an ISO 3166 code.", examples=["UA"])
    ]


class Feature(TypedDict):
    """A place on a map."""

    type: Annotated[Literal["Feature"], Field(description="A feature.", examples=["Feature"])]
    id: EntityId
    geometry: Annotated[
        Geometry, Field(description="Where it is.", examples=[example_of(Geometry)])
    ]
    properties: Annotated[
        PlaceProperties, Field(description="What it is.", examples=[example_of(PlaceProperties)])
    ]


class FeatureCollection(TypedDict):
    """Places on a map, in the order of the list."""

    type: Annotated[
        Literal["FeatureCollection"],
        Field(description="A collection of features.", examples=["FeatureCollection"]),
    ]
    features: Annotated[
        list[Feature],
        Field(
            description="The places that are somewhere; names that could not be told apart for "
            "certain are left out.",
            examples=[[example_of(Feature)]],
        ),
    ]


@router.get(
    "/v1/entities.geojson",
    tags=["entities"],
    operation_id="listPlacesGeoJson",
    summary="Put places on a map",
    response_model=FeatureCollection,
    response_class=GeoJsonResponse,
    response_description="The places as GeoJSON.",
)
def list_places(
    call: Annotated[Call, Depends(call_for(EntityGeoParameters))],
    parameters: Annotated[EntityGeoParameters, Query()],
) -> Response:
    """Return the places that pass the filters as GeoJSON (RFC 7946), the most mentioned first."""
    listing = find_entities(filters=parameters, query=read_query(parameters.q))
    return _respond(call, listing, limit=parameters.limit, count="mention_count")


@router.get(
    "/v1/articles/{article_id}/places.geojson",
    tags=["articles"],
    operation_id="listArticlePlacesGeoJson",
    summary="Put an article's places on a map",
    response_model=FeatureCollection,
    response_class=GeoJsonResponse,
    response_description="The places as GeoJSON.",
)
def list_article_places(
    article_id: ArticleIdPath,
    call: Annotated[Call, Depends(call_for(GeoParameters))],
    parameters: Annotated[GeoParameters, Query()],
) -> Response:
    """Return an article's places as GeoJSON (RFC 7946), the most mentioned first."""
    key = check_article(call, article_id)
    listing = find_article_entities(key, filters=ARTICLE_PLACES)
    return _respond(call, listing, limit=parameters.limit, count="here")


def _respond(call: Call, listing: Listing, *, limit: int, count: str) -> Response:
    statement = listing.statement.where(
        entities.c.type == EntityType.PLACE,
        entities.c.latitude.is_not(None),
        entities.c.longitude.is_not(None),
    )
    with call.session() as session:
        rows = session.execute(statement.order_by(*order_by(listing.order)).limit(limit)).all()
    answer_any_etag(call.request, call.headers)
    body: FeatureCollection = {
        "type": "FeatureCollection",
        "features": [_to_feature(row, mentions=row._mapping[count]) for row in rows],
    }
    return GeoJsonResponse(body, headers=call.headers)


def _to_feature(row: Row[Any], *, mentions: int) -> Feature:
    return {
        "type": "Feature",
        "id": row.slug,
        "geometry": {"type": "Point", "coordinates": [row.longitude, row.latitude]},
        "properties": {
            "id": row.slug,
            "name": row.name,
            "mention_count": mentions,
            "country": row.country,
        },
    }
