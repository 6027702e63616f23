"""The paths of entities."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response

from app.api.claims.parameters import ClaimParameters
from app.api.claims.router import respond_with_claims
from app.api.claims.schemas import ClaimList
from app.api.counting import count_facets
from app.api.deps import Call, call_for
from app.api.entities import queries
from app.api.entities.build import build_entity_list
from app.api.entities.mentions import MentionList, mention_from_row
from app.api.entities.parameters import EntityParameters, EntityShape, MentionParameters
from app.api.entities.schemas import Entity, EntityList
from app.api.envelope import item_response, list_response
from app.api.listing import read_page
from app.api.moved import moved_or_missing
from app.api.parameters import split_words
from app.api.promise import Router
from app.api.quotes.parameters import QuoteParameters
from app.api.quotes.router import respond_with_quotes
from app.api.quotes.schemas import QuoteList
from app.api.search import read_query
from app.api.stored import entities

router = Router(prefix="/v1/entities", tags=["entities"])

EntityIdPath = Annotated[str, Path(description="The entity's id.", examples=["sergei-naryshkin"])]


def check_entity(call: Call, entity_id: str) -> None:
    """Refuse an id that no entity has, or lead on from one that an entity had.

    Raises:
        MovedError: 308 where the entity was found to be another one.
        ProblemError: 404.
    """
    with call.session() as session:
        if not queries.has_entity(session, entity_id):
            raise moved_or_missing(session, call, entity_id)


@router.get(
    "",
    operation_id="listEntities",
    summary="List entities",
    response_model=EntityList,
    response_description="A page of entities.",
)
def list_entities(
    call: Annotated[Call, Depends(call_for(EntityParameters))],
    parameters: Annotated[EntityParameters, Query()],
) -> Response:
    """List people, organisations and places, the most mentioned first; `q` searches their names."""
    query = read_query(parameters.q)
    listing = queries.find_entities(filters=parameters, query=query)
    with call.session() as session:
        page = read_page(session, listing, request=call.page_request(parameters))
        facets = count_facets(
            session,
            listing,
            dated=entities.c.last_seen,
            dimensions=queries.ENTITY_DIMENSIONS,
            names=split_words(parameters.facet),
        )
        items = build_entity_list(session, page.rows, query=query)
    return list_response(call, page, limit=parameters.limit, items=items, facets=facets)


@router.get(
    "/{entity_id}",
    operation_id="getEntity",
    summary="Get an entity",
    response_model=Entity,
    response_description="The entity.",
)
def get_entity(
    entity_id: EntityIdPath,
    call: Annotated[Call, Depends(call_for(EntityShape))],
    parameters: Annotated[EntityShape, Query()],  # noqa: ARG001
) -> Response:
    """Get one entity with its names, its roles and its counts."""
    with call.session() as session:
        row = queries.get_entity(session, entity_id)
        if row is None:
            raise moved_or_missing(session, call, entity_id)
        (entity,) = build_entity_list(session, [row])
    return item_response(call, entity)


@router.get(
    "/{entity_id}/mentions",
    operation_id="listEntityMentions",
    summary="List where an entity is mentioned",
    response_model=MentionList,
    response_description="A page of mentions.",
)
def list_entity_mentions(
    entity_id: EntityIdPath,
    call: Annotated[Call, Depends(call_for(MentionParameters))],
    parameters: Annotated[MentionParameters, Query()],
) -> Response:
    """List the places that refer to an entity: each article's together, in text order."""
    check_entity(call, entity_id)
    query = read_query(parameters.q)
    listing = queries.find_mentions(filters=parameters, entity=entity_id)
    with call.session() as session:
        page = read_page(session, listing, request=call.page_request(parameters))
    items = [mention_from_row(row, query=query) for row in page.rows]
    return list_response(call, page, limit=parameters.limit, items=items)


@router.get(
    "/{entity_id}/quotes",
    operation_id="listEntityQuotes",
    summary="List what an entity said",
    response_model=QuoteList,
    response_description="A page of quotations.",
)
def list_entity_quotes(
    entity_id: EntityIdPath,
    call: Annotated[Call, Depends(call_for(QuoteParameters))],
    parameters: Annotated[QuoteParameters, Query()],
) -> Response:
    """List the quotations of an entity, newest first; every filter of /v1/quotes works too."""
    check_entity(call, entity_id)
    return respond_with_quotes(call, parameters, speaker=entity_id)


@router.get(
    "/{entity_id}/claims",
    operation_id="listEntityClaims",
    summary="List what an entity claims",
    response_model=ClaimList,
    response_description="A page of claims.",
)
def list_entity_claims(
    entity_id: EntityIdPath,
    call: Annotated[Call, Depends(call_for(ClaimParameters))],
    parameters: Annotated[ClaimParameters, Query()],
) -> Response:
    """List the claims of an entity, newest first; every filter of /v1/claims works too."""
    check_entity(call, entity_id)
    return respond_with_claims(call, parameters, claimant=entity_id)
