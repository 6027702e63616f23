"""Slugs for clusters, and the rows of the entities that they are.

Of the clusters whose names read the same the first in line (by date, unknown dates last, then by
key) has the plain slug; each other has what tells it from the first behind two hyphens, which no
name has in its slug: its type, its founder's role or its country, or a hash. So the slugs depend on
the articles alone and not on their order, and change only where an article comes before all others.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from app.db import tables
from app.db.bulk import insert_rows
from app.db.ids import to_key
from app.db.ready import Ready, is_one_of, ready_delete, ready_update, to_new
from app.ingest.resolve.corrections import Corrections
from app.ingest.resolve.evidence import load_walks
from app.ingest.resolve.local import Local
from app.ingest.resolve.slugs import to_hash, to_slug, to_suffix
from app.ingest.resolve.stored import CLUSTERS
from app.vocabulary import EntityType

_ENTITIES = tables.metadata.tables["entities"]
_ALIASES = tables.metadata.tables["entity_aliases"]
_REDIRECTS = tables.metadata.tables["entity_redirects"]
_CLUSTERS_OF_BASES = Ready(select(CLUSTERS).where(is_one_of(CLUSTERS.c.base, "bases")))
_CLUSTERS_OF_ENTITIES = Ready(select(CLUSTERS).where(is_one_of(CLUSTERS.c.entity_key, "keys")))
_ENTITIES_OF_KEYS = Ready(select(_ENTITIES).where(is_one_of(_ENTITIES.c.key, "keys")))
_NEEDLESS = Ready(delete(_REDIRECTS).where(is_one_of(_REDIRECTS.c.slug, "slugs")))
_FORMS = Ready(
    select(_ALIASES.c.text, _ALIASES.c.count).where(_ALIASES.c.entity_key == bindparam("key"))
)
_ANY_CLUSTER = Ready(
    select(CLUSTERS.c.key).where(CLUSTERS.c.entity_key == bindparam("key")).limit(1)
)
_SLUG = Ready(select(_ENTITIES.c.slug).where(_ENTITIES.c.key == bindparam("key")))


def to_cluster_values(key: int, founder: Local) -> dict[str, Any]:
    """Return what the row of a cluster says of its founder; the slug is given out later."""
    return {
        "key": key,
        "group_key": founder.group,
        "base": founder.base,
        "name": founder.name,
        "type": founder.type,
        "founded_at": founder.published_at,
        "founder_article": founder.article_key,
        "founder_local": founder.key,
        "place": founder.evidence.place,
        "suffix": _find_suffix(founder),
    }


def _find_suffix(founder: Local) -> str:
    """Return what tells a founder from others of its name, in one or two words, or nothing."""
    evidence = founder.evidence
    if evidence.place is not None:
        return to_suffix(evidence.place["region"] or evidence.place["country"] or "")
    walks = load_walks()
    words = [word for word in evidence.roles if word in walks] or list(evidence.roles)
    if words and founder.type == EntityType.PERSON:
        return to_suffix(words[0])
    return to_suffix(evidence.countries[0]) if evidence.countries else ""


def give_slugs(
    connection: Connection, *, bases: Iterable[str], corrections: Corrections
) -> dict[int, tuple[int, int]]:
    """Give the clusters of some names their slugs and entities.

    Returns:
        For each cluster whose entity is another one now: the key of the former (0 for a new
        cluster) and of the present entity.
    """
    changed: dict[int, tuple[int, int]] = {}
    values = []
    found: dict[str, list[Any]] = {}
    for row in _CLUSTERS_OF_BASES.all(connection, bases=sorted(set(bases))):
        found.setdefault(row.base, []).append(row)
    for base, rows in found.items():
        for row, slug in _share_out(base, rows):
            entity_key = to_key(corrections.to_final(slug))
            if entity_key != row.entity_key:
                changed[row.key] = (row.entity_key, entity_key)
            if (slug, entity_key) != (row.slug, row.entity_key):
                values.append({"of_key": row.key, "new_slug": slug, "new_entity_key": entity_key})
    of = ("key",)
    ready_update(CLUSTERS, of=of, columns=("slug", "entity_key")).run_each(connection, values)
    return changed


def _share_out(base: str, rows: list[Any]) -> list[tuple[Any, str]]:
    def place_in_line(row: Any) -> tuple[float, int, str]:
        founded: datetime | None = row.founded_at
        return (
            founded.timestamp() if founded else float("inf"),
            row.founder_article,
            row.founder_local,
        )

    line = sorted(rows, key=place_in_line)
    given = [(line[0], base)]
    taken = {base}
    for row in line[1:]:
        kinds = [row.type] if row.type != line[0].type else []
        suffixes = [*kinds, row.suffix, to_hash(str(row.founder_article), row.founder_local)]
        slug = next(slug for word in suffixes if word and (slug := f"{base}--{word}") not in taken)
        taken.add(slug)
        given.append((row, slug))
    return given


def write_entities(
    connection: Connection, *, keys: Iterable[int], corrections: Corrections
) -> None:
    """Make the rows of entities, or bring them in line with their clusters.

    Counts of new rows are zero; `app.ingest.tally` counts them within the same transaction.
    """
    wanted = sorted(set(keys))
    clusters: dict[int, list[Any]] = {}
    for row in _CLUSTERS_OF_ENTITIES.all(connection, keys=wanted):
        clusters.setdefault(row.entity_key, []).append(row)
    known = read_entity_rows(connection, wanted)
    slugs = {corrections.to_final(rows[0].slug) for rows in clusters.values()}
    _NEEDLESS.run(connection, slugs=sorted(slugs))
    new = []
    for key, rows in clusters.items():
        values = _write_entity(connection, rows, known.get(key), corrections=corrections)
        if key not in known:
            new.append(values)
    insert_rows(connection, _ENTITIES, new)
    for rows in clusters.values():
        final = corrections.to_final(rows[0].slug)
        for row in rows:
            if row.slug != final:
                redirect(connection, slug=row.slug, to=to_key(final))


def read_entity_rows(connection: Connection, keys: list[int]) -> dict[int, Any]:
    """Return the rows of entities by their keys; those that are not there are left out."""
    return {row.key: row for row in _ENTITIES_OF_KEYS.all(connection, keys=keys)}


def _write_entity(
    connection: Connection,
    rows: list[Any],
    known: Any | None,
    *,
    corrections: Corrections,
) -> dict[str, Any]:
    """Bring the row of an entity in line with its clusters; return what a new one has in it."""
    slug = corrections.to_final(rows[0].slug)
    main = min(rows, key=lambda row: (row.slug != slug, row.slug))
    key = to_key(slug)
    place = next((row.place for row in (main, *rows) if row.place is not None), None) or {}
    ids = {name: place[name] for name in ("geonames", "iso3166") if place.get(name)}
    values = {
        "slug": slug,
        "type": main.type,
        "external_ids": ids | corrections.external_ids.get(slug, {}),
        "country": place.get("country"),
        "latitude": place.get("latitude"),
        "longitude": place.get("longitude"),
    }
    preferred = corrections.names.get(slug)
    if known is None:
        zero = dict.fromkeys(
            ("article_count", "mention_count", "quote_count", "claim_count"), 0
        ) | {"first_seen": None, "last_seen": None}
        return {"key": key, **values, "name": preferred or main.name, **zero}
    if preferred or to_slug(known.name) != main.base:
        values["name"] = preferred or _find_name(connection, key, main)
    changed = {name: value for name, value in values.items() if getattr(known, name) != value}
    if changed:
        ready_update(_ENTITIES, of=("key",), columns=tuple(changed)).run(
            connection, of_key=key, **to_new(changed)
        )
    return values


def _find_name(connection: Connection, key: int, main: Any) -> str:
    """Return what an entity is called when nobody prefers another name."""
    return choose_name(main.name, forms=Counter(dict(_FORMS.all(connection, key=key))))


def choose_name(name: str, *, forms: Counter[str]) -> str:
    """Return the way in which the name is written most often (the first in the alphabet of two)."""
    base = to_slug(name)
    same = [(-count, text) for text, count in forms.items() if to_slug(text) == base]
    return min(same)[1] if same else name


def redirect(connection: Connection, *, slug: str, to: int) -> None:
    """Note that an id is now another entity's."""
    ready_delete(_REDIRECTS, of=("slug",)).run(connection, of_slug=slug)
    insert_rows(connection, _REDIRECTS, [{"slug": slug, "entity_key": to}])


def leave_redirects(connection: Connection, *, moves: dict[int, int]) -> None:
    """Let the ids of entities that are no more lead to those that they became.

    Args:
        connection: In the transaction of the change, before the old entities' rows go.
        moves: Former entity -> present entity, both by key.
    """
    for old, new in sorted(moves.items()):
        still = _ANY_CLUSTER.scalar(connection, key=old)
        slug = _SLUG.scalar(connection, key=old)
        if still is not None or slug is None:
            continue
        ready_update(_REDIRECTS, of=("entity_key",), columns=("entity_key",)).run(
            connection, of_entity_key=old, new_entity_key=new
        )
        redirect(connection, slug=slug, to=new)
