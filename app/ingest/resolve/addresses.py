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

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from app.db import tables
from app.db.ids import to_key
from app.ingest.resolve.corrections import Corrections
from app.ingest.resolve.evidence import load_walks
from app.ingest.resolve.local import Local
from app.ingest.resolve.slugs import to_hash, to_slug, to_suffix
from app.ingest.resolve.stored import CLUSTERS, in_portions
from app.vocabulary import EntityType

_ENTITIES = tables.metadata.tables["entities"]
_ALIASES = tables.metadata.tables["entity_aliases"]
_REDIRECTS = tables.metadata.tables["entity_redirects"]


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
    for some in in_portions(sorted(set(bases))):
        found: dict[str, list[Row[Any]]] = {}
        for row in connection.execute(select(CLUSTERS).where(CLUSTERS.c.base.in_(some))):
            found.setdefault(row.base, []).append(row)
        for base, rows in found.items():
            for row, slug in _share_out(base, rows):
                entity_key = to_key(corrections.to_final(slug))
                if entity_key != row.entity_key:
                    changed[row.key] = (row.entity_key, entity_key)
                if (slug, entity_key) != (row.slug, row.entity_key):
                    values.append({"of_key": row.key, "new_slug": slug, "new_entity": entity_key})
    if values:
        connection.execute(
            update(CLUSTERS)
            .where(CLUSTERS.c.key == bindparam("of_key"))
            .values(slug=bindparam("new_slug"), entity_key=bindparam("new_entity")),
            values,
        )
    return changed


def _share_out(base: str, rows: list[Row[Any]]) -> list[tuple[Row[Any], str]]:
    def place_in_line(row: Row[Any]) -> tuple[float, int, str]:
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
    for some in in_portions(sorted(set(keys))):
        clusters: dict[int, list[Row[Any]]] = {}
        for row in connection.execute(select(CLUSTERS).where(CLUSTERS.c.entity_key.in_(some))):
            clusters.setdefault(row.entity_key, []).append(row)
        known = {
            row.key: row
            for row in connection.execute(select(_ENTITIES).where(_ENTITIES.c.key.in_(some)))
        }
        slugs = {corrections.to_final(rows[0].slug) for rows in clusters.values()}
        connection.execute(delete(_REDIRECTS).where(_REDIRECTS.c.slug.in_(sorted(slugs))))
        new = []
        for key, rows in clusters.items():
            values = _write_entity(connection, rows, known.get(key), corrections=corrections)
            if key not in known:
                new.append(values)
        if new:
            connection.execute(insert(_ENTITIES), new)
        for rows in clusters.values():
            final = corrections.to_final(rows[0].slug)
            for row in rows:
                if row.slug != final:
                    redirect(connection, slug=row.slug, to=to_key(final))


def _write_entity(
    connection: Connection,
    rows: list[Row[Any]],
    known: Row[Any] | None,
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
        connection.execute(update(_ENTITIES).where(_ENTITIES.c.key == key).values(changed))
    return values


def _find_name(connection: Connection, key: int, main: Row[Any]) -> str:
    """Return what an entity is called when nobody prefers another name."""
    forms: Counter[str] = Counter()
    for text, count in connection.execute(
        select(_ALIASES.c.text, _ALIASES.c.count).where(_ALIASES.c.entity_key == key)
    ):
        forms[text] = count
    return choose_name(main.name, forms=forms)


def choose_name(name: str, *, forms: Counter[str]) -> str:
    """Return the way in which the name is written most often (the first in the alphabet of two)."""
    base = to_slug(name)
    same = [(-count, text) for text, count in forms.items() if to_slug(text) == base]
    return min(same)[1] if same else name


def redirect(connection: Connection, *, slug: str, to: int) -> None:
    """Note that an id is now another entity's."""
    connection.execute(delete(_REDIRECTS).where(_REDIRECTS.c.slug == slug))
    connection.execute(insert(_REDIRECTS), {"slug": slug, "entity_key": to})


def leave_redirects(connection: Connection, *, moves: dict[int, int]) -> None:
    """Let the ids of entities that are no more lead to those that they became.

    Args:
        connection: In the transaction of the change, before the old entities' rows go.
        moves: Former entity -> present entity, both by key.
    """
    for old, new in sorted(moves.items()):
        still = connection.scalar(
            select(CLUSTERS.c.key).where(CLUSTERS.c.entity_key == old).limit(1)
        )
        slug = connection.scalar(select(_ENTITIES.c.slug).where(_ENTITIES.c.key == old))
        if still is not None or slug is None:
            continue
        connection.execute(
            update(_REDIRECTS).where(_REDIRECTS.c.entity_key == old).values(entity_key=new)
        )
        redirect(connection, slug=slug, to=new)
