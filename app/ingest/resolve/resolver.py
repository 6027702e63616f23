"""Who is who over all articles, kept up as articles come, change and go."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.db import tables
from app.db.bulk import insert_rows
from app.db.ready import Ready, is_one_of, ready_update, to_new
from app.ingest.resolve.addresses import (
    give_slugs,
    leave_redirects,
    to_cluster_values,
    write_entities,
)
from app.ingest.resolve.corrections import Corrections
from app.ingest.resolve.groups import GroupResult, Placed, decide_group
from app.ingest.resolve.local import Local
from app.ingest.resolve.stored import (
    CLUSTERS,
    LOCALS,
    delete_clusters,
    read_clusters,
    read_reasons,
)
from app.ingest.said import GlobalEntity
from app.vocabulary import EntityType

_ENTITIES = tables.metadata.tables["entities"]
_ENTITIES_OF_BASES = Ready(select(CLUSTERS.c.entity_key).where(is_one_of(CLUSTERS.c.base, "bases")))
_ENTITIES_OF_CLUSTERS = Ready(
    select(CLUSTERS.c.key, CLUSTERS.c.entity_key).where(is_one_of(CLUSTERS.c.key, "keys"))
)
_LOCALS_OF_CLUSTERS = Ready(
    select(
        LOCALS.c.article_key, LOCALS.c.local_key, LOCALS.c.entity_key, LOCALS.c.cluster_key
    ).where(is_one_of(LOCALS.c.cluster_key, "keys"))
)
_ENTITIES_OF_ARTICLE = Ready(
    select(LOCALS.c.local_key, _ENTITIES.c.key, _ENTITIES.c.slug, _ENTITIES.c.type)
    .join(_ENTITIES, _ENTITIES.c.key == LOCALS.c.entity_key)
    .where(LOCALS.c.article_key == bindparam("article"))
)


Moved = dict[int, dict[str, int]]
"""By article the keys of those of its entities (`Entity.key`) that are others over all articles
now, each with the key of the one that it was; 0 for a new article's."""


@dataclass(slots=True)
class Touch:
    """What a change touches, gathered before anything is decided.

    Attributes:
        articles: Those that came, changed or went.
        groups: The groups of their entities, before and after.
        callees: The groups of shorter names that look at these.
        whole: Groups to be decided anew for everybody in them.
        bases: Names whose slugs are to be given out anew.
    """

    articles: set[int] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    callees: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    bases: set[str] = field(default_factory=set)


def resolve(connection: Connection, touch: Touch, *, corrections: Corrections) -> Moved:
    """Decide anew who is who in all groups that a change touches.

    Rows of locals, clusters and entities are brought up to date; those of mentions, quotations and
    so on are the caller's, for every article that is returned.

    Args:
        connection: In the transaction of the change, the articles' locals written or deleted.
        touch: What the change touches.
        corrections: What users know better.

    Returns:
        What the articles' entities were that are others now.
    """
    changes = _Changes(connection)
    changes.bases |= touch.bases
    changes.read(touch.groups | touch.whole | touch.callees)
    full = {group for group in touch.groups | touch.whole if not is_short(group)}
    shaken: set[str] = set()
    for group in sorted(full):
        result = _decide(changes, group, touch, corrections=corrections)
        changes.add(group, result)
        if result.shaken:
            shaken.add(group)
    callees = touch.callees if shaken else set()
    # Names that an article declares may be full ones, and are looked at by short ones in turn.
    declared = {group for group in callees if not is_short(group)} - full
    for group in sorted(declared):
        changes.add(group, _decide(changes, group, touch, corrections=corrections))
    short = {group for group in touch.groups | touch.whole if is_short(group)} | (
        callees - declared
    )
    short |= {to_short_group(group) for group in declared}
    for group in sorted(short - full):
        result = _decide(changes, group, touch, whole=group in callees, corrections=corrections)
        changes.add(group, result)
    return changes.write(bases=touch.bases, corrections=corrections)


def _decide(
    changes: "_Changes",
    group: str,
    touch: Touch,
    *,
    corrections: Corrections,
    whole: bool = False,
) -> GroupResult:
    return decide_group(
        changes.connection,
        group,
        articles=frozenset(touch.articles),
        whole=whole or group in touch.whole,
        corrections=corrections,
        write_decided=changes.write_decided,
    )


def is_short(group: str) -> bool:
    """Say whether a group is one of names that do not say who it is."""
    kind, _, name = group.partition(":")
    if kind == EntityType.PERSON:
        return name.startswith("|")
    return kind == EntityType.ORGANISATION and " " not in name


def to_short_group(group: str) -> str:
    """Return the group of surnames that looks at a group of full names, else the group itself."""
    kind, _, name = group.partition(":")
    return f"{kind}:|{name.partition('|')[2]}" if kind == EntityType.PERSON else group


class _Changes:
    """What is decided, on its way into the database.

    What only the end of the change looks at is written there, all at once: one statement for
    each group of an article took a third of the time that it takes to store one.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.known: dict[str, dict[int, Any]] = {}
        self.new_clusters: list[dict[str, Any]] = []
        self.gone_clusters: set[int] = set()
        self.decided: list[dict[str, Any]] = []
        self.bases: set[str] = set()
        self.placed: list[Placed] = []
        self.changed: set[int] = set()
        self.lessened: set[int] = set()

    def read(self, groups: Iterable[str]) -> None:
        """Read the clusters of groups, before anything of them is decided."""
        asked = set(groups) - self.known.keys()
        self.known |= {group: {} for group in asked} | read_clusters(self.connection, asked)

    def write_decided(self) -> None:
        """Write to which clusters locals belong, as far as that is decided."""
        _update_locals(self.connection, self.decided, "cluster_key", "score", "reasons")
        self.decided = []

    def add(self, group: str, result: GroupResult) -> None:
        """Take in a group's clusters, and where its locals belong."""
        self.read([group])
        known = self.known[group]
        gone = known.keys() - result.founders.keys()
        self.bases |= {known[key].base for key in gone}
        self.lessened |= {known[key].entity_key for key in gone}
        self.gone_clusters |= gone
        for key, founder in result.founders.items():
            values = to_cluster_values(key, founder)
            row = known.get(key)
            if row is None:
                self.new_clusters.append({**values, "slug": "", "entity_key": 0})
            elif any(getattr(row, name) != value for name, value in values.items()):
                ready_update(CLUSTERS, of=("key",), columns=tuple(values)).run(
                    self.connection,
                    of_key=key,
                    **to_new(values),
                )
                self.bases.add(row.base)
            else:
                continue
            self.changed.add(key)
            self.bases.add(founder.base)
        changed = [
            {
                "of_article_key": one.local.article_key,
                "of_local_key": one.local.key,
                "new_cluster_key": one.cluster_key,
                "new_score": None if one.verdict is None else round(one.verdict.score, 4),
                "new_reasons": []
                if one.verdict is None
                else [list(r) for r in one.verdict.reasons],
            }
            for one in result.placed
        ]
        self.decided += [
            values
            for values, one in zip(changed, result.placed, strict=True)
            if (one.row.cluster_key, one.row.score, read_reasons(one.row.reasons))
            != (values["new_cluster_key"], values["new_score"], values["new_reasons"])
        ]
        self.placed += result.placed

    def write(self, *, bases: set[str], corrections: Corrections) -> Moved:
        """Give out slugs, bring entities up to date, and return what it changes.

        Args:
            bases: Names of which users say something else.
            corrections: What they say.
        """
        connection = self.connection
        self.write_decided()
        delete_clusters(connection, self.gone_clusters)
        insert_rows(connection, CLUSTERS, self.new_clusters)
        moved = give_slugs(connection, bases=self.bases, corrections=corrections)
        named: set[int] = set()
        if bases:
            named |= set(_ENTITIES_OF_BASES.scalars(connection, bases=sorted(bases)))
        wanted = {one.cluster_key for one in self.placed} | moved.keys() | self.changed
        entity_of: dict[int, int] = dict(_ENTITIES_OF_CLUSTERS.all(connection, keys=sorted(wanted)))
        steps = {
            (one.local.article_key, one.local.key): (
                one.row.entity_key,
                entity_of[one.cluster_key],
            )
            for one in self.placed
        }
        for row in _LOCALS_OF_CLUSTERS.all(connection, keys=sorted(moved)):
            steps.setdefault(
                (row.article_key, row.local_key), (row.entity_key, entity_of[row.cluster_key])
            )
        steps = {key: step for key, step in steps.items() if step[0] != step[1]}
        write_entities(
            connection,
            keys={
                *(new for _, new in steps.values()),
                *(entity_of[key] for key in self.changed | moved.keys()),
                *self.lessened,
                *named,
            },
            corrections=corrections,
        )
        _update_locals(
            connection,
            [
                {"of_article_key": article, "of_local_key": local, "new_entity_key": new}
                for (article, local), (_, new) in steps.items()
            ],
            "entity_key",
        )
        moves: dict[int, int] = {}
        for _, (old, new) in sorted(steps.items()):
            if old:
                moves.setdefault(old, new)
        leave_redirects(connection, moves=moves)
        found: Moved = {}
        for (article, local), (old, _) in steps.items():
            found.setdefault(article, {})[local] = old
        return found


def _update_locals(connection: Connection, values: list[dict[str, Any]], *columns: str) -> None:
    of = ("article_key", "local_key")
    ready_update(LOCALS, of=of, columns=columns).run_each(connection, values)


def read_entities(connection: Connection, *, article_key: int) -> dict[str, GlobalEntity]:
    """Return for each `Entity.key` of an article the entity that it is over all articles."""
    rows = _ENTITIES_OF_ARTICLE.all(connection, article=article_key)
    return {row.local_key: GlobalEntity(row.key, row.slug, EntityType(row.type)) for row in rows}


def touch_locals(touch: Touch, locals_: Iterable[Local]) -> None:
    """Add what new locals touch."""
    for local in locals_:
        touch.groups.add(local.group)
        touch.callees |= {call.removeprefix("=") for call in local.calls}
