"""What is promised of mentions."""

from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Row
from typing_extensions import TypedDict

from app.api.entities.schemas import META_EXAMPLE, EntityId
from app.api.envelope import ListLinks, ListMeta
from app.api.examples import example_of
from app.api.spans import TextSpan
from app.db.ids import ARTICLE, to_id
from app.vocabulary import MentionKind


class Mention(TypedDict):
    """One place where an article refers to an entity."""

    article_id: Annotated[
        str, Field(description="The article's id.", examples=["art_2k9d1v7c40hsm"])
    ]
    entity_id: EntityId
    span: Annotated[
        TextSpan,
        Field(
            description="Where it stands, and its words.",
            examples=[{"start": 2809, "end": 2818, "text": "Naryshkin"}],
        ),
    ]
    kind: Annotated[
        MentionKind,
        Field(description="Whether it is a name, a description or a pronoun.", examples=["name"]),
    ]
    confidence: Annotated[
        float,
        Field(description="How sure it is that this entity is meant.", ge=0, le=1, examples=[0.9]),
    ]


class MentionList(TypedDict):
    """A page of mentions."""

    data: Annotated[
        list[Mention],
        Field(
            description="The mentions: each article's together, in text order.",
            examples=[[example_of(Mention)]],
        ),
    ]
    meta: Annotated[ListMeta, Field(description="How much there is.", examples=[META_EXAMPLE])]
    links: Annotated[
        ListLinks,
        Field(
            description="This page and its neighbours.",
            examples=[
                {"self": "/v1/entities/sergei-naryshkin/mentions", "next": None, "prev": None}
            ],
        ),
    ]


def mention_from_row(row: Row[Any]) -> Mention:
    """Return what is promised of a mention from a row of `queries.select_mentions`."""
    return {
        "article_id": to_id(ARTICLE, row.article_key),
        "entity_id": row.slug,
        "span": {"start": row.start, "end": row.end, "text": row.text},
        "kind": row.kind,
        "confidence": row.confidence,
    }
