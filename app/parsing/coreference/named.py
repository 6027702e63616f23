"""The name that heads a source's words, or that owns what is said."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.parsing.coreference.scene import Scene
from app.parsing.coreference.speaker import Offer
from app.parsing.names import load_name_words
from app.parsing.types import Mention, Span
from app.vocabulary import EntityType

PREPOSITION = re.compile(
    r"\b(?:of|for|at|in|on|from|by|with|to|about|against|near|under|over|inside|outside|between)\b",
    re.I,
)
_MODIFIES = re.compile(
    r"(?:['’]s?)?[ -](?!(?:and|or|who|which|that|also|then|himself|herself)\b)[a-z]|/\w"
)
_GOES_ON = re.compile(
    r" (?:of|for|at|in|on|from|by|with|to|about|against|near|under|over|inside|outside|when|as|"
    r"after|before|during|whose|where|while)\b"
)
_OWNS_ALL = re.compile(r"['’]s?$")
_OWNS = re.compile(r"['’]s?\s+")
_BY = re.compile(
    r"\b(?P<what>\w+),? (?:by|from|of) (?:the )?$|"
    r"^(?:a|an|the) (?P<made>\w+)\b.*(?:published|written|released|issued|drawn up) by (?:the )?$",
    re.I,
)
_ON_SITE = re.compile(r"^(?:a|an|the) \w+ on (?:the )?$", re.I)
_SITE = re.compile(r"['’]s?\s+(?:web ?site|web ?page|page|blog|account|feed)$", re.I)
UNNAMED_DOCUMENTS = frozenset({"poll", "polls", "survey", "surveys", "statistics", "data"})
"""Of these nobody in particular is the speaker, whoever made them."""
_JOINED = re.compile(r"^(?:,[^,]{1,60})*,? (?:and|or) (?:the |[A-Z][a-z]+\.? ){0,2}$")
_MANY = re.compile(
    r"(?:dozens|scores|hundreds|thousands|several|some|many|most|few|both|other|two|three|four|"
    r"five|a (?:number|group|host|handful|majority|series))\b.*\b(?:of|as|like|including)\b",
    re.I,
)
"""Of many, some of whom are listed by name ("dozens of papers such as X"), none speaks alone."""
_GROUPS = frozenset({"campaign", "team", "camp", "administration", "foundation"})


def find_named(scene: Scene, source: Span) -> tuple[Mention, str] | None:
    """Return the mention that a source's words come down to, and the rule; None when none does."""
    inside = scene.mentions_in(source)
    if not inside:
        return None
    words = re.findall(r"[\w-]+", re.split(PREPOSITION, source.of(scene.text), maxsplit=1)[0])
    if UNNAMED_DOCUMENTS.intersection(word.lower() for word in words):
        return None
    for mention in inside:
        if _is_head(scene, source, mention):
            return _person_it_modifies(scene, mention, inside) or mention, "name"
    return _find_owner(scene, source, inside)


def find_joined(scene: Scene, source: Span, head: Mention) -> list[Offer]:
    """Return who else speaks in "X and Y", whose words are given to X alone."""
    offers = []
    for mention in scene.mentions_in(Span(head.span.end, source.end)):
        gap = scene.text[head.span.end : mention.span.start]
        if mention.entity != head.entity and _JOINED.search(gap):
            offers.append(Offer(mention.entity, 0.5, mention.span, "joint-source"))
    return offers


def _is_head(scene: Scene, source: Span, mention: Mention) -> bool:
    lead = scene.text[source.start : mention.span.start]
    tail = scene.text[mention.span.end : source.end]
    clause = lead.rsplit(",", 1)[-1]
    if re.search(r"\b(?:who|which|whose|that)\b", lead) or _MANY.match(lead):
        return False
    if PREPOSITION.search(clause) and not _is_place_of(scene, mention, lead):
        return False
    if re.match(r"['’]s\b|['’](?=\s)", tail):
        return False
    return not (_MODIFIES.match(tail) and not _GOES_ON.match(tail))


def _is_place_of(scene: Scene, mention: Mention, lead: str) -> bool:
    """Say whether a place is named as "the city of X"."""
    match = re.fullmatch(r"(?:the )?(\w+) of ", lead, re.I)
    return (
        match is not None
        and match.group(1).lower() in load_name_words()["place-head"]
        and scene.entities[mention.entity].type is EntityType.PLACE
    )


def _person_it_modifies(
    scene: Scene, mention: Mention, inside: Sequence[Mention]
) -> Mention | None:
    """Return the person in "Homeland Security Secretary Jeh Johnson", given the department."""
    if scene.is_person(mention.entity):
        return None
    for other in inside:
        if other.span.start <= mention.span.start or not scene.is_person(other.entity):
            continue
        between = scene.text[mention.span.end : other.span.start]
        if re.fullmatch(r"(?:['’]s)?[ -](?:[\w.’'-]+ ){1,5}", between) and not (
            PREPOSITION.search(between) or re.search(r"\b(?:and|or|who)\b", between)
        ):
            return other
    return None


def _find_owner(
    scene: Scene, source: Span, inside: Sequence[Mention]
) -> tuple[Mention, str] | None:
    """Return who owns or made what is said: "X’s tweet", "X’s", "a report by X", "an X ad"."""
    products = load_name_words()["speech-product"]
    for mention in inside:
        lead = scene.text[source.start : mention.span.start]
        tail = scene.text[mention.span.end : source.end]
        if len(lead) < 30 and not PREPOSITION.search(lead):
            if _OWNS_ALL.fullmatch(tail):
                return mention, "owner"
            group = _find_group(scene, mention, tail)
            if group is not None:
                return group, "owner:campaign"
            core = re.split(PREPOSITION, tail, maxsplit=1)[0].lower().split()
            if core and core[-1] in products and len(core) <= 4:
                return mention, "owner:what-is-said"
        by = _BY.search(lead)
        if by is not None and (by["what"] or by["made"]).lower() in products:
            if not _OWNS.match(tail):
                return mention, "author"
            group = _find_group(scene, mention, tail)
            if group is not None:
                return group, "author"
        if _ON_SITE.search(lead) and _SITE.match(tail):
            return mention, "owner:what-is-said"
    return None


def _find_group(scene: Scene, mention: Mention, tail: str) -> Mention | None:
    """Return the last mention of "the X campaign" for "X’s [adjective] campaign"."""
    match = re.match(r"['’]s? (?:[a-z-]+ )?(?P<group>[a-z]+)\b", tail)
    if match is None or match["group"] not in _GROUPS:
        return None
    return find_group_of(scene, mention.entity, match["group"])


def find_group_of(scene: Scene, person: str, group: str) -> Mention | None:
    """Return the first mention of a person's campaign, team …, where the text names it, or None."""
    surname = scene.entities[person].name.split()[-1]
    for other in scene.mentions:
        form = other.span.of(scene.text)
        if form.lower() in (f"{surname} {group}".lower(), f"{surname}’s {group}".lower()):
            return other
    return None
