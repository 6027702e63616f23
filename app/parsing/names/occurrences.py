"""Every place where a form stands by itself; of nested forms the longest wins."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict

from app.parsing.names.forms import POSSESSIVE, WORD
from app.parsing.names.name import Name
from app.parsing.names.words import load_name_words
from app.parsing.types import Span

_BORDER = re.compile(r"[\w]")
_STARTS = re.compile(r"(?<!\w)[^\W_]+(?:[.'’&-][^\W_]+)*")
_PREFIXED = re.compile(r"(?:anti|pro|ex|non|pre|post|then|mid|inter|cross)-(?=\w)", re.I)
_WORK = re.compile(r"[“\"](?P<words>[^“”\"\n]{3,60}?)[,.]?[”\"]")
_DAY = re.compile(r"\s+\d")
_AS_ADJECTIVE = re.compile(
    r" (?!(?:is|was|has|had|will|would|must|may|might|can|could|should|does|did|for|of|in|on|at|to|"
    r"by|with|from|and|or|but|as|that|who|which|than|not|said|says)\b)[a-z]"
)


def find_everywhere(text: str, names: dict[str, Name]) -> None:
    """Fill in the places of each form that is not fixed; places do not overlap.

    Args:
        text: The article's text.
        names: Forms by themselves; their `spans` grow, in text order.
    """
    by_first: dict[str, list[str]] = defaultdict(list)
    taken = sorted(span for name in names.values() if name.fixed for span in name.spans)
    for form, name in names.items():
        if name.fixed:
            continue
        first = WORD.match(form)
        by_first[(first.group() if first else form).rstrip(".")].append(form)
    works = _find_works(text)
    work_starts = [span.start for span in works]
    position = 0
    for match in _STARTS.finditer(text):
        if match.start() < position:
            continue
        prefix = _PREFIXED.match(match.group())
        start = match.start() + (prefix.end() if prefix is not None else 0)
        found = _find_longest(text, start, match.end(), by_first)
        if found is None:
            continue
        span = Span(start, start + len(found))
        position = span.end
        at = bisect_right(work_starts, start) - 1
        in_work = at >= 0 and works[at].contains(span) and works[at] != span
        if in_work or _is_part_of_event(text, span.end):
            continue
        if found in load_name_words()["party-short"] and _AS_ADJECTIVE.match(text, span.end):
            continue
        if found.lower() in load_name_words()["month"] and _DAY.match(text, span.end):
            continue
        if names[found].alone and _has_neighbour(text, span):
            continue
        if not any(span.overlaps(other) for other in taken):
            names[found].spans.append(span)


def _find_longest(text: str, start: int, end: int, by_first: dict[str, list[str]]) -> str | None:
    """Return the longest form that stands whole at `start`, where a word ends at `end`."""
    word = text[start:end]
    # "Kellogg’s" is one word to the expression; the name in it is what stands before the mark.
    heads = {word, POSSESSIVE.sub("", word), re.split("[.'’&-]", word)[0]}
    options = sorted((f for head in heads for f in by_first.get(head, ())), key=len, reverse=True)
    for form in options:
        stop = start + len(form)
        if not text.startswith(form, start):
            continue
        if stop < len(text) and form[-1] != "." and _BORDER.match(text[stop]):
            continue
        if not _is_part_of_word(text, start, stop):
            return form
    return None


def _is_part_of_word(text: str, start: int, end: int) -> bool:
    # A name inside a handle, a hashtag or an address is no mention.
    after = text[end : end + 1]
    return bool(start and text[start - 1] in "@#_") or after in ("@", "_")


def _has_neighbour(text: str, span: Span) -> bool:
    """Say whether another capitalised word stands beside a given name: somebody else's, then."""
    if re.match(r"[ -][A-Z]", text[span.end : span.end + 2]):
        return True
    before = re.search(
        r"(?:^|[.!?:“\"\n]\s*)?\b([A-Z][\w.]*) $", text[max(0, span.start - 24) : span.start]
    )
    return before is not None and before[1].lower() not in load_name_words()["function-word"]


def _is_part_of_event(text: str, end: int) -> bool:
    # "the Ukraine War" names a war; the country in it is no mention.
    match = re.match(r" ([A-Z][a-z]+)\b", text[end : end + 20])
    return match is not None and match.group(1).lower() in load_name_words()["event-tail"]


def _find_works(text: str) -> list[Span]:
    """Return what stands between marks and looks like the title of a work, in text order.

    A name inside such a title is no mention ("Contract with America").
    """
    works = []
    for match in _WORK.finditer(text):
        words = match["words"].split()
        capitals = [word for word in words if word[0].isupper()]
        small = [word for word in words if not word[0].isupper() and len(word) > 4]
        if len(capitals) >= 2 and len(words) <= 6 and not small and "," not in match["words"]:
            works.append(Span(*match.span("words")))
    return works
