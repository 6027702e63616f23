"""Which of a group's entities are one: a function of the group alone, in whatever order it came.

The locals of a group are taken in line (by date, then by key), each joins the likeliest profile so
far or begins a new one, and then profiles that have come to look alike are joined. A group of more
than `SKELETON` articles is decided by those with the smallest keys, which are hashes and so a
sample that no order of ingest can change; every other article is held against their profiles.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from app.ingest.resolve.corrections import Corrections
from app.ingest.resolve.local import Local
from app.ingest.resolve.score import JOIN, Profile, Verdict, compare

_T = TypeVar("_T")

SKELETON = 300
"""At some 40 µs a comparison, 15 ms for a group that is one person."""
_SAMPLE = 8
MARGIN = 1.0
"""By how much, in log-odds, a short name's best candidate has to be ahead of the next."""


@dataclass(frozen=True, slots=True)
class Decision:
    """To whom a local was given, with the verdict; None for one that founded its profile."""

    profile: Profile
    verdict: Verdict | None


class Remembered:
    """What was worked out of groups, for as long as what it follows from is the same.

    Nothing is ever out of date: what it follows from is compared, not merely named.

    Args:
        most: So many groups; those asked for longest ago go first.
    """

    def __init__(self, most: int) -> None:
        """Remember nothing yet."""
        self._most = most
        self._known: OrderedDict[str, tuple[Any, Any]] = OrderedDict()

    def work_out(self, group: str, given: Any, work: Callable[[], _T]) -> _T:
        """Return what `work` returns, for a group and all that it depends on.

        Args:
            group: Under which it is kept.
            given: Everything that `work` looks at; none of it may change afterwards.
            work: Called unless it was called before for an equal `given`.
        """
        known = self._known.get(group)
        if known is not None and known[0] == given:
            self._known.move_to_end(group)
            found: _T = known[1]
            return found
        result = work()
        self._known[group] = given, result
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return result


def cluster(
    locals_: Sequence[Local], *, corrections: Corrections
) -> tuple[list[Profile], dict[tuple[int, str], Decision]]:
    """Part the locals of one group into profiles.

    Returns:
        The profiles in the order of their founders, and the decision for each local by
        ``(article_key, key)``.
    """
    line = sorted(locals_, key=lambda local: local.place_in_line)
    profiles: list[Profile] = []
    decisions: dict[tuple[int, str], Decision] = {}
    for local in line:
        found = choose(local, profiles, corrections=corrections)
        profile = found.profile if found is not None else Profile()
        if found is None:
            profiles.append(profile)
        profile.add(local)
        decisions[local.article_key, local.key] = found or Decision(profile, None)
    _join_profiles(profiles, decisions, corrections=corrections)
    return profiles, decisions


def choose(
    local: Local,
    profiles: Iterable[Profile],
    *,
    corrections: Corrections,
    declared: Iterable[Profile] = (),
    margin: float = 0.0,
) -> Decision | None:
    """Return the likeliest profile for a local, or None when none is likely enough.

    Args:
        local: Who is looked for.
        profiles: Who it may be; of two as likely the first is taken.
        corrections: What users know better.
        declared: Those of `profiles` that an article gives the local's name.
        margin: How far ahead of the second the first has to be, in log-odds.
    """
    known = {id(profile) for profile in declared}
    best: Decision | None = None
    odds = []
    for profile in profiles:
        if corrections.has_apart and any(
            corrections.keep_apart(local, other) for other in profile.locals
        ):
            continue
        verdict = compare(local, profile, declared=id(profile) in known)
        odds.append(verdict.odds)
        if best is None or best.verdict is None or verdict.odds > best.verdict.odds:
            best = Decision(profile, verdict)
    if best is None or best.verdict is None or best.verdict.score < JOIN:
        return None
    second = sorted(odds)[-2] if len(odds) > 1 else None
    if second is not None and best.verdict.odds - second < margin:
        return None
    return best


def _join_profiles(
    profiles: list[Profile],
    decisions: dict[tuple[int, str], Decision],
    *,
    corrections: Corrections,
) -> None:
    """Join profiles that look alike now that they are whole, the later into the earlier.

    The articles of each have to be at home in the other on the average, and none may be a
    stranger there.
    """
    place = 1
    while place < len(profiles):
        late = profiles[place]
        for early in profiles[:place]:
            if compare(late.founder, early).odds <= 0.0 or _are_apart(late, early, corrections):
                continue
            there = [compare(local, early) for local in late.locals[:_SAMPLE]]
            back = [compare(local, late) for local in early.locals[:_SAMPLE]]
            odds = [verdict.odds for verdict in (*there, *back)]
            if sum(odds) / len(odds) > 1.0 and min(odds) > -1.0:
                for local in late.locals:
                    early.add(local)
                    verdict = decisions[local.article_key, local.key].verdict or there[0]
                    decisions[local.article_key, local.key] = Decision(early, verdict)
                profiles.pop(place)
                place -= 1
                break
        place += 1


def _are_apart(one: Profile, other: Profile, corrections: Corrections) -> bool:
    return corrections.has_apart and any(
        corrections.keep_apart(a, b) for a in one.locals for b in other.locals
    )
