"""Roles: the descriptions that a text ties to a name, before it or after it between commas."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from app.parsing.names import load_name_words
from app.parsing.types import Entity, Mention, Span
from app.vocabulary import EntityType

_APPOSED = re.compile(
    r", (?P<role>(?:[a-z][\w’'-]* |[A-Z][\w.]*(?:['’]s) )"
    r"(?:[^,.;:!?“”\"\n—]|(?<=\b[A-Z])\.|\.(?=[A-Z]\.)){3,110}?)"
    r"(?=,|\. |\.$|;|—|:|\)| who | which |$)",
    re.M,
)
_SEAT = re.compile(
    r"(?:,| \() ?(?P<role>[RDI]-(?:[A-Z]\.){2}|[RDI]-[A-Z][a-z]*\b\.?|[RDI]-[A-Z]{2})(?=[,)\s])"
)
_HEAD_END = re.compile(r"\b(?:of|for|at|in|who|with|from|on|to|and)\b")
_COURTESY = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "sir", "dame", "lord", "lady"})
_WORD_BEFORE = re.compile(r"([\w’'.-]+) $")


_PARTICIPLES = frozenset({"retired", "elected", "appointed", "acclaimed", "renowned", "acting"})


def find_roles(
    text: str,
    *,
    entities: Sequence[Entity],
    mentions: Sequence[Mention],
    cues: Sequence[Span] = (),
) -> dict[str, list[Span]]:
    """Find what the text says that its people and organisations are.

    Args:
        text: The article's text.
        entities: Its people, organisations and places.
        mentions: Their name mentions.
        cues: The cues of its attributions, which are no part of a description ("wrote analyst X").

    Returns:
        For each entity key its roles, in text order: "a Ukrainian platoon commander" from ", a
        Ukrainian platoon commander," behind the name, or "Ukrainian defense analyst" before it.
    """
    barred = frozenset(cue.end for cue in cues)
    types = {entity.key: entity.type for entity in entities}
    roles: dict[str, list[Span]] = defaultdict(list)
    for mention in mentions:
        if types[mention.entity] is EntityType.PLACE:
            continue
        behind = _find_behind(text, mention.span)
        seat = _SEAT.match(text, mention.span.end)
        if seat is not None and types[mention.entity] is EntityType.PERSON:
            roles[mention.entity].append(Span(*seat.span("role")))
        if behind is not None and types[mention.entity] is EntityType.PERSON:
            roles[mention.entity].append(behind)
        before = _find_before(text, mention.span, barred)
        if before is not None:
            roles[mention.entity].append(before)
    return dict(roles)


def cut_marks(text: str, span: Span) -> Span:
    """Cut commas, dashes and spaces from the end of a span, which a tagger may have taken in.

    Points stay ("Corvane Inc."), and so does all of a span that is nothing else.
    """
    kept = len(span.of(text).rstrip(" \t\n,;:—–-"))
    return Span(span.start, span.start + kept) if kept else span


def _find_behind(text: str, span: Span) -> Span | None:
    """Find ", a ship’s surgeon," or ", governor of the Bank of Orm," behind a name."""
    match = _APPOSED.match(text, span.end)
    if match is None:
        return None
    role = Span(*match.span("role"))
    sets = load_name_words()
    nouns = sets["role-noun"] | sets["title"]
    head = _HEAD_END.split(role.of(text).lower())[0].split()
    if any(word in sets["no-role"] for word in head):
        return None
    if not any(word.strip("’'s") in nouns or word in nouns for word in head):
        return None
    return role


def _find_before(text: str, span: Span, barred: frozenset[int]) -> Span | None:
    """Walk back over lower-case words, nationalities and titles to where the description begins."""
    sets = load_name_words()
    nouns = sets["role-noun"] | sets["title"]
    start = span.start
    words: list[str] = []
    while len(words) < 9:
        match = _WORD_BEFORE.search(text, max(0, start - 40), start)
        if match is None or match.end(1) in barred:
            break
        word = match.group(1)
        low = word.lower().strip(".")
        if low in ("a", "an", "the", "his", "her", "their", "its"):
            if low not in ("his", "her", "their", "its"):
                start = match.start(1)
            break
        if low in sets["no-role"] or (low.endswith(("ed", "ing")) and low not in _PARTICIPLES):
            break
        capital = word[0].isupper()
        known = low in nouns or low in sets["demonym"] or low in sets["title"]
        if capital and not known and (not words or word.endswith(("’s", "'s"))):
            break
        if (not word[0].isalpha() or word.endswith(".")) and low not in nouns:
            break
        words.append(low)
        start = match.start(1)
    if not words or not any(word in nouns for word in words):
        return None
    if words[0] not in nouns and not any(word in nouns for word in words[:2]):
        return None
    end = span.start - 1
    while words and words[0] in _COURTESY:
        end = text.rindex(" ", start, end) if " " in text[start:end] else start
        words.pop(0)
    if not any(word in nouns for word in words):
        return None
    return Span(start, end) if start < end else None
