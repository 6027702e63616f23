"""What users know better: ``entities.yaml`` in a folder of seeds.

```yaml
entities:
  - id: republican-party          # the entity's id
    same_as: [gop]                # ids of entities that are this one
    not_same_as:                  # ids of entities that it is not, and articles that mean another
      - republican-party-of-velm
      - {article: art_2k9d1v7c40hsm}
    name: Republican Party        # what it is to be called
    external_ids: {wikidata: Q29468}
```
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from app.db.ids import ARTICLE, from_id, to_key
from app.ingest.resolve.local import Local

FILE_NAMES = ("entities.yaml", "entities.yml")
_Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-{1,2}[a-z0-9]+)*$", max_length=120)]
_Words = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


class ArticleRef(BaseModel):
    """An article in which the name means somebody else."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    article: Annotated[str, StringConstraints(pattern=rf"^{ARTICLE}_[0-9a-v]{{13}}$")]


class Entry(BaseModel):
    """One correction."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Slug
    same_as: tuple[_Slug, ...] = ()
    not_same_as: tuple[_Slug | ArticleRef, ...] = ()
    name: _Words | None = None
    external_ids: dict[Literal["geonames", "iso3166", "wikidata"], _Words] = Field(default={})


@dataclass(frozen=True, slots=True)
class CorrectionFile:
    """What one file says: the entries that hold, and what is wrong with the others."""

    entries: tuple[Entry, ...] = ()
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Corrections:
    """All corrections of a run, ready for use.

    Attributes:
        same: For each id that is another's, that other.
        names: Preferred name by id.
        external_ids: By id.
    """

    same: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    external_ids: dict[str, dict[str, str]] = field(default_factory=dict)
    apart: frozenset[frozenset[str]] = frozenset()
    apart_in: frozenset[tuple[int, str]] = frozenset()

    @property
    def has_apart(self) -> bool:
        """Say whether anything is to be kept apart at all."""
        return bool(self.apart or self.apart_in)

    def keep_apart(self, one: Local, other: Local) -> bool:
        """Say whether a user said that two are not the same."""
        if one.base != other.base and frozenset((one.base, other.base)) in self.apart:
            return True
        return ((one.article_key, one.base) in self.apart_in) != (
            (other.article_key, other.base) in self.apart_in
        )

    def to_final(self, slug: str) -> str:
        """Return the id of the entity that the entity of this id is."""
        return self.same.get(slug, slug)


def read_corrections(data: bytes, *, file: str) -> CorrectionFile:
    """Read a file of corrections; what is wrong with an entry leaves the others be.

    Args:
        data: The file's content, YAML 1.1 in UTF-8.
        file: Its name, for messages.

    Returns:
        The entries, and a message for each mistake: the file, the entry and the reason.
    """
    try:
        content: Any = yaml.safe_load(data)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        reason = getattr(error, "problem", None) or "it is not text in UTF-8"
        return CorrectionFile(errors=(f"{file}{where}: cannot be read as YAML: {reason}",))
    if content is None:
        return CorrectionFile()
    if not isinstance(content, dict) or set(content) - {"entities"}:
        return CorrectionFile(errors=(f"{file}: must be a mapping with the one key 'entities'",))
    listed = content.get("entities") or []
    if not isinstance(listed, list):
        return CorrectionFile(errors=(f"{file}: 'entities' must be a list",))
    entries: list[Entry] = []
    errors: list[str] = []
    for number, one in enumerate(listed, start=1):
        label = f"{file}, entry {number}"
        if isinstance(one, dict) and isinstance(one.get("id"), str):
            label += f" ({one['id']})"
        try:
            entry = Entry.model_validate(one)
        except ValidationError as error:
            for wrong in error.errors(include_url=False, include_context=False):
                where = ".".join(str(part) for part in wrong["loc"])
                errors.append(f"{label}: {where + ': ' if where else ''}{wrong['msg']}")
            continue
        problem = _find_contradiction(entry, entries)
        if problem:
            errors.append(f"{label}: {problem}")
        else:
            entries.append(entry)
    return CorrectionFile(tuple(entries), tuple(errors))


def _find_contradiction(entry: Entry, before: list[Entry]) -> str | None:
    """Say why an entry cannot stand beside itself or those before it."""
    if entry.id in entry.same_as:
        return "same_as: an entity is itself already"
    both = set(entry.same_as) & {one for one in entry.not_same_as if isinstance(one, str)}
    if both:
        return f"{min(both)} is both in same_as and in not_same_as"
    for other in before:
        if other.id == entry.id:
            return "the id stands in an earlier entry too"
        if other.id in entry.same_as or entry.id in other.same_as:
            return f"same_as: name each entity once; {other.id} has an entry that overlaps"
        if shared := set(entry.same_as) & set(other.same_as):
            return f"same_as: {min(shared)} is already the same as {other.id}"
    return None


def join_corrections(files: Iterable[CorrectionFile]) -> tuple[Corrections, tuple[str, ...]]:
    """Put the entries of all files together; where two contradict, the first one holds.

    Returns:
        The corrections, and what was left out.
    """
    entries: list[Entry] = []
    errors: list[str] = []
    for one in files:
        for entry in one.entries:
            problem = _find_contradiction(entry, entries)
            if problem:
                errors.append(f"entry {entry.id}: {problem}")
            else:
                entries.append(entry)
    return (
        Corrections(
            same={other: entry.id for entry in entries for other in entry.same_as},
            names={entry.id: entry.name for entry in entries if entry.name},
            external_ids={
                entry.id: {str(name): value for name, value in entry.external_ids.items()}
                for entry in entries
                if entry.external_ids
            },
            apart=frozenset(
                frozenset((to_base(entry.id), to_base(other)))
                for entry in entries
                for other in entry.not_same_as
                if isinstance(other, str)
            ),
            apart_in=frozenset(
                (from_id(ARTICLE, other.article) or 0, to_base(entry.id))
                for entry in entries
                for other in entry.not_same_as
                if isinstance(other, ArticleRef)
            ),
        ),
        tuple(errors),
    )


def list_touched(file: CorrectionFile) -> tuple[str, ...]:
    """Return every id that a file speaks of, sorted."""
    ids = {entry.id for entry in file.entries}
    for entry in file.entries:
        ids |= set(entry.same_as) | {one for one in entry.not_same_as if isinstance(one, str)}
    return tuple(sorted(ids))


def to_base(slug: str) -> str:
    """Return an id without the suffix that tells it from others of its name."""
    return slug.partition("--")[0]


def to_entity_key(slug: str) -> int:
    """Return the key of the entity of an id."""
    return to_key(slug)
