"""Organisations and places whose own words say what they are: "Orm Police", "Bank of Velm".

Read from the capitals of running text; lines in title case or in capitals tell nothing and are
passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.parsing.names.name import CONTEXT_WEIGHT, ORGANISATION, PERSON, PLACE, Name
from app.parsing.names.words import load_gazetteer, load_name_words
from app.parsing.places import is_place_name
from app.parsing.types import NameSpan, Span

_UPPER = "A-ZÀ-ÖØ-ÞŁŚŻŹĆŠŽČĐŞİĞŐŰŘŤŇ"
_INNER = rf"[-&]\w+|['’](?!s\b)\w+|(?<=s)['’](?= [{_UPPER}])"
_WORD = rf"(?:(?:[{_UPPER}]\.){{2,}}|St\.|[{_UPPER}]\w*(?:{_INNER})*)"
_RUN = re.compile(rf"(?<![\w@#]){_WORD}(?: (?:& )?{_WORD}){{0,7}}")
_OF = re.compile(rf" of (?:the )?(?P<name>{_WORD}(?: {_WORD})*)")
_REST = re.compile(rf" (?:of|for|on) (?:the )?(?P<name>{_WORD}(?: (?:(?:and|&) )?{_WORD})*)")
_PARTNERS = re.compile(rf"{_WORD} & {_WORD}(?: {_WORD})?$")
_LINE = re.compile(r"[^\n]+")
_LONG_WORD = re.compile(r"\b[^\W\d_]{4,}\b")
TITLE_CASE = 0.6
"""A line in which more of its longer words have a capital is a headline; set by hand."""
TITLE_CASE_SENTENCE = 0.8
"""The same for a line that ends as a sentence does."""
_COMMON_PLACES = frozenset({"street", "road", "avenue", "square", "bridge", "river", "lake"})
_BEFORE_PLACE = frozenset({"river", "lake", "mount", "port", "cape", "fort", "loch", "isle"})


def find_bodies(text: str, names: dict[str, Name]) -> Iterator[NameSpan]:
    """Find names of organisations and places by the nouns in them.

    Args:
        text: The article's text.
        names: Forms that were found before, by themselves; a person's name ends an
            organisation's ("Orm Supreme Court Justice Jon Lind").

    Yields:
        Names in text order: "Orm Police Department", "Commission on Harbour Debates", "Quay
        Street", "River Orm".
    """
    persons = {form for form, name in names.items() if name.type is PERSON and " " in form}
    for line in _LINE.finditer(text):
        long = _LONG_WORD.findall(line.group())
        capitals = sum(word[0].isupper() for word in long)
        limit = TITLE_CASE_SENTENCE if line.group().rstrip()[-1:] in '.!?”"' else TITLE_CASE
        if line.group().isupper() or (len(long) >= 4 and capitals / len(long) > limit):
            continue
        for run in _RUN.finditer(text, *line.span()):
            yield from _read_run(text, Span(*run.span()), persons, line.end())


def _read_run(text: str, run: Span, persons: set[str], stop: int) -> Iterator[NameSpan]:
    sets = load_name_words()
    words = [Span(*match.span()) for match in re.finditer(r"[^ ]+", text[run.start : run.end])]
    words = [Span(word.start + run.start, word.end + run.start) for word in words]
    while words and _opens_sentence(words[0].of(text)):
        words.pop(0)
    lows = [word.of(text).lower() for word in words]
    partners = _PARTNERS.search(text, run.start, run.end)
    if partners is not None:
        yield NameSpan(Span(*partners.span()), ORGANISATION, CONTEXT_WEIGHT)
        return
    for person in persons:
        if text.endswith(person, run.start, run.end):
            words = [word for word in words if word.end <= run.end - len(person)]
            lows = lows[: len(words)]
            break
    for last in range(len(words) - 1, -1, -1):
        ends = lows[last] in sets["org-noun"] and _can_head(lows, last)
        behind = _find_behind(text, words[last], stop) if lows[last] in sets["org-head"] else None
        if ends or behind is not None:
            end = words[last].end if behind is None else behind
            yield NameSpan(Span(words[0].start, end), ORGANISATION, CONTEXT_WEIGHT)
            return
    if len(words) < 2:
        return
    if lows[-1] in _COMMON_PLACES or (len(words) <= 3 and lows[0] in _BEFORE_PLACE):
        yield NameSpan(Span(words[0].start, words[-1].end), PLACE, CONTEXT_WEIGHT)


def _opens_sentence(word: str) -> bool:
    sets = load_name_words()
    low = word.lower().rstrip(".")
    return low in sets["function-word"] or low in sets["title"]


def _can_head(lows: list[str], last: int) -> bool:
    """Say whether a noun ends a name: something has to stand before it, and no place is meant."""
    form = " ".join(lows[: last + 1]).title()
    return last > 0 and load_gazetteer().get(form) is not PLACE and is_place_name(form) < 0.5


def _find_behind(text: str, head: Span, stop: int) -> int | None:
    """Return where "of X", "for X" or "on X" behind a noun such as "University" ends, or None."""
    sets = load_name_words()
    one_place = head.of(text).lower() in sets["named-after-place"]
    rest = (_OF if one_place else _REST).match(text, head.end, stop)
    if rest is None:
        return None
    end = head.end
    for word in re.finditer(r"[^ ]+", rest["name"]):
        low = word.group().lower()
        if low in sets["no-name"] or low in sets["title"]:
            break
        if low not in ("and", "&"):
            end = rest.start("name") + word.end()
    return end if end > head.end else None
