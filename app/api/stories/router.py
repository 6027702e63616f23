"""The path of the articles that are alike one."""

from typing import Annotated

from fastapi import Depends, Query, Response

from app.api.articles.router import ArticleIdPath, check_article
from app.api.deps import Call, call_for
from app.api.envelope import list_response
from app.api.listing import read_page
from app.api.promise import Router
from app.api.stories.queries import build_similar, find_similar, list_telling_words
from app.api.stories.schemas import SimilarArticleList, SimilarArticleParameters

router = Router(prefix="/v1/articles", tags=["articles"])


@router.get(
    "/{article_id}/similar",
    operation_id="listSimilarArticles",
    summary="List an article's copies and what quotes the same",
    response_model=SimilarArticleList,
    response_description="A page of articles.",
)
def list_similar_articles(
    article_id: ArticleIdPath,
    call: Annotated[Call, Depends(call_for(SimilarArticleParameters))],
    parameters: Annotated[SimilarArticleParameters, Query()],
) -> Response:
    """List the copies of an article (syndicated reports), then articles that share quotations."""
    key = check_article(call, article_id)
    with call.session() as session:
        words_keys = list_telling_words(session, key)
        listing = find_similar(key, words_keys=words_keys)
        page = read_page(session, listing, request=call.page_request(parameters))
        items = build_similar(session, page.rows, article_key=key, words_keys=words_keys)
    return list_response(call, page, limit=parameters.limit, items=items)
