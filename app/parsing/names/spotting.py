"""Names that a gazetteer knows, or that the words right beside them give away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.parsing.names.forms import POSSESSIVE
from app.parsing.names.name import CONTEXT_WEIGHT, LEXICON_WEIGHT, ORGANISATION, PLACE
from app.parsing.names.words import load_gazetteer, load_name_words
from app.parsing.places import is_place_name
from app.parsing.places.tables import load_gazetteer as load_places
from app.parsing.types import NameSpan, Span

# Ten words at most: without an end, each word of a long run of them is tried with all that follow.
_CAPITALS = r"(?P<name>[A-Z][\w-]*\w(?: [A-Z][\w-]*\w){0,9})"
_TOWN_OF = re.compile(rf"\b(?P<head>[a-z]+) of {_CAPITALS}")
_REGION = re.compile(rf"\b{_CAPITALS} (?P<head>[a-z]+)\b")
_NEWSPAPER = re.compile(rf"\b(?P<head>[a-z]+) (?=[A-Z]){_CAPITALS}")
_KNOWN_WORD = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*\.?")
LONGEST_KNOWN = 4
"""Words of the gazetteer's longest names."""
_DATELINE = re.compile(
    r"^(?P<city>[A-Z][A-Z.’' -]{1,24}[A-Z])\b(?P<rest>(?:, [^\n()—–]{2,40}?)?)"
    r"(?: ?\((?P<agency>[A-Z][\w .&]{1,30})\))? ?(?:—|–|--|-) ",
    re.M,
)
_AREA = re.compile(
    r"(?:(?<=[A-Za-z], )|(?<=\()|(?<=\([A-Z]-))"
    r"(?P<name>(?:[A-Z]\.){2}|[A-Z][a-z]{1,5}\.|(?<=[(-])[A-Z]{2}(?=\)))"
)
_ACRONYM = re.compile(
    r"\b[Tt]he (?P<name>[A-Z]{3,5})(?= (?:has|had|said|says|wants?|wanted|will|would|announced|"
    r"told|plans?|declined|denied|did|does|believes?|argues?|argued|warned|called)\b)"
)
_CREDIT = re.compile(r"^(?P<first>[A-Z][\w ]{1,30})/(?P<second>[A-Z][\w ]{1,30}?)\.?$", re.M)


def find_known(text: str) -> list[NameSpan]:
    """Find the names of the gazetteer that stand in the text as words of their own."""
    gazetteer = load_gazetteer()
    words = [match.span() for match in _KNOWN_WORD.finditer(text)]
    found: list[NameSpan] = []
    index = 0
    while index < len(words):
        step = 1
        if text[words[index][0]].isupper():
            for size in range(min(LONGEST_KNOWN, len(words) - index), 0, -1):
                start, end = words[index][0], words[index + size - 1][1]
                candidate = text[start:end]
                for form in (candidate, candidate.rstrip(".")):
                    form = POSSESSIVE.sub("", form)
                    if form in gazetteer:
                        stop = start + len(form)
                        found.append(NameSpan(Span(start, stop), gazetteer[form], LEXICON_WEIGHT))
                        step = size
                        break
                if step == size and found and found[-1].span.start == start:
                    break
        index += step
    return found


def find_by_context(text: str) -> Iterator[NameSpan]:
    """Find names that the words beside them give away.

    These are "the ORM said", "the town of X", "X region", "newspaper X", both names of a photo
    credit ("Getty/X") and the city and agency of a dateline ("ORM, Norway (Coast Press) —").
    """
    words = load_name_words()
    for match in _TOWN_OF.finditer(text):
        if match["head"] in words["place-head"]:
            yield NameSpan(Span(*match.span("name")), PLACE, CONTEXT_WEIGHT)
    for match in _REGION.finditer(text):
        first = match["name"].split()[0].lower()
        if match["head"] in words["place-noun"] and first not in words["function-word"]:
            yield NameSpan(Span(*match.span("name")), PLACE, CONTEXT_WEIGHT)
    for match in _NEWSPAPER.finditer(text):
        first = match["name"].split()[0].lower()
        if match["head"] in words["newspaper"] and first not in words["function-word"]:
            yield NameSpan(Span(*match.span("name")), ORGANISATION, CONTEXT_WEIGHT)
    for match in _DATELINE.finditer(text):
        if not match["rest"] and not match["agency"] and is_place_name(match["city"].title()) < 0.3:
            continue
        yield NameSpan(Span(*match.span("city")), PLACE, CONTEXT_WEIGHT)
        if match["agency"]:
            yield NameSpan(Span(*match.span("agency")), ORGANISATION, CONTEXT_WEIGHT)
    for match in _ACRONYM.finditer(text):
        if match["name"].lower() not in words["no-body"]:
            yield NameSpan(Span(*match.span("name")), ORGANISATION, CONTEXT_WEIGHT)
    gazetteer = load_gazetteer()
    for match in _CREDIT.finditer(text):
        sides = (match["first"], match["second"])
        if any(gazetteer.get(side) is ORGANISATION for side in sides):
            for side in ("first", "second"):
                if " " not in match[side]:
                    yield NameSpan(Span(*match.span(side)), ORGANISATION, CONTEXT_WEIGHT)


def find_areas(text: str) -> Iterator[Span]:
    """Find states by their abbreviations, where they stand as such: "Flint, Mich.", "(R-IN)"."""
    known = load_places().abbreviations
    for match in _AREA.finditer(text):
        if match["name"].upper() in known:
            yield Span(*match.span("name"))
