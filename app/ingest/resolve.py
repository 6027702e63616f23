"""Which entity over all articles an article's entity is.

Version one: the one of the same type whose name reads the same when case, accents, white space and
punctuation are folded ("U.S." is "US", "Al-Jazeera" is "Al Jazeera"). A surname alone is a name of
its own: "Putin" does not join "Vladimir Putin" over the border of an article.

Which entities there are does not depend on the order in which articles come. One thing does: where
two types share a name ("Washington"), the first to come has the plain slug, and keeps it for as
long as any article names it; the other gets its type as a suffix. Ingest reads files by name, so
that a fresh load always gives the same slugs.
"""

import re
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, insert, select

from app.db import tables
from app.db.fold import fold
from app.db.ids import to_id, to_key
from app.ingest.rows import to_values
from app.ingest.said import GlobalEntity
from app.parsing.types import Entity
from app.vocabulary import EntityType

_ENTITIES = tables.metadata.tables["entities"]
# Marks that stand inside of a word and do not part it: apostrophes, and the points of "U.S.".
_INSIDE_WORDS = re.compile(r"['.]")
_NOT_ASCII_WORDS = re.compile(r"[^a-z0-9]+")
# A slug stays below 80 characters with the longest suffix ("-organisation").
_LONGEST_BASE = 64
_SELECT_AT_ONCE = 500


def to_slug(name: str) -> str:
    """Return the readable slug that a name has unless another entity has taken it.

    Two names that read the same when folded have the same slug. A name with letters that are not
    Latin gets a stable hash instead ("name-0c6f…"); a very long one is cut and ends in its hash.

    Returns:
        1 to 64 of the characters a-z, 0-9 and the hyphen.
    """
    folded = _INSIDE_WORDS.sub("", fold(name))
    hashed = to_id("", to_key("name", folded)).lstrip("_")
    if any(letter.isalnum() and not letter.isascii() for letter in folded):
        return f"name-{hashed}"
    slug = _NOT_ASCII_WORDS.sub("-", folded).strip("-")
    if not slug:
        return f"name-{hashed}"
    if len(slug) > _LONGEST_BASE:
        return f"{slug[: _LONGEST_BASE - len(hashed) - 1].rstrip('-')}-{hashed}"
    return slug


def resolve_entities(
    connection: Connection, *, entities: Iterable[Entity]
) -> dict[str, GlobalEntity]:
    """Find the entity over all articles for each entity of an article; make those not yet there.

    New rows have counts of zero: `app.ingest.tally` counts them within the same transaction.

    Args:
        connection: In the transaction that stores the article.
        entities: The article's, in order of first mention.

    Returns:
        For each `Entity.key` its entity over all articles.
    """
    wanted = [(entity, to_slug(entity.name)) for entity in entities]
    taken = _select_taken(
        connection, slugs=[slug for entity, base in wanted for slug in _slugs(base, entity.type)]
    )
    resolved: dict[str, GlobalEntity] = {}
    new: list[tables.Entity] = []
    for entity, base in wanted:
        for slug in _slugs(base, entity.type):
            holder = taken.get(slug)
            if holder is None:
                row = _to_new_row(entity, slug=slug)
                new.append(row)
                taken[slug] = (entity.name, entity.type)
                break
            if holder[1] == entity.type and to_slug(holder[0]) == base:
                break
        resolved[entity.key] = GlobalEntity(key=to_key(slug), slug=slug, type=entity.type)
    if new:
        connection.execute(insert(_ENTITIES), [to_values(row) for row in new])
    return resolved


def _slugs(base: str, kind: EntityType) -> Iterator[str]:
    """Yield the slugs that an entity may have, the first free one being its own.

    The last, which is free for sure, is for a place "Reading" that comes when both an organisation
    "Reading" and a place "Reading Place" are there.
    """
    yield base
    yield f"{base}-{kind}"
    yield f"name-{to_id('', to_key('name', kind, base)).lstrip('_')}"


def _select_taken(connection: Connection, *, slugs: list[str]) -> dict[str, tuple[str, EntityType]]:
    taken = {}
    for start in range(0, len(slugs), _SELECT_AT_ONCE):
        rows = connection.execute(
            select(_ENTITIES.c.slug, _ENTITIES.c.name, _ENTITIES.c.type).where(
                _ENTITIES.c.slug.in_(slugs[start : start + _SELECT_AT_ONCE])
            )
        )
        for slug, name, kind in rows:
            taken[slug] = (name, EntityType(kind))
    return taken


def _to_new_row(entity: Entity, *, slug: str) -> tables.Entity:
    return tables.Entity(
        key=to_key(slug),
        slug=slug,
        name=entity.name,
        type=entity.type,
        external_ids={},
        country=None,
        latitude=None,
        longitude=None,
        article_count=0,
        mention_count=0,
        quote_count=0,
        claim_count=0,
        first_seen=None,
        last_seen=None,
    )
