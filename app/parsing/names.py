"""Names: which forms stand in a text, where, and what each one is.

A reader's name spans, a gazetteer and the words beside a name ("the town of X", "newspaper X",
"Mr. X") vote on the type of each form; every form is then found wherever it stands.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache

from app.parsing.attribution.lexicon import read_lexicon
from app.parsing.types import NameSpan, Reading, Span
from app.vocabulary import EntityType

PERSON, ORGANISATION, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE

CONTEXT_WEIGHT = 3.0
"""What one telling context ("city of X", "Mr. X") weighs against one typed span of the reader."""
LEXICON_WEIGHT = 4.0
"""What the gazetteer weighs: a country's name outvotes a few wrong readings."""

_POSSESSIVE = re.compile(r"(?:['’][sS]|(?<=[sS])['’])$")
_WORD = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*\.?")
_NOT_SLASH = re.compile(r"[^/]+")
_BORDER = re.compile(r"[\w]")
_CAPITALS = r"(?P<name>[A-Z][\w-]*\w(?: [A-Z][\w-]*\w)*)"
_PERSON_GROUP = re.compile(r"\b(?P<name>[A-Z]\w+) (?P<head>[a-z]+)\b")
_TOWN_OF = re.compile(rf"\b(?P<head>[a-z]+) of {_CAPITALS}")
_REGION = re.compile(rf"\b{_CAPITALS} (?P<head>[a-z]+)\b")
_NEWSPAPER = re.compile(rf"\b(?P<head>[a-z]+) (?=[A-Z]){_CAPITALS}")
_NOUN_PHRASE_END = re.compile(
    r"\b(?:of|in|on|with|that|which|who|from|near|at|for|to|about|where|located|home|just|some)\b|\d"
)
_APPOSED = re.compile(r"(?: \w+)?, (?:a|an|the) (?P<words>[^,.;:]{3,40})")


@dataclass(slots=True)
class Name:
    """One form of a name in the article and where it stands."""

    form: str
    spans: list[Span] = field(default_factory=list)
    votes: dict[EntityType, float] = field(default_factory=lambda: defaultdict(float))
    titles: set[str] = field(default_factory=set)

    @property
    def type(self) -> EntityType:
        """The type with the most votes; the first cast wins a tie."""
        return max(self.votes, key=lambda kind: self.votes[kind])


@lru_cache(maxsize=1)
def load_gazetteer() -> dict[str, EntityType]:
    """Return well-known names (countries, capitals, news outlets, bodies) with their types."""
    return {name: EntityType(kind) for name, kind in read_lexicon("gazetteer.tsv")}


@lru_cache(maxsize=1)
def load_name_words() -> dict[str, frozenset[str]]:
    """Return word sets by purpose: "title", "demonym", "place-head", "org-head" and so on."""
    sets: dict[str, set[str]] = defaultdict(set)
    for word, purpose in read_lexicon("name_words.tsv"):
        sets[purpose].add(word)
    return {purpose: frozenset(words) for purpose, words in sets.items()}


def collect_names(text: str, reading: Reading) -> list[Name]:
    """Gather name forms with their votes, then find each form everywhere in the text."""
    names: dict[str, Name] = {}
    for item in [*reading.names, *_find_known(text), *_find_by_context(text)]:
        for part in _split_at_slash(text, item.span):
            span = trim_name(text, part)
            if span is None or not is_name(span.of(text)):
                continue
            form = span.of(text)
            name = names.setdefault(form, Name(form))
            name.votes[item.type] += item.score
    _drop_prefixed(names)
    _add_surnames(names)
    _add_groups(text, names)
    _find_everywhere(text, names)
    for name in names.values():
        _vote_by_context(text, name)
    return [name for name in names.values() if name.spans]


def _split_at_slash(text: str, span: Span) -> list[Span]:
    # Photo credits: "Getty/Instagram" are two names.
    return [Span(*match.span()) for match in _NOT_SLASH.finditer(text, *span)]


def _find_by_context(text: str) -> list[NameSpan]:
    """Names that the words beside them give away: "the town of X", "X region", "newspaper X"."""
    words = load_name_words()
    found: list[NameSpan] = []
    for match in _TOWN_OF.finditer(text):
        if match["head"] in words["place-head"]:
            found.append(NameSpan(Span(*match.span("name")), PLACE, CONTEXT_WEIGHT))
    for match in _REGION.finditer(text):
        first = match["name"].split()[0].lower()
        if match["head"] in words["place-noun"] and first not in words["function-word"]:
            found.append(NameSpan(Span(*match.span("name")), PLACE, CONTEXT_WEIGHT))
    for match in _NEWSPAPER.finditer(text):
        first = match["name"].split()[0].lower()
        if match["head"] in words["newspaper"] and first not in words["function-word"]:
            found.append(NameSpan(Span(*match.span("name")), ORGANISATION, CONTEXT_WEIGHT))
    return found


def _drop_prefixed(names: dict[str, Name]) -> None:
    """Drop "Crooked Hillary Clinton" where "Hillary Clinton" is a person too."""
    for form in list(names):
        parts = form.split()
        if len(parts) < 3 or names[form].type is not PERSON:
            continue
        for cut in range(1, len(parts) - 1):
            rest = " ".join(parts[cut:])
            if rest in names and names[rest].type is PERSON:
                del names[form]
                break


def _add_groups(text: str, names: dict[str, Name]) -> None:
    """Add "the Clinton campaign", which is an organisation and not the person."""
    for match in _PERSON_GROUP.finditer(text):
        owner, group = names.get(match["name"].split()[-1]), match["head"]
        if owner is None or group not in load_name_words()["person-group"]:
            continue
        form = f"{owner.form} {group}"
        if form in text and form not in names:
            names[form] = Name(form)
            names[form].votes[ORGANISATION] += CONTEXT_WEIGHT


def _add_surnames(names: dict[str, Name]) -> None:
    """Let the surname of each person named in full be looked for, where nobody has seen it yet."""
    for form in list(names):
        parts = form.split()
        if len(parts) < 2 or names[form].type is not PERSON:
            continue
        surname = parts[-1]
        if surname.lower().rstrip(".") in ("jr", "sr", "ii", "iii") and len(parts) > 2:
            surname = parts[-2].rstrip(",")
        if len(surname) <= 2 or not surname[0].isupper() or surname in names:
            continue
        if is_name(surname) and surname not in load_gazetteer():
            names[surname] = Name(surname)
            names[surname].votes[PERSON] += 0.5


def _find_known(text: str) -> list[NameSpan]:
    """Names of the gazetteer that stand in the text as words of their own."""
    gazetteer = load_gazetteer()
    words = [match.span() for match in re.finditer(r"[^\W_]+(?:[.'’-][^\W_]+)*\.?", text)]
    longest = 4
    found: list[NameSpan] = []
    index = 0
    while index < len(words):
        step = 1
        if text[words[index][0]].isupper():
            for size in range(min(longest, len(words) - index), 0, -1):
                start, end = words[index][0], words[index + size - 1][1]
                candidate = text[start:end]
                for form in (candidate, candidate.rstrip(".")):
                    form = _POSSESSIVE.sub("", form)
                    if form in gazetteer:
                        stop = start + len(form)
                        found.append(NameSpan(Span(start, stop), gazetteer[form], LEXICON_WEIGHT))
                        step = size
                        break
                if step == size and found and found[-1].span.start == start:
                    break
        index += step
    return found


def trim_name(text: str, span: Span) -> Span | None:
    """Cut articles, titles and a possessive ending from a name; None when nothing is left."""
    words = load_name_words()
    start, end = span
    while start < end and not text[start].isalnum():
        start += 1
    form = _POSSESSIVE.sub("", text[start:end])
    end = start + len(form)
    while end > start and not (text[end - 1].isalnum() or text[end - 1] in ".)"):
        end -= 1
    # "Army Lieutenant" before "General Keith Kellogg" is no name; "Charlie King" is one.
    leads_on = re.match(r" [A-Z]", text[end : end + 2]) is not None
    tail = re.search(r"\s(\w+)\.?$", text[start:end]) if leads_on else None
    while tail is not None and tail.group(1).lower() in words["title"]:
        end = start + tail.start()
        tail = re.search(r"\s(\w+)\.?$", text[start:end])
    while True:
        match = _WORD.match(text, start, end)
        if match is None or match.end() >= end:
            break
        word = match.group()
        bare = word.rstrip(".").lower()
        if bare in ("the", "a", "an") and text[start:end] in load_gazetteer():
            break
        if bare in words["article"] or bare in words["title"]:
            start = match.end()
            while start < end and not text[start].isalnum():
                start += 1
        else:
            break
    if end > start and text[end - 1] == "." and not _keeps_point(text[start:end]):
        end -= 1
    if end > start and text[end - 1] == ")" and "(" not in text[start:end]:
        end -= 1
    return Span(start, end) if start < end else None


def _keeps_point(form: str) -> bool:
    last = form.split()[-1]
    return "." in last[:-1] or last in ("Jr.", "Sr.", "Inc.", "Corp.", "Co.", "Ltd.")


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
    if form.lower() in words["demonym"] or form.lower() in words["no-name"]:
        return False
    if len(form) > 80 or "@" in form or "http" in form:
        return False
    return any(char.isupper() for char in form)


def _find_everywhere(text: str, names: dict[str, Name]) -> None:
    """Find each form wherever it stands by itself; of nested forms the longest wins."""
    if not names:
        return
    by_first: dict[str, list[str]] = defaultdict(list)
    for form in names:
        first = _WORD.match(form)
        by_first[(first.group() if first else form).rstrip(".")].append(form)
    for forms in by_first.values():
        forms.sort(key=len, reverse=True)
    starts = re.compile(r"(?<!\w)[^\W_]+(?:[.'’&-][^\W_]+)*")
    position = 0
    for match in starts.finditer(text):
        if match.start() < position:
            continue
        word = match.group()
        # "Kellogg’s" is one word to the expression; the name in it is what stands before the mark.
        heads = {word, _POSSESSIVE.sub("", word), re.split("[.'’&-]", word)[0]}
        options = sorted(
            (f for head in heads for f in by_first.get(head, ())), key=len, reverse=True
        )
        for form in options:
            end = match.start() + len(form)
            if not text.startswith(form, match.start()):
                continue
            if end < len(text) and form[-1] != "." and _BORDER.match(text[end]):
                continue
            if _is_part_of_word(text, match.start(), end):
                continue
            if _is_part_of_event(text, end):
                position = end
                break
            names[form].spans.append(Span(match.start(), end))
            position = end
            break


def _is_part_of_word(text: str, start: int, end: int) -> bool:
    # A name inside a handle, a hashtag or an address is no mention.
    after = text[end : end + 2]
    return bool(start and text[start - 1] in "@#_") or (after[:1] in "@_")


def _is_part_of_event(text: str, end: int) -> bool:
    # "the Ukraine War" names a war; the country in it is no mention.
    match = re.match(r" ([A-Z][a-z]+)\b", text[end : end + 20])
    return match is not None and match.group(1).lower() in load_name_words()["event-tail"]


def _vote_by_context(text: str, name: Name) -> None:
    """Let the words beside a name say what it is."""
    words = load_name_words()
    tail = name.form.split()[-1].lower().rstrip(".")
    if tail in words["org-tail"]:
        name.votes[ORGANISATION] += CONTEXT_WEIGHT
    if tail in words["place-tail"]:
        name.votes[PLACE] += CONTEXT_WEIGHT
    head = name.form.split()[0]
    given = words["first-name-male"] | words["first-name-female"]
    if head.lower() in given and " " in name.form:
        name.votes[PERSON] += CONTEXT_WEIGHT
    for span in name.spans:
        before = text[max(0, span.start - 40) : span.start]
        title = re.search(r"([A-Za-z]+)\.?\s$", before)
        if title is not None:
            word = title.group(1)
            if word.lower() in words["title"] and word[0].isupper():
                name.titles.add(word.lower())
                name.votes[PERSON] += CONTEXT_WEIGHT
            elif word.lower() in words["newspaper"]:
                name.votes[ORGANISATION] += CONTEXT_WEIGHT
        named = re.search(r"\b([a-z]+)\s+of\s+$", before)
        if named is not None and named.group(1) in words["place-head"]:
            name.votes[PLACE] += CONTEXT_WEIGHT
        apposed = _APPOSED.match(text, span.end)
        if apposed is not None:
            nouns = _NOUN_PHRASE_END.split(apposed["words"].lower())[0].split()
            if nouns and nouns[-1] in words["place-head"]:
                name.votes[PLACE] += CONTEXT_WEIGHT
