"""Names to entities: one type for a name, every place where it stands, and who is the same.

Works on the text and on a reader's name spans alone; surnames and acronyms join the full form.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from app.parsing.names import PERSON, PLACE, Name, collect_names, link_names, load_name_words
from app.parsing.places import is_place_name
from app.parsing.types import Entity, Mention, Reading
from app.vocabulary import EntityType, MentionKind


def find_entities(text: str, reading: Reading) -> tuple[tuple[Entity, ...], tuple[Mention, ...]]:
    """Find the entities of a text and every mention by name.

    Returns:
        Entities keyed "e1", "e2" … in the order of first mention, and their name mentions in text
        order; mentions do not overlap.
    """
    names = collect_names(text, reading)
    groups = link_names(text, names)
    rows = []
    for group in groups:
        spans = sorted(span for name in group for span in name.spans)
        rows.append((spans, group))
    rows.sort(key=lambda row: row[0][0])
    entities: list[Entity] = []
    mentions: list[Mention] = []
    for number, (spans, group) in enumerate(rows, start=1):
        key = f"e{number}"
        kind = vote(group)
        fullest = max(group, key=lambda name: (_fullness(name, kind), -name.spans[0].start))
        entities.append(Entity(key, find_name(fullest.form, kind), kind))
        chance = find_chance(group, kind)
        mentions.extend(Mention(span, MentionKind.NAME, key, chance) for span in spans)
    mentions.sort(key=lambda mention: mention.span)
    return tuple(entities), tuple(mentions)


def find_name(form: str, kind: EntityType) -> str:
    """Return a form as a name: on one line, and a place in the singular ("two Manhattans")."""
    name = " ".join(form.split())
    if kind is PLACE and name.endswith("s") and not is_place_name(name):
        return name[:-1] if is_place_name(name[:-1]) > PLURAL_OF_PLACE else name
    return name


PLURAL_OF_PLACE = 0.7
"""How surely a form without its "s" has to be a place's name."""


def _fullness(name: Name, kind: EntityType) -> tuple[bool, int, int]:
    if kind is PLACE:
        # "United States" before "U.S.", and the commoner spelling otherwise.
        return (True, len(name.form) > 4, len(name.spans))
    words = len(name.form.split())
    count = len(name.spans) if words > 1 else 0
    # A transcript's "DE SOUZA" is not fuller than "Renata de Souza".
    return (not name.form.isupper(), min(words, 2) if kind is PERSON else words, count)


UNANIMOUS = 0.97


def find_chance(group: Iterable[Name], kind: EntityType) -> float:
    """Return how sure the type of an entity's mentions is: its share of the votes, in [0, 0.97].

    On the entity gold and our own articles 97 percent of all mentions are right; a smaller share
    tells that the article speaks of it in two ways.
    """
    votes = [name.votes for name in group]
    total = sum(sum(vote.values()) for vote in votes)
    share = sum(vote.get(kind, 0.0) for vote in votes) / total if total else 0.5
    return round(min(share, UNANIMOUS), 3)


def vote(group: Iterable[Name]) -> EntityType:
    """Return the type with the most votes over all forms of one entity.

    A full name that begins with a given name outvotes what single forms were taken for.
    """
    group = list(group)
    given = load_name_words()["first-name-male"] | load_name_words()["first-name-female"]
    for name in group:
        words = name.form.split()
        if len(words) > 1 and words[0].lower() in given and name.type is PERSON:
            return PERSON
    total: dict[EntityType, float] = defaultdict(float)
    for name in group:
        for kind, weight in name.votes.items():
            total[kind] += weight
    return max(total, key=lambda kind: total[kind])
