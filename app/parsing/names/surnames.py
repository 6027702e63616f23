"""Two people of one surname: whose each place of it is."""

from __future__ import annotations

from collections.abc import Sequence

from app.parsing.names.forms import given_gender, title_gender
from app.parsing.names.name import Name
from app.parsing.types import Span


def contradicts(text: str, name: Name, owner: Name) -> bool:
    """Say whether a surname's titles tell that it is not the owner's: "Mr. Lind" is not Anna."""
    known = given_gender(owner.form)
    titles = {title_gender(text, span) for span in name.spans} - {None}
    return known is not None and bool(titles) and known not in titles


TITLE_REACH = 300
"""Code points over which a surname alone goes on with who was last given a title with it."""


def _first(row: tuple[Span, Name]) -> Span:
    return row[0]


def share_surname(text: str, name: Name, owners: Sequence[Name]) -> None:
    """Give each place of a surname to one of the people who bear it.

    A title decides where given names tell the others apart ("Mr. Callander" is not Ruth); else it
    is the one whom the article named first, whose story it is: the others are named in full. The
    owners' spans grow; those of `name` are used up.
    """
    genders = {owner.form: given_gender(owner.form) for owner in owners}
    placed = [(span, owner) for owner in owners for span in owner.spans]
    firsts = {owner.form: min(owner.spans, default=name.spans[0]) for owner in owners}
    titled: list[tuple[Span, Name]] = []
    for span in name.spans:
        wanted = title_gender(text, span)
        fitting = [o for o in owners if wanted is None or genders[o.form] in (None, wanted)]
        fitting = fitting or list(owners)
        if wanted is not None:
            fitting = [o for o in fitting if genders[o.form] is not None] or fitting
        near = [o for at, o in titled if 0 < span.start - at.start < TITLE_REACH]
        if wanted is not None:
            before = [row for row in placed if row[0] < span and row[1] in fitting]
            owner = max(before, key=_first)[1] if before else fitting[0]
            titled.append((span, owner))
        else:
            owner = near[-1] if near else min(fitting, key=lambda o: firsts[o.form])
        owner.spans.append(span)
        placed.append((span, owner))
    for owner in owners:
        owner.spans.sort()
    name.spans.clear()
