"""The path of an entity's cooccurrences."""

from typing import Annotated

from fastapi import Depends, Query, Response

from app.api.cooccurrences.queries import build_cooccurrences, find_cooccurrences
from app.api.cooccurrences.schemas import CooccurrenceList, CooccurrenceParameters
from app.api.deps import Call, call_for
from app.api.entities.router import EntityIdPath, check_entity
from app.api.envelope import list_response
from app.api.listing import read_page
from app.api.promise import Router
from app.api.search import read_query

router = Router(prefix="/v1/entities", tags=["entities"])


@router.get(
    "/{entity_id}/cooccurrences",
    operation_id="listEntityCooccurrences",
    summary="List who is named together with an entity",
    response_model=CooccurrenceList,
    response_description="A page of entities.",
)
def list_entity_cooccurrences(
    entity_id: EntityIdPath,
    call: Annotated[Call, Depends(call_for(CooccurrenceParameters))],
    parameters: Annotated[CooccurrenceParameters, Query()],
) -> Response:
    """List the entities that articles name together with this one, the most frequent first."""
    check_entity(call, entity_id)
    query = read_query(parameters.q)
    listing = find_cooccurrences(entity_id, filters=parameters, query=query)
    with call.session() as session:
        page = read_page(session, listing, request=call.page_request(parameters))
        items = build_cooccurrences(session, page.rows, query=query)
    return list_response(call, page, limit=parameters.limit, items=items)
