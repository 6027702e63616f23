"""What is promised of attributions: who is given what, by which words, and how that was read."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Row, Select, select
from typing_extensions import TypedDict

from app.api.articles.schemas import ArticleId
from app.api.entities.schemas import Entity
from app.api.spans import SplitSpan, TextSpan, first_text_span, split_span, text_span, text_spans
from app.api.stored import attributions, entities
from app.db.ids import ATTRIBUTION, to_id
from app.vocabulary import ClaimKind, SpeakerKind

Confidence = Annotated[
    float,
    Field(
        description="How sure the software is that this is right: a probability.",
        ge=0,
        le=1,
        examples=[0.97],
    ),
]


class Speaker(TypedDict):
    """Who something is given to."""

    kind: Annotated[
        SpeakerKind,
        Field(
            description="named: an entity. unnamed: somebody whom the text describes and does not "
            "name. own_voice: the article itself. none: nobody.",
            examples=["named"],
        ),
    ]
    entity_id: Annotated[
        str | None,
        Field(description="The entity's id; null unless named.", examples=["stanislav-bunyatov"]),
    ]
    name: Annotated[
        str | None,
        Field(
            description="The entity's name, or the words of the text for an unnamed speaker.",
            examples=["Stanislav Bunyatov"],
        ),
    ]
    role: Annotated[
        str | None,
        Field(
            description="How the text describes the speaker at this place, or null.",
            examples=["a Ukrainian platoon commander"],
        ),
    ]
    entity: Annotated[
        Entity | None,
        Field(
            description="The entity itself, when include= asks for it; else null.",
            examples=[None],
        ),
    ]


class Cue(SplitSpan):
    """The words that give the content to its source."""

    lemma: Annotated[
        str | None, Field(description="The cue's verb in its basic form.", examples=["write"])
    ]


class CoreferenceStep(TypedDict):
    """One step from the source's words to the speaker."""

    span: Annotated[
        TextSpan,
        Field(
            description="The words that were read.",
            examples=[{"start": 2809, "end": 2818, "text": "Naryshkin"}],
        ),
    ]
    antecedent: Annotated[
        TextSpan | None,
        Field(
            description="The earlier words that they stand for, or null.",
            examples=[{"start": 2546, "end": 2562, "text": "Sergei Naryshkin"}],
        ),
    ]
    rule: Annotated[str, Field(description="Why.", examples=["surname"])]


class Candidate(TypedDict):
    """An entity that could have been the speaker and was not chosen."""

    entity_id: Annotated[str, Field(description="The entity's id.", examples=["vladimir-putin"])]
    name: Annotated[str, Field(description="Its name.", examples=["Vladimir Putin"])]
    score: Annotated[float, Field(description="How likely it was.", ge=0, le=1, examples=[0.12])]
    reason: Annotated[str, Field(description="Why it was not chosen.", examples=["farther away"])]


class Attribution(TypedDict):
    """Source and cue of a quotation or claim, and how they were read."""

    id: Annotated[str, Field(description="The attribution's id.", examples=["at_1c5k2m8v0q7ea"])]
    type: Annotated[SpeakerKind, Field(description="The kind of its speaker.", examples=["named"])]
    kind: Annotated[
        ClaimKind, Field(description="What the content is to its source.", examples=["statement"])
    ]
    source: Annotated[
        SplitSpan | None,
        Field(
            description="The words for the source, or null when there are none.",
            examples=[
                {
                    "start": 908,
                    "end": 957,
                    "text": "Stanislav Bunyatov, a Ukrainian platoon commander",
                    "parts": [
                        {
                            "start": 908,
                            "end": 957,
                            "text": "Stanislav Bunyatov, a Ukrainian platoon commander",
                        }
                    ],
                }
            ],
        ),
    ]
    cue: Annotated[
        Cue | None,
        Field(
            description="The words that give the content to its source, or null.",
            examples=[
                {
                    "start": 959,
                    "end": 964,
                    "text": "wrote",
                    "parts": [{"start": 959, "end": 964, "text": "wrote"}],
                    "lemma": "write",
                }
            ],
        ),
    ]
    role: Annotated[
        TextSpan | None,
        Field(
            description="The description of the speaker at this place, or null.",
            examples=[{"start": 928, "end": 957, "text": "a Ukrainian platoon commander"}],
        ),
    ]
    recipient: Annotated[
        TextSpan | None,
        Field(
            description="Whom it was said to, or null.",
            examples=[None, {"start": 2160, "end": 2174, "text": "a media outlet"}],
        ),
    ]
    medium: Annotated[
        TextSpan | None,
        Field(
            description="Where it was said, or null.",
            examples=[{"start": 968, "end": 976, "text": "Telegram"}],
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
    method: Annotated[
        str,
        Field(description="Which rule or model found it.", examples=["rules:quotation"]),
    ]
    confidence: Confidence
    coreference: Annotated[
        list[CoreferenceStep],
        Field(
            description="The steps from the source's words to the speaker, in order.",
            examples=[
                [],
                [
                    {
                        "span": {"start": 2809, "end": 2818, "text": "Naryshkin"},
                        "antecedent": {"start": 2546, "end": 2562, "text": "Sergei Naryshkin"},
                        "rule": "surname",
                    }
                ],
            ],
        ),
    ]
    candidates: Annotated[
        list[Candidate],
        Field(
            description="Who else could have been the speaker, the likeliest first.",
            examples=[
                [],
                [
                    {
                        "entity_id": "vladimir-putin",
                        "name": "Vladimir Putin",
                        "score": 0.12,
                        "reason": "farther away",
                    }
                ],
            ],
        ),
    ]


class ArticleAttribution(Attribution):
    """An attribution with its content and its speaker."""

    article_id: ArticleId
    content: Annotated[
        SplitSpan,
        Field(
            description="What is attributed.",
            examples=[
                {
                    "start": 883,
                    "end": 906,
                    "text": "The front is crumbling,",
                    "parts": [{"start": 883, "end": 906, "text": "The front is crumbling,"}],
                }
            ],
        ),
    ]
    speaker: Annotated[
        Speaker | None,
        Field(
            description="Whom it is given to; null when nobody is.",
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


# An attribution's columns in a row that also has those of a quote or a claim.
PREFIX = "given_"
_NAMES = (
    "key",
    "speaker_kind",
    "kind",
    "source",
    "cue",
    "cue_lemma",
    "role",
    "recipient",
    "medium",
    "hedges",
    "negated",
    "method",
    "confidence",
    "coreference",
    "candidates",
)
COLUMNS = tuple(attributions.c[name].label(PREFIX + name) for name in _NAMES)


def select_attributions() -> Select[Any]:
    """Return the statement for the columns that `article_attribution_from_row` reads."""
    return select(
        *COLUMNS,
        attributions.c.article_key,
        attributions.c.content,
        attributions.c.speaker_name,
        entities.c.slug,
    ).outerjoin(entities, entities.c.key == attributions.c.speaker_key)


def speaker_from(
    *,
    kind: SpeakerKind,
    slug: str | None,
    name: str | None,
    role: str | None,
    entity: Entity | None = None,
) -> Speaker | None:
    """Return what is promised of a speaker; None when nobody is given."""
    if kind == SpeakerKind.NONE:
        return None
    return {"kind": kind, "entity_id": slug, "name": name, "role": role, "entity": entity}


def attribution_from_row(row: Row[Any], *, text: str) -> Attribution | None:
    """Return what is promised of the attribution in a row, or None when the row has none.

    Args:
        row: Has `COLUMNS`.
        text: The article's.
    """
    found = row._mapping
    if found["given_key"] is None:
        return None
    cue = split_span(found["given_cue"], text=text)
    return {
        "id": to_id(ATTRIBUTION, found["given_key"]),
        "type": found["given_speaker_kind"],
        "kind": found["given_kind"],
        "source": split_span(found["given_source"], text=text),
        "cue": None if cue is None else {**cue, "lemma": found["given_cue_lemma"]},
        "role": first_text_span(found["given_role"], text=text),
        "recipient": first_text_span(found["given_recipient"], text=text),
        "medium": first_text_span(found["given_medium"], text=text),
        "hedges": text_spans(found["given_hedges"], text=text),
        "negated": found["given_negated"],
        "method": found["given_method"],
        "confidence": found["given_confidence"],
        "coreference": [_step(step, text=text) for step in found["given_coreference"]],
        "candidates": [
            {
                "entity_id": candidate["entity"],
                "name": candidate["name"],
                "score": candidate["score"],
                "reason": candidate["reason"],
            }
            for candidate in found["given_candidates"]
        ],
    }


def _step(step: Mapping[str, Any], *, text: str) -> CoreferenceStep:
    antecedent = step["antecedent"]
    return {
        "span": text_span(step["span"], text=text),
        "antecedent": None if antecedent is None else text_span(antecedent, text=text),
        "rule": step["rule"],
    }


def article_attribution_from_row(
    row: Row[Any], *, article_id: str, text: str
) -> ArticleAttribution:
    """Return an attribution with its content and speaker from a row of `select_attributions`."""
    attribution = attribution_from_row(row, text=text)
    content = split_span(row.content, text=text)
    assert attribution is not None
    assert content is not None
    role = attribution["role"]
    speaker = speaker_from(
        kind=attribution["type"],
        slug=row.slug,
        name=row.speaker_name,
        role=None if role is None else role["text"],
    )
    return {**attribution, "article_id": article_id, "content": content, "speaker": speaker}
