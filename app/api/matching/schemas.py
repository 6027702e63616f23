"""What is promised of matches, and what can be asked."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from app.api.articles.schemas import ArticleId
from app.api.examples import example_of
from app.api.matching.compare import MatchType
from app.api.quotes.schemas import Quote
from app.api.shape import OffsetParameters
from app.api.spans import TextSpan

MAX_TEXT = 2000
MIN_WORDS = 3


class VariantParameters(OffsetParameters):
    """What the variants of a quotation can be asked."""

    min_score: float = Field(
        default=0.6,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="Only quotations that are at least so alike.",
        examples=[0.8],
    )
    limit: int = Field(default=10, ge=1, le=50, description="The most quotations.", examples=[5])


class MatchParameters(VariantParameters):
    """What a search for a quotation takes."""

    text: str = Field(
        min_length=1,
        max_length=MAX_TEXT,
        description=f"What is said to have been said: at least {MIN_WORDS} words.",
        examples=["the front is crumbling"],
    )


class WordChange(TypedDict):
    """A run of words that both texts have, or that they have otherwise."""

    op: Annotated[
        Literal["equal", "replace", "delete", "insert"],
        Field(
            description="equal: both have it. replace: other words. delete: only asked. insert: "
            "only quoted.",
            examples=["equal"],
        ),
    ]
    asked: Annotated[
        str, Field(description="The words that were asked.", examples=["the front is crumbling"])
    ]
    quoted: Annotated[
        str, Field(description="The words that were quoted.", examples=["The front is crumbling"])
    ]


class Match(TypedDict):
    """A quotation with the words that were asked, or nearly those."""

    type: Annotated[
        MatchType,
        Field(
            description="exact: letter for letter. normalised: but for case, accents, marks, "
            "dashes, ellipses and white space. fuzzy: nearly.",
            examples=["normalised"],
        ),
    ]
    score: Annotated[
        float,
        Field(
            description="How alike the asked and the quoted words are, in letters (the normalised "
            "Indel similarity); 1 only for exact and normalised.",
            ge=0,
            le=1,
            examples=[1.0],
        ),
    ]
    complete: Annotated[
        bool,
        Field(
            description="True when the matched words are the whole quotation; false when it says "
            "more, so that the asked words are cut from it.",
            examples=[True],
        ),
    ]
    article_id: ArticleId
    span: Annotated[
        TextSpan,
        Field(
            description="The matched words, where they stand in the article.",
            examples=[{"start": 883, "end": 905, "text": "The front is crumbling"}],
        ),
    ]
    diff: Annotated[
        list[WordChange],
        Field(
            description="What differs between the asked and the matched words, word by word.",
            examples=[[example_of(WordChange)]],
        ),
    ]
    quote: Annotated[
        Quote,
        Field(
            description="The quotation, with its speaker and its article.",
            examples=[example_of(Quote)],
        ),
    ]


class MatchMeta(TypedDict):
    """How much was found."""

    total: Annotated[
        int, Field(description="How many quotations are shown.", ge=0, le=50, examples=[1])
    ]
    limit: Annotated[int, Field(description="The most quotations.", ge=1, le=50, examples=[10])]
    dataset_version: Annotated[
        str, Field(description="The version of the data.", examples=["ds_2ur0t1adjsi3l"])
    ]


class MatchLinks(TypedDict):
    """Where these matches are."""

    self: Annotated[
        str,
        Field(
            description="These matches.",
            examples=["/v1/quotes/match?text=the%20front%20is%20crumbling"],
        ),
    ]


class MatchList(TypedDict):
    """Quotations with the asked words, the most alike first."""

    data: Annotated[list[Match], Field(description="The matches.", examples=[[example_of(Match)]])]
    meta: Annotated[
        MatchMeta, Field(description="How much there is.", examples=[example_of(MatchMeta)])
    ]
    links: Annotated[
        MatchLinks, Field(description="Where this is.", examples=[example_of(MatchLinks)])
    ]
