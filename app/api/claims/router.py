"""The paths of claims."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response

from app.api.claims import queries
from app.api.claims.build import build_claims, write_claims
from app.api.claims.parameters import ClaimInclude, ClaimParameters
from app.api.claims.schemas import Claim, ClaimList
from app.api.counting import count_facets
from app.api.deps import Call, call_for
from app.api.envelope import Items, item_response, list_response
from app.api.errors import not_found
from app.api.listing import is_first_page_of_search, read_page, read_search
from app.api.parameters import split_words
from app.api.promise import Router
from app.api.search import read_query
from app.api.stored import claims
from app.api.written import is_as_stored
from app.db.ids import CLAIM, from_id

router = Router(prefix="/v1/claims", tags=["claims"])


def respond_with_claims(
    call: Call,
    parameters: ClaimParameters,
    *,
    article_key: int | None = None,
    claimant: str | None = None,
) -> Response:
    """Write a page of claims, of all, or of one article or one claimant (a slug)."""
    query = read_query(parameters.q)
    include = split_words(parameters.include)
    is_of_all = article_key is None and claimant is None
    facets = None
    with call.session() as session:
        request = call.page_request(parameters)
        if is_of_all and query is not None and is_first_page_of_search(parameters, query):
            first = queries.prepare_search(parameters.sort)
            page = read_search(call, session, first, query=query, request=request)
        else:
            listing = queries.find_claims(
                filters=parameters, query=query, article_key=article_key, claimant=claimant
            )
            page = read_page(session, listing, request=request)
            facets = count_facets(
                session,
                listing,
                dated=claims.c.published_at,
                dimensions=queries.CLAIM_DIMENSIONS,
                names=split_words(parameters.facet),
            )
        if is_as_stored(parameters):
            items: Items = write_claims(page.rows, query=query)
        else:
            items = build_claims(session, page.rows, include=include, query=query)
    return list_response(call, page, limit=parameters.limit, items=items, facets=facets)


@router.get(
    "",
    operation_id="listClaims",
    summary="List claims",
    response_model=ClaimList,
    response_description="A page of claims.",
)
def list_claims(
    call: Annotated[Call, Depends(call_for(ClaimParameters))],
    parameters: Annotated[ClaimParameters, Query()],
) -> Response:
    """List who claims what, newest first, with filters and full-text search.

    For instance `?sort=-check_worthiness` for what is most worth checking, or
    `?attribution=own_voice` for what articles assert themselves.
    """
    return respond_with_claims(call, parameters)


@router.get(
    "/{claim_id}",
    operation_id="getClaim",
    summary="Get a claim",
    response_model=Claim,
    response_description="The claim.",
)
def get_claim(
    claim_id: Annotated[str, Path(description="The claim's id.", examples=["cl_3m0s8d2k1c7qa"])],
    call: Annotated[Call, Depends(call_for(ClaimInclude))],
    parameters: Annotated[ClaimInclude, Query()],
) -> Response:
    """Get one claim, with whose it is and how that was read."""
    key = from_id(CLAIM, claim_id)
    if key is None:
        raise not_found("claim", claim_id)
    with call.session() as session:
        row = queries.get_claim(session, key)
        if row is None:
            raise not_found("claim", claim_id)
        (claim,) = build_claims(session, [row], include=split_words(parameters.include))
    return item_response(call, claim)
