"""Spans as the API promises them: offsets with the words that stand there.

Offsets are half-open and count Unicode code points of ``/v1/articles/{id}/text``.
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

Start = Annotated[
    int,
    Field(
        description="Offset of the first code point in the article's text.", ge=0, examples=[881]
    ),
]
End = Annotated[
    int,
    Field(
        description="Offset after the last code point in the article's text.", ge=0, examples=[906]
    ),
]


class Span(TypedDict):
    """A half-open stretch of an article's text, in Unicode code points."""

    start: Start
    end: End


class TextSpan(TypedDict):
    """A stretch of an article's text, with its words: ``text`` is ``article[start:end]``."""

    start: Start
    end: End
    text: Annotated[
        str,
        Field(description="The words that stand there.", examples=["The front is crumbling,"]),
    ]


class SplitSpan(TypedDict):
    """A stretch of an article's text that can have gaps.

    ``start``, ``end`` and ``text`` reach from the first part to the last, gaps included.
    """

    start: Start
    end: End
    text: Annotated[
        str,
        Field(
            description="The words from start to end, gaps included.",
            examples=["Stanislav Bunyatov, a Ukrainian platoon commander,"],
        ),
    ]
    parts: Annotated[
        list[TextSpan],
        Field(
            description="The parts, in text order; one when there is no gap.",
            examples=[[{"start": 908, "end": 926, "text": "Stanislav Bunyatov"}]],
        ),
    ]


def span_of(span: Sequence[int]) -> Span:
    """Return a stored ``[start, end]`` as the API writes it."""
    return {"start": span[0], "end": span[1]}
