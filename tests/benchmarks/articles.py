"""An invented article: its text, and where in it everything stands.

A text is put together sentence by sentence, and each thing in it is noted as it is written, so
that ``text[start:end]`` is always what the note says. The kinds of sentence come in the shares that
give, at the mean length, ten mentions, three quotations and two claims an article. Real articles
have more claims: our own 28, with 320 words on the average, have 4.6 quotations and 16.6 claims
each. Two keep a corpus of a million articles at a size that a laptop can hold.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from app.vocabulary import EntityType, MentionKind, QuoteForm
from tests.benchmarks.world import ROLES, TABLE, TOPIC_SHARE, UNNAMED, World

# Lognormal: with names and cues 340 words on the average, a few of 1,500.
MEDIAN_WORDS, SPREAD = 262, 0.5
SHORTEST, LONGEST = 60, 2_500
FIRST_DAY, DAYS = datetime(2016, 1, 1, tzinfo=UTC), 3_652  # ten years
UNDATED = 0.01
CAST = 7  # draws of names for an article; the frequent ones come twice

_QUOTE_SHARE, _CLAIM_SHARE, _OWN_SHARE = 0.148, 0.053, 0.026  # of all sentences
_NAME_SHARE = 0.4  # of sentences that say nothing of anybody's words
_NAMED = 0.8  # of quotations; 102 of 130 in our own articles
_PRONOUN = 0.9  # of sources that were the last one named; gives one mention in twenty
_ROLE = 0.5  # of first mentions of a speaker
_CUES = (
    ("said", "say"), ("said", "say"), ("said", "say"), ("said", "say"), ("told reporters", "tell"),
    ("added", "add"), ("wrote", "write"), ("warned", "warn"), ("argued", "argue"),
)  # fmt: skip
_THAT_CUES = (
    ("said", "say", "statement"), ("said", "say", "statement"), ("believes", "believe", "belief"),
    ("denied", "deny", "denial"), ("alleged", "allege", "allegation"),
    ("predicted", "predict", "prediction"), ("reported", "report", "statement"),
)  # fmt: skip

Offsets = tuple[int, int]


@dataclass(slots=True)
class Said:
    """An attribution with what it is about: a quotation, a claim, or both.

    Attributes:
        content: The words that are given to somebody, without marks.
        speaker: The number of a name; None for a source that is not named.
        antecedent: What a pronoun stands for.
        about: Numbers of the names inside the content.
    """

    content: list[Offsets]
    source: Offsets
    cue: Offsets
    lemma: str
    kind: str
    speaker: int | None
    role: Offsets | None
    antecedent: Offsets | None
    form: QuoteForm | None
    about: list[int]


@dataclass(slots=True)
class Claimed:
    """A claim: in the article's own voice, or what somebody said.

    Attributes:
        said: The place in `Draft.said`; None for the article's own voice.
        number: The span of a number in it, and its value.
    """

    content: list[Offsets]
    said: int | None
    hedge: Offsets | None
    number: tuple[Offsets, float] | None
    about: list[int]


@dataclass(slots=True)
class Draft:
    """An article before it is rows."""

    number: int
    title: str
    outlet: int
    writer: int
    published_at: datetime | None
    text: str = ""
    paragraphs: list[Offsets] = field(default_factory=list)
    sentences: list[Offsets] = field(default_factory=list)
    mentions: list[tuple[int, int, int, MentionKind]] = field(default_factory=list)
    roles: list[tuple[int, int, int]] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    claims: list[Claimed] = field(default_factory=list)


def draft_articles(world: World, *, start: int, end: int) -> Iterator[Draft]:
    """Yield articles in the order of their keys, from place `start` to `end` in that order.

    The same places give the same articles, whatever was drafted before.
    """
    count = end - start
    bulk = np.random.default_rng([world.seed, world.articles, start])
    lengths = np.exp(bulk.normal(np.log(MEDIAN_WORDS), SPREAD, count))
    lengths = lengths.clip(SHORTEST, LONGEST).astype(int)
    # A sentence may run over the end: half a hundred words more than the length are at hand.
    supplies = lengths + 60
    total = int(supplies.sum())
    ranks = world.word_table[bulk.integers(0, TABLE, total)]
    topics = np.repeat(np.searchsorted(world.topic_ranks, bulk.random(count)), supplies)
    of_topic = bulk.random(total, dtype=np.float32) < TOPIC_SHARE
    places = world.topic_word_table[bulk.integers(0, TABLE, int(of_topic.sum()))]
    ranks[of_topic] = world.topic_words[topics[of_topic], places]
    words = world.words[ranks].tolist()
    casts = np.searchsorted(world.name_chances, bulk.random((count, CAST))).tolist()
    outlets = np.searchsorted(world.outlet_chances, bulk.random(count)).tolist()
    # More is written each year: twice as much in the last as in the first.
    days = (np.sqrt(1 + 3 * bulk.random(count)) - 1) * DAYS
    numbers = world.order[start:end].tolist()
    draw = random.Random(f"{world.seed} {world.articles} {start}")
    at = 0
    for place, number in enumerate(numbers):
        supply = int(supplies[place])
        published_at = FIRST_DAY + timedelta(days=int(days[place]), minutes=draw.randrange(1440))
        draft = Draft(
            number=number,
            title=" ".join(words[at + supply - 8 : at + supply]).capitalize(),
            outlet=outlets[place],
            writer=draw.randrange(len(world.writers[0])),
            published_at=None if draw.random() < UNDATED else published_at,
        )
        writer = _Writer(world, draft, draw, words[at : at + supply], casts[place])
        writer.write(int(lengths[place]))
        at += supply
        yield draft


class _Writer:
    """Writes one article."""

    def __init__(
        self, world: World, draft: Draft, draw: random.Random, words: list[str], cast: list[int]
    ) -> None:
        self.names = world.names
        self.draft = draft
        self.random = draw.random
        self.draw = draw
        self.words = words
        self.next_word = 0
        self.cast = list(dict.fromkeys(cast))
        self.speakers = [one for one in self.cast if self.names[one].type is not EntityType.PLACE]
        self.parts: list[str] = []
        self.at = 0
        self.named: dict[int, Offsets] = {}
        self.last: int | None = None

    def write(self, length: int) -> None:
        """Write sentences until the length is reached, three or so in a paragraph."""
        draft, draw = self.draft, self.random
        paragraph = 0
        while True:
            start = self.at
            dice = draw()
            if dice < _QUOTE_SHARE:
                self._write_quote()
            elif dice < _QUOTE_SHARE + _CLAIM_SHARE:
                self._write_claim()
            else:
                self._write_plain(own_voice=dice > 1 - _OWN_SHARE)
            draft.sentences.append((start, self.at))
            if self.next_word >= length:
                break
            if draw() < 0.4:
                draft.paragraphs.append((paragraph, self.at))
                self._put("\n\n")
                paragraph = self.at
            else:
                self._put(" ")
        draft.paragraphs.append((paragraph, self.at))
        draft.text = "".join(self.parts)

    def _put(self, text: str) -> Offsets:
        start = self.at
        self.parts.append(text)
        self.at = start + len(text)
        return start, self.at

    def _take(self, count: int) -> str:
        start = self.next_word
        self.next_word = start + count
        return " ".join(self.words[start : start + count])

    def _put_name(self, who: int, *, may_be_pronoun: bool = False) -> Offsets:
        """Write a name, the full one first; return where it stands."""
        name = self.names[who]
        known = self.named.get(who)
        if may_be_pronoun and known and who == self.last and self.random() < _PRONOUN:
            span = self._put(name.pronoun)
            kind = MentionKind.PRONOUN
        else:
            span = self._put(name.short if known else name.full)
            kind = MentionKind.NAME
            if not known:
                self.named[who] = span
        self.last = who
        self.draft.mentions.append((*span, who, kind))
        return span

    def _put_content(self, count: int, *, name_chance: float) -> tuple[Offsets, list[int]]:
        """Write words, with a name among them or without."""
        start = self.at
        if self.random() < name_chance:
            self._put(self._take(count // 2) + " ")
            who = self.draw.choice(self.cast)
            self._put_name(who)
            self._put(" " + self._take(count - count // 2))
            return (start, self.at), [who]
        return self._put(self._take(count)), []

    def _put_source(
        self, *, first: bool
    ) -> tuple[Offsets, int | None, Offsets | None, Offsets | None]:
        """Write who says it: span, name, role, and what a pronoun stands for."""
        if not self.speakers or self.random() >= _NAMED:
            words = UNNAMED[int(len(UNNAMED) * self.random() ** 2)]
            self.last = None
            return self._put(words.capitalize() if first else words), None, None, None
        who = self.speakers[int(len(self.speakers) * self.random() ** 2)]
        known = self.named.get(who)
        span = self._put_name(who, may_be_pronoun=first)
        if known:
            is_pronoun = self.draft.mentions[-1][3] is MentionKind.PRONOUN
            return span, who, None, known if is_pronoun else None
        if self.random() < _ROLE:
            self._put(", ")
            role = self._put(self.draw.choice(ROLES))
            self.draft.roles.append((who, *role))
            return (span[0], role[1]), who, role, None
        return span, who, None, None

    def _write_quote(self) -> None:
        count = 4 + int(self.random() * 12)
        if self.random() < 0.3:
            self._write_partial(max(3, count // 2))
            return
        split = count > 8 and self.random() < 0.5
        self._put("“")
        words = self._take(count // 2 if split else count)
        first = self._put(words[:1].upper() + words[1:] + ",")
        self._put("” ")
        text, lemma = _CUES[int(len(_CUES) * self.random())]
        cue = self._put(text)
        self._put(" ")
        source, who, role, antecedent = self._put_source(first=False)
        content, about = [first], []
        if split:
            self._put(". “")
            second, about = self._put_content(count - count // 2, name_chance=0.25)
            self._put(".”")
            # The mark's point belongs to the words, as it does in print.
            content.append((second[0], second[1] + 1))
        else:
            self._put(".")
        self._note(content, source, cue, lemma, "statement", who, role, antecedent,
                   QuoteForm.DIRECT, about)  # fmt: skip
        if self.random() < 0.15:
            self.draft.claims.append(Claimed(content, len(self.draft.said) - 1, None, None, about))

    def _write_partial(self, count: int) -> None:
        source, who, role, antecedent = self._put_source(first=True)
        self._put(", " if role else " ")
        text, lemma, kind = _THAT_CUES[int(len(_THAT_CUES) * self.random())]
        cue = self._put(text)
        self._put(f" that {self._take(4)} “")
        content, about = self._put_content(count, name_chance=0.1)
        self._put("”.")
        self._note([content], source, cue, lemma, kind, who, role, antecedent,
                   QuoteForm.PARTIAL, about)  # fmt: skip

    def _write_claim(self) -> None:
        source, who, role, antecedent = self._put_source(first=True)
        self._put(", " if role else " ")
        text, lemma, kind = _THAT_CUES[int(len(_THAT_CUES) * self.random())]
        cue = self._put(text)
        self._put(" that ")
        content, hedge, number, about = self._put_claim()
        self._put(".")
        self._note([content], source, cue, lemma, kind, who, role, antecedent, None, about)
        self.draft.claims.append(Claimed([content], len(self.draft.said) - 1, hedge, number, about))

    def _put_claim(
        self,
    ) -> tuple[Offsets, Offsets | None, tuple[Offsets, float] | None, list[int]]:
        start = self.at
        _, about = self._put_content(5 + int(self.random() * 10), name_chance=0.35)
        hedge = number = None
        if self.random() < 0.07:
            self._put(" ")
            hedge = self._put("reportedly")
            self._put(" " + self._take(2))
        if self.random() < 0.2:
            value = 1 + int(self.random() * 98)
            self._put(" ")
            number = self._put(f"{value} percent"), float(value)
        return (start, self.at), hedge, number, about

    def _write_plain(self, *, own_voice: bool) -> None:
        if own_voice:
            self._put("The ")
            content, hedge, number, about = self._put_claim()
            whole = [(content[0] - 4, content[1])]
            self._put(".")
            self.draft.claims.append(Claimed(whole, None, hedge, number, about))
            return
        words = self._take(5 + int(self.random() * 8))
        self._put(words[:1].upper() + words[1:] + " ")
        if self.random() < _NAME_SHARE:
            self._put_name(self.cast[int(len(self.cast) * self.random())])
            self._put(" ")
        self._put(self._take(4 + int(self.random() * 10)))
        self._put(".")

    def _note(
        self, content: list[Offsets], source: Offsets, cue: Offsets, lemma: str, kind: str,
        who: int | None, role: Offsets | None, antecedent: Offsets | None,
        form: QuoteForm | None, about: list[int],
    ) -> None:  # fmt: skip
        self.draft.said.append(
            Said(content, source, cue, lemma, kind, who, role, antecedent, form, about)
        )
