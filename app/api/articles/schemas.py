"""What is promised of articles."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Row
from typing_extensions import TypedDict

from app.api.counting import Facets
from app.api.envelope import ListLinks, ListMeta
from app.api.examples import example_of
from app.api.search import SearchHit, find_hit
from app.api.spans import Span, span_of
from app.db.ids import ARTICLE, SOURCE, to_id
from app.db.search import Query

ArticleId = Annotated[
    str,
    Field(
        description="The article's id: stays the same as long as the article does.",
        examples=["art_2k9d1v7c40hsm"],
    ),
]
Outlet = Annotated[
    str | None,
    Field(description="The outlet that published the article.", examples=["The Harbour Courier"]),
]
Language = Annotated[
    str, Field(description="The article's language, as a BCP 47 tag.", examples=["en"])
]
PublishedAt = Annotated[
    datetime | None,
    Field(
        description="When the article was published (RFC 3339, UTC); null when the file states "
        "no date.",
        examples=["2024-11-28T09:30:00Z"],
    ),
]


class SourceFile(TypedDict):
    """The file that an article was read from."""

    id: Annotated[
        str,
        Field(description="The file's id, for /v1/sources.", examples=["src_5h0c8r2m9dj1k"]),
    ]
    path: Annotated[
        str,
        Field(description="The file's path in the seed folder.", examples=["courier/harbour.md"]),
    ]


class ArticleCounts(TypedDict):
    """How much was found in an article."""

    quotes: Annotated[int, Field(description="Quotations.", ge=0, examples=[6])]
    claims: Annotated[int, Field(description="Claims.", ge=0, examples=[14])]
    entities: Annotated[int, Field(description="Entities.", ge=0, examples=[20])]
    mentions: Annotated[int, Field(description="Mentions of entities.", ge=0, examples=[61])]


class ArticleLinks(TypedDict):
    """Where the parts of an article are."""

    self: Annotated[
        str, Field(description="The article.", examples=["/v1/articles/art_2k9d1v7c40hsm"])
    ]
    text: Annotated[
        str,
        Field(description="Its text.", examples=["/v1/articles/art_2k9d1v7c40hsm/text"]),
    ]
    annotations: Annotated[
        str,
        Field(
            description="Everything that was found in it.",
            examples=["/v1/articles/art_2k9d1v7c40hsm/annotations"],
        ),
    ]
    quotes: Annotated[
        str,
        Field(description="Its quotations.", examples=["/v1/articles/art_2k9d1v7c40hsm/quotes"]),
    ]
    claims: Annotated[
        str,
        Field(description="Its claims.", examples=["/v1/articles/art_2k9d1v7c40hsm/claims"]),
    ]
    entities: Annotated[
        str,
        Field(description="Its entities.", examples=["/v1/articles/art_2k9d1v7c40hsm/entities"]),
    ]
    mentions: Annotated[
        str,
        Field(
            description="Its mentions of entities.",
            examples=["/v1/articles/art_2k9d1v7c40hsm/mentions"],
        ),
    ]
    similar: Annotated[
        str,
        Field(
            description="Its copies, and articles that quote the same words.",
            examples=["/v1/articles/art_2k9d1v7c40hsm/similar"],
        ),
    ]


class Article(TypedDict):
    """An article: what its file says about it, and how much was found in it."""

    id: ArticleId
    title: Annotated[
        str | None,
        Field(
            description="The headline, or null when there is none.",
            examples=["Harbour works halted"],
        ),
    ]
    title_derived: Annotated[
        bool,
        Field(
            description="True when the file states no headline and the title is the text's own "
            "first words.",
            examples=[False],
        ),
    ]
    authors: Annotated[
        list[str],
        Field(
            description="The writers, in the order of the byline.", examples=[["Mara Lindqvist"]]
        ),
    ]
    source: Outlet
    published_at: PublishedAt
    language: Language
    url: Annotated[
        str | None,
        Field(description="Where it was published.", examples=["https://courier.example/harbour"]),
    ]
    meta: Annotated[
        dict[str, Any],
        Field(
            description="What else the file says about it, as it says it.",
            examples=[{"invented": True}],
        ),
    ]
    word_count: Annotated[int, Field(description="Words in the text.", ge=0, examples=[588])]
    counts: Annotated[
        ArticleCounts,
        Field(
            description="How much was found in it.",
            examples=[{"quotes": 6, "claims": 14, "entities": 20, "mentions": 61}],
        ),
    ]
    source_file: Annotated[
        SourceFile,
        Field(
            description="The file that it was read from.",
            examples=[{"id": "src_5h0c8r2m9dj1k", "path": "courier/harbour.md"}],
        ),
    ]
    links: Annotated[
        ArticleLinks,
        Field(
            description="Where its parts are.",
            examples=[
                {
                    part: f"/v1/articles/art_2k9d1v7c40hsm{suffix}"
                    for part, suffix in (
                        ("self", ""),
                        ("text", "/text"),
                        ("annotations", "/annotations"),
                        ("quotes", "/quotes"),
                        ("claims", "/claims"),
                        ("entities", "/entities"),
                        ("mentions", "/mentions"),
                        ("similar", "/similar"),
                    )
                }
            ],
        ),
    ]
    search: Annotated[
        SearchHit | None,
        Field(description="Where the search matched; null without q.", examples=[None]),
    ]


class ArticleList(TypedDict):
    """A page of articles."""

    data: Annotated[
        list[Article],
        Field(
            description="The articles, in the order of `sort`.", examples=[[example_of(Article)]]
        ),
    ]
    meta: Annotated[
        ListMeta,
        Field(
            description="How much there is.",
            examples=[{"total": 128, "limit": 50, "dataset_version": "ds_2ur0t1adjsi3l"}],
        ),
    ]
    links: Annotated[
        ListLinks,
        Field(
            description="This page and its neighbours.",
            examples=[{"self": "/v1/articles", "next": None, "prev": None}],
        ),
    ]
    facets: Facets


class ArticleText(TypedDict):
    """An article's text, with its paragraphs and sentences as spans."""

    article_id: ArticleId
    text: Annotated[
        str,
        Field(
            description="The text that every offset points into, exactly as /text serves it.",
            examples=["The front is crumbling, he wrote."],
        ),
    ]
    paragraphs: Annotated[
        list[Span],
        Field(description="The paragraphs, in text order.", examples=[[{"start": 0, "end": 33}]]),
    ]
    sentences: Annotated[
        list[Span],
        Field(description="The sentences, in text order.", examples=[[{"start": 0, "end": 33}]]),
    ]


def article_from_row(row: Row[Any], *, hit: SearchHit | None = None) -> Article:
    """Return what is promised of an article from a row of `queries.select_articles`."""
    article_id = to_id(ARTICLE, row.key)
    address = f"/v1/articles/{article_id}"
    return {
        "id": article_id,
        "title": row.title,
        "title_derived": row.title_derived,
        "authors": row.authors,
        "source": row.outlet,
        "published_at": row.published_at,
        "language": row.language,
        "url": row.url,
        "meta": row.meta,
        "word_count": row.word_count,
        "counts": {
            "quotes": row.quote_count,
            "claims": row.claim_count,
            "entities": row.entity_count,
            "mentions": row.mention_count,
        },
        "source_file": {"id": to_id(SOURCE, row.source_key), "path": row.source_path},
        "links": {
            "self": address,
            "text": f"{address}/text",
            "annotations": f"{address}/annotations",
            "quotes": f"{address}/quotes",
            "claims": f"{address}/claims",
            "entities": f"{address}/entities",
            "mentions": f"{address}/mentions",
            "similar": f"{address}/similar",
        },
        "search": hit,
    }


def article_hit(text: str, *, title: str | None, query: Query) -> SearchHit:
    """Say where a search matched in an article: in its text, else in its headline."""
    hit = find_hit(text, query=query)
    if not hit["matches"] and title:
        hit["snippet"] = find_hit(title, query=query)["snippet"]
    return hit


def text_from_row(row: Row[Any]) -> ArticleText:
    """Return what is promised of a text from a row with key, text, paragraphs and sentences."""
    return {
        "article_id": to_id(ARTICLE, row.key),
        "text": row.text,
        "paragraphs": spans_from(row.paragraphs),
        "sentences": spans_from(row.sentences),
    }


def spans_from(stored: Sequence[Sequence[int]]) -> list[Span]:
    """Return stored spans as the API writes them."""
    return [span_of(span) for span in stored]
