"""Deciding groups: what changes where an article came, changed or went."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.db.ready import Ready
from app.ingest.resolve.cluster import (
    MARGIN,
    SKELETON,
    Decision,
    Remembered,
    choose,
    cluster,
)
from app.ingest.resolve.corrections import Corrections
from app.ingest.resolve.local import Local
from app.ingest.resolve.score import Profile, Verdict
from app.ingest.resolve.stored import (
    CLUSTERS,
    LOCALS,
    MOST_CALLED,
    list_callers,
    read_group,
    to_cluster_key,
)
from app.vocabulary import EntityType

Key = tuple[int, str]
Cluster = tuple[int, Verdict | None]

_FOUNDERS = Ready(
    select(CLUSTERS.c.key, CLUSTERS.c.founder_article, CLUSTERS.c.founder_local).where(
        CLUSTERS.c.group_key == bindparam("group")
    )
)
_CLUSTER_OF = Ready(
    select(LOCALS.c.cluster_key).where(
        LOCALS.c.article_key == bindparam("article"), LOCALS.c.local_key == bindparam("local")
    )
)
# Of the groups that articles name again and again.
_CLUSTERED = Remembered(500)
_ATTACHED = Remembered(500)


@dataclass(frozen=True, slots=True)
class Placed:
    """A local, its row as it is stored, and the cluster that it belongs to now."""

    local: Local
    row: Any
    cluster_key: int
    verdict: Verdict | None


@dataclass(slots=True)
class GroupResult:
    """What was decided of one group.

    Attributes:
        founders: The founder of each cluster by the cluster's key; the group's whole list.
        placed: The locals that were looked at.
        shaken: Its profiles may have changed, so that whoever looks at them has to look again.
    """

    founders: dict[int, Local] = field(default_factory=dict)
    placed: list[Placed] = field(default_factory=list)
    shaken: bool = True


def decide_group(
    connection: Connection,
    group: str,
    *,
    articles: frozenset[int],
    whole: bool,
    corrections: Corrections,
    write_decided: Callable[[], None],
) -> GroupResult:
    """Decide who is who in a group.

    Args:
        connection: In the transaction of the change; groups that it looks at are decided already.
        write_decided: Called before it looks at them, so that what was decided is in the database.
        group: Which.
        articles: Those that changed.
        whole: Whoever it looks at has changed: everybody is decided anew.
        corrections: What users know better.
    """
    rows = read_group(connection, group)
    small = len(rows) <= SKELETON
    line = list(rows)[:SKELETON]
    skeleton = {key: rows[key] for key in line}
    shaken = small or whole or any(article <= line[-1][0] for article in articles)
    result = GroupResult(shaken=shaken)
    if not rows:
        return result
    candidates, declared = _list_candidates(
        connection, group, rows, corrections=corrections, write_decided=write_decided
    )
    attached, rest = _attach_all(
        group, [local for local, _ in skeleton.values()], candidates, declared, corrections
    )
    decided = dict(attached)
    profiles, decisions = _cluster(group, rest, corrections=corrections)
    for local in rest:
        decision = decisions[local.article_key, local.key]
        decided[local.article_key, local.key] = (
            to_cluster_key(decision.profile.founder),
            decision.verdict,
        )
    result.founders = {to_cluster_key(profile.founder): profile.founder for profile in profiles}
    looked_at = dict(skeleton)
    if not small:
        all_of_them = whole or shaken
        others = read_group(
            connection, group, limit=None, articles=None if all_of_them else articles
        )
        for key, (local, row) in others.items():
            if key in skeleton:
                continue
            looked_at[key] = (local, row)
            found = _attach(local, candidates, declared, corrections=corrections)
            if found is None:
                chosen = _choose(local, profiles, corrections=corrections)
                if chosen is not None:
                    found = to_cluster_key(chosen.profile.founder), chosen.verdict
                else:
                    found = to_cluster_key(local), None
                    result.founders[found[0]] = local
            decided[key] = found
        if not all_of_them:
            result.founders |= _list_lone(connection, group, seen=looked_at)
    result.placed = [Placed(local, row, *decided[key]) for key, (local, row) in looked_at.items()]
    return result


def _attach_all(
    group: str,
    locals_: list[Local],
    candidates: dict[int, Profile],
    declared: list[Profile],
    corrections: Corrections,
) -> tuple[dict[Key, Cluster], list[Local]]:
    """Give the locals of a skeleton to whom the group's name may mean; return who is left too."""

    def attach() -> tuple[dict[Key, Cluster], list[Local]]:
        found: dict[Key, Cluster] = {}
        rest = []
        for local in locals_:
            cluster_ = _attach(local, candidates, declared, corrections=corrections)
            if cluster_ is None:
                rest.append(local)
            else:
                found[local.article_key, local.key] = cluster_
        return found, rest

    if not candidates:
        return {}, locals_
    known = [(key, profile.locals) for key, profile in candidates.items()]
    given = (locals_, known, [profile.locals for profile in declared], corrections)
    return _ATTACHED.work_out(group, given, attach)


def _cluster(
    group: str, locals_: list[Local], *, corrections: Corrections
) -> tuple[list[Profile], dict[Key, Decision]]:
    if not locals_ or locals_[0].type != EntityType.PLACE or corrections.has_apart:
        return _CLUSTERED.work_out(
            group, (locals_, corrections), partial(cluster, locals_, corrections=corrections)
        )
    # The gazetteer has told places apart already; those that it does not know are one by name.
    profile = Profile()
    for local in sorted(locals_, key=lambda one: one.place_in_line):
        profile.locals.append(local)
    verdict = _to_place_verdict(locals_[0])
    return [profile], {
        (local.article_key, local.key): Decision(
            profile, None if local is profile.founder else verdict
        )
        for local in locals_
    }


def _choose(local: Local, profiles: list[Profile], *, corrections: Corrections) -> Decision | None:
    if local.type == EntityType.PLACE and profiles and not corrections.has_apart:
        return Decision(profiles[0], _to_place_verdict(local))
    return choose(local, profiles, corrections=corrections)


def _to_place_verdict(local: Local) -> Verdict:
    if local.evidence.place is None:
        return Verdict(1.0, (("a place of the same name that the gazetteer does not know", 1.0),))
    return Verdict(3.0, (("the same place of the gazetteer", 3.0),))


def _list_candidates(
    connection: Connection,
    group: str,
    rows: dict[Key, Any],
    *,
    corrections: Corrections,
    write_decided: Callable[[], None],
) -> tuple[dict[int, Profile], list[Profile]]:
    """Return the profiles that the group's name may mean, by the cluster that each is now."""
    callers = list_callers(connection, group)
    first: Local = next(iter(rows.values()))[0]
    if not first.short:
        callers = {
            other: said
            for other, said in callers.items()
            # Where each group names the other, the first in the alphabet has both.
            if said and (other < group or not _names(connection, group, other))
        }
    if not callers or len(callers) > MOST_CALLED:
        return {}, []
    write_decided()
    found: dict[int, Profile] = {}
    declared: dict[int, None] = {}
    for other, said in sorted(callers.items()):
        others = read_group(connection, other, limit=SKELETON)
        locals_ = [local for local, _ in others.values()]
        profiles, _ = _CLUSTERED.work_out(
            other, (locals_, corrections), partial(cluster, locals_, corrections=corrections)
        )
        for profile in profiles:
            founder = profile.founder
            # Where the founder is now: its own cluster, or the one that this was joined to.
            cluster_key = _CLUSTER_OF.scalar(
                connection, article=founder.article_key, local=founder.key
            )
            if not cluster_key:
                continue
            if cluster_key in found:
                # A new one: the profiles are remembered, and stay as they are.
                both = Profile()
                for local in (*found[cluster_key].locals, *profile.locals):
                    both.add(local)
                found[cluster_key] = both
            else:
                found[cluster_key] = profile
            call = f"={group}"
            if said and any(call in local.calls for local in profile.locals):
                declared[cluster_key] = None
    return found, [found[key] for key in declared]


def _names(connection: Connection, group: str, other: str) -> bool:
    """Say whether an article of one group gives the name of another as its own."""
    return list_callers(connection, other).get(group, False)


def _attach(
    local: Local,
    candidates: dict[int, Profile],
    declared: Iterable[Profile],
    *,
    corrections: Corrections,
) -> Cluster | None:
    if not candidates:
        return None
    found = choose(
        local, candidates.values(), corrections=corrections, declared=declared, margin=MARGIN
    )
    if found is None:
        return None
    key = next(key for key, profile in candidates.items() if profile is found.profile)
    return key, found.verdict


def _list_lone(connection: Connection, group: str, *, seen: Iterable[Key]) -> dict[int, Local]:
    """Return the founders of a large group that stand beyond its skeleton, by cluster."""
    known = set(seen)
    found = {}
    for row in _FOUNDERS.all(connection, group=group):
        if (row.founder_article, row.founder_local) in known:
            continue
        one = read_group(connection, group, articles=[row.founder_article])
        if (row.founder_article, row.founder_local) in one:
            found[row.key] = one[row.founder_article, row.founder_local][0]
    return found
