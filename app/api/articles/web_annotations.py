"""An article's annotations as the W3C's Web Annotations, for the tools that show those.

https://www.w3.org/TR/annotation-model/ (an AnnotationPage of Annotations). Each part of a split
quotation is a target of its own, selected by its words with what stands around them
(TextQuoteSelector) and by its place in code points (TextPositionSelector).
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi.responses import JSONResponse
from pydantic import Field
from pydantic_core import to_json
from typing_extensions import TypedDict

from app.api.articles.annotations import Annotations

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
# Characters on each side of a selector's words, enough to tell them from the same words elsewhere.
AROUND = 32


class JsonLdResponse(JSONResponse):
    """An answer in JSON-LD."""

    media_type = "application/ld+json"

    def render(self, content: Any) -> bytes:
        """Return the answer's bytes."""
        return to_json(content)


class TextQuoteSelector(TypedDict):
    """Words, with what stands before and after them."""

    type: Annotated[
        Literal["TextQuoteSelector"],
        Field(description="What it is.", examples=["TextQuoteSelector"]),
    ]
    exact: Annotated[str, Field(description="The words.", examples=["The front is crumbling,"])]
    prefix: Annotated[
        str,
        Field(
            description="Up to 32 characters before them.",
            examples=["e British newspaper The Times.\n“"],
        ),
    ]
    suffix: Annotated[
        str,
        Field(
            description="Up to 32 characters after them.",
            examples=["” Stanislav Bunyatov, a Ukrainia"],
        ),
    ]


class TextPositionSelector(TypedDict):
    """A half-open stretch of the text, in code points."""

    type: Annotated[
        Literal["TextPositionSelector"],
        Field(description="What it is.", examples=["TextPositionSelector"]),
    ]
    start: Annotated[int, Field(description="Offset of its beginning.", ge=0, examples=[883])]
    end: Annotated[int, Field(description="Offset after its end.", ge=0, examples=[906])]


_QUOTE_SELECTOR = {
    "type": "TextQuoteSelector",
    "exact": "The front is crumbling,",
    "prefix": "e British newspaper The Times.\n“",
    "suffix": "” Stanislav Bunyatov, a Ukrainia",
}
_POSITION_SELECTOR = {"type": "TextPositionSelector", "start": 883, "end": 906}
_TARGET = {
    "source": "http://127.0.0.1:8000/v1/articles/art_2k9d1v7c40hsm/text",
    "selector": [_QUOTE_SELECTOR, _POSITION_SELECTOR],
}


class AnnotationTarget(TypedDict):
    """A stretch of the article's text."""

    source: Annotated[str, Field(description="The text's address.", examples=[_TARGET["source"]])]
    selector: Annotated[
        list[TextQuoteSelector | TextPositionSelector],
        Field(
            description="The same stretch, by its words and by its place.",
            examples=[_TARGET["selector"]],
        ),
    ]


class AnnotationBody(TypedDict):
    """What an annotation says about its target."""

    type: Annotated[
        Literal["TextualBody", "SpecificResource"],
        Field(
            description="TextualBody: `value` says it. SpecificResource: `source` is it.",
            examples=["TextualBody"],
        ),
    ]
    purpose: Annotated[
        Literal["identifying", "describing", "classifying"],
        Field(description="What it is for.", examples=["describing"]),
    ]
    value: Annotated[
        str | None, Field(description="The words, or null.", examples=["Stanislav Bunyatov"])
    ]
    source: Annotated[
        str | None,
        Field(
            description="The address of the entity, quotation or claim, or null.",
            examples=[None, "http://127.0.0.1:8000/v1/entities/stanislav-bunyatov"],
        ),
    ]


_BODY = {
    "type": "TextualBody",
    "purpose": "describing",
    "value": "Stanislav Bunyatov",
    "source": None,
}


class WebAnnotation(TypedDict):
    """One annotation: a mention, a quotation or a claim."""

    id: Annotated[
        str,
        Field(
            description="Its address: that of the quotation or claim, or the article's with a "
            "fragment for a mention.",
            examples=["http://127.0.0.1:8000/v1/quotes/qt_0d3m7s1k9a2vu"],
        ),
    ]
    type: Annotated[
        Literal["Annotation"], Field(description="What it is.", examples=["Annotation"])
    ]
    motivation: Annotated[
        Literal["identifying", "describing"],
        Field(
            description="identifying: a mention of an entity. describing: a quotation or claim.",
            examples=["describing"],
        ),
    ]
    body: Annotated[
        list[AnnotationBody],
        Field(description="What is said about the target.", examples=[[_BODY]]),
    ]
    target: Annotated[
        list[AnnotationTarget],
        Field(description="The parts of the text, in order.", examples=[[_TARGET]]),
    ]


_ANNOTATION = {
    "id": "http://127.0.0.1:8000/v1/quotes/qt_0d3m7s1k9a2vu",
    "type": "Annotation",
    "motivation": "describing",
    "body": [_BODY],
    "target": [_TARGET],
}

WebAnnotations = TypedDict(  # "@context" is no name in Python
    "WebAnnotations",
    {
        "@context": Annotated[str, Field(description="The JSON-LD context.", examples=[CONTEXT])],
        "id": Annotated[
            str,
            Field(
                description="This page's address.",
                examples=["http://127.0.0.1:8000/v1/articles/art_2k9d1v7c40hsm/annotations.jsonld"],
            ),
        ],
        "type": Annotated[
            Literal["AnnotationPage"],
            Field(description="What it is.", examples=["AnnotationPage"]),
        ],
        "items": Annotated[
            list[WebAnnotation],
            Field(
                description="Mentions, then quotations, then claims, each in text order.",
                examples=[[_ANNOTATION]],
            ),
        ],
    },
)
WebAnnotations.__doc__ = "Every annotation of an article, as a W3C AnnotationPage."


def to_web_annotations(found: Annotations, *, text: str, base: str) -> WebAnnotations:
    """Return an article's annotations as Web Annotations.

    Args:
        found: Everything that was found.
        text: The article's text.
        base: Where the server is, without a slash at the end.
    """
    article = f"{base}/v1/articles/{found['article_id']}"

    def write(
        address: str, motivation: Any, body: list[AnnotationBody], parts: Sequence[Any]
    ) -> WebAnnotation:
        targets = [_target(part, text=text, source=f"{article}/text") for part in parts]
        return {
            "id": address,
            "type": "Annotation",
            "motivation": motivation,
            "body": body,
            "target": targets,
        }

    items = [
        write(
            f"{article}/mentions#{mention['span']['start']}-{mention['span']['end']}"
            f"-{mention['entity_id']}",
            "identifying",
            [_resource(f"{base}/v1/entities/{mention['entity_id']}", "identifying")],
            [mention["span"]],
        )
        for mention in found["mentions"]
    ]
    for quote in found["quotes"]:
        body = [_words(f"quotation, {quote['form']}", "classifying")]
        items.append(
            write(
                f"{base}/v1/quotes/{quote['id']}",
                "describing",
                [*body, *_who(quote["speaker"], base=base)],
                quote["parts"],
            )
        )
    for claim in found["claims"]:
        body = [_words(f"claim, {claim['kind']}", "classifying")]
        items.append(
            write(
                f"{base}/v1/claims/{claim['id']}",
                "describing",
                [*body, *_who(claim["claimant"], base=base)],
                claim["parts"],
            )
        )
    return {
        "@context": CONTEXT,
        "id": f"{article}/annotations.jsonld",
        "type": "AnnotationPage",
        "items": items,
    }


def _target(span: Any, *, text: str, source: str) -> AnnotationTarget:
    start, end = span["start"], span["end"]
    return {
        "source": source,
        "selector": [
            {
                "type": "TextQuoteSelector",
                "exact": text[start:end],
                "prefix": text[max(0, start - AROUND) : start],
                "suffix": text[end : end + AROUND],
            },
            {"type": "TextPositionSelector", "start": start, "end": end},
        ],
    }


def _who(speaker: Any, *, base: str) -> list[AnnotationBody]:
    if speaker is None or speaker["name"] is None:
        return []
    body = [_words(speaker["name"], "describing")]
    if speaker["entity_id"] is not None:
        body.append(_resource(f"{base}/v1/entities/{speaker['entity_id']}", "identifying"))
    return body


def _words(value: str, purpose: Any) -> AnnotationBody:
    return {"type": "TextualBody", "purpose": purpose, "value": value, "source": None}


def _resource(source: str, purpose: Any) -> AnnotationBody:
    return {"type": "SpecificResource", "purpose": purpose, "value": None, "source": source}
