"""What one article says of one of its entities, apart from all other articles."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.vocabulary import EntityType


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything in an article that can tell an entity from another of its name.

    Kept as JSON in the database, so every field is what JSON knows.

    Attributes:
        forms: The forms of its name, folded.
        title: "mr", "dr" … as it stands before the name; empty when none does.
        gender: "m" or "f" where the title or the pronouns say so, else empty.
        born: The year of birth that a stated age points at, or None.
        roles: Words of its descriptions, folded, small words left out.
        walks: Walks of life that the descriptions name (`lexicons/domains.tsv`).
        topics: Words of the sentences that name it, folded, at most 40.
        company: Keys of the other people and organisations of the article.
        places: Keys of the places of the article below countries.
        countries: ISO 3166-1 codes of the countries that the article speaks of.
        outlet: Who published it, folded; empty when nobody is stated.
        place: Of a place: what the gazetteer says of it (`places.to_json`), else None.
    """

    forms: tuple[str, ...] = ()
    title: str = ""
    gender: str = ""
    born: int | None = None
    roles: tuple[str, ...] = ()
    walks: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    company: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    outlet: str = ""
    place: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return what is not empty."""
        found = ((name, getattr(self, name)) for name in self.__slots__)
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in found
            if value
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Evidence":
        """Return the evidence that `to_json` wrote."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in stored.items()
        }
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Local:
    """An entity of one article on its way to the one over all articles.

    Attributes:
        key: `Entity.key` within the article.
        group: What all entities of the name share ("person:william|clinton"). Only entities of
            one group, or of a short group and the group of a full name, are ever compared.
        short: The name alone does not say who it is: a surname, an acronym, "the Post".
        calls: Keys under which a shorter name finds this one, see `keys.to_calls`.
    """

    article_key: int
    key: str
    name: str
    type: EntityType
    base: str
    group: str
    short: bool
    published_at: datetime | None
    evidence: Evidence = field(default_factory=Evidence)
    calls: tuple[str, ...] = ()

    @property
    def place_in_line(self) -> tuple[float, int, str]:
        """Return what founders are told by: the date (unknown ones last), then the keys."""
        time = self.published_at.timestamp() if self.published_at else float("inf")
        return time, self.article_key, self.key
