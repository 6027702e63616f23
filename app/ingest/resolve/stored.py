"""What the database keeps of locals and clusters, read and written."""

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Integer, Text, bindparam, cast, delete, select

from app.db import tables
from app.db.bulk import insert_rows
from app.db.ids import to_key
from app.db.ready import Ready, is_one_of
from app.ingest.resolve.cluster import SKELETON
from app.ingest.resolve.keys import to_called_group
from app.ingest.resolve.local import Evidence, Local
from app.vocabulary import EntityType

LOCALS = tables.metadata.tables["local_entities"]
CALLS = tables.metadata.tables["local_entity_calls"]
CLUSTERS = tables.metadata.tables["entity_clusters"]
_ANY_CALL = Ready(
    select(CALLS.c.group_key)
    .where(CALLS.c.call.in_([bindparam("call"), bindparam("declared_call")]))
    .limit(1)
)
_NEXT_CALLER = Ready(
    select(CALLS.c.group_key)
    .where(CALLS.c.call == bindparam("call"), CALLS.c.group_key > bindparam("last"))
    .order_by(CALLS.c.group_key)
    .limit(1)
)
_TOUCHED = Ready(
    select(LOCALS.c.group_key, LOCALS.c.calls).where(LOCALS.c.article_key == bindparam("article"))
)
_CLUSTERS_OF_GROUPS = Ready(select(CLUSTERS).where(is_one_of(CLUSTERS.c.group_key, "groups")))
_GONE_CLUSTERS = Ready(delete(CLUSTERS).where(is_one_of(CLUSTERS.c.key, "keys")))
_JSON = (LOCALS.c.evidence, LOCALS.c.calls, LOCALS.c.reasons)
_GROUP = (
    select(
        *(column for column in LOCALS.c if column not in _JSON),
        *(cast(column, Text).label(column.name) for column in _JSON),
    )
    .where(LOCALS.c.group_key == bindparam("group"))
    .order_by(LOCALS.c.article_key, LOCALS.c.local_key)
)
_OF_ARTICLES = _GROUP.where(is_one_of(LOCALS.c.article_key, "articles"))
_MOST = bindparam("most", type_=Integer)
# By whether only some are wanted, and only those of some articles.
_GROUPS = {
    (False, False): Ready(_GROUP),
    (True, False): Ready(_GROUP.limit(_MOST)),
    (False, True): Ready(_OF_ARTICLES),
    (True, True): Ready(_OF_ARTICLES.limit(_MOST)),
}
MOST_CALLED = 20
"""A short name that more groups of full names can be called by is nobody's for certain."""


def write_locals(connection: Connection, locals_: Sequence[Local]) -> None:
    """Write what a new article says; to whom it belongs is written by the resolver."""
    insert_rows(connection, LOCALS, to_local_values(locals_))
    insert_rows(connection, CALLS, to_call_values(locals_))


def to_local_values(locals_: Iterable[Local]) -> list[dict[str, Any]]:
    """Return the rows of `LOCALS` as the resolver finds them: nobody belongs to anybody yet."""
    return [
        {
            "article_key": local.article_key,
            "local_key": local.key,
            "group_key": local.group,
            "short": local.short,
            "name": local.name,
            "base": local.base,
            "type": str(local.type),
            "published_at": local.published_at,
            "evidence": local.evidence.to_json(),
            "calls": list(local.calls),
            "cluster_key": 0,
            "entity_key": 0,
            "score": None,
            "reasons": [],
        }
        for local in locals_
    ]


def to_call_values(locals_: Iterable[Local]) -> list[dict[str, Any]]:
    """Return the rows of `CALLS`."""
    return [
        {
            "call": call,
            "group_key": local.group,
            "article_key": local.article_key,
            "local_key": local.key,
        }
        for local in locals_
        for call in local.calls
    ]


@lru_cache(maxsize=16_384)
def read_reasons(text: str) -> list[list[Any]]:
    """Return a local's reasons from a row of `read_group`; not to be changed."""
    found: list[list[Any]] = json.loads(text)
    return found


def read_touched(connection: Connection, *, article_key: int) -> tuple[set[str], set[str]]:
    """Return the groups that an article's entities belong to, and those that look at them."""
    rows = _TOUCHED.all(connection, article=article_key)
    return {row.group_key for row in rows}, {
        to_called_group(call) for row in rows for call in row.calls
    }


def read_group(
    connection: Connection,
    group: str,
    *,
    limit: int | None = SKELETON + 1,
    articles: Iterable[int] | None = None,
) -> dict[tuple[int, str], tuple[Local, Any]]:
    """Return a group's locals with what is stored of them, by article key.

    Args:
        connection: Where from.
        group: Which.
        limit: How many at most, the smallest article keys first.
        articles: Only those of these articles.
    """
    values: dict[str, Any] = {"group": group}
    if limit is not None:
        values["most"] = limit
    if articles is not None:
        values["articles"] = sorted(articles)
    query = _GROUPS[limit is not None, articles is not None]
    return {
        (row.article_key, row.local_key): (to_local(row), row)
        for row in query.all(connection, **values)
    }


# Articles name the same few hundred people again and again, and each time all that is known of
# them is looked at: to read it from JSON was two thirds of that.
@lru_cache(maxsize=16_384)
def _read_evidence(text: str) -> Evidence:
    return Evidence.from_json(json.loads(text))


@lru_cache(maxsize=16_384)
def _read_calls(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def read_clusters(connection: Connection, groups: Iterable[str]) -> dict[str, dict[int, Any]]:
    """Return the clusters of some groups by group and key."""
    found: dict[str, dict[int, Any]] = {}
    if wanted := sorted(groups):
        for row in _CLUSTERS_OF_GROUPS.all(connection, groups=wanted):
            found.setdefault(row.group_key, {})[row.key] = row
    return found


def to_local(row: Any) -> Local:
    """Return a local from its row, as `read_group` asks for it."""
    return Local(
        article_key=row.article_key,
        key=row.local_key,
        name=row.name,
        type=EntityType(row.type),
        base=row.base,
        group=row.group_key,
        short=row.short,
        published_at=row.published_at,
        evidence=_read_evidence(row.evidence),
        calls=_read_calls(row.calls),
    )


def list_callers(connection: Connection, group: str) -> dict[str, bool]:
    """Return the groups that can be called by a group's name; True where an article says so."""
    found: dict[str, bool] = {}
    names = {"call": group, "declared_call": f"={group}"}
    if _ANY_CALL.first(connection, **names) is None:
        return found
    for call, declared in ((group, False), (f"={group}", True)):
        # From one group to the next by the index, however many articles name each.
        last = ""
        while len(found) <= MOST_CALLED:
            other = _NEXT_CALLER.scalar(connection, call=call, last=last)
            if other is None:
                break
            last = other
            if other != group:
                found[other] = declared
    return found


def to_cluster_key(founder: Local) -> int:
    """Return the key of the cluster that a local founds."""
    return to_key("cluster", founder.group, str(founder.article_key), founder.key)


def delete_clusters(connection: Connection, keys: Iterable[int]) -> None:
    """Delete clusters that nobody belongs to any more."""
    if gone := sorted(keys):
        _GONE_CLUSTERS.run(connection, keys=gone)
