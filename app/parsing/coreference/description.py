"""A source's words read as a description: "the former senator", "a New York judge"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.parsing.coreference.scene import Scene
from app.parsing.names import load_name_words
from app.parsing.types import Span

_DEFINITE = re.compile(r"(?:the|this|that)\s+", re.I)
_INDEFINITE = re.compile(r"(?:an?\s+)?(?=\w)", re.I)
CORE_END = re.compile(
    r"\s(?:of|for|at|in|on|from|by|with|to|about|who|which|whose|that|as|after|when)\b|[,(]"
)
_AGE = re.compile(r"\d{1,2}-year-old")
_SYNONYMS = {
    "gov": "governor", "sen": "senator", "rep": "representative", "justice": "judge",
    "pres": "president", "gen": "general", "prof": "professor", "sgt": "sergeant",
    "lt": "lieutenant", "det": "detective", "candidate": "nominee", "capt": "captain",
    "congressman": "representative", "congresswoman": "representative",
    "lawyer": "attorney", "chairman": "chair", "chairwoman": "chair",
}  # fmt: skip
LEDE = 3
"""Sentences at the top of an article that introduce by a description who is named later."""


@dataclass(frozen=True, slots=True)
class Description:
    """A source's words as a description, in small letters.

    Attributes:
        head: Its noun.
        modifiers: The words before the noun.
        lede: True for an indefinite one at the top, whose bearer is named later ("A judge has …").
    """

    source: Span
    head: str
    modifiers: tuple[str, ...]
    lede: bool


def read_description(scene: Scene, source: Span) -> Description | None:
    """Return the description that a source is, or None for a plural, indefinite or long one.

    At the top of an article an indefinite one counts, for who is named later.
    """
    words = source.of(scene.text)
    definite = _DEFINITE.match(words)
    if definite is None and scene.sentence_of(source.start) < LEDE:
        definite = _INDEFINITE.match(words)
    if definite is None:
        return None
    core = CORE_END.split(words[definite.end() :], maxsplit=1)[0]
    parts = re.findall(r"[\w’'-]+", core)
    if not parts or len(parts) > 6 or re.search(r"['’]s?$|['’]s?\s", core):
        return None
    lows = [_SYNONYMS.get(part.lower(), part.lower()) for part in parts]
    lede = definite.group().strip().lower() not in ("the", "this", "that")
    return Description(source, lows[-1], tuple(lows[:-1]), lede)


def is_person_noun(described: Description) -> bool:
    """Say whether a description is of a person, and not of a body or a place."""
    sets = load_name_words()
    head = described.head
    return (
        (head in sets["role-noun"] or head in sets["title"] or head in sets["person-noun"])
        and head not in sets["org-class"]
    ) or _AGE.fullmatch(head) is not None


def fold_role(role: str) -> set[str]:
    """Return the words of a role that say what its bearer is, not whose or of what."""
    core = re.split(r"['’]s?\s", CORE_END.split(role.lower(), maxsplit=1)[0])[-1]
    words: Iterable[str] = re.findall(r"[\w-]+", core)
    return {_SYNONYMS.get(word, word) for word in words}
