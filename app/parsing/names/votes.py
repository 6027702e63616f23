"""What a form is, by the words beside it and by its own."""

from __future__ import annotations

import re

from app.parsing.names.name import CONTEXT_WEIGHT, ORGANISATION, PERSON, PLACE, Name
from app.parsing.names.words import load_gazetteer, load_name_words
from app.parsing.places import is_place_name
from app.parsing.types import Span

_NOUN_PHRASE_END = re.compile(
    r"\b(?:of|in|on|with|that|which|who|from|near|at|for|to|about|where|located|home|just|some)\b|\d"
)
_APPOSED = re.compile(r"(?: \w+)?, (?:a|an|the) (?P<words>[^,.;:]{3,40})")
_IN = re.compile(r"\b(?:in|near|outside|across|throughout) (?:[a-z]+ern )?$", re.I)
_WHITE_HOUSE_ACTS = re.compile(
    r" (?:said|says|announced|confirmed|denied|declined|did|didn['’]t|does|has|had|would|will|"
    r"wants?|officials?|aides?|press|spokes\w+|(?:\w+ )?(?:secretary|adviser|advisor|chief))\b"
)
_OF_PLACE = re.compile(
    r"^(?P<name>[^\W_]\S*(?: [^\W_]\S*)?) "
    r"(?:(?:City|Town|County|Crown|Borough) )?(?:Police|Council|Court)$"
    r"|(?:Bank|Ministry|University|Government|Parliament|Republic) of (?P<of>[^\W_]\S*)$"
)
IN_WEIGHT = 0.7
"""What "in X" weighs for a place, once for each; set by hand, chosen on both bodies of gold."""
PLACE_WEIGHT = 1.2
"""What a place of the gazetteer weighs, by how much its name says so; chosen likewise."""


def vote_by_context(text: str, name: Name) -> None:
    """Add the votes of the words beside a name, and of those in it, to `name.votes`."""
    words = load_name_words()
    tail = name.form.split()[-1].lower().rstrip(".")
    known = name.form in load_gazetteer()
    if tail in words["org-tail"] and not known:
        name.votes[ORGANISATION] += CONTEXT_WEIGHT
    if tail in words["person-group"]:
        name.votes[ORGANISATION] += 2 * CONTEXT_WEIGHT
    if tail in words["place-tail"] and not known:
        name.votes[PLACE] += CONTEXT_WEIGHT
    head = name.form.split()[0]
    given = words["first-name-male"] | words["first-name-female"]
    if head.lower() in given and " " in name.form:
        name.votes[PERSON] += CONTEXT_WEIGHT
    elif not known:
        name.votes[PLACE] += PLACE_WEIGHT * is_place_name(name.form)
    for span in name.spans:
        _vote_at(text, name, span)


def _vote_at(text: str, name: Name, span: Span) -> None:
    words = load_name_words()
    before = text[max(0, span.start - 40) : span.start]
    title = re.search(r"([A-Za-z]+)\.?\s$", before)
    if title is not None:
        word = title.group(1)
        if word.lower() in words["title"] and word[0].isupper():
            name.titles.add(word.lower())
            name.votes[PERSON] += CONTEXT_WEIGHT
        elif before[-2:-1] != "." and (
            word in words["org-apposition"] or word in words["newspaper"]
        ):
            name.votes[ORGANISATION] += CONTEXT_WEIGHT
    named = re.search(r"\b([a-z]+)\s+of\s+$", before)
    if named is not None and named.group(1) in words["place-head"]:
        name.votes[PLACE] += CONTEXT_WEIGHT
    if _IN.search(before):
        name.votes[PLACE] += IN_WEIGHT
    apposed = _APPOSED.match(text, span.end)
    if apposed is not None:
        nouns = _NOUN_PHRASE_END.split(apposed["words"].lower())[0].split()
        if nouns and nouns[-1] in words["place-head"]:
            name.votes[PLACE] += CONTEXT_WEIGHT
        elif nouns and nouns[-1] in words["org-apposition"]:
            name.votes[ORGANISATION] += CONTEXT_WEIGHT
    if name.form == "White House" and _WHITE_HOUSE_ACTS.match(text, span.end):
        name.votes[ORGANISATION] += 1.0 + max(name.votes.values(), default=0.0)


def vote_by_bodies(names: dict[str, Name]) -> None:
    """Let "Orm Police" and "the Bank of Orm" say that Orm is a place."""
    for form in list(names):
        match = _OF_PLACE.search(form)
        if match is None or names[form].type is not ORGANISATION:
            continue
        place = names.get(match["name"] or match["of"])
        if place is not None:
            place.votes[PLACE] += CONTEXT_WEIGHT
