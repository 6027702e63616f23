"""Names to entities: one type for a name, every place where it stands, and who is the same.

Works on the text and on a reader's name spans alone; surnames and acronyms join the full form.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from app.parsing.attribution.lexicon import read_lexicon
from app.parsing.names import (
    PERSON,
    PLACE,
    Name,
    collect_names,
    given_gender,
    load_gazetteer,
    load_name_words,
    title_gender,
)
from app.parsing.types import Entity, Mention, Reading, Span
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
        entities.append(Entity(key, " ".join(fullest.form.split()), kind))
        mentions.extend(Mention(span, MentionKind.NAME, key) for span in spans)
    mentions.sort(key=lambda mention: mention.span)
    return tuple(entities), tuple(mentions)


def _fullness(name: Name, kind: EntityType) -> tuple[int, int]:
    if kind is PLACE:
        # "United States" before "U.S.", and the commoner spelling otherwise.
        return (len(name.form) > 4, len(name.spans))
    words = len(name.form.split())
    return (min(words, 2) if kind is PERSON else words, len(name.spans) if words > 1 else 0)


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


def link_names(text: str, names: Sequence[Name]) -> list[list[Name]]:
    """Join the forms that name one entity: surnames, first names, acronyms, "the" and points."""
    by_form = {name.form: name for name in names}
    parent: dict[str, str] = {form: form for form in by_form}

    shared: dict[str, list[Name]] = {}

    def find(form: str) -> str:
        while parent[form] != form:
            parent[form] = parent[parent[form]]
            form = parent[form]
        return form

    full = [n for n in names if len(n.form.split()) > 1]
    persons = [n for n in full if n.type is PERSON]
    by_part: dict[str, list[Name]] = defaultdict(list)
    for name in persons:
        parts = [
            p for p in name.form.split() if p.lower().rstrip(".") not in ("jr", "sr", "ii", "iii")
        ]
        if len(parts) > 1:
            by_part[parts[-1]].append(name)
            by_part[parts[0]].append(name)
            if len(parts) > 2:
                by_part[" ".join(parts[1:])].append(name)
                by_part[f"{parts[0]} {parts[-1]}"].append(name)
    acronyms: dict[str, list[Name]] = defaultdict(list)
    for name in full:
        initials = "".join(w[0] for w in re.findall(r"[^\W_]+", name.form) if w[0].isupper())
        if len(initials) > 1:
            acronyms[initials].append(name)
    folded: dict[str, str] = {}
    for name in names:
        key = re.sub(r"^the ", "", name.form.casefold()).replace(".", "").replace("’", "'")
        other = folded.setdefault(key, name.form)
        if other != name.form:
            parent[find(name.form)] = find(other)
    for alias, target in _aliases().items():
        if alias in by_form and target in by_form:
            parent[find(alias)] = find(target)
    for name in names:
        form = name.form
        owners = [o for o in by_part.get(form, ()) if o.form != form]
        # A surname is likelier than a given name that somebody else has.
        owners = [o for o in owners if o.form.split()[-1] == form] or owners
        if owners and (name.type is PERSON or form in {o.form.split()[-1] for o in owners}):
            gazetted = load_gazetteer().get(form)
            if gazetted is not None and name.type is not PERSON:
                continue
            roots = {find(o.form) for o in owners}
            if len(roots) == 1:
                parent[find(form)] = roots.pop()
            else:
                shared[form] = owners
        bare = form.replace(".", "")
        if bare.isupper() and 2 <= len(bare) <= 6:
            owners = [o for o in acronyms.get(bare, ()) if o.form != form]
            if owners:
                parent[find(form)] = find(owners[0].form)
    for form, owners in shared.items():
        share_surname(text, by_form[form], owners)
    groups: dict[str, list[Name]] = defaultdict(list)
    for name in names:
        if not name.spans:
            continue
        groups[find(name.form)].append(name)
    return list(groups.values())


def _first(row: tuple[Span, Name]) -> Span:
    return row[0]


def share_surname(text: str, name: Name, owners: Sequence[Name]) -> None:
    """Give each place of a surname to one of the people who bear it.

    A title decides where given names tell the others apart ("Mr. Callander" is not Ruth); else it
    is the one who was spoken of last. The owners' spans grow; those of `name` are used up.
    """
    genders = {owner.form: given_gender(owner.form) for owner in owners}
    placed = [(span, owner) for owner in owners for span in owner.spans]
    placed.sort(key=lambda row: row[0])
    for span in name.spans:
        wanted = title_gender(text, span)
        fitting = [o for o in owners if wanted is None or genders[o.form] in (None, wanted)]
        fitting = [o for o in fitting if genders[o.form] is not None] or fitting or list(owners)
        before = [o for at, o in sorted(placed, key=_first) if at < span and o in fitting]
        owner = before[-1] if before else fitting[0]
        owner.spans.append(span)
        placed.append((span, owner))
    for owner in owners:
        owner.spans.sort()
    name.spans.clear()


@lru_cache(maxsize=1)
def _aliases() -> dict[str, str]:
    return dict(read_lexicon("aliases.tsv"))
