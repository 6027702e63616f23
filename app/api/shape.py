"""The shape of answers: only some fields, and offsets in the units that JavaScript counts."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import Field
from sqlmodel import Session

from app.api.articles.texts import get_texts
from app.api.parameters import Parameters, split_words
from app.db.ids import ARTICLE, from_id, to_id

UTF16 = "utf16"
# From an offset in code points to one in UTF-16 code units.
Convert = Callable[[int], int]


class OffsetParameters(Parameters):
    """What every answer with spans takes."""

    offset_unit: Literal["code_point", "utf16"] = Field(
        default="code_point",
        description="What `start` and `end` count: Unicode code points, as Python does, or UTF-16 "
        "code units, as JavaScript's strings do.",
        examples=["utf16"],
    )


def fields_field(names: Sequence[str]) -> Any:
    """Return the field of a `fields` parameter over the keys of an item."""
    choices = "|".join(names)
    return Field(
        default=None,
        pattern=f"^({choices})(,({choices}))*$",
        max_length=500,
        description="Only these keys of each item, parted by commas; the others are left out: "
        + ", ".join(names)
        + ".",
        examples=[f"{names[0]},{names[1]}"],
    )


def pick_fields(item: Mapping[str, Any], fields: str | None) -> Mapping[str, Any]:
    """Return an item with only the keys that were asked for, in its own order."""
    if not fields:
        return item
    names = set(split_words(fields))
    return {name: value for name, value in item.items() if name in names}


def make_convert(text: str) -> Convert:
    """Return the conversion of offsets into a text.

    Only code points beyond the Basic Multilingual Plane take two units (the Unicode Standard, 3.9).
    """
    if not text or max(text) <= "\uffff":
        return int
    wide = [at for at, letter in enumerate(text) if letter > "\uffff"]
    return lambda offset: offset + bisect_left(wide, offset)


def to_utf16(session: Session, items: Sequence[Any]) -> list[Any]:
    """Return items with all their offsets in UTF-16 code units; one query for the texts.

    An offset points into the text of the article that the nearest object around it names, and one
    in a snippet into the snippet.
    """
    keys = {key for item in items for key in _list_articles(item)}
    converts = {
        to_id(ARTICLE, key): make_convert(text) for key, text in get_texts(session, keys).items()
    }
    return [_convert(item, converts, int) for item in items]


def _list_articles(node: Any) -> Iterator[int]:
    if isinstance(node, dict):
        key = from_id(ARTICLE, _article_of(node) or "")
        if key is not None:
            yield key
        for value in node.values():
            yield from _list_articles(value)
    elif isinstance(node, list):
        for value in node:
            yield from _list_articles(value)


def _article_of(node: Mapping[str, Any]) -> str | None:
    named = node.get("article_id") or node.get("id")
    return named if isinstance(named, str) and named.startswith(f"{ARTICLE}_") else None


def _convert(node: Any, converts: Mapping[str, Convert], current: Convert) -> Any:
    if isinstance(node, list):
        return [_convert(value, converts, current) for value in node]
    if not isinstance(node, dict):
        return node
    if "matches" in node and "text" in node:
        current = make_convert(node["text"])
    else:
        current = converts.get(_article_of(node) or "", current)
    return {
        name: current(value)
        if name in ("start", "end") and isinstance(value, int)
        else _convert(value, converts, current)
        for name, value in node.items()
    }
