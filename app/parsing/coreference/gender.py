"""What titles, given names and nouns say of a person's gender."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from app.parsing.names import load_name_words
from app.parsing.types import Entity, Span


class Gender(StrEnum):
    """What titles and given names say of a person."""

    MALE = "male"
    FEMALE = "female"


def find_gender(text: str, entity: Entity, spans: Sequence[Span]) -> Gender | None:
    """Return a person's gender when a title or a certain given name tells it, else None."""
    words = load_name_words()
    for span in spans:
        title = re.search(r"([A-Za-z]+)\.?\s$", text[max(0, span.start - 16) : span.start])
        if title is not None:
            if title.group(1).lower() in words["female"]:
                return Gender.FEMALE
            if title.group(1).lower() in words["male"]:
                return Gender.MALE
    given = entity.name.split()[0].lower()
    if given in words["first-name-male"] and " " in entity.name:
        return Gender.MALE
    if given in words["first-name-female"]:
        return Gender.FEMALE
    return None


def find_noun_gender(nouns: Sequence[str]) -> Gender | None:
    """Return what a description's nouns say ("mother", "businessman"), else None."""
    words = load_name_words()
    for noun in nouns:
        if noun in words["female"] or noun.endswith("woman"):
            return Gender.FEMALE
        if noun in words["male"] or (noun.endswith("man") and noun not in ("woman", "human")):
            return Gender.MALE
    return None
