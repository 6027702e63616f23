"""What is promised of claims."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Row
from typing_extensions import TypedDict

from app.api.articles.schemas import Article, ArticleId, Language, Outlet, PublishedAt
from app.api.attributions import (
    Attribution,
    Confidence,
    Speaker,
    attribution_from_row,
    speaker_from,
)
from app.api.counting import Facets
from app.api.entities.schemas import Entity
from app.api.envelope import ListLinks, ListMeta
from app.api.examples import example_of
from app.api.search import SearchHit, find_hit
from app.api.spans import Span, TextSpan, text_span, text_spans
from app.db.ids import ARTICLE, CLAIM, QUOTE, to_id
from app.db.search import Query
from app.vocabulary import ClaimKind


class Quantity(TypedDict):
    """A number in a claim."""

    span: Annotated[
        TextSpan,
        Field(
            description="Where it stands, and its words.",
            examples=[{"start": 76, "end": 91, "text": "90 square miles"}],
        ),
    ]
    value: Annotated[float, Field(description="The number.", examples=[90.0])]
    unit: Annotated[
        str | None, Field(description="What it counts or measures, or null.", examples=["mi2"])
    ]


class DateExpression(TypedDict):
    """A date in a claim."""

    span: Annotated[
        TextSpan,
        Field(
            description="Where it stands, and its words.",
            examples=[{"start": 2375, "end": 2382, "text": "in June"}],
        ),
    ]
    value: Annotated[
        str | None,
        Field(
            description="The date in ISO 8601, perhaps cut to a month or a year; null when it "
            "could not be told.",
            examples=["2024-06"],
        ),
    ]


class Claim(TypedDict):
    """A proposition that somebody could check."""

    id: Annotated[
        str,
        Field(
            description="The claim's id: stays the same as long as the claim does.",
            examples=["cl_3m0s8d2k1c7qa"],
        ),
    ]
    article_id: ArticleId
    kind: Annotated[
        ClaimKind, Field(description="What the claim is to its source.", examples=["statement"])
    ]
    text: Annotated[
        str,
        Field(
            description="The claim's words; several parts are joined by a space.",
            examples=["Zaporizhzhia belongs to Russia"],
        ),
    ]
    span: Annotated[
        Span,
        Field(
            description="From the first part's start to the last part's end.",
            examples=[{"start": 1441, "end": 1471}],
        ),
    ]
    parts: Annotated[
        list[TextSpan],
        Field(
            description="The parts, in text order.",
            examples=[[{"start": 1441, "end": 1471, "text": "Zaporizhzhia belongs to Russia"}]],
        ),
    ]
    claimant: Annotated[
        Speaker | None,
        Field(
            description="Who claims it: an entity, somebody unnamed, or the article (own_voice); "
            "null when the text gives nobody.",
            examples=[
                {
                    "kind": "named",
                    "entity_id": "vladimir-putin",
                    "name": "Vladimir Putin",
                    "role": None,
                    "entity": None,
                }
            ],
        ),
    ]
    attribution: Annotated[
        Attribution | None,
        Field(
            description="The words that say so, and how they were read; null in the article's own "
            "voice.",
            examples=[example_of(Attribution)],
        ),
    ]
    quote_id: Annotated[
        str | None,
        Field(
            description="The quotation, when it was said in these words; else null.",
            examples=["qt_0d3m7s1k9a2vu"],
        ),
    ]
    about: Annotated[
        list[str],
        Field(
            description="The ids of the entities that its words name, in order.",
            examples=[["zaporizhzhia", "russia"]],
        ),
    ]
    hedges: Annotated[
        list[TextSpan],
        Field(
            description="Words that weaken it, in text order.",
            examples=[[], [{"start": 1175, "end": 1185, "text": "appears to"}]],
        ),
    ]
    negated: Annotated[
        bool, Field(description="True when the cue is negated or denies.", examples=[False])
    ]
    numbers: Annotated[
        list[Quantity],
        Field(
            description="The numbers in it, in text order.",
            examples=[
                [],
                [
                    {
                        "span": {"start": 76, "end": 91, "text": "90 square miles"},
                        "value": 90.0,
                        "unit": "mi2",
                    }
                ],
            ],
        ),
    ]
    dates: Annotated[
        list[DateExpression],
        Field(
            description="The dates in it, in text order.",
            examples=[
                [],
                [
                    {
                        "span": {"start": 2375, "end": 2382, "text": "in June"},
                        "value": "2024-06",
                    }
                ],
            ],
        ),
    ]
    check_worthiness: Annotated[
        float,
        Field(description="How much it is worth checking.", ge=0, le=1, examples=[0.71]),
    ]
    method: Annotated[
        str, Field(description="Which rule or model found it.", examples=["rules:complement"])
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


class ClaimList(TypedDict):
    """A page of claims."""

    data: Annotated[
        list[Claim],
        Field(description="The claims, in the order of `sort`.", examples=[[example_of(Claim)]]),
    ]
    meta: Annotated[
        ListMeta,
        Field(
            description="How much there is.",
            examples=[{"total": 14, "limit": 50, "dataset_version": "ds_2ur0t1adjsi3l"}],
        ),
    ]
    links: Annotated[
        ListLinks,
        Field(
            description="This page and its neighbours.",
            examples=[{"self": "/v1/claims?claimant=vladimir-putin", "next": None, "prev": None}],
        ),
    ]
    facets: Facets


def claim_from_row(
    row: Row[Any],
    *,
    text: str,
    about: Sequence[str],
    article: Article | None = None,
    claimant: Entity | None = None,
    query: Query | None = None,
) -> Claim:
    """Return what is promised of a claim.

    Args:
        row: One of `queries.select_claims`.
        text: The article's text.
        about: The slugs of the entities that it names, in order.
        article: The article to embed.
        claimant: The entity to embed.
        query: What was searched, or None.
    """
    return {
        "id": to_id(CLAIM, row.key),
        "article_id": to_id(ARTICLE, row.article_key),
        "kind": row.kind,
        "text": row.text,
        "span": {"start": row.start, "end": row.end},
        "parts": text_spans(row.content, text=text),
        "claimant": speaker_from(
            kind=row.claimant_kind,
            slug=row.slug,
            name=row.claimant_name,
            role=row.claimant_role,
            entity=claimant,
        ),
        "attribution": attribution_from_row(row, text=text),
        "quote_id": None if row.quote_key is None else to_id(QUOTE, row.quote_key),
        "about": list(about),
        "hedges": text_spans(row.hedges, text=text),
        "negated": row.negated,
        "numbers": [
            {
                "span": text_span(number["span"], text=text),
                "value": number["value"],
                "unit": number["unit"],
            }
            for number in row.numbers
        ],
        "dates": [
            {"span": text_span(date["span"], text=text), "value": date["value"]}
            for date in row.dates
        ],
        "check_worthiness": row.check_worthiness,
        "method": row.method,
        "confidence": row.confidence,
        "source": row.outlet,
        "language": row.language,
        "published_at": row.published_at,
        "article": article,
        "search": None if query is None else find_hit(text, query=query, parts=row.content),
    }
