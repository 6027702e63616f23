"""The sieves in their order, and the memory of who spoke."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.parsing.coreference.descriptions import resolve_description
from app.parsing.coreference.dialogue import FIRST_PERSON, resolve_missing
from app.parsing.coreference.gender import Gender
from app.parsing.coreference.named import find_joined, find_named
from app.parsing.coreference.pronouns import (
    HE,
    IT,
    RELATIVES,
    SHE,
    THEY,
    resolve_group_pronoun,
    resolve_person_pronoun,
    resolve_relative,
)
from app.parsing.coreference.scene import Scene
from app.parsing.coreference.speaker import UNNAMED, Offer, Said, Speaker, to_candidates, to_speaker
from app.parsing.names import load_name_words
from app.parsing.types import (
    CoreferenceStep,
    Entity,
    FoundAttribution,
    Mention,
    Reading,
    Span,
)
from app.vocabulary import MentionKind, SpeakerKind

POSSESSIVE_PRONOUNS = frozenset({"his", "her", "its", "their"})
OWN_WORDS = 4
"""Words between a possessive and its cue in which a plural noun is looked for."""


class Resolver:
    """Resolves the sources of one article in text order, remembering who spoke."""

    def __init__(
        self,
        text: str,
        reading: Reading,
        *,
        entities: Sequence[Entity],
        mentions: Sequence[Mention],
        quoted: Sequence[Span],
    ) -> None:
        """Take the article as it stands after names were resolved.

        Args:
            text: The article's text.
            reading: What a reader of language saw in it.
            entities: Its entities.
            mentions: Their name mentions, in text order.
            quoted: The outermost quotations with their marks, in text order.
        """
        self._scene = Scene(text, reading, entities=entities, mentions=mentions, quoted=quoted)

    def resolve(self, found: FoundAttribution) -> Speaker:
        """Say who the source of `found` is. Call in text order."""
        scene = self._scene
        if found.source:
            source = found.source[0]
            speaker = UNNAMED if self._is_of_others(found) else self._resolve_source(source)
        else:
            source = found.content[0]
            speaker = resolve_missing(scene, found)
        if found.source or speaker.entity is not None:
            number = scene.sentence_of(source.start)
            end = max(part.end for part in (*found.content, *found.source, *found.cue))
            scene.said.append(Said(source, number, speaker, found.content, end))
        return speaker

    def _resolve_source(self, source: Span) -> Speaker:
        scene = self._scene
        named = find_named(scene, source)
        if named is not None:
            mention, rule = named
            step = CoreferenceStep(mention.span, None, rule)
            others = find_joined(scene, source, mention) if rule == "name" else []
            return Speaker(SpeakerKind.NAMED, mention.entity, (step,), to_candidates(others))
        words = source.of(scene.text).lower().split()
        first = words[0].strip(",") if words else ""
        if len(words) == 1 or self._is_product_of(words):
            if first in HE or first in SHE:
                gender = Gender.MALE if first in HE else Gender.FEMALE
                return resolve_person_pronoun(scene, source, gender=gender)
            if first in IT or first in THEY:
                return resolve_group_pronoun(scene, source)
            if first in RELATIVES:
                return resolve_relative(scene, source)
            if first in FIRST_PERSON:
                return self._resolve_first_person(source)
        return resolve_description(scene, source)

    def _is_of_others(self, found: FoundAttribution) -> bool:
        """Say whether a source is the "his" of "his operatives insisted", who speak for themselves.

        In "her warning" the cue stands right behind the pronoun, or an adjective is between.
        """
        source = found.source[0]
        text = self._scene.text
        if source.of(text).lower() not in POSSESSIVE_PRONOUNS or not found.cue:
            return False
        between = text[source.end : max(found.cue[0].start, source.end)].split()
        return 0 < len(between) <= OWN_WORDS and any(word.endswith("s") for word in between)

    def _is_product_of(self, words: Sequence[str]) -> bool:
        """Say whether the words are "his remarks", which he says."""
        products = load_name_words()["speech-product"]
        return words[0] in ("his", "her", "its", "their") and any(
            word in products for word in words[1:3]
        )

    def _resolve_first_person(self, source: Span) -> Speaker:
        """Resolve "I" in a quotation to its speaker; elsewhere it is the article's own voice."""
        scene = self._scene
        around = scene.find_around(source)
        if not scene.in_quotation(source) or around is None:
            return Speaker(SpeakerKind.OWN_VOICE, None)
        if not around.source or around.source[0].of(scene.text).lower() in FIRST_PERSON:
            return Speaker(SpeakerKind.NONE, None)
        outer = self._resolve_source(around.source[0])
        if outer.entity is None:
            return Speaker(outer.kind, None, outer.steps)
        said = Offer(outer.entity, 0.8, around.source[0], "dialogue:first-person")
        return to_speaker(source, [said], kind=MentionKind.PRONOUN)


def with_roles(entities: Sequence[Entity], roles: dict[str, list[Span]]) -> tuple[Entity, ...]:
    """Return the entities with their roles filled in, in text order."""
    return tuple(replace(e, roles=tuple(sorted(set(roles.get(e.key, ()))))) for e in entities)
