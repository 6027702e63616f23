"""What is promised of quotations."""

from datetime import datetime
from typing import Annotated

from pydantic import Field
from pydantic_core import from_json
from typing_extensions import TypedDict

from app.api.articles.schemas import Article, ArticleId, Language, Outlet, PublishedAt
from app.api.attributions import (
    Attribution,
    Confidence,
    Speaker,
)
from app.api.counting import Facets
from app.api.entities.schemas import Entity
from app.api.envelope import ListLinks, ListMeta
from app.api.examples import example_of
from app.api.search import SearchHit
from app.api.spans import Span, TextSpan
from app.vocabulary import QuoteForm


class Quote(TypedDict):
    """Words between quotation marks that the text gives to a speaker."""

    id: Annotated[
        str,
        Field(
            description="The quotation's id: stays the same as long as the quotation does.",
            examples=["qt_0d3m7s1k9a2vu"],
        ),
    ]
    article_id: ArticleId
    form: Annotated[
        QuoteForm,
        Field(
            description="direct: the content is the quotation. partial: marked words in a "
            "paraphrase.",
            examples=["direct"],
        ),
    ]
    text: Annotated[
        str,
        Field(
            description="The words without their marks; several parts are joined by a space.",
            examples=["The front is crumbling,"],
        ),
    ]
    span: Annotated[
        Span,
        Field(
            description="From the first part's start to the last part's end.",
            examples=[{"start": 883, "end": 906}],
        ),
    ]
    parts: Annotated[
        list[TextSpan],
        Field(
            description="The parts, in text order; several when the cue splits the quotation or "
            "when it runs over paragraphs.",
            examples=[[{"start": 883, "end": 906, "text": "The front is crumbling,"}]],
        ),
    ]
    speaker: Annotated[
        Speaker | None,
        Field(
            description="Who said it; null when the text gives nobody.",
            examples=[
                {
                    "kind": "named",
                    "entity_id": "stanislav-bunyatov",
                    "name": "Stanislav Bunyatov",
                    "role": "a Ukrainian platoon commander",
                    "entity": None,
                }
            ],
        ),
    ]
    attribution: Annotated[
        Attribution | None,
        Field(
            description="The words that say so, and how they were read; null when nobody is given.",
            examples=[example_of(Attribution)],
        ),
    ]
    about: Annotated[
        list[str],
        Field(
            description="The ids of the entities that its words name, in order.",
            examples=[["russia"]],
        ),
    ]
    confidence: Confidence
    source: Outlet
    language: Language
    published_at: PublishedAt
    article: Annotated[
        Article | None,
        Field(description="The article, when include= asks for it; else null.", examples=[None]),
    ]
    search: Annotated[
        SearchHit | None,
        Field(description="Where the search matched; null without q.", examples=[None]),
    ]


class QuoteList(TypedDict):
    """A page of quotations."""

    data: Annotated[
        list[Quote],
        Field(
            description="The quotations, in the order of `sort`.", examples=[[example_of(Quote)]]
        ),
    ]
    meta: Annotated[
        ListMeta,
        Field(
            description="How much there is.",
            examples=[{"total": 6, "limit": 50, "dataset_version": "ds_2ur0t1adjsi3l"}],
        ),
    ]
    links: Annotated[
        ListLinks,
        Field(
            description="This page and its neighbours.",
            examples=[{"self": "/v1/quotes?speaker=sergei-naryshkin", "next": None, "prev": None}],
        ),
    ]
    facets: Facets


def quote_from_record(
    record: bytes,
    *,
    article: Article | None = None,
    speaker: Entity | None = None,
    search: SearchHit | None = None,
) -> Quote:
    """Return what is promised of a quotation from its record.

    Args:
        record: As `app.records` made it.
        article: The article to embed.
        speaker: The entity to embed.
        search: Where the search matched.
    """
    quote: Quote = from_json(record)
    if quote["published_at"] is not None:
        quote["published_at"] = datetime.fromisoformat(str(quote["published_at"]))
    if quote["speaker"] is not None:
        quote["speaker"]["entity"] = speaker
    quote["article"] = article
    quote["search"] = search
    return quote
