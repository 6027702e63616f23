"""From a reader's name spans to the forms of an article, with their places and votes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from app.parsing.names.bodies import find_bodies
from app.parsing.names.forms import find_surname, is_name, split_name, trim_name
from app.parsing.names.name import CONTEXT_WEIGHT, ORGANISATION, PERSON, PLACE, Name
from app.parsing.names.occurrences import find_everywhere
from app.parsing.names.spotting import find_areas, find_by_context, find_known
from app.parsing.names.votes import vote_by_bodies, vote_by_context
from app.parsing.names.words import load_gazetteer, load_name_words
from app.parsing.places import is_place_name
from app.parsing.types import NameSpan, Reading, Span

_WORD_BEHIND = re.compile(r" ([A-Z][a-z]+)\b")
_PERSON_GROUP = re.compile(r"\b(?P<name>[A-Z]\w+) (?P<head>[a-z]+)\b")
_EVENTS = frozenset(
    {"act", "agreement", "accord", "accords", "amendment", "award", "awards", "treaty"}
)
SHORTEST_CASED = 4
"""Letters from which a name in capitals is looked for in small letters, and the reverse."""
_WORD_BEFORE = re.compile(r"(?<!\w)([A-Z]\w+) $")


def collect_names(text: str, reading: Reading) -> list[Name]:
    """Gather name forms with their votes, then find each form everywhere in the text.

    Returns:
        The forms that stand somewhere, in the order in which they were first seen.
    """
    names: dict[str, Name] = {}
    read = join_persons(text, reading.names)
    _add(text, names, [*read, *find_known(text), *find_by_context(text)])
    _add(text, names, list(find_bodies(text, names)))
    _cut_occupations(names)
    _drop_prefixed(names)
    _drop_families(text, names)
    _drop_events(names)
    _add_surnames(names)
    _add_given_names(names)
    _add_cases(text, names)
    _add_groups(text, names)
    for span in find_areas(text):
        _add_area(text, names, span)
    find_everywhere(text, names)
    for name in names.values():
        vote_by_context(text, name)
    vote_by_bodies(names)
    return [name for name in names.values() if name.spans]


def join_persons(text: str, found: Sequence[NameSpan]) -> list[NameSpan]:
    """Join what a reader saw as two persons side by side, and take in a given name before one.

    Args:
        text: The article's text.
        found: A reader's names, in text order.
    """
    given = load_name_words()["first-name-male"] | load_name_words()["first-name-female"]
    joined: list[NameSpan] = []
    for item in found:
        last = joined[-1] if joined else None
        both = item.type is PERSON and last is not None and last.type is PERSON
        if both and last is not None and text[last.span.end : item.span.start] == " ":
            whole = Span(last.span.start, item.span.end)
            joined[-1] = NameSpan(whole, PERSON, max(last.score, item.score))
            continue
        item = _take_surname(text, item, given)
        before = _WORD_BEFORE.search(text, max(0, item.span.start - 20), item.span.start)
        if item.type is not PERSON or before is None or before[1].lower() not in given:
            joined.append(item)
        elif last is None or last.span.end <= before.start():
            whole = Span(before.start(1), item.span.end)
            joined.append(NameSpan(whole, PERSON, item.score))
        else:
            joined.append(item)
    return joined


def _take_surname(text: str, item: NameSpan, given: frozenset[str]) -> NameSpan:
    """Take in the word behind a given name alone ("Pam Sorn", of which a reader saw "Pam")."""
    behind = _WORD_BEHIND.match(text, item.span.end)
    sets = load_name_words()
    if item.type is not PERSON or item.span.of(text).lower() not in given or behind is None:
        return item
    low = behind[1].lower()
    if low in sets["title"] or low in sets["function-word"] or not is_name(behind[1]):
        return item
    return NameSpan(Span(item.span.start, behind.end()), PERSON, item.score)


def _add(text: str, names: dict[str, Name], found: Iterable[NameSpan]) -> None:
    for item in found:
        for part in split_name(text, item.span):
            span = trim_name(text, part)
            if span is None or not is_name(span.of(text)):
                continue
            form = span.of(text)
            names.setdefault(form, Name(form)).votes[item.type] += item.score


def _add_area(text: str, names: dict[str, Name], span: Span) -> None:
    """Let "Mich." and the "IN" of "(R-IN)" be places where they stand, and only there."""
    form = span.of(text)
    for other in (form, form.rstrip(".")):
        if other in names and not names[other].fixed:
            del names[other]
    name = names.setdefault(form, Name(form, fixed=True))
    name.spans.append(span)
    name.votes[PLACE] += CONTEXT_WEIGHT


def _cut_occupations(names: dict[str, Name]) -> None:
    """Cut "Florist" from "Florist Ada Lind": a person's first name is no occupation."""
    nouns = load_name_words()["role-noun"] | load_name_words()["occupation"]
    for form in list(names):
        head, _, rest = form.partition(" ")
        if names[form].type is PERSON and " " in rest and head.lower() in nouns:
            name = names.pop(form)
            kept = names.setdefault(rest, Name(rest))
            for kind, weight in name.votes.items():
                kept.votes[kind] += weight


def _drop_prefixed(names: dict[str, Name]) -> None:
    """Drop "Crooked Hillary Clinton" where "Hillary Clinton" is a person too."""
    for form in list(names):
        parts = form.split()
        if len(parts) < 3 or names[form].type is not PERSON:
            continue
        for cut in range(1, len(parts) - 1):
            rest = " ".join(parts[cut:])
            if rest[0].isupper() and rest in names and names[rest].type is PERSON:
                del names[form]
                break


def _drop_families(text: str, names: dict[str, Name]) -> None:
    """Drop "the Clintons", which is no one person."""
    surnames = {find_surname(form) for form in names if names[form].type is PERSON}
    for form in list(names):
        plural = form.endswith("s") and " " not in form and form[:-1] in surnames
        if plural and f"he {form}" in text:
            del names[form]


def _drop_events(names: dict[str, Name]) -> None:
    """Drop laws, treaties and prizes that a reader took for bodies ("Orm Trade Agreement")."""
    for form in list(names):
        last = form.split()[-1].lower()
        if " " in form and names[form].type is ORGANISATION and last in _EVENTS:
            del names[form]


def _add_given_names(names: dict[str, Name]) -> None:
    """Let the given name of a person named in full be looked for, where it stands alone."""
    sets = load_name_words()
    given = sets["first-name-male"] | sets["first-name-female"]
    for form in list(names):
        head = form.split()[0]
        if " " not in form or names[form].type is not PERSON or head in names:
            continue
        if head.lower() in given and head not in load_gazetteer() and is_place_name(head) < 0.3:
            names[head] = Name(head, alone=True)
            names[head].votes[PERSON] += 0.5


def _add_cases(text: str, names: dict[str, Name]) -> None:
    """Look for a name in capitals too, as headlines and transcripts have it, and the reverse."""
    for form in list(names):
        other = form.title() if form.isupper() else form.upper()
        if len(form) >= SHORTEST_CASED and other not in names and other in text:
            name = names[other] = Name(other)
            for kind, weight in names[form].votes.items():
                name.votes[kind] += weight / 2


def _add_groups(text: str, names: dict[str, Name]) -> None:
    """Add "the Clinton campaign", which is an organisation and not the person."""
    for match in _PERSON_GROUP.finditer(text):
        owner, group = names.get(match["name"].split()[-1]), match["head"]
        if group not in load_name_words()["person-group"] or owner is None:
            continue
        if owner.type is not PERSON and group == "team":
            continue
        form = f"{owner.form} {group}"
        if form in text and form not in names:
            names[form] = Name(form)
            names[form].votes[ORGANISATION] += CONTEXT_WEIGHT


def _add_surnames(names: dict[str, Name]) -> None:
    """Let the surname of each person named in full be looked for, where nobody has seen it yet."""
    for form in list(names):
        if " " not in form or names[form].type is not PERSON:
            continue
        surname = find_surname(form)
        if len(surname) <= 2 or not surname[-1].isalpha() or surname in names:
            continue
        if is_name(surname) and surname not in load_gazetteer():
            names[surname] = Name(surname)
            names[surname].votes[PERSON] += 0.5
