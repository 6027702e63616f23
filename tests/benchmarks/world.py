"""The invented world that the articles of a corpus are about: words, names, outlets.

Everything follows from one seed and the number of articles. Frequencies are those of news: words
and names follow Zipf's law as Mandelbrot wrote it, p(r) ~ 1 / (r + q) ("An informational theory of
the statistical structure of language", 1953); the number of names grows with the number of articles
by Heaps' law (Heaps, "Information Retrieval", 1978).
"""

import random
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.db.ids import ARTICLE, to_key
from app.vocabulary import EntityType

SEED = 20261126
WORDS = 60_000
WORD_SHIFT = 2.7  # Mandelbrot's q for English running text
TABLE = 2**20  # places of which words are drawn; the rarest word has one or two of them
# An article draws a part of its words from those of its topic, so that words occur together as
# they do in news, and a search for two of them finds something.
TOPICS = 200
TOPIC_WORDS = 400
TOPIC_SHARE = 0.25
# Names in n articles: NAMES * n ** NAMES_GROWTH; 12,619 in ten thousand, 316,979 in a million.
NAMES, NAMES_GROWTH = 20, 0.7
ROOTS = 8_000  # surnames, and what places and organisations are called after
NAME_SHIFT = 2.0  # the most frequent name is given some 3 percent of all mentions
OUTLETS = 200
OUTLET_WRITERS = 30


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_FUNCTION_WORDS = _split(
    """
    the of to and a in that for is on was with as at by it be from are this have an not has
    but had were will which they their one would all we more about when been or who than
    other its if after also there no first new over time some into out up two can what last
    year could people so only most now years many such between under three through before
    where while much these made because them how both then down still since own may against
    must each during very
    """
)
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS)
_ONSETS = _split("b br c ch cl cr d dr f fl g gr h j k l m n p pl pr r s sc sh sl st t th tr v w")
_VOWELS = _split("a a e e e i i o o u ai ea ou")
_CODAS = ("", "", *_split("b d g l m n nd ng nt p r rd rn s st t x"))
_HE = _split("Adam Amir Bruno Carlos David Emil Felix George Hugo Ivan Jonas Karim Liam Marco Nils")
_SHE = _split("Alice Bella Clara Dina Elena Fatima Grace Hanna Irene Julia Karin Laila Maria Nora")
_BODIES = _split(
    """
    Bank Council University Ministry Institute Union Group Court Agency Party Hospital
    Committee Federation Airlines Museum Foundation Holdings Observatory Society Commission
    Alliance Works
    """
)
_BEFORE_PLACES = ("North", "South", "East", "West", "Port", "New", "Upper", "Lower", "Mount")
_AFTER_PLACES = ("Valley", "Bay", "Island", "Province", "Heights", "Falls", "Springs", "Forest")
_PAPERS = ("Courier", "Gazette", "Times", "Post", "Herald", "Mercury", "Record", "Echo", "Tribune")
_KINDS = (EntityType.PERSON, EntityType.ORGANISATION, EntityType.PERSON, EntityType.PLACE) * 4 + (
    EntityType.PERSON, EntityType.PERSON, EntityType.PERSON, EntityType.ORGANISATION,
)  # fmt: skip
ROLES = (
    "the finance minister", "the chief executive", "a spokesman for the company", "the mayor",
    "a professor of law", "the opposition leader", "the head coach", "a senior analyst",
    "the police chief", "the deputy governor", "a union representative", "the lead author",
)  # fmt: skip
UNNAMED = (
    "a senior official", "officials", "a spokesman", "two people familiar with the matter",
    "a diplomat", "witnesses", "analysts", "a police source", "residents", "a government source",
    "the company", "prosecutors", "an aide", "critics", "the ministry", "a close associate",
    "a military official", "doctors", "a spokeswoman for the court", "investors",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """An entity as the articles write it.

    Attributes:
        full: The first time in an article.
        short: After that; the same as `full` for places.
        pronoun: "He", "She" or "It".
    """

    full: str
    short: str
    type: EntityType
    pronoun: str
    slug: str
    key: int


class World:
    """What a corpus of so many articles is about."""

    def __init__(self, articles: int, *, seed: int = SEED) -> None:
        """Make words and names; a second for each hundred thousand names."""
        self.articles = articles
        self.seed = seed
        draw = random.Random(seed)
        stems = _make_stems(draw, WORDS)
        self.words: NDArray[np.object_] = np.array([*_FUNCTION_WORDS, *stems][:WORDS], dtype=object)
        self.word_table = _spread(_sum_zipf(WORDS, WORD_SHIFT))
        self.topic_word_table = _spread(_sum_zipf(TOPIC_WORDS, WORD_SHIFT))
        topics = np.random.default_rng(seed)
        self.topic_words = topics.integers(500, WORDS, size=(TOPICS, TOPIC_WORDS))
        self.topic_ranks = _sum_zipf(TOPICS, WORD_SHIFT)
        self.names = _make_names(draw, round(NAMES * articles**NAMES_GROWTH))
        self.name_chances = _sum_zipf(len(self.names), NAME_SHIFT)
        self.outlets = [f"The {stem.title()} {draw.choice(_PAPERS)}" for stem in stems[:OUTLETS]]
        self.outlet_chances = _sum_zipf(OUTLETS, WORD_SHIFT)
        surnames = [stem.title() for stem in stems[:9_000]]
        self.writers = [
            [f"{draw.choice(_HE + _SHE)} {draw.choice(surnames)}" for _ in range(OUTLET_WRITERS)]
            for _ in range(OUTLETS)
        ]

    @cached_property
    def slugs(self) -> dict[int, str]:
        """The slugs of all names by their keys."""
        return {name.key: name.slug for name in self.names}

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """The articles' numbers in the order of their keys, in which tables are filled fastest."""
        keys = [to_key(ARTICLE, "url", to_url(number)) for number in range(self.articles)]
        return np.argsort(np.array(keys, dtype=np.int64))


def to_url(number: int) -> str:
    """Return the address of an article, which its key is made from."""
    return f"https://www.example.org/articles/{number}"


def _sum_zipf(count: int, shift: float) -> NDArray[np.float64]:
    """Return the summed chances of ranks 0 to `count`, to be searched with a draw from [0, 1)."""
    chances = 1 / (np.arange(count) + 1 + shift)
    sums: NDArray[np.float64] = np.cumsum(chances) / chances.sum()
    sums[-1] = 1.0
    return sums


def _spread(sums: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return ranks so that a place drawn evenly is a rank drawn by chance: a tenth of a search."""
    places = (np.arange(TABLE) + 0.5) / TABLE
    ranks: NDArray[np.int32] = np.searchsorted(sums, places).astype(np.int32)
    return ranks


def _make_stems(draw: random.Random, count: int) -> list[str]:
    """Return so many different invented words, the short ones first as Zipf's law has it."""
    found: dict[str, None] = {}
    while len(found) < count:
        syllables = 1 + (len(found) > 700) + (len(found) > 25_000)
        word = "".join(draw.choice(_ONSETS) + draw.choice(_VOWELS) for _ in range(syllables))
        found.setdefault(word + draw.choice(_CODAS))
    return [word for word in found if word not in _FUNCTION_WORDS]


def _make_names(draw: random.Random, count: int) -> list[Name]:
    """Return so many entities: of twenty, eleven are persons, five organisations, four places."""
    roots = [stem.title() for stem in _make_stems(draw, ROOTS)]
    draw.shuffle(roots)
    given = [(name, "He") for name in _HE] + [(name, "She") for name in _SHE]
    forms = ("", *_BEFORE_PLACES, *_AFTER_PLACES)
    made = dict.fromkeys(EntityType, 0)
    names = []
    for number in range(count):
        kind = _KINDS[number % len(_KINDS)]
        # Each root meets each given name (or kind of body, or of place) once.
        turn, at = divmod(made[kind], len(roots))
        made[kind] += 1
        root = short = roots[at]
        if kind is EntityType.PERSON:
            first, pronoun = given[(turn + at) % len(given)]
            full = f"{first} {root}"
        else:
            pronoun = "It"
            if kind is EntityType.ORGANISATION:
                full = f"{root} {_BODIES[(turn + at) % len(_BODIES)]}"
            else:
                form = forms[turn]
                full = f"{root} {form}" if form in _AFTER_PLACES else f"{form} {root}".strip()
            short = full
        # What `to_slug` makes of ASCII, in a tenth of its time.
        slug = full.lower().replace(" ", "-")
        names.append(Name(full, short, kind, pronoun, slug, to_key(slug)))
    if len({name.key for name in names}) < len(names):
        raise ValueError(f"{count} names are more than there are different ones of")
    return names
