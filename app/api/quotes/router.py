"""The paths of quotations."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response

from app.api.counting import count_facets
from app.api.deps import Call, call_for
from app.api.envelope import Items, item_response, list_response
from app.api.errors import not_found
from app.api.listing import is_first_page_of_search, read_page, read_search
from app.api.parameters import split_words
from app.api.promise import Router
from app.api.quotes import queries
from app.api.quotes.build import build_quotes, write_quotes
from app.api.quotes.parameters import QuoteInclude, QuoteParameters
from app.api.quotes.schemas import Quote, QuoteList
from app.api.search import read_query
from app.api.stored import quotes
from app.api.written import is_as_stored
from app.db.ids import QUOTE, from_id

router = Router(prefix="/v1/quotes", tags=["quotes"])


def respond_with_quotes(
    call: Call,
    parameters: QuoteParameters,
    *,
    article_key: int | None = None,
    speaker: str | None = None,
) -> Response:
    """Write a page of quotations, of all, or of one article or one speaker (a slug)."""
    query = read_query(parameters.q)
    include = split_words(parameters.include)
    is_of_all = article_key is None and speaker is None
    facets = None
    with call.session() as session:
        request = call.page_request(parameters)
        if is_of_all and query is not None and is_first_page_of_search(parameters, query):
            first = queries.prepare_search(parameters.sort)
            page = read_search(call, session, first, query=query, request=request)
        else:
            listing = queries.find_quotes(
                filters=parameters, query=query, article_key=article_key, speaker=speaker
            )
            page = read_page(session, listing, request=request)
            facets = count_facets(
                session,
                listing,
                dated=quotes.c.published_at,
                dimensions=queries.QUOTE_DIMENSIONS,
                names=split_words(parameters.facet),
            )
        if is_as_stored(parameters):
            items: Items = write_quotes(page.rows, query=query)
        else:
            items = build_quotes(session, page.rows, include=include, query=query)
    return list_response(call, page, limit=parameters.limit, items=items, facets=facets)


@router.get(
    "",
    operation_id="listQuotes",
    summary="List quotations",
    response_model=QuoteList,
    response_description="A page of quotations.",
)
def list_quotes(
    call: Annotated[Call, Depends(call_for(QuoteParameters))],
    parameters: Annotated[QuoteParameters, Query()],
) -> Response:
    """List who said what, newest first, with filters and full-text search.

    For instance `?speaker=sergei-naryshkin`, or `?attribution=unnamed` for anonymous sources.
    """
    return respond_with_quotes(call, parameters)


@router.get(
    "/{quote_id}",
    operation_id="getQuote",
    summary="Get a quotation",
    response_model=Quote,
    response_description="The quotation.",
)
def get_quote(
    quote_id: Annotated[
        str, Path(description="The quotation's id.", examples=["qt_0d3m7s1k9a2vu"])
    ],
    call: Annotated[Call, Depends(call_for(QuoteInclude))],
    parameters: Annotated[QuoteInclude, Query()],
) -> Response:
    """Get one quotation, with who said it and how that was read."""
    key = from_id(QUOTE, quote_id)
    if key is None:
        raise not_found("quotation", quote_id)
    with call.session() as session:
        row = queries.get_quote(session, key)
        if row is None:
            raise not_found("quotation", quote_id)
        (quote,) = build_quotes(session, [row], include=split_words(parameters.include))
    return item_response(call, quote)
