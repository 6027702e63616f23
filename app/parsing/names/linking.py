"""Which forms of an article name one entity: a sieve for each way in which a name gets shorter."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from app.parsing.attribution.lexicon import read_lexicon
from app.parsing.names.forms import find_surname
from app.parsing.names.name import ORGANISATION, PERSON, Name
from app.parsing.names.surnames import contradicts, share_surname
from app.parsing.names.words import load_gazetteer, load_name_words

_GROUPS = frozenset({"campaign", "team", "camp"})
"""Words for the people around a candidate: "the Lind team" is the Lind campaign."""
_GENERATIONS = frozenset({"jr", "sr", "ii", "iii", "iv"})
NICKNAME = 4
"""Letters that a given name cut short has at least ("Tiff")."""


class _Groups:
    """Forms joined into groups (union-find)."""

    def __init__(self, names: Iterable[Name]) -> None:
        self._parent = {name.form: name.form for name in names}

    def __contains__(self, form: str) -> bool:
        return form in self._parent

    def find(self, form: str) -> str:
        while self._parent[form] != form:
            self._parent[form] = self._parent[self._parent[form]]
            form = self._parent[form]
        return form

    def join(self, form: str, other: str) -> None:
        self._parent[self.find(form)] = self.find(other)


def link_names(text: str, names: Sequence[Name]) -> list[list[Name]]:
    """Join the forms that name one entity.

    Args:
        text: The article's text.
        names: Its forms. The places of a surname that two people bear are shared out among them.

    Returns:
        Groups of forms, in the order of the first form of each.
    """
    groups = _Groups(names)
    _join_spellings(groups, names)
    for alias, target in load_aliases().items():
        if alias in groups and target in groups:
            groups.join(alias, target)
    _join_persons(text, groups, names)
    _join_acronyms(groups, names)
    _join_bodies(groups, names)
    joined: dict[str, list[Name]] = defaultdict(list)
    for name in names:
        if name.spans:
            joined[groups.find(name.form)].append(name)
    return list(joined.values())


def _join_spellings(groups: _Groups, names: Sequence[Name]) -> None:
    """Join "The Orm Post" and "Orm Post", "U.S." and "US", "LIND" and "Lind", campaign and team."""
    folded: dict[str, str] = {}
    for name in names:
        key = re.sub(r"^the ", "", name.form.casefold()).replace(".", "").replace("’", "'")
        owner, _, group = key.rpartition(" ")
        if group in _GROUPS:
            key = f"{owner} campaign"
        groups.join(name.form, folded.setdefault(key, name.form))


def _join_persons(text: str, groups: _Groups, names: Sequence[Name]) -> None:
    """Join surnames, given names and names without their middle to the full form."""
    owners_of = _index_parts(names)
    shared: list[tuple[Name, list[Name]]] = []
    for name in names:
        form = name.form
        key = form.casefold() if form.isupper() else form
        owners = [owner for owner in owners_of.get(key, ()) if owner.form != form]
        # A surname is likelier than a given name that somebody else has.
        low = form.casefold()
        by_surname = [o for o in owners if find_surname(o.form).casefold() == low]
        owners = by_surname or owners
        if not owners or (name.type is not PERSON and not by_surname):
            continue
        if name.type is not PERSON and form in load_gazetteer():
            continue
        if by_surname:
            owners = [owner for owner in owners if not contradicts(text, name, owner)]
        roots = {groups.find(owner.form) for owner in owners}
        if len(roots) == 1:
            groups.join(form, roots.pop())
        elif roots:
            shared.append((name, owners))
    for name, owners in shared:
        share_surname(text, name, owners)


def _index_parts(names: Sequence[Name]) -> dict[str, list[Name]]:
    """Return the full names of persons by each shorter form that could stand for them."""
    owners_of: dict[str, list[Name]] = defaultdict(list)
    cut_short = {n.form for n in names if n.type is PERSON and len(n.form) >= NICKNAME}
    for name in names:
        if name.type is not PERSON or " " not in name.form:
            continue
        parts = [p for p in name.form.split() if p.lower().strip(".,") not in _GENERATIONS]
        if len(parts) < 2:
            continue
        surname = find_surname(name.form)
        keys = {surname, surname.casefold(), parts[-1].rstrip(","), parts[0]}
        if len(parts) > 2:
            keys |= {" ".join(parts[1:]), f"{parts[0]} {surname}"}
        keys |= {form for form in cut_short if parts[0].startswith(form) and form != parts[0]}
        for key in keys:
            owners_of[key].append(name)
    return owners_of


def _join_acronyms(groups: _Groups, names: Sequence[Name]) -> None:
    owners_of: dict[str, list[Name]] = defaultdict(list)
    for name in names:
        words = re.findall(r"[^\W_]+", name.form)
        initials = "".join(word[0] for word in words if word[0].isupper())
        if len(words) > 1 and len(initials) > 1:
            owners_of[initials].append(name)
    for name in names:
        bare = name.form.replace(".", "")
        owners = [owner for owner in owners_of.get(bare, ()) if owner.form != name.form]
        if bare.isupper() and 2 <= len(bare) <= 6 and owners:
            groups.join(name.form, owners[0].form)


def _join_bodies(groups: _Groups, names: Sequence[Name]) -> None:
    """Join "Rovers" to "Dunmore Rovers", the one organisation that ends or begins with the word."""
    sets = load_name_words()
    owners_of: dict[str, set[str]] = defaultdict(set)
    for name in names:
        words = name.form.split()
        if len(words) > 1 and name.type is ORGANISATION:
            for word in {words[0], words[-1]}:
                owners_of[word.casefold()].add(groups.find(name.form))
    for name in names:
        low = name.form.casefold()
        owners = {groups.find(form) for form in owners_of.get(low, ())}
        if name.type is not ORGANISATION or len(owners) != 1 or low in sets["org-noun"]:
            continue
        if name.form not in load_gazetteer() and low not in sets["org-head"]:
            groups.join(name.form, owners.pop())


@lru_cache(maxsize=1)
def load_aliases() -> dict[str, str]:
    """Return forms that name one thing wherever both stand in one article, the shorter first."""
    return dict(read_lexicon("aliases.tsv"))
