"""What is here: /v1 for a first look, /v1/meta for the details."""

from datetime import datetime
from typing import Annotated

from fastapi import Response
from pydantic import Field
from sqlalchemy import func, select
from sqlmodel import Session
from typing_extensions import TypedDict

from app import __version__
from app.api import stored
from app.api.deps import Call, NoParameters
from app.api.envelope import item_response
from app.api.examples import example_of
from app.api.promise import Router
from app.vocabulary import (
    ClaimKind,
    EntityType,
    FileFormat,
    MentionKind,
    QuoteForm,
    SourceStatus,
    SpeakerKind,
)

router = Router(tags=["service"])

_COUNTS_EXAMPLE = {"sources": 1, "articles": 1, "entities": 20, "quotes": 6, "claims": 14}
DatasetVersion = Annotated[
    str,
    Field(
        description="The version of the data: the same files read by the same software have the "
        "same version, every change has another.",
        examples=["ds_2ur0t1adjsi3l"],
    ),
]
ChangedAt = Annotated[
    datetime | None,
    Field(
        description="When the data last changed (RFC 3339, UTC).", examples=["2026-03-01T12:30:00Z"]
    ),
]


class Counts(TypedDict):
    """How many things of each sort there are."""

    sources: Annotated[int, Field(description="Seed files.", ge=0, examples=[1])]
    articles: Annotated[int, Field(description="Articles.", ge=0, examples=[1])]
    entities: Annotated[int, Field(description="Entities.", ge=0, examples=[20])]
    quotes: Annotated[int, Field(description="Quotations.", ge=0, examples=[6])]
    claims: Annotated[int, Field(description="Claims.", ge=0, examples=[14])]


class RootLinks(TypedDict):
    """The addresses of the parts of the API."""

    self: Annotated[str, Field(description="This.", examples=["/v1"])]
    articles: Annotated[str, Field(description="Articles.", examples=["/v1/articles"])]
    entities: Annotated[str, Field(description="Entities.", examples=["/v1/entities"])]
    quotes: Annotated[str, Field(description="Quotations.", examples=["/v1/quotes"])]
    claims: Annotated[str, Field(description="Claims.", examples=["/v1/claims"])]
    unnamed_sources: Annotated[
        str,
        Field(
            description="Sources that articles cite without a name.",
            examples=["/v1/unnamed-sources"],
        ),
    ]
    sources: Annotated[str, Field(description="Seed files.", examples=["/v1/sources"])]
    meta: Annotated[str, Field(description="Versions and vocabulary.", examples=["/v1/meta"])]
    docs: Annotated[str, Field(description="Documentation to try out.", examples=["/docs"])]
    redoc: Annotated[str, Field(description="Documentation to read.", examples=["/redoc"])]
    openapi: Annotated[str, Field(description="The OpenAPI document.", examples=["/openapi.json"])]


LINKS: RootLinks = {
    "self": "/v1",
    "articles": "/v1/articles",
    "entities": "/v1/entities",
    "quotes": "/v1/quotes",
    "claims": "/v1/claims",
    "unnamed_sources": "/v1/unnamed-sources",
    "sources": "/v1/sources",
    "meta": "/v1/meta",
    "docs": "/docs",
    "redoc": "/redoc",
    "openapi": "/openapi.json",
}


class Root(TypedDict):
    """What is here."""

    name: Annotated[str, Field(description="The software's name.", examples=["On Record"])]
    version: Annotated[str, Field(description="The software's version.", examples=["0.1.0"])]
    dataset_version: DatasetVersion
    changed_at: ChangedAt
    counts: Annotated[Counts, Field(description="How much there is.", examples=[_COUNTS_EXAMPLE])]
    links: Annotated[RootLinks, Field(description="Where everything is.", examples=[dict(LINKS)])]


class Vocabulary(TypedDict):
    """Every closed set of values that the API uses."""

    entity_type: Annotated[
        list[EntityType],
        Field(description="What an entity is.", examples=[list(EntityType)]),
    ]
    speaker_kind: Annotated[
        list[SpeakerKind],
        Field(
            description="How a speaker or claimant is given (filter: attribution).",
            examples=[list(SpeakerKind)],
        ),
    ]
    quote_form: Annotated[
        list[QuoteForm],
        Field(description="How quoted words stand (filter: form).", examples=[list(QuoteForm)]),
    ]
    claim_kind: Annotated[
        list[ClaimKind],
        Field(description="What a claim is (filter: kind).", examples=[list(ClaimKind)]),
    ]
    mention_kind: Annotated[
        list[MentionKind],
        Field(description="How a mention refers (filter: kind).", examples=[list(MentionKind)]),
    ]
    file_format: Annotated[
        list[FileFormat],
        Field(description="What is read (filter: format).", examples=[list(FileFormat)]),
    ]
    source_status: Annotated[
        list[SourceStatus],
        Field(description="What became of a file (filter: status).", examples=[list(SourceStatus)]),
    ]


class Credit(TypedDict):
    """Whose data the answers hold beside those of the articles."""

    name: Annotated[str, Field(description="Who made them.", examples=["GeoNames"])]
    url: Annotated[str, Field(description="Where.", examples=["https://www.geonames.org"])]
    license: Annotated[
        str, Field(description="Their licence, as an SPDX identifier.", examples=["CC-BY-4.0"])
    ]
    used_for: Annotated[
        str,
        Field(
            description="Where they are found in the answers.",
            examples=["places: external_ids.geonames, country, location"],
        ),
    ]


CREDITS: list[Credit] = [
    {
        "name": "GeoNames",
        "url": "https://www.geonames.org",
        "license": "CC-BY-4.0",
        "used_for": "places: external_ids.geonames, country, location",
    },
    {
        "name": "Debian iso-codes",
        "url": "https://salsa.debian.org/iso-codes-team/iso-codes",
        "license": "LGPL-2.1-or-later",
        "used_for": "places: external_ids.iso3166",
    },
]


class Meta(TypedDict):
    """Which software made the data, and the words that it uses."""

    name: Annotated[str, Field(description="The software's name.", examples=["On Record"])]
    version: Annotated[str, Field(description="The software's version.", examples=["0.1.0"])]
    parser_version: Annotated[
        str, Field(description="The version of the parser that made the data.", examples=["1"])
    ]
    model_version: Annotated[
        str, Field(description="The version of the models that made the data.", examples=["rules"])
    ]
    dataset_version: DatasetVersion
    changed_at: ChangedAt
    counts: Annotated[Counts, Field(description="How much there is.", examples=[_COUNTS_EXAMPLE])]
    vocabulary: Annotated[
        Vocabulary,
        Field(
            description="Every closed set of values.",
            examples=[example_of(Vocabulary)],
        ),
    ]
    credits: Annotated[
        list[Credit],
        Field(description="Whose data help to tell places apart.", examples=[CREDITS]),
    ]


VOCABULARY: Vocabulary = {
    "entity_type": list(EntityType),
    "speaker_kind": list(SpeakerKind),
    "quote_form": list(QuoteForm),
    "claim_kind": list(ClaimKind),
    "mention_kind": list(MentionKind),
    "file_format": list(FileFormat),
    "source_status": list(SourceStatus),
}


def count_everything(session: Session) -> Counts:
    """Count the rows of the five main tables; one query."""
    tables = (
        stored.sources,
        stored.articles,
        stored.entities,
        stored.quotes,
        stored.claims,
    )
    counts = [select(func.count()).select_from(table).scalar_subquery() for table in tables]
    sources, articles, entities, quotes, claims = session.execute(select(*counts)).one()
    return {
        "sources": sources,
        "articles": articles,
        "entities": entities,
        "quotes": quotes,
        "claims": claims,
    }


@router.get(
    "/v1",
    operation_id="getRoot",
    summary="See what is here",
    response_model=Root,
    response_description="Counts and links.",
)
def get_root(call: NoParameters) -> Response:
    """See what is here: counts, links and the version of the data."""
    body: Root = {
        "name": "On Record",
        "version": __version__,
        "dataset_version": call.version,
        "changed_at": call.state.changed_at,
        "counts": _count(call),
        "links": LINKS,
    }
    return item_response(call, body)


@router.get(
    "/v1/meta",
    operation_id="getMeta",
    summary="See versions and vocabulary",
    response_model=Meta,
    response_description="Versions, counts and vocabulary.",
)
def get_meta(call: NoParameters) -> Response:
    """See which software and models made the data, and every closed set of values."""
    body: Meta = {
        "name": "On Record",
        "version": __version__,
        "parser_version": call.state.parser_version,
        "model_version": call.state.model_version,
        "dataset_version": call.version,
        "changed_at": call.state.changed_at,
        "counts": _count(call),
        "vocabulary": VOCABULARY,
        "credits": CREDITS,
    }
    return item_response(call, body)


def _count(call: Call) -> Counts:
    with call.session() as session:
        return count_everything(session)
