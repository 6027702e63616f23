"""The paths of articles."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response
from sqlmodel import Session

from app.api.articles import queries
from app.api.articles.annotations import Annotations, build_annotations
from app.api.articles.build import build_article_list
from app.api.articles.parameters import ArticleParameters, ArticleShape
from app.api.articles.schemas import (
    Article,
    ArticleList,
    ArticleText,
    article_from_row,
    text_from_row,
)
from app.api.articles.web_annotations import JsonLdResponse, WebAnnotations, to_web_annotations
from app.api.caching import answer_any_etag
from app.api.claims.parameters import ArticleClaimParameters
from app.api.claims.router import respond_with_claims
from app.api.claims.schemas import ClaimList
from app.api.counting import count_facets
from app.api.deps import Call, NoParameters, call_for
from app.api.entities.build import build_article_entities
from app.api.entities.mentions import MentionList, mention_from_row
from app.api.entities.parameters import ArticleEntityParameters, MentionParameters
from app.api.entities.queries import find_article_entities, find_mentions
from app.api.entities.schemas import ArticleEntityList
from app.api.envelope import item_response, list_response
from app.api.errors import ProblemError, not_found
from app.api.listing import is_first_page_of_search, read_page, read_search
from app.api.parameters import split_words
from app.api.promise import Router
from app.api.quotes.parameters import ArticleQuoteParameters
from app.api.quotes.router import respond_with_quotes
from app.api.quotes.schemas import QuoteList
from app.api.search import read_query
from app.api.shape import OffsetParameters
from app.api.stored import articles
from app.db.ids import ARTICLE, from_id

router = Router(prefix="/v1/articles", tags=["articles"])

ArticleIdPath = Annotated[
    str, Path(description="The article's id.", examples=["art_2k9d1v7c40hsm"])
]


def read_article_id(article_id: str) -> int:
    """Return the key behind an article's id in a path.

    Raises:
        ProblemError: 404 when it is no such id.
    """
    key = from_id(ARTICLE, article_id)
    if key is None:
        raise not_found("article", article_id)
    return key


def check_article(call: Call, article_id: str) -> int:
    """Return the key of an article that is there.

    Raises:
        ProblemError: 404 when it is not, 410 when it was once.
    """
    key = read_article_id(article_id)
    with call.session() as session:
        if not queries.has_article(session, key):
            raise _missing(session, key, article_id)
    return key


def _missing(session: Session, key: int, article_id: str) -> ProblemError:
    """Return the 410 for an article that was here once, else the 404."""
    if queries.was_removed(session, key):
        return ProblemError(410, f"The article {article_id} was here and has been removed.")
    return not_found("article", article_id)


@router.get(
    "",
    operation_id="listArticles",
    summary="List articles",
    response_model=ArticleList,
    response_description="A page of articles.",
)
def list_articles(
    call: Annotated[Call, Depends(call_for(ArticleParameters))],
    parameters: Annotated[ArticleParameters, Query()],
) -> Response:
    """List the articles, newest first, with filters and full-text search."""
    query = read_query(parameters.q)
    facets = None
    with call.session() as session:
        request = call.page_request(parameters)
        if query is not None and is_first_page_of_search(parameters, query):
            first = queries.prepare_search(parameters.sort)
            page = read_search(call, session, first, query=query, request=request)
        else:
            listing = queries.find_articles(filters=parameters, query=query)
            page = read_page(session, listing, request=request)
            facets = count_facets(
                session,
                listing,
                dated=articles.c.published_at,
                dimensions=queries.ARTICLE_DIMENSIONS,
                names=split_words(parameters.facet),
            )
        items = build_article_list(session, page.rows, query=query)
    return list_response(call, page, limit=parameters.limit, items=items, facets=facets)


@router.get(
    "/{article_id}",
    operation_id="getArticle",
    summary="Get an article",
    response_model=Article,
    response_description="The article.",
)
def get_article(
    article_id: ArticleIdPath,
    call: Annotated[Call, Depends(call_for(ArticleShape))],
    parameters: Annotated[ArticleShape, Query()],  # noqa: ARG001
) -> Response:
    """Get an article's metadata, counts and links; its text is under /text."""
    key = read_article_id(article_id)
    with call.session() as session:
        row = queries.get_article(session, key)
        if row is None:
            raise _missing(session, key, article_id)
    return item_response(call, article_from_row(row))


@router.get(
    "/{article_id}/text",
    operation_id="getArticleText",
    summary="Get an article's text as plain text",
    response_class=Response,
    response_description="The text, in UTF-8.",
    responses={
        200: {
            "content": {
                "text/plain": {
                    "schema": {"type": "string"},
                    "example": "The front is crumbling, he wrote.",
                }
            }
        }
    },
)
def get_article_text(article_id: ArticleIdPath, call: NoParameters) -> Response:
    """Get the one text that every offset of the article points into, counted in code points.

    The same with paragraphs and sentences as spans is at /text.json.
    """
    row = _read_text(call, article_id)
    answer_any_etag(call.request, call.headers)
    return Response(row["text"], media_type="text/plain; charset=utf-8", headers=call.headers)


@router.get(
    "/{article_id}/text.json",
    operation_id="getArticleTextJson",
    summary="Get an article's text with paragraphs and sentences",
    response_model=ArticleText,
    response_description="The text and its parts.",
)
def get_article_text_json(
    article_id: ArticleIdPath,
    call: Annotated[Call, Depends(call_for(OffsetParameters))],
    parameters: Annotated[OffsetParameters, Query()],  # noqa: ARG001
) -> Response:
    """Get an article's text with its paragraphs and sentences as spans."""
    return item_response(call, _read_text(call, article_id))


def _read_text(call: Call, article_id: str) -> ArticleText:
    key = read_article_id(article_id)
    with call.session() as session:
        row = queries.get_article_text(session, key)
        if row is None:
            raise _missing(session, key, article_id)
    return text_from_row(row)


@router.get(
    "/{article_id}/annotations",
    operation_id="getArticleAnnotations",
    summary="Get everything that was found in an article",
    response_model=Annotations,
    response_description="All spans on the text.",
)
def get_article_annotations(
    article_id: ArticleIdPath,
    call: Annotated[Call, Depends(call_for(OffsetParameters))],
    parameters: Annotated[OffsetParameters, Query()],  # noqa: ARG001
) -> Response:
    """Get every span on an article's text at once: mentions, attributions, quotations, claims."""
    annotations, _ = _read_annotations(call, article_id)
    return item_response(call, annotations)


@router.get(
    "/{article_id}/annotations.jsonld",
    operation_id="getArticleWebAnnotations",
    summary="Get an article's annotations as Web Annotations",
    response_model=WebAnnotations,
    response_class=JsonLdResponse,
    response_description="A W3C AnnotationPage.",
)
def get_article_web_annotations(article_id: ArticleIdPath, call: NoParameters) -> Response:
    """Get mentions, quotations and claims as W3C Web Annotations on the article's text."""
    found, text = _read_annotations(call, article_id)
    answer_any_etag(call.request, call.headers)
    base = str(call.request.base_url).rstrip("/")
    page = to_web_annotations(found, text=text, base=base)
    return JsonLdResponse(page, headers=call.headers)


def _read_annotations(call: Call, article_id: str) -> tuple[Annotations, str]:
    key = read_article_id(article_id)
    with call.session() as session:
        row = queries.get_article_text(session, key)
        if row is None:
            raise _missing(session, key, article_id)
        return build_annotations(session, key, text=row.text), row.text


@router.get(
    "/{article_id}/quotes",
    operation_id="listArticleQuotes",
    summary="List an article's quotations",
    response_model=QuoteList,
    response_description="A page of quotations.",
)
def list_article_quotes(
    article_id: ArticleIdPath,
    call: Annotated[Call, Depends(call_for(ArticleQuoteParameters))],
    parameters: Annotated[ArticleQuoteParameters, Query()],
) -> Response:
    """List an article's quotations in text order; every filter of /v1/quotes works too."""
    key = check_article(call, article_id)
    return respond_with_quotes(call, parameters, article_key=key)


@router.get(
    "/{article_id}/claims",
    operation_id="listArticleClaims",
    summary="List an article's claims",
    response_model=ClaimList,
    response_description="A page of claims.",
)
def list_article_claims(
    article_id: ArticleIdPath,
    call: Annotated[Call, Depends(call_for(ArticleClaimParameters))],
    parameters: Annotated[ArticleClaimParameters, Query()],
) -> Response:
    """List an article's claims in text order; every filter of /v1/claims works too."""
    key = check_article(call, article_id)
    return respond_with_claims(call, parameters, article_key=key)


@router.get(
    "/{article_id}/entities",
    operation_id="listArticleEntities",
    summary="List an article's entities",
    response_model=ArticleEntityList,
    response_description="A page of entities.",
)
def list_article_entities(
    article_id: ArticleIdPath,
    call: Annotated[Call, Depends(call_for(ArticleEntityParameters))],
    parameters: Annotated[ArticleEntityParameters, Query()],
) -> Response:
    """List the entities that an article names, the most mentioned there first."""
    key = check_article(call, article_id)
    query = read_query(parameters.q)
    listing = find_article_entities(key, filters=parameters, query=query)
    with call.session() as session:
        page = read_page(session, listing, request=call.page_request(parameters))
        items = build_article_entities(session, page.rows, query=query)
    return list_response(call, page, limit=parameters.limit, items=items)


@router.get(
    "/{article_id}/mentions",
    operation_id="listArticleMentions",
    summary="List an article's mentions of entities",
    response_model=MentionList,
    response_description="A page of mentions.",
)
def list_article_mentions(
    article_id: ArticleIdPath,
    call: Annotated[Call, Depends(call_for(MentionParameters))],
    parameters: Annotated[MentionParameters, Query()],
) -> Response:
    """List the places where an article refers to entities, in text order."""
    key = check_article(call, article_id)
    query = read_query(parameters.q)
    listing = find_mentions(filters=parameters, article_key=key)
    with call.session() as session:
        page = read_page(session, listing, request=call.page_request(parameters))
    items = [mention_from_row(row, query=query) for row in page.rows]
    return list_response(call, page, limit=parameters.limit, items=items)
