"""The blocks: which entities are compared with each other at all.

Each entity of an article belongs to one group, by its name alone. A group of short names ("Putin",
"FBI", "the Post") also looks at the groups of full names that can be called so.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from app.db.fold import fold
from app.ingest.resolve.names import (
    is_acronym,
    split_organisation,
    split_person,
    to_acronym,
    to_given_key,
    to_surname_key,
)
from app.vocabulary import EntityType

_DECLARED = "="
_FORMER = re.compile(
    r"^[\s,(]*(?:née|nee|n\u00e9e|formerly(?: known as)?|born|previously known as)\s+"
    r"(?P<name>[A-Z][\w'’-]+(?:\s+[A-Z][\w'’-]+)*)"
)


def to_group(name: str, kind: EntityType, *, place_id: str | None = None) -> tuple[str, bool]:
    """Return the group of a name, and whether the name is a short one.

    Args:
        name: As the article has it.
        kind: What it names.
        place_id: Of a place that the gazetteer knows, what the gazetteer calls it.
    """
    if kind == EntityType.PLACE:
        bare = " ".join(split_organisation(name))
        return (f"place:#{place_id}" if place_id else f"place:{bare}"), False
    if kind == EntityType.PERSON:
        person = split_person(name)
        given = to_given_key(person.given)
        return f"person:{given}|{to_surname_key(person.surname)}", not person.given
    words = split_organisation(name)
    return f"organisation:{' '.join(words)}", len(words) == 1


def to_calls(name: str, kind: EntityType, *, declared: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the short groups whose names can mean this one.

    Args:
        name: A full name; a short one has only what is declared.
        kind: What it names.
        declared: Groups of other names that an article itself gives the entity, such as the
            acronym in parentheses or a maiden name.

    Returns:
        Groups, each preceded by "=" when an article declares it.
    """
    group, short = to_group(name, kind)
    calls = [f"{_DECLARED}{other}" for other in declared if other != group]
    if not short and kind == EntityType.PERSON:
        calls.append(f"person:|{to_surname_key(split_person(name).surname)}")
    elif not short and kind == EntityType.ORGANISATION:
        words = split_organisation(name)
        shorter = (to_acronym(words), words[0], words[-1])
        calls += [f"organisation:{word}" for word in dict.fromkeys(shorter) if len(word) > 1]
    return tuple(dict.fromkeys(calls))


def to_called_group(call: str) -> str:
    """Return the group that a call reaches."""
    return call.removeprefix(_DECLARED)


def is_declared(call: str) -> bool:
    """Say whether an article itself gives the name."""
    return call.startswith(_DECLARED)


def find_declared(
    name: str, kind: EntityType, *, forms: Iterable[str], texts_after: Iterable[str]
) -> tuple[str, ...]:
    """Return the groups of other names that an article says are this entity's.

    Args:
        name: The entity's.
        kind: What it names.
        forms: How else the article writes the name.
        texts_after: What follows each mention by name, some 60 characters.
    """
    own, _ = to_group(name, kind)
    found = []
    if kind == EntityType.PERSON:
        person = split_person(name)
        for text in texts_after:
            if former := _FORMER.match(text):
                other = split_person(former["name"])
                given = other.given or person.given
                key = to_surname_key(other.surname)
                found.append(f"person:{to_given_key(given)}|{key}")
    elif kind == EntityType.ORGANISATION:
        found += [to_group(form, kind)[0] for form in forms if is_acronym(form)]
        for text in texts_after:
            if match := re.match(r"\s*\(([A-Z][A-Za-z.&]{1,7})\)", text):
                found.append(f"organisation:{' '.join(split_organisation(match[1]))}")
    return tuple(group for group in dict.fromkeys(found) if group != own)


# Everybody in an article is company of all the others: `list_locals` took 5.8 ms an article
# without, and takes 3.8.
@lru_cache(maxsize=4_096)
def to_company_key(name: str, kind: EntityType) -> str:
    """Return what an entity is called as company of others: surname, or folded name."""
    if kind == EntityType.PERSON:
        return f"p:{to_surname_key(split_person(name).surname)}"
    words = split_organisation(name)
    if kind == EntityType.ORGANISATION and len(words) > 2:
        return f"o:{to_acronym(words)}"
    return f"{kind[0]}:{fold(' '.join(words))}"
