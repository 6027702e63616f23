"""What can be asked of articles that are alike one, and what is promised of them."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.api.articles.schemas import Article
from app.api.envelope import ListLinks, ListMeta
from app.api.examples import example_of
from app.api.parameters import PageParameters
from app.api.shape import OffsetParameters, fields_field

MAX_SHARED = 20


class SharedQuote(TypedDict):
    """A quotation that two articles have in the same words."""

    text: Annotated[
        str,
        Field(
            description="The words, as the article that was asked about has them.",
            examples=["Russia categorically rejects any freezing of the conflict"],
        ),
    ]
    quote_id: Annotated[
        str,
        Field(
            description="The quotation in the article that was asked about.",
            examples=["qt_0d3m7s1k9a2vu"],
        ),
    ]
    other_quote_id: Annotated[
        str,
        Field(description="The same words in this article.", examples=["qt_4k1c8v0s2mqa7"]),
    ]


class SimilarArticle(TypedDict):
    """An article that is alike another one."""

    same_story: Annotated[
        bool,
        Field(
            description="True for a copy: the two resemble each other by more than a half, or are "
            "joined by copies that do. With distinct=story they count once.",
            examples=[True],
        ),
    ]
    resemblance: Annotated[
        float | None,
        Field(
            description="Which share of their runs of three words both have, estimated (MinHash, "
            "standard error at most 0.045); null for a text of too few words.",
            ge=0,
            le=1,
            examples=[0.883],
        ),
    ]
    shared_quote_count: Annotated[
        int,
        Field(
            description="How many quotations of at least five words both have in the same words; "
            "case, accents and marks do not count.",
            ge=0,
            examples=[2],
        ),
    ]
    shared_quotes: Annotated[
        list[SharedQuote],
        Field(
            description=f"Those quotations, in this article's text order, at most {MAX_SHARED}.",
            examples=[[example_of(SharedQuote)]],
        ),
    ]
    article: Annotated[Article, Field(description="The article.", examples=[example_of(Article)])]


class SimilarArticleFilters(OffsetParameters):
    """What the list of articles that are alike one can be asked, but for the page."""

    fields: str | None = fields_field(tuple(SimilarArticle.__annotations__))


class SimilarArticleParameters(PageParameters, SimilarArticleFilters):
    """The parameters of the list of articles that are alike one."""


class SimilarArticleList(TypedDict):
    """A page of articles that are alike one."""

    data: Annotated[
        list[SimilarArticle],
        Field(
            description="The articles: copies first, then those that share the most quotations.",
            examples=[[example_of(SimilarArticle)]],
        ),
    ]
    meta: Annotated[
        ListMeta, Field(description="How much there is.", examples=[example_of(ListMeta)])
    ]
    links: Annotated[
        ListLinks,
        Field(
            description="This page and its neighbours.",
            examples=[
                {"self": "/v1/articles/art_2k9d1v7c40hsm/similar", "next": None, "prev": None}
            ],
        ),
    ]
