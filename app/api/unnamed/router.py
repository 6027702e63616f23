"""The paths of unnamed sources."""

from typing import Annotated

from fastapi import Depends, Query, Response

from app.api.deps import Call, call_for
from app.api.envelope import list_response
from app.api.listing import read_page
from app.api.promise import Router
from app.api.search import read_query
from app.api.unnamed import queries
from app.api.unnamed.schemas import (
    UnnamedCountList,
    UnnamedCountParameters,
    UnnamedSourceList,
    UnnamedSourceParameters,
    count_from_row,
    unnamed_from_row,
)

router = Router(prefix="/v1/unnamed-sources", tags=["unnamed-sources"])


@router.get(
    "",
    operation_id="listUnnamedSources",
    summary="List unnamed sources",
    response_model=UnnamedSourceList,
    response_description="A page of unnamed sources.",
)
def list_unnamed_sources(
    call: Annotated[Call, Depends(call_for(UnnamedSourceParameters))],
    parameters: Annotated[UnnamedSourceParameters, Query()],
) -> Response:
    """List whom articles cite without a name ("officials"), grouped by what they are called."""
    query = read_query(parameters.q)
    listing = queries.find_unnamed(filters=parameters)
    with call.session() as session:
        page = read_page(session, listing, request=call.page_request(parameters))
    items = [unnamed_from_row(row, query=query) for row in page.rows]
    return list_response(call, page, limit=parameters.limit, items=items)


@router.get(
    "/counts",
    operation_id="countUnnamedSources",
    summary="Count unnamed sources by outlet or article",
    response_model=UnnamedCountList,
    response_description="A page of counts.",
)
def count_unnamed_sources(
    call: Annotated[Call, Depends(call_for(UnnamedCountParameters))],
    parameters: Annotated[UnnamedCountParameters, Query()],
) -> Response:
    """Say which outlets and which stories lean on sources without a name, and how much."""
    listing = queries.find_counts(filters=parameters)
    with call.session() as session:
        page = read_page(session, listing, request=call.page_request(parameters))
    items = [count_from_row(row, group_by=parameters.group_by) for row in page.rows]
    return list_response(call, page, limit=parameters.limit, items=items)
