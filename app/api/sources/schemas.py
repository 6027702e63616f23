"""What is promised of the seed files."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Row
from typing_extensions import TypedDict

from app.api.counting import Facets
from app.api.envelope import ListLinks, ListMeta
from app.api.examples import example_of
from app.api.parameters import PageParameters, Parameters, SearchParameters, facet_field
from app.api.search import NameHit, find_name_hit
from app.api.shape import fields_field
from app.api.sorting import sort_pattern
from app.db.ids import SOURCE, to_id
from app.db.search import Query
from app.vocabulary import FileFormat, SourceStatus

SORTS = ("path", "article_count", "size", "read_at", "id", "relevance")


class SourceError(TypedDict):
    """Why a seed file could not be read."""

    detail: Annotated[str, Field(description="The reason.", examples=["the page holds no article"])]
    field: Annotated[
        str | None,
        Field(description="The field of the file that is at fault, or null.", examples=[None]),
    ]


class SourceLinks(TypedDict):
    """Where a seed file is."""

    self: Annotated[str, Field(description="The file.", examples=["/v1/sources/src_5h0c8r2m9dj1k"])]


class Source(TypedDict):
    """A seed file: what it held when it was last read, and what was wrong with it."""

    id: Annotated[str, Field(description="The file's id.", examples=["src_5h0c8r2m9dj1k"])]
    path: Annotated[
        str,
        Field(description="Its path in the seed folder.", examples=["000_cc5e5e78abe54b5d.txt"]),
    ]
    sha256: Annotated[
        str,
        Field(
            description="The SHA-256 of its bytes, in hexadecimal.",
            examples=["cc5e5e78abe54b5d0b6b2d3f7c1a9e8840f1d2c3b4a5968778695a4b3c2d1e0f"],
        ),
    ]
    size: Annotated[int, Field(description="Its size in bytes.", ge=0, examples=[3480])]
    format: Annotated[
        FileFormat | None,
        Field(description="Its format; null when it was not recognised.", examples=["text"]),
    ]
    status: Annotated[SourceStatus, Field(description="What became of it.", examples=["loaded"])]
    articles: Annotated[
        int, Field(description="How many articles came out of it.", ge=0, examples=[1])
    ]
    warnings: Annotated[
        list[str],
        Field(
            description="What was odd in it and did no harm.", examples=[["the byline was empty"]]
        ),
    ]
    errors: Annotated[
        list[SourceError],
        Field(
            description="Why it could not be read; empty when it was.",
            examples=[[{"detail": "the page holds no article", "field": None}]],
        ),
    ]
    parser_version: Annotated[
        str, Field(description="The version of the parser that read it.", examples=["1"])
    ]
    model_version: Annotated[
        str, Field(description="The version of the models that read it.", examples=["rules-1"])
    ]
    read_at: Annotated[
        datetime,
        Field(description="When it was read (RFC 3339, UTC).", examples=["2026-03-01T12:30:00Z"]),
    ]
    links: Annotated[
        SourceLinks,
        Field(description="Where it is.", examples=[{"self": "/v1/sources/src_5h0c8r2m9dj1k"}]),
    ]
    search: Annotated[
        NameHit | None,
        Field(description="Where the search matched its path; null without q.", examples=[None]),
    ]


class SourceShape(Parameters):
    """What a seed file is to carry."""

    fields: str | None = fields_field(tuple(Source.__annotations__))


class SourceFilters(SearchParameters, SourceShape):
    """What the list of seed files can be asked, but for the page. `q` searches their paths."""

    status: list[SourceStatus] = Field(
        default=[],
        description="Only files that were loaded, or only those that failed.",
        examples=[["failed"]],
    )
    format: list[FileFormat] = Field(
        default=[],
        description="Only files of this format. Repeat it for several.",
        examples=[["markdown"]],
    )
    sort: str = Field(
        default="path",
        pattern=sort_pattern(*SORTS),
        max_length=200,
        description="The order: " + ", ".join(SORTS) + "; a - before a name puts the greatest "
        "first, commas part several. Ties are settled by an internal key. relevance needs q.",
        examples=["-article_count,path"],
    )


class SourceParameters(PageParameters, SourceFilters):
    """The parameters of the list of seed files."""

    facet: str | None = facet_field("status", "format")


class SourceList(TypedDict):
    """A page of seed files."""

    data: Annotated[
        list[Source],
        Field(description="The files, in the order of `sort`.", examples=[[example_of(Source)]]),
    ]
    meta: Annotated[
        ListMeta,
        Field(
            description="How much there is.",
            examples=[{"total": 1, "limit": 50, "dataset_version": "ds_2ur0t1adjsi3l"}],
        ),
    ]
    links: Annotated[
        ListLinks,
        Field(
            description="This page and its neighbours.",
            examples=[{"self": "/v1/sources", "next": None, "prev": None}],
        ),
    ]
    facets: Facets


def source_from_row(row: Row[Any], *, query: Query | None = None) -> Source:
    """Return what is promised of a seed file from a row of its table.

    Args:
        row: The file.
        query: What was searched, or None.
    """
    source_id = to_id(SOURCE, row.key)
    return {
        "id": source_id,
        "path": row.path,
        "sha256": row.sha256,
        "size": row.size,
        "format": row.format,
        "status": row.status,
        "articles": row.article_count,
        "warnings": row.warnings,
        "errors": [] if row.error is None else [{"detail": row.error, "field": row.error_field}],
        "parser_version": row.parser_version,
        "model_version": row.model_version,
        "read_at": row.read_at,
        "links": {"self": f"/v1/sources/{source_id}"},
        "search": None if query is None else find_name_hit([row.path], query=query),
    }
