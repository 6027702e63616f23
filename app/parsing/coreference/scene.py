"""An article as the sieves see it: sentences, mentions, quotations, and who has spoken."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence

from app.parsing.coreference.gender import Gender, find_gender
from app.parsing.coreference.speaker import Said
from app.parsing.types import Entity, FoundAttribution, Mention, Reading, Span
from app.vocabulary import EntityType

TOPIC = 2
"""How often the person is named that an article is taken to be about."""


class Scene:
    """Look-ups by position in one article, and the speakers so far.

    Attributes:
        said: The attributions that were resolved, in the order in which they were.
        genders: For each person what titles and given names say, or None.
    """

    def __init__(
        self,
        text: str,
        reading: Reading,
        *,
        entities: Sequence[Entity],
        mentions: Sequence[Mention],
        quoted: Sequence[Span],
    ) -> None:
        """Take the article as it stands after names were resolved; see `Resolver`."""
        self.text = text
        self.sentences = reading.sentences
        self.entities = {entity.key: entity for entity in entities}
        self.mentions = list(mentions)
        self.quoted = list(quoted)
        self.said: list[Said] = []
        self._sentence_starts = [sentence.start for sentence in reading.sentences]
        self._starts = [mention.span.start for mention in mentions]
        self._quoted_starts = [span.start for span in quoted]
        self._found = sorted(
            ((part, found) for found in reading.attributions for part in found.content),
            key=lambda row: row[0],
        )
        named: dict[str, list[Span]] = defaultdict(list)
        for mention in mentions:
            named[mention.entity].append(mention.span)
        self.genders = {
            entity.key: find_gender(text, entity, named[entity.key])
            for entity in entities
            if entity.type is EntityType.PERSON
        }

    def is_person(self, entity: str) -> bool:
        """Say whether an entity is a person."""
        return self.entities[entity].type is EntityType.PERSON

    def sentence_of(self, position: int) -> int:
        """Return the number of the sentence at a position, or of the last before it."""
        return max(bisect_right(self._sentence_starts, position) - 1, 0)

    def sentence_at(self, number: int, *, until: int) -> Span:
        """Return a sentence by its number, cut at `until`; empty when there is none."""
        if not 0 <= number < len(self.sentences):
            return Span(until, until)
        sentence = self.sentences[number]
        return Span(sentence.start, max(min(sentence.end, until), sentence.start))

    def mentions_in(self, span: Span) -> list[Mention]:
        """Return the mentions wholly inside a stretch, in text order."""
        found = []
        for mention in self.mentions[bisect_left(self._starts, span.start) :]:
            if mention.span.end > span.end:
                break
            found.append(mention)
        return found

    def mentions_before(self, position: int) -> list[Mention]:
        """Return the mentions that start before a position, in text order."""
        return self.mentions[: bisect_left(self._starts, position)]

    def find_topic(self, position: int, *, gender: Gender | None) -> Mention | None:
        """Return the last mention of the person named most before a position, or None.

        Args:
            position: In code points.
            gender: Whose gender is known to be another is passed over.
        """
        counts: Counter[str] = Counter()
        last: dict[str, Mention] = {}
        for mention in self.mentions_before(position):
            fits = gender is None or self.genders.get(mention.entity) in (None, gender)
            if fits and self.is_person(mention.entity):
                counts[mention.entity] += 1
                last[mention.entity] = mention
        first, second = [*counts.most_common(2), ("", 0), ("", 0)][:2]
        if first[1] < TOPIC or first[1] == second[1]:
            return None
        return last[first[0]]

    def in_quotation(self, span: Span) -> bool:
        """Say whether a stretch lies in an outermost quotation."""
        at = bisect_right(self._quoted_starts, span.start) - 1
        return at >= 0 and self.quoted[at].contains(span)

    def find_around(self, span: Span) -> FoundAttribution | None:
        """Return the attribution whose content holds a stretch, or None."""
        for part, found in self._found:
            if part.start > span.start:
                break
            if part.contains(span):
                return found
        return None

    def last_said(self, *, before: int, within: int) -> list[Said]:
        """Return who spoke in the last sentences, the latest first.

        Args:
            before: A position in the text.
            within: How many sentences behind it are looked at.
        """
        here = self.sentence_of(before)
        found = []
        for said in reversed(self.said[-6:]):
            if said.span.start < before and here - said.sentence <= within:
                found.append(said)
        return found
