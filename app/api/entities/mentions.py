"""What is promised of mentions."""

from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Row
from typing_extensions import TypedDict

from app.api.entities.schemas import META_EXAMPLE, EntityId
from app.api.envelope import ListLinks, ListMeta
from app.api.examples import example_of
from app.api.search import SearchHit, find_hit
from app.api.spans import Span, TextSpan
from app.db.ids import ARTICLE, to_id
from app.db.search import Query
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
    search: Annotated[
        SearchHit | None,
        Field(
            description="Where the search matched in the mention's words; null without q.",
            examples=[None],
        ),
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


def mention_from_row(row: Row[Any], *, query: Query | None = None) -> Mention:
    """Return what is promised of a mention from a row of `queries.select_mentions`.

    Args:
        row: The mention.
        query: What was searched, or None.
    """
    return {
        "article_id": to_id(ARTICLE, row.article_key),
        "entity_id": row.slug,
        "span": {"start": row.start, "end": row.end, "text": row.text},
        "kind": row.kind,
        "confidence": row.confidence,
        "search": None if query is None else _find_hit(row, query),
    }


def _find_hit(row: Row[Any], query: Query) -> SearchHit:
    hit = find_hit(row.text, query=query)
    matches = hit["matches"]
    inside: list[Span] = [
        {"start": row.start + match["start"], "end": row.start + match["end"]} for match in matches
    ]
    return {"matches": inside, "snippet": hit["snippet"]}
