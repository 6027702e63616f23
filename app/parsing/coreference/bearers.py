"""Persons meant by a description: by a role that the text gives them, else by being near."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.parsing.coreference.description import Description, fold_role
from app.parsing.coreference.gender import Gender, find_noun_gender
from app.parsing.coreference.pronouns import find_subject
from app.parsing.coreference.scene import Scene
from app.parsing.coreference.speaker import Offer
from app.parsing.names import load_name_words
from app.vocabulary import EntityType

_PARTIES = {"gop": "republican", "democrat": "democratic", "democrats": "democratic"}
INTRODUCED = 4000
"""Code points behind a description in which an unnamed one may have been introduced."""
NEAR = 2
"""Sentences over which a description that no role explains is taken for who was just spoken of."""


def find_by_role(scene: Scene, described: Description) -> list[Offer]:
    """Offer the persons who have the head as a role or title, the best match first.

    A role that only comes later serves when one person alone has it ("The mayor of Orm has …").
    """
    gender = find_noun_gender([described.head])
    start = described.source.start
    offers: dict[str, Offer] = {}
    for entity in scene.entities.values():
        if entity.type is not EntityType.PERSON or not _fits(scene, entity.key, gender):
            continue
        for role in entity.roles:
            words = fold_role(role.of(scene.text))
            if described.head not in words or _contradict(described.modifiers, words):
                continue
            shared = len(set(described.modifiers) & words)
            score = min((0.7 if role.start < start else 0.5) + 0.1 * shared, 1.0)
            if entity.key not in offers or offers[entity.key].score <= score:
                offers[entity.key] = Offer(entity.key, score, role, "description:role")
    if not any(offer.span.start < start for offer in offers.values()) and len(offers) > 1:
        return []
    last = {said.speaker.entity for said in scene.last_said(before=start, within=3)}
    return sorted(offers.values(), key=lambda o: (-o.score, o.entity not in last, -o.span.start))


def _contradict(modifiers: tuple[str, ...], role: set[str]) -> bool:
    """Say whether a description cannot mean the bearer of a role: another party, or "former"."""
    mine, theirs = _find_parties(modifiers), _find_parties(role)
    if mine and theirs and not mine & theirs:
        return True
    return any((word in modifiers) != (word in role) for word in ("former", "vice"))


def _is_of_another_party(scene: Scene, entity: str, described: Description) -> bool:
    mine = _find_parties(described.modifiers)
    roles = [fold_role(role.of(scene.text)) for role in scene.entities[entity].roles]
    theirs = _find_parties(word for role in roles for word in role)
    return bool(mine and theirs and not mine & theirs)


def _find_parties(words: Iterable[str]) -> set[str]:
    return {_PARTIES.get(word, word) for word in words} & load_name_words()["party-word"]


def find_near(scene: Scene, described: Description) -> list[Offer]:
    """Offer who spoke last or was the last sentence's subject: "the 41-year-old", "the nominee"."""
    if described.head in load_name_words()["unnamed-noun"] or _was_introduced(scene, described):
        return []
    gender = find_noun_gender([described.head, *described.modifiers])

    def fits(entity: str) -> bool:
        return (
            scene.is_person(entity)
            and _fits(scene, entity, gender)
            and not _is_of_another_party(scene, entity, described)
        )

    start = described.source.start
    here = scene.sentence_of(start)
    for distance in range(NEAR + 1):
        for said in scene.last_said(before=start, within=distance):
            entity = said.speaker.entity
            if entity is None and said.sentence == here - distance:
                return []
            if entity is not None and fits(entity):
                return [Offer(entity, 0.65, said.span, "description:last-speaker")]
        if distance == 0:
            continue
        stretch = scene.sentence_at(here - distance, until=start)
        subject = find_subject(scene, stretch, gender=gender)
        if subject is not None and fits(subject.entity):
            return [Offer(subject.entity, 0.6, subject.span, "description:subject-before")]
        persons = {
            mention.entity: mention
            for mention in scene.mentions_in(stretch)
            if scene.is_person(mention.entity) and not scene.in_quotation(mention.span)
        }
        if len(persons) == 1:
            ((entity, mention),) = persons.items()
            if fits(entity):
                return [Offer(entity, 0.5, mention.span, "description:only-one-named")]
    return []


def find_topic(scene: Scene, described: Description) -> list[Offer]:
    """Offer the person named most so far for "the nominee", "the billionaire" and the like."""
    if described.head not in load_name_words()["topic-noun"] or _was_introduced(scene, described):
        return []
    gender = find_noun_gender([described.head])
    topic = scene.find_topic(described.source.start, gender=gender)
    if topic is None or "vice" in described.modifiers:
        return []
    if _is_of_another_party(scene, topic.entity, described):
        return []
    return [Offer(topic.entity, 0.5, topic.span, "description:topic")]


def _was_introduced(scene: Scene, described: Description) -> bool:
    """Say whether the text spoke of an unnamed one before: "an official … the official"."""
    start = described.source.start
    before = scene.text[max(0, start - INTRODUCED) : start]
    return (
        re.search(rf"\b(?:an?|another|one)\s(?:[\w-]+\s){{0,4}}{described.head}\b", before, re.I)
        is not None
    )


def _fits(scene: Scene, entity: str, gender: Gender | None) -> bool:
    return gender is None or scene.genders.get(entity) in (None, gender)
