"""What is promised of attributions: who is given what, by which words, and how that was read."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.api.articles.schemas import ArticleId
from app.api.entities.schemas import Entity
from app.api.spans import SplitSpan, TextSpan
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
