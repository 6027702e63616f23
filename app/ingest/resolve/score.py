"""How likely it is that two names of one block mean one thing, with the reasons in words.

A sum of log-odds, in the manner of Fellegi and Sunter (A Theory for Record Linkage, JASA 1969):
each comparison adds a weight for agreement or takes one away for disagreement. The weights are set
by hand, from what each evidence is worth by itself; none was fitted to single pairs.
"""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from rapidfuzz.distance import JaroWinkler

from app.ingest.resolve.local import Local
from app.ingest.resolve.names import read_lexicon, split_organisation, split_person
from app.vocabulary import EntityType

JOIN = 0.6
"""Two are one from this probability on: what is not certain stays apart."""
# A full name that few bear says nearly everything; "John Smith" says nothing by itself.
RARE_NAME, COMMON_NAME = 3.0, -0.5
ORGANISATION, GENERIC_ORGANISATION = 5.0, 1.0
SHORT_NAME = -1.5
DECLARED = 4.0
IMPOSSIBLE = -8.0
YEAR_SECONDS = 365.25 * 86_400
Add = Callable[[str, float], None]
# Company that everybody keeps.
EVERYBODY = frozenset({"o:us", "o:un", "o:congress", "o:senate", "o:ap", "o:reuters", "o:police"})
# Walks of life between which people change.
_NEAR = (
    frozenset({"politics", "law", "military", "business", "press", "faith", "science"}),
    frozenset({"police", "military", "law"}),
    frozenset({"science", "medicine"}),
    frozenset({"arts", "press", "science"}),
    frozenset({"sport", "business", "press"}),
    frozenset({"trade", "business"}),
)


@dataclass(slots=True)
class Profile:
    """What is known of one thing from the articles that were found to name it."""

    locals: list[Local] = field(default_factory=list)
    articles: set[int] = field(default_factory=set)
    middles: Counter[str] = field(default_factory=Counter)
    suffixes: Counter[str] = field(default_factory=Counter)
    genders: Counter[str] = field(default_factory=Counter)
    born: list[int] = field(default_factory=list)
    roles: Counter[str] = field(default_factory=Counter)
    walks: Counter[str] = field(default_factory=Counter)
    topics: Counter[str] = field(default_factory=Counter)
    company: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    countries: Counter[str] = field(default_factory=Counter)
    outlets: Counter[str] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    _uncounted: list[Local] = field(default_factory=list)

    def add(self, local: Local) -> None:
        """Add what one article says; it is counted when somebody is compared with it."""
        if not self.locals or local.place_in_line < self.locals[0].place_in_line:
            self.locals.insert(0, local)
        else:
            self.locals.append(local)
        self.articles.add(local.article_key)
        self._uncounted.append(local)

    def count(self) -> None:
        """Count what the articles say that came since the last time.

        Most names are one article's, and nobody is ever compared with them.
        """
        for local in self._uncounted:
            self._count(local)
        self._uncounted.clear()

    def _count(self, local: Local) -> None:
        evidence = local.evidence
        if local.type == EntityType.PERSON:
            name = split_person(local.name)
            self.middles.update(name.middle)
            self.suffixes.update([name.suffix] if name.suffix else [])
        self.genders.update([evidence.gender] if evidence.gender else [])
        self.born += [evidence.born] if evidence.born is not None else []
        self.roles.update(evidence.roles)
        self.walks.update(evidence.walks)
        self.topics.update(evidence.topics)
        self.company.update(evidence.company)
        self.places.update(evidence.places)
        self.countries.update(evidence.countries)
        self.outlets.update([evidence.outlet] if evidence.outlet else [])
        self.forms.update(evidence.forms)
        if local.published_at is not None:
            self.times.append(local.published_at.timestamp())

    @property
    def founder(self) -> Local:
        """Return the first in line."""
        return self.locals[0]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How likely two are one, and what spoke for and against it.

    Attributes:
        odds: The natural logarithm of the odds.
        reasons: ``(words, weight)``, in the order of comparison.
    """

    odds: float
    reasons: tuple[tuple[str, float], ...]

    @property
    def score(self) -> float:
        """The probability, in [0, 1]."""
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, self.odds))))


def compare(local: Local, profile: Profile, *, declared: bool = False) -> Verdict:
    """Weigh whether an article's entity is the thing that a profile describes.

    Args:
        local: Of the profile's group, or of a short group that looks at it.
        profile: With at least one article.
        declared: An article itself says that the one name is another of the other.
    """
    profile.count()
    reasons: list[tuple[str, float]] = []

    def add(words: str, weight: float) -> None:
        reasons.append((words, round(weight, 2)))

    other = profile.founder
    add(*_compare_names(local, other, declared=declared))
    if local.article_key in profile.articles and not local.short:
        add("one article names both alike", 3.0)
    if local.type == EntityType.PERSON:
        _compare_persons(local, profile, add)
    _compare_roles(local, profile, add)
    _compare_company(local, profile, add)
    _compare_times(local, profile, add)
    return Verdict(sum(weight for _, weight in reasons), tuple(reasons))


@cache
def load_words(name: str) -> frozenset[str]:
    """Return the words of a lexicon that is a plain list."""
    return frozenset(word for line in read_lexicon(name) for word in line.split())


def is_generic(name: str) -> bool:
    """Say whether every country or town may have an organisation of the name."""
    return load_words("generic_words.txt").issuperset(split_organisation(name))


def _compare_names(local: Local, other: Local, *, declared: bool) -> tuple[str, float]:
    if declared:
        return "an article gives both names", DECLARED
    if local.short and local.group != other.group:
        length = 0.5 if local.type == EntityType.ORGANISATION and len(local.base) > 3 else 0.0
        return "a short form of the name", SHORT_NAME + length
    if local.type == EntityType.PERSON:
        one, two = split_person(local.name), split_person(other.name)
        if JaroWinkler.similarity(one.surname, two.surname) < 0.8:
            return "surnames only sound alike", -1.0
        common = load_words("common_names.txt")
        if not one.given:
            return "the same surname", COMMON_NAME if one.surname in common else 1.5
        if one.surname in common:
            return "the same name, one that many bear", COMMON_NAME
        if one.given != two.given:
            return "two forms of the same name", RARE_NAME - 1.0
        return "the same name", RARE_NAME
    if is_generic(local.name):
        return "the same name, one that many have", GENERIC_ORGANISATION
    return "the same name", ORGANISATION


def _compare_persons(local: Local, profile: Profile, add: Add) -> None:
    name = split_person(local.name)
    if name.suffix != next(iter(profile.suffixes), "") and (name.suffix or profile.suffixes):
        if name.suffix and profile.suffixes and name.suffix not in profile.suffixes:
            add("another generation (Jr., Sr.)", IMPOSSIBLE)
        else:
            add("only one is Jr. or Sr.", -1.0)
    if name.middle and profile.middles:
        agree = [
            (one, two)
            for one in name.middle
            for two in profile.middles
            if one == two or (1 in (len(one), len(two)) and one[0] == two[0])
        ]
        if agree:
            add("the same middle name", 2.0)
        else:
            add("another middle name", -4.0)
    if local.evidence.gender and profile.genders:
        if local.evidence.gender not in profile.genders:
            add("a man and a woman", -4.0)
        else:
            add("of one gender", 0.1)
    if local.evidence.born is not None and profile.born:
        gap = min(abs(local.evidence.born - year) for year in profile.born)
        if gap <= 1:
            add("of the same age", 2.5)
        elif gap > 3:
            add("of another age", -5.0)


def _compare_roles(local: Local, profile: Profile, add: Add) -> None:
    evidence = local.evidence
    shared = [word for word in evidence.roles if word in profile.roles]
    if shared:
        add(f"described alike ({', '.join(shared[:4])})", min(2.5, 1.0 * len(shared)))
    if evidence.walks and profile.walks:
        mine, theirs = set(evidence.walks), set(profile.walks)
        if mine & theirs:
            add(f"of one walk of life ({', '.join(sorted(mine & theirs))})", 1.0)
        elif not any(near & mine and near & theirs for near in _NEAR):
            one, two = min(mine), min(theirs)
            add(f"of different walks of life ({one}, {two})", -4.0)
        else:
            add("of different but near walks of life", -0.8)
    topics = [word for word in evidence.topics if word in profile.topics]
    if topics:
        add(f"spoken of alike ({', '.join(topics[:4])})", min(1.2, 0.25 * len(topics)))


def _compare_company(local: Local, profile: Profile, add: Add) -> None:
    evidence = local.evidence
    least = max(1, len(profile.locals) // 20)
    shared = [key for key in evidence.company if profile.company[key] >= least]
    telling = [key for key in shared if key not in EVERYBODY]
    if shared:
        words = ", ".join(key.partition(":")[2] for key in shared[:4])
        weight = 1.3 * len(telling) + 0.3 * (len(shared) - len(telling))
        add(f"in the same company ({words})", min(4.0, weight))
    elif len(evidence.company) > 2 and len(profile.company) > 2:
        add("in other company", -0.8)
    near = [key for key in evidence.places if profile.places[key] >= least]
    if near:
        add(f"in the same places ({len(near)})", min(2.0, 0.9 * len(near)))
    elif evidence.places and profile.places:
        add("in other places", -0.9)
    if evidence.countries and profile.countries:
        if not profile.countries.keys() & set(evidence.countries):
            generic = local.type == EntityType.ORGANISATION and is_generic(local.name)
            add("in other countries", -3.0 if generic else -0.8)
        else:
            add("in the same countries", 0.4)
    if evidence.outlet and evidence.outlet in profile.outlets:
        add("in the same outlet", 0.4)


def _compare_times(local: Local, profile: Profile, add: Add) -> None:
    if local.published_at is None or not profile.times:
        return
    time = local.published_at.timestamp()
    gap = min(abs(time - other) for other in profile.times) / YEAR_SECONDS
    if local.type == EntityType.PERSON and gap > 60:
        add("more than a lifetime apart", -6.0)
    elif local.type == EntityType.PERSON and gap > 25:
        add("decades apart", -2.0)
    elif gap < 0.1:
        add("within weeks", 0.3)
