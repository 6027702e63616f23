"""What can be asked of unnamed sources, and what is promised of them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import Row
from typing_extensions import TypedDict

from app.api.envelope import ListLinks, ListMeta
from app.api.examples import example_of
from app.api.parameters import PageParameters, PublishedParameters, SearchParameters
from app.api.search import NameHit, find_name_hit
from app.api.shape import fields_field
from app.api.sorting import sort_pattern
from app.db.ids import ARTICLE, to_id
from app.db.search import Query

SORTS = ("attribution_count", "article_count", "quote_count", "claim_count", "name", "relevance")
COUNT_SORTS = ("unnamed_count", "share", "attribution_count")
GroupBy = Literal["source", "article"]
_META: dict[str, Any] = example_of(ListMeta)


class UnnamedSource(TypedDict):
    """Somebody whom articles cite without a name, by what they call them."""

    name: Annotated[
        str,
        Field(
            description="What they are called, without determiners, case and accents: sources "
            "that read the same are counted together. They need not be one person.",
            examples=["senior military official"],
        ),
    ]
    text: Annotated[
        str,
        Field(
            description="One way in which an article writes it.",
            examples=["a senior military official"],
        ),
    ]
    attribution_count: Annotated[
        int, Field(description="Attributions to them.", ge=1, examples=[3])
    ]
    quote_count: Annotated[int, Field(description="Quotations of them.", ge=0, examples=[1])]
    claim_count: Annotated[int, Field(description="Claims of them.", ge=0, examples=[3])]
    article_count: Annotated[int, Field(description="Articles that cite them.", ge=1, examples=[1])]
    first_seen: Annotated[
        datetime | None,
        Field(
            description="The date of the earliest dated article that cites them, or null.",
            examples=["2024-11-28T09:30:00Z"],
        ),
    ]
    last_seen: Annotated[
        datetime | None,
        Field(
            description="The date of the latest dated article that cites them, or null.",
            examples=["2024-11-28T09:30:00Z"],
        ),
    ]
    search: Annotated[
        NameHit | None,
        Field(description="Where the search matched `text`; null without q.", examples=[None]),
    ]


class UnnamedCount(TypedDict):
    """How much an outlet or an article leans on sources without a name."""

    value: Annotated[
        str | None,
        Field(
            description="The outlet, or the article's id; null for articles without an outlet.",
            examples=["Associated Press"],
        ),
    ]
    label: Annotated[
        str | None,
        Field(description="The outlet, or the article's title.", examples=["Associated Press"]),
    ]
    attribution_count: Annotated[
        int,
        Field(description="Attributions to somebody, named or not.", ge=1, examples=[14]),
    ]
    unnamed_count: Annotated[
        int, Field(description="Those of them to somebody unnamed.", ge=0, examples=[3])
    ]
    share: Annotated[
        float,
        Field(description="`unnamed_count` of `attribution_count`.", ge=0, le=1, examples=[0.2143]),
    ]
    article_count: Annotated[
        int, Field(description="Articles that attribute anything.", ge=1, examples=[1])
    ]


class UnnamedSourceFilters(PublishedParameters, SearchParameters):
    """What the list of unnamed sources can be asked, but for the page.

    `q` searches what articles call them; only what matches is counted.
    """

    fields: str | None = fields_field(tuple(UnnamedSource.__annotations__))

    name: list[str] = Field(
        default=[],
        description="Only sources of this name, as `name` of the list has it. Repeat it for "
        "several.",
        examples=[["senior military official"]],
    )
    source: list[str] = Field(
        default=[],
        description="Only from articles of this outlet, as it is written. Repeat it for several.",
        examples=[["Associated Press"]],
    )
    sort: str = Field(
        default="-attribution_count",
        pattern=sort_pattern(*SORTS),
        max_length=200,
        description="The order: " + ", ".join(SORTS) + "; a - before a name puts the greatest "
        "first, commas part several. Ties are settled by name. "
        "relevance needs q.",
        examples=["-article_count,name"],
    )


class UnnamedSourceParameters(PageParameters, UnnamedSourceFilters):
    """The parameters of the list of unnamed sources."""


class UnnamedCountFilters(PublishedParameters):
    """What the counts of unnamed sources can be asked, but for the page."""

    fields: str | None = fields_field(tuple(UnnamedCount.__annotations__))

    group_by: GroupBy = Field(
        default="source",
        description="What to count by: outlets (`source`) or articles.",
        examples=["article"],
    )
    source: list[str] = Field(
        default=[],
        description="Only articles of this outlet, as it is written. Repeat it for several.",
        examples=[["Associated Press"]],
    )
    min_attributions: int = Field(
        default=1,
        ge=1,
        le=2**31 - 1,
        description="Only outlets or articles with at least so many attributions to somebody.",
        examples=[5],
    )
    sort: str = Field(
        default="-unnamed_count",
        pattern=sort_pattern(*COUNT_SORTS),
        max_length=200,
        description="The order: " + ", ".join(COUNT_SORTS) + "; a - before a name puts the "
        "greatest first, commas part several. Ties are settled by an internal key.",
        examples=["-share"],
    )


class UnnamedCountParameters(PageParameters, UnnamedCountFilters):
    """The parameters of the counts of unnamed sources."""


class UnnamedSourceList(TypedDict):
    """A page of unnamed sources."""

    data: Annotated[
        list[UnnamedSource],
        Field(
            description="The sources, in the order of `sort`.",
            examples=[[example_of(UnnamedSource)]],
        ),
    ]
    meta: Annotated[ListMeta, Field(description="How much there is.", examples=[_META])]
    links: Annotated[
        ListLinks,
        Field(
            description="This page and its neighbours.",
            examples=[{"self": "/v1/unnamed-sources", "next": None, "prev": None}],
        ),
    ]


class UnnamedCountList(TypedDict):
    """A page of counts of unnamed sources."""

    data: Annotated[
        list[UnnamedCount],
        Field(
            description="The outlets or articles, in the order of `sort`.",
            examples=[[example_of(UnnamedCount)]],
        ),
    ]
    meta: Annotated[ListMeta, Field(description="How much there is.", examples=[_META])]
    links: Annotated[
        ListLinks,
        Field(
            description="This page and its neighbours.",
            examples=[
                {
                    "self": "/v1/unnamed-sources/counts?group_by=source",
                    "next": None,
                    "prev": None,
                }
            ],
        ),
    ]


def unnamed_from_row(row: Row[Any], *, query: Query | None = None) -> UnnamedSource:
    """Return what is promised of an unnamed source.

    Args:
        row: One of `queries.find_unnamed`.
        query: What was searched, or None.
    """
    return {
        "name": row.name,
        "text": row.text,
        "attribution_count": row.attribution_count,
        "quote_count": row.quote_count,
        "claim_count": row.claim_count,
        "article_count": row.article_count,
        "first_seen": row.first_seen,
        "last_seen": row.last_seen,
        "search": None if query is None else find_name_hit([row.text], query=query),
    }


def count_from_row(row: Row[Any], *, group_by: GroupBy) -> UnnamedCount:
    """Return what is promised of a count."""
    is_article = group_by == "article"
    return {
        "value": to_id(ARTICLE, row.value) if is_article else row.value,
        "label": row.label,
        "attribution_count": row.attribution_count,
        "unnamed_count": row.unnamed_count,
        "share": row.share,
        "article_count": row.article_count,
    }
