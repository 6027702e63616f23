"""What is promised of claims."""

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


def claim_from_record(
    record: bytes,
    *,
    article: Article | None = None,
    claimant: Entity | None = None,
    search: SearchHit | None = None,
) -> Claim:
    """Return what is promised of a claim from its record.

    Args:
        record: As `app.records` made it.
        article: The article to embed.
        claimant: The entity to embed.
        search: Where the search matched.
    """
    claim: Claim = from_json(record)
    if claim["published_at"] is not None:
        claim["published_at"] = datetime.fromisoformat(str(claim["published_at"]))
    if claim["claimant"] is not None:
        claim["claimant"]["entity"] = claimant
    claim["article"] = article
    claim["search"] = search
    return claim
