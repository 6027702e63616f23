"""Pronouns and relatives: "he", "she", "it", "they", "who", "which"."""

from __future__ import annotations

import re

from app.parsing.coreference.gender import Gender
from app.parsing.coreference.named import PREPOSITION
from app.parsing.coreference.scene import Scene
from app.parsing.coreference.speaker import (
    UNNAMED,
    Offer,
    Said,
    Speaker,
    to_candidates,
    to_speaker,
)
from app.parsing.names import load_name_words
from app.parsing.types import CoreferenceStep, Mention, Span
from app.vocabulary import MentionKind, SpeakerKind

HE = frozenset({"he", "him", "his", "himself"})
SHE = frozenset({"she", "her", "hers", "herself"})
THEY = frozenset({"they", "them", "their", "theirs"})
IT = frozenset({"it", "its"})
RELATIVES = frozenset({"who", "which", "that", "whom", "whose"})

_SUBORDINATE = re.compile(r"\b(?:after|before|when|while|as|because|since|than|whether)\s$", re.I)

SENTENCES_BACK = 3
"""How far behind a pronoun its antecedent is looked for."""

# Chosen on both bodies of gold by hand; they only order the candidates.
SUBJECT = 0.85
"""The first person of a sentence that can be its subject."""
NAMED = 0.45
"""Any other person named there."""
ALONE = 0.7
"""The only person named there whose gender is known to fit."""
QUOTED = 0.25
"""Somebody named inside a quotation."""
LAST_SPEAKER = 0.9
SENTENCE_LOSS = 0.2
"""What a name loses of its weight for each sentence in between."""
SPEAKER_LOSS = 0.15
"""What the last speaker loses for each."""
_WEAK = frozenset({"pronoun:named-before", "pronoun:named-in-quotation"})
LEAST = 0.4
"""Below this nobody is given by a weak rule: they were right in 0 of 3."""
KNOWN_GENDER = 0.05


def resolve_person_pronoun(scene: Scene, source: Span, *, gender: Gender) -> Speaker:
    """Resolve "he" or "she" to who spoke last or was named last, the likeliest first."""
    offers: dict[str, Offer] = {}

    def offer(entity: str, score: float, span: Span, rule: str) -> None:
        known = scene.genders.get(entity)
        if not scene.is_person(entity) or known not in (None, gender):
            return
        score += KNOWN_GENDER if known is gender else 0.0
        if entity not in offers or offers[entity].score < score:
            offers[entity] = Offer(entity, score, span, rule)

    here = scene.sentence_of(source.start)
    for distance in range(min(SENTENCES_BACK, here) + 1):
        stretch = scene.sentence_at(here - distance, until=source.start)
        subject = find_subject(scene, stretch, gender=gender)
        mentions = scene.mentions_in(stretch)
        fitting = {m.entity for m in mentions if scene.genders.get(m.entity) is gender}
        for mention in mentions:
            if scene.in_quotation(mention.span):
                base, rule = QUOTED, "pronoun:named-in-quotation"
            elif mention is subject:
                base, rule = SUBJECT, "pronoun:subject-before"
            elif fitting == {mention.entity} and not _has_pronoun(scene, stretch, gender):
                base, rule = ALONE, "pronoun:only-one-named"
            else:
                base, rule = NAMED, "pronoun:named-before"
            offer(mention.entity, base * (1.0 - SENTENCE_LOSS * distance), mention.span, rule)
    unnamed: Offer | None = None
    for said in scene.last_said(before=source.start, within=SENTENCES_BACK):
        distance = max(here - said.sentence, 0)
        score = LAST_SPEAKER - SPEAKER_LOSS * distance
        if said.span.of(scene.text).lower() in RELATIVES:
            score -= 0.35
        if said.speaker.entity is not None:
            offer(said.speaker.entity, score, said.span, "pronoun:last-speaker")
        elif unnamed is None and distance <= 1 and _may_be_person(scene, said):
            unnamed = Offer("", score - 0.05, said.span, "pronoun:unnamed-speaker")
    ranked = sorted(offers.values(), key=lambda one: -one.score)
    if ranked and ranked[0].rule in _WEAK and ranked[0].score < LEAST:
        return _resolve_to_only_speaker(scene, source, gender)
    if unnamed is not None and (not ranked or unnamed.score > ranked[0].score):
        step = CoreferenceStep(source, unnamed.span, unnamed.rule)
        return Speaker(SpeakerKind.UNNAMED, None, (step,), to_candidates(ranked))
    if not ranked:
        return _resolve_to_only_speaker(scene, source, gender)
    return to_speaker(source, ranked, kind=MentionKind.PRONOUN)


def _has_pronoun(scene: Scene, span: Span, gender: Gender) -> bool:
    """Say whether a stretch speaks of somebody by the same pronoun already."""
    forms = HE if gender is Gender.MALE else SHE
    return any(word.lower() in forms for word in re.findall(r"\w+", span.of(scene.text)))


def _resolve_to_only_speaker(scene: Scene, source: Span, gender: Gender) -> Speaker:
    """Resolve a pronoun with nobody near to the one person of its gender named so far, if one."""
    before = scene.mentions_before(source.start)
    fitting = {m.entity: m for m in before if scene.genders.get(m.entity) is gender}
    if len(fitting) != 1:
        return UNNAMED
    (mention,) = fitting.values()
    last = Offer(mention.entity, 0.5, mention.span, "pronoun:only-one-so-far")
    return to_speaker(source, [last], kind=MentionKind.PRONOUN)


def find_subject(scene: Scene, span: Span, *, gender: Gender | None) -> Mention | None:
    """Return the first person of a stretch that can be its subject, if no pronoun is first.

    Args:
        scene: The article.
        span: A sentence, or the part of it before the pronoun.
        gender: Whose gender is known to be another is passed over.
    """
    pronoun = re.search(r"\b(?:he|she|they)\b", span.of(scene.text), re.I)
    for mention in scene.mentions_in(span):
        if pronoun is not None and span.start + pronoun.start() < mention.span.start:
            return None
        if not scene.is_person(mention.entity):
            continue
        after = scene.text[mention.span.end : mention.span.end + 2]
        clause = scene.text[span.start : mention.span.start].rsplit(",", 1)[-1]
        if after in ("’s", "'s") or PREPOSITION.search(clause) or _SUBORDINATE.search(clause):
            continue
        if scene.in_quotation(mention.span):
            continue
        if gender is not None and scene.genders.get(mention.entity) not in (None, gender):
            continue
        return mention
    return None


def _may_be_person(scene: Scene, said: Said) -> bool:
    """Say whether an unnamed source is one person that "he" or "she" can go on with."""
    sets = load_name_words()
    words = re.findall(r"[\w-]+", said.span.of(scene.text).lower())
    nouns = sets["role-noun"] | sets["title"] | {"man", "woman", "boy", "girl", "person"}
    return any(word in nouns for word in words) and not (
        {"poll", "survey", "report", "study", "s"} & set(words)
    )


def resolve_group_pronoun(scene: Scene, source: Span) -> Speaker:
    """Resolve "it" and "they" to the body that spoke last, or that the last sentence began with."""
    here = scene.sentence_of(source.start)
    plural = source.of(scene.text).lower() in THEY
    for said in scene.last_said(before=source.start, within=1):
        entity = said.speaker.entity
        if entity is None:
            step = CoreferenceStep(source, said.span, "pronoun:unnamed-speaker")
            return Speaker(SpeakerKind.UNNAMED, None, (step,))
        if not scene.is_person(entity):
            last = Offer(entity, 0.7, said.span, "pronoun:last-speaker")
            return to_speaker(source, [last], kind=MentionKind.PRONOUN)
        if plural:
            return UNNAMED
    if plural:
        return UNNAMED
    for said in scene.last_said(before=source.start, within=SENTENCES_BACK):
        entity = said.speaker.entity
        if entity is not None and not scene.is_person(entity):
            last = Offer(entity, 0.6, said.span, "pronoun:last-body")
            return to_speaker(source, [last], kind=MentionKind.PRONOUN)
    for distance in range(3):
        stretch = scene.sentence_at(here - distance, until=source.start)
        mentions = [m for m in scene.mentions_in(stretch) if not scene.in_quotation(m.span)]
        if mentions and not scene.is_person(mentions[0].entity):
            lead = scene.text[stretch.start : mentions[0].span.start]
            if re.fullmatch(r"(?:(?:the|a|an)\s)?(?:[\w-]+\s){0,2}(?:of\s)?", lead, re.I):
                first = Offer(mentions[0].entity, 0.5, mentions[0].span, "pronoun:subject-before")
                return to_speaker(source, [first], kind=MentionKind.PRONOUN)
        if mentions:
            break
    return UNNAMED


def resolve_relative(scene: Scene, source: Span) -> Speaker:
    """Resolve "who" to the name right before it, across one apposition between commas."""
    stretch = scene.sentence_at(scene.sentence_of(source.start), until=source.start)
    who = source.of(scene.text).lower() == "who"
    for mention in reversed(scene.mentions_in(stretch)):
        if who and not scene.is_person(mention.entity):
            continue
        gap = scene.text[mention.span.end : source.start]
        if re.fullmatch(r"[\s,—–-]*", gap) or (
            gap.startswith(",") and gap.rstrip().endswith(",") and len(gap) < 120
        ):
            near = Offer(mention.entity, 0.9, mention.span, "relative")
            return to_speaker(source, [near], kind=MentionKind.PRONOUN)
        break
    return UNNAMED
