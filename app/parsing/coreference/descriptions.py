"""Definite descriptions: "the senator", "the commission", "the campaign", "the 41-year-old"."""

from __future__ import annotations

import re

from app.parsing.coreference.bearers import find_by_role, find_near, find_topic
from app.parsing.coreference.description import (
    CORE_END,
    Description,
    is_person_noun,
    read_description,
)
from app.parsing.coreference.named import find_group_of
from app.parsing.coreference.scene import Scene
from app.parsing.coreference.speaker import UNNAMED, Offer, Speaker, to_speaker
from app.parsing.names import load_name_words
from app.parsing.types import Mention, Span
from app.vocabulary import EntityType, MentionKind

WORD_BACK = 12
"""Sentences over which "the commission" reaches back when several have that word in their names."""
NEAR = 2
"""Sentences in which "the newspaper" looks for the only one of its kind."""
_GROUPS = frozenset({"campaign", "team", "camp"})


def resolve_description(scene: Scene, source: Span) -> Speaker:
    """Resolve a definite description; an indefinite or plural one is unnamed."""
    described = read_description(scene, source)
    if described is None:
        return UNNAMED
    sets = load_name_words()
    generic = sets["unnamed-noun"]
    if described.lede:
        offers = find_by_role(scene, described) if described.head not in generic else []
        single = len({offer.entity for offer in offers}) == 1
        return to_speaker(source, offers, kind=MentionKind.DESCRIPTION) if single else UNNAMED
    if repeated := _find_repeated(scene, described):
        return repeated
    if described.head in _GROUPS:
        offers = _find_group(scene, described)
    elif is_person_noun(described):
        offers = (
            find_by_role(scene, described)
            or find_near(scene, described)
            or find_topic(scene, described)
        )
    else:
        offers = _find_by_word(scene, described)
        if not offers and described.head in sets["org-class"]:
            offers = _find_class(scene, described, EntityType.ORGANISATION)
        if not offers and described.head in sets["place-head"]:
            offers = _find_class(scene, described, EntityType.PLACE)
    if not offers:
        return UNNAMED
    return to_speaker(source, offers, kind=MentionKind.DESCRIPTION)


def _find_repeated(scene: Scene, described: Description) -> Speaker | None:
    """Go on with a source of the same head that was resolved: "an analysis by X … the analysis"."""
    if described.head not in load_name_words()["speech-product"]:
        return None
    for said in reversed(scene.said):
        core = CORE_END.split(said.span.of(scene.text).lower(), maxsplit=1)[0].split()
        if core and core[-1] == described.head:
            if said.speaker.entity is None:
                return None
            offer = Offer(said.speaker.entity, 0.7, said.span, "description:same-words")
            return to_speaker(described.source, [offer], kind=MentionKind.DESCRIPTION)
    return None


def _find_by_word(scene: Scene, described: Description) -> list[Offer]:
    """Offer the organisations with the head in their names, the latest before it first.

    A name that comes later serves when it has all the words ("the harbour authority").
    """
    start = described.source.start
    here = scene.sentence_of(start)
    before: dict[str, Mention] = {}
    behind: dict[str, Mention] = {}
    for mention in scene.mentions:
        entity = scene.entities[mention.entity]
        words = entity.name.lower().split()
        if entity.type is not EntityType.ORGANISATION or described.head not in words:
            continue
        if not all(modifier in words for modifier in described.modifiers):
            continue
        if mention.span.start < start:
            before[mention.entity] = mention
        elif described.modifiers and words[-1] == described.head:
            behind.setdefault(mention.entity, mention)
    latest = sorted(before.values(), key=lambda mention: -mention.span.start)
    if len(latest) > 1:
        latest = [m for m in latest if here - scene.sentence_of(m.span.start) <= WORD_BACK]
    if not latest and len(behind) == 1:
        latest = list(behind.values())
    return [Offer(m.entity, 0.8, m.span, "description:word-of-name") for m in latest]


def _find_group(scene: Scene, described: Description) -> list[Offer]:
    """Offer the campaign that was spoken of last, or that of the person who was.

    A person who has a campaign of whom the text does not name it stands in the way.
    """
    for mention in reversed(scene.mentions_before(described.source.start)[-16:]):
        form = mention.span.of(scene.text).lower()
        if any(form.endswith(f" {group}") for group in _GROUPS):
            return [Offer(mention.entity, 0.8, mention.span, "description:word-of-name")]
        if scene.is_person(mention.entity) and not scene.in_quotation(mention.span):
            group = find_group_of(scene, mention.entity, described.head)
            if group is not None:
                return [Offer(group.entity, 0.6, mention.span, "description:campaign-of-last")]
            surname = re.escape(scene.entities[mention.entity].name.split()[-1])
            own = rf"{surname}(?:['’]s)? (?:[\w-]+ )?{described.head}|nominee {surname}"
            if re.search(own, scene.text, re.I):
                return []
    return []


def _find_class(scene: Scene, described: Description, kind: EntityType) -> list[Offer]:
    """Offer what the last sentences named as the only one of its kind: "the newspaper"."""
    here = scene.sentence_of(described.source.start)
    for distance in range(NEAR + 1):
        stretch = scene.sentence_at(here - distance, until=described.source.start)
        found = {
            m.entity: m
            for m in scene.mentions_in(stretch)
            if scene.entities[m.entity].type is kind and not scene.in_quotation(m.span)
        }
        if len(found) == 1:
            ((entity, mention),) = found.items()
            return [Offer(entity, 0.6, mention.span, "description:kind")]
        if found:
            return []
    return []
