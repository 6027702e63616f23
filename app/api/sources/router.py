"""The paths of the seed files."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response

from app.api.counting import count_facets
from app.api.deps import Call, call_for
from app.api.envelope import item_response, list_response
from app.api.errors import not_found
from app.api.listing import read_page
from app.api.parameters import split_words
from app.api.promise import Router
from app.api.search import read_query
from app.api.sources import queries
from app.api.sources.schemas import (
    Source,
    SourceList,
    SourceParameters,
    SourceShape,
    source_from_row,
)
from app.api.stored import sources
from app.db.ids import SOURCE, from_id

router = Router(prefix="/v1/sources", tags=["sources"])


@router.get(
    "",
    operation_id="listSources",
    summary="List the files that were read",
    response_model=SourceList,
    response_description="A page of files.",
)
def list_sources(
    call: Annotated[Call, Depends(call_for(SourceParameters))],
    parameters: Annotated[SourceParameters, Query()],
) -> Response:
    """List the seed files, with how many articles came out of each and what was wrong with it."""
    query = read_query(parameters.q)
    listing = queries.find_sources(filters=parameters)
    with call.session() as session:
        page = read_page(session, listing, request=call.page_request(parameters))
        facets = count_facets(
            session,
            listing,
            dated=sources.c.read_at,
            dimensions=queries.SOURCE_DIMENSIONS,
            names=split_words(parameters.facet),
        )
    items = [source_from_row(row, query=query) for row in page.rows]
    return list_response(call, page, limit=parameters.limit, items=items, facets=facets)


@router.get(
    "/{source_id}",
    operation_id="getSource",
    summary="Get a file that was read",
    response_model=Source,
    response_description="The file.",
)
def get_source(
    source_id: Annotated[str, Path(description="The file's id.", examples=["src_5h0c8r2m9dj1k"])],
    call: Annotated[Call, Depends(call_for(SourceShape))],
    parameters: Annotated[SourceShape, Query()],  # noqa: ARG001
) -> Response:
    """Get what became of one seed file."""
    key = from_id(SOURCE, source_id)
    if key is None:
        raise not_found("source", source_id)
    with call.session() as session:
        row = queries.get_source(session, key)
    if row is None:
        raise not_found("source", source_id)
    return item_response(call, source_from_row(row))
