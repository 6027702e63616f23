"""A name's form with its places and the votes on its type."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from app.parsing.types import Span
from app.vocabulary import EntityType

PERSON, ORGANISATION, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE

CONTEXT_WEIGHT = 3.0
"""What one telling context ("city of X", "Mr. X") weighs against one typed span of the reader."""
LEXICON_WEIGHT = 4.0
"""What the gazetteer weighs: a country's name outvotes a few wrong readings."""


@dataclass(slots=True)
class Name:
    """One form of a name in the article and where it stands.

    Attributes:
        fixed: True for a form that is a name only where it was seen ("IN" in "(R-IN)"); it is not
            looked for elsewhere.
        alone: True for a given name that counts only with no other name beside it.
    """

    form: str
    spans: list[Span] = field(default_factory=list)
    votes: dict[EntityType, float] = field(default_factory=lambda: defaultdict(float))
    titles: set[str] = field(default_factory=set)
    fixed: bool = False
    alone: bool = False

    @property
    def type(self) -> EntityType:
        """The type with the most votes; the first cast wins a tie."""
        return max(self.votes, key=lambda kind: self.votes[kind])
