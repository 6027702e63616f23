"""Where a name begins and ends, and what its form tells: titles, possessives, gender."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import combining

from app.parsing.names.words import load_gazetteer, load_name_words
from app.parsing.types import Span

POSSESSIVE = re.compile(r"(?:['’][sS]|(?<=[sS])['’])$")
WORD = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*\.?")

_NOT_SLASH = re.compile(r"[^/\n]+")
_OWNED = re.compile(r"(?P<tail>\w+)['’]s (?=\w)")
_GENERATION = re.compile(r",? (?:Jr|Sr)\b\.?|,? (?:II|III|IV)\b")
_POST_NOMINAL = re.compile(r",? (?:KC|QC|MP|MEP|MD|PhD|CBE|OBE|MBE|RN)$")
_LAST_WORD = re.compile(r"\s([^\s]+)$")
_FIRST_WORD = re.compile(r"([^\s]+)\s")
_PARTICLES = frozenset(
    {"al", "bin", "ibn", "da", "de", "del", "della", "der", "di", "dos", "du", "el", "la", "le"}
    | {"van", "von", "ten", "ter"}
)
_GROUPS = frozenset({"campaign", "administration", "foundation", "camp", "team", "group"})


def split_name(text: str, span: Span) -> Iterator[Span]:
    """Cut what a reader took for one name into the names that it holds.

    "Getty/Agora" are two names, and so are "Orm University’s School of Law": what ends in a word
    for a body owns what follows.
    """
    for match in _NOT_SLASH.finditer(text, *span):
        start, end = match.span()
        owned = _OWNED.search(text, start, end)
        if owned is not None and owned["tail"].lower() in load_name_words()["org-tail"]:
            yield Span(start, owned.end("tail"))
            start = owned.end()
        yield Span(start, end)


def trim_name(text: str, span: Span) -> Span | None:
    """Cut articles, titles and a possessive ending from a name; None when nothing is left.

    What is written small before and behind the name is cut as well, unless it belongs to it ("van
    Dorn", "the Lind campaign"), and "Jr." is taken in.
    """
    words = load_name_words()
    start, end = span
    while start < end and not text[start].isalnum():
        start += 1
    form = POSSESSIVE.sub("", text[start:end])
    end = start + len(form)
    while end > start and not (
        text[end - 1].isalnum() or text[end - 1] in ".)" or combining(text[end - 1])
    ):
        end -= 1
    while end < len(text) and combining(text[end]):
        end += 1
    start, end = _cut_small_words(text, start, end)
    # "Army Lieutenant" before "General Keith Kellogg" is no name; "Charlie King" is one.
    leads_on = re.match(r" [A-Z]", text[end : end + 2]) is not None
    tail = re.search(r"\s(\w+)\.?$", text[start:end]) if leads_on else None
    while tail is not None and tail.group(1).lower() in words["title"]:
        end = start + tail.start()
        tail = re.search(r"\s(\w+)\.?$", text[start:end])
    while True:
        match = WORD.match(text, start, end)
        if match is None or match.end() >= end:
            break
        word = match.group()
        bare = word.rstrip(".").lower()
        if bare in ("the", "a", "an") and text[start:end] in load_gazetteer():
            break
        if bare in words["article"] or bare in words["title"] or bare.endswith("-based"):
            start = match.end()
            while start < end and not text[start].isalnum():
                start += 1
        else:
            break
    honour = _POST_NOMINAL.search(text[start:end])
    if honour is not None and " " in text[start : start + honour.start()]:
        end = start + honour.start()
    if end > start and text[end - 1] == "." and not _keeps_point(text[start:end]):
        end -= 1
    if end > start and text[end - 1] == ")" and "(" not in text[start:end]:
        end -= 1
    generation = _GENERATION.match(text, end)
    if generation is not None and " " in text[start:end]:
        end = generation.end()
    return Span(start, end) if start < end else None


def _cut_small_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Cut words without a capital at both ends ("libertarian Cato Institute", "Bank of")."""
    last = _LAST_WORD.search(text[start:end])
    while last is not None and last[1].islower() and last[1] not in _GROUPS:
        end = start + last.start()
        last = _LAST_WORD.search(text[start:end])
    first = _FIRST_WORD.match(text, start, end)
    while first is not None and first[1].islower() and first[1] not in _PARTICLES:
        start = first.end()
        first = _FIRST_WORD.match(text, start, end)
    return start, end


def _keeps_point(form: str) -> bool:
    last = form.split()[-1]
    return "." in last[:-1] or last in ("Jr.", "Sr.", "Inc.", "Corp.", "Co.", "Ltd.")


def find_surname(form: str) -> str:
    """Return the surname of a full name, with its particle ("bin Laden") and without "Jr."."""
    parts = form.split()
    while len(parts) > 2 and parts[-1].lower().rstrip(".") in ("jr", "sr", "ii", "iii", "iv"):
        parts.pop()
    parts[-1] = parts[-1].rstrip(",")
    first = len(parts) - 1
    while first > 1 and parts[first - 1] in _PARTICLES:
        first -= 1
    return " ".join(parts[first:])


def title_gender(text: str, span: Span) -> str | None:
    """Return "male" or "female" when the title before a name says it ("Mrs. X"), else None."""
    title = re.search(r"([A-Za-z]+)\.?\s$", text[max(0, span.start - 16) : span.start])
    if title is None:
        return None
    words = load_name_words()
    for gender in ("female", "male"):
        if title.group(1).lower() in words[gender]:
            return gender
    return None


def given_gender(form: str) -> str | None:
    """Return "male" or "female" when a full name begins with a telling given name, else None."""
    given = form.split()[0].lower() if " " in form else ""
    words = load_name_words()
    for gender in ("female", "male"):
        if given in words[f"first-name-{gender}"]:
            return gender
    return None


def is_name(form: str) -> bool:
    """Say whether a form can be a name here: capitalised, a letter in it, no nationality."""
    if not any(char.isalpha() for char in form) or "\n" in form:
        return False
    words = load_name_words()
    low = form.lower().rstrip(".")
    if low in words["demonym"] or low in words["no-name"] or low in words["fragment"]:
        return False
    if low in words["title"] and low not in ("king", "major", "prince", "bishop"):
        return False
    if form.startswith(("USS ", "HMS ")):
        return False
    if len(form) > 80 or "@" in form or "http" in form:
        return False
    return any(char.isupper() for char in form)
