"""Stored spans with their words, as the API writes them (`app.api.spans` says what is promised)."""

from collections.abc import Sequence
from typing import Any


def text_span(span: Sequence[int], *, text: str) -> dict[str, Any]:
    """Return a stored ``[start, end]`` with its words in the article's `text`."""
    return {"start": span[0], "end": span[1], "text": text[span[0] : span[1]]}


def first_text_span(spans: Sequence[Sequence[int]], *, text: str) -> dict[str, Any] | None:
    """Return the stretch from the first of the stored spans to the last, or None."""
    if not spans:
        return None
    return text_span((spans[0][0], spans[-1][1]), text=text)


def text_spans(spans: Sequence[Sequence[int]], *, text: str) -> list[dict[str, Any]]:
    """Return stored spans with their words, in their order."""
    return [text_span(span, text=text) for span in spans]


def split_span(spans: Sequence[Sequence[int]], *, text: str) -> dict[str, Any] | None:
    """Return stored spans as one stretch with parts, or None when there are none."""
    if not spans:
        return None
    start, end = spans[0][0], spans[-1][1]
    return {
        "start": start,
        "end": end,
        "text": text[start:end],
        "parts": text_spans(spans, text=text),
    }
