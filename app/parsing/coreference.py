"""Who a source's words refer to: names, pronouns, relatives and a few certain descriptions.

Every decision is kept as a step with the rule that took it, and who else was considered is kept
with a score, so that a reader can see why a speaker was chosen.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.parsing.names import load_name_words
from app.parsing.types import (
    Candidate,
    CoreferenceStep,
    Entity,
    FoundAttribution,
    Mention,
    Reading,
    Span,
)
from app.vocabulary import EntityType, MentionKind, SpeakerKind

HE = frozenset({"he", "him", "his", "himself"})
SHE = frozenset({"she", "her", "hers", "herself"})
THEY = frozenset({"they", "them", "their", "theirs"})
IT = frozenset({"it", "its"})
RELATIVES = frozenset({"who", "which", "that", "whom", "whose"})
AUTHOR = frozenset({"i", "we", "me", "us", "my", "our"})

SENTENCES_BACK = 3
"""How far behind a pronoun its antecedent is looked for."""

_PREPOSITION = re.compile(
    r"\b(?:of|for|at|in|on|from|by|with|to|about|against|near|under|over|inside|outside|between)\b",
    re.I,
)
_MODIFIES = re.compile(
    r"(?:['’]s?)?[ -](?!(?:and|or|who|which|that|also|then|himself|herself)\b)[a-z]"
)
_GOES_ON = re.compile(
    r" (?:of|for|at|in|on|from|by|with|to|about|against|near|under|over|inside|outside|when|as|"
    r"after|before|during|whose|where|while)\b"
)


class Gender(StrEnum):
    """What titles and given names say of a person."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who an attribution was given to."""

    kind: SpeakerKind
    entity: str | None
    steps: tuple[CoreferenceStep, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    mention: Mention | None = None


@dataclass(frozen=True, slots=True)
class _Said:
    """An attribution that is already resolved, as an antecedent for the next."""

    span: Span
    sentence: int
    speaker: Speaker


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
        self._text = text
        self._sentences = reading.sentences
        self._sentence_starts = [sentence.start for sentence in reading.sentences]
        self._mentions = list(mentions)
        self._starts = [mention.span.start for mention in mentions]
        self._entities = {entity.key: entity for entity in entities}
        self._quoted = list(quoted)
        self._quoted_starts = [span.start for span in quoted]
        named: dict[str, list[Span]] = defaultdict(list)
        for mention in mentions:
            named[mention.entity].append(mention.span)
        self._genders = {
            entity.key: find_gender(text, entity, named[entity.key])
            for entity in entities
            if entity.type is EntityType.PERSON
        }
        self._said: list[_Said] = []

    def resolve(self, found: FoundAttribution) -> Speaker:
        """Say who the source of `found` is. Call in text order."""
        if not found.source:
            return Speaker(SpeakerKind.NONE, None)
        source = found.source[0]
        speaker = self._resolve_source(source)
        self._said.append(_Said(source, self._sentence_of(source.start), speaker))
        return speaker

    def _resolve_source(self, source: Span) -> Speaker:
        words = source.of(self._text).lower()
        named = self._find_named(source)
        if named is not None:
            step = CoreferenceStep(named.span, None, "name")
            return Speaker(SpeakerKind.NAMED, named.entity, (step,))
        if words in HE or words in SHE:
            return self._resolve_pronoun(source, Gender.MALE if words in HE else Gender.FEMALE)
        if words in IT or words in THEY:
            return self._resolve_group_pronoun(source)
        if words in RELATIVES:
            return self._resolve_relative(source)
        if words in AUTHOR:
            return Speaker(SpeakerKind.OWN_VOICE, None)
        return self._resolve_description(source)

    def _find_named(self, source: Span) -> Mention | None:
        """Return the name that heads a source's words, or None."""
        text = self._text
        inside = self._mentions_in(source)
        for mention in inside:
            lead = text[source.start : mention.span.start]
            tail = text[mention.span.end : source.end]
            clause = lead.rsplit(",", 1)[-1]
            if re.search(r"\b(?:who|which|whose|that)\b", lead):
                continue
            if _PREPOSITION.search(clause) and not self._is_place_of(mention, lead):
                continue
            if re.match(r"['’]s\b|['’](?=\s)", tail):
                continue
            if _MODIFIES.match(tail) and not _GOES_ON.match(tail):
                continue
            return self._person_it_modifies(mention, inside) or mention
        return self._owner_of_words(source, inside)

    def _is_place_of(self, mention: Mention, lead: str) -> bool:
        """Say whether a place is named as "the city of X"."""
        match = re.fullmatch(r"(?:the )?(\w+) of ", lead, re.I)
        return (
            match is not None
            and match.group(1).lower() in load_name_words()["place-head"]
            and self._entities[mention.entity].type is EntityType.PLACE
        )

    def _person_it_modifies(self, mention: Mention, inside: Sequence[Mention]) -> Mention | None:
        """Return the person in "Homeland Security Secretary Jeh Johnson", given the department."""
        if self._entities[mention.entity].type is EntityType.PERSON:
            return None
        for other in inside:
            if other.span.start <= mention.span.start:
                continue
            if self._entities[other.entity].type is not EntityType.PERSON:
                continue
            between = self._text[mention.span.end : other.span.start]
            if re.fullmatch(r"(?:['’]s)?[ -](?:[\w.’'-]+ ){1,5}", between) and not (
                _PREPOSITION.search(between) or re.search(r"\b(?:and|or|who)\b", between)
            ):
                return other
        return None

    def _owner_of_words(self, source: Span, inside: Sequence[Mention]) -> Mention | None:
        """Return the person in "Donald Trump’s tweet": who owns what is said says it."""
        words = source.of(self._text).lower().split()
        if inside and words and words[-1] in load_name_words()["speech-product"]:
            mention = inside[0]
            owned = self._text[mention.span.end : mention.span.end + 2] in ("’s", "'s")
            if owned and mention.span.start - source.start < 30:
                return mention
        return None

    def _resolve_pronoun(self, source: Span, gender: Gender) -> Speaker:
        scored: dict[str, tuple[float, Span, str]] = {}
        unnamed: tuple[float, Span] | None = None
        here = self._sentence_of(source.start)

        def offer(entity: str, score: float, span: Span, rule: str) -> None:
            known = self._genders.get(entity)
            if self._entities[entity].type is not EntityType.PERSON:
                return
            if known is not None and known is not gender:
                return
            bonus = 0.05 if known is gender else 0.0
            if entity not in scored or scored[entity][0] < score + bonus:
                scored[entity] = (score + bonus, span, rule)

        for distance in range(SENTENCES_BACK + 1):
            number = here - distance
            if number < 0:
                break
            sentence = self._sentences[number]
            limit = source.start if distance == 0 else sentence.end
            weight = 1.0 - 0.2 * distance
            subject = self._first_subject(Span(sentence.start, limit), gender)
            for mention in self._mentions_in(Span(sentence.start, limit)):
                if self._in_quotation(mention.span):
                    base, rule = 0.25, "pronoun:named-in-quotation"
                elif mention is subject:
                    base, rule = 0.85, "pronoun:subject-before"
                else:
                    base, rule = 0.45, "pronoun:named-before"
                offer(mention.entity, base * weight, mention.span, rule)
        for said in reversed(self._said[-4:]):
            distance = here - said.sentence
            if distance > SENTENCES_BACK or said.span.start >= source.start:
                continue
            score = 0.9 - 0.15 * max(distance, 0)
            if said.span.of(self._text).lower() in RELATIVES:
                score -= 0.35
            if said.speaker.entity is not None:
                offer(said.speaker.entity, score, said.span, "pronoun:last-speaker")
            elif (
                said.speaker.kind is SpeakerKind.UNNAMED
                and distance <= 1
                and unnamed is None
                and self._may_be_person(said.span)
            ):
                unnamed = (score - 0.05, said.span)
        ranked = sorted(scored.items(), key=lambda item: -item[1][0])
        if unnamed is not None and (not ranked or unnamed[0] > ranked[0][1][0]):
            step = CoreferenceStep(source, unnamed[1], "pronoun:unnamed-speaker")
            return Speaker(SpeakerKind.UNNAMED, None, (step,), _candidates(ranked))
        if not ranked:
            return Speaker(SpeakerKind.UNNAMED, None)
        entity, (_, span, rule) = ranked[0]
        return Speaker(
            SpeakerKind.NAMED,
            entity,
            (CoreferenceStep(source, span, rule),),
            _candidates(ranked[1:]),
            Mention(source, MentionKind.PRONOUN, entity, min(ranked[0][1][0], 1.0)),
        )

    def _first_subject(self, span: Span, gender: Gender) -> Mention | None:
        """Return the first person of a stretch that can be its subject, if no pronoun is first."""
        head = self._text[span.start : span.end]
        pronoun = re.search(r"\b(?:he|she|they)\b", head, re.I)
        for mention in self._mentions_in(span):
            if pronoun is not None and span.start + pronoun.start() < mention.span.start:
                return None
            if self._entities[mention.entity].type is not EntityType.PERSON:
                continue
            after = self._text[mention.span.end : mention.span.end + 2]
            clause = self._text[span.start : mention.span.start].rsplit(",", 1)[-1]
            if after in ("’s", "'s") or _PREPOSITION.search(clause):
                continue
            if self._in_quotation(mention.span):
                continue
            if self._genders.get(mention.entity) not in (None, gender):
                continue
            return mention
        return None

    def _resolve_group_pronoun(self, source: Span) -> Speaker:
        here = self._sentence_of(source.start)
        plural = source.of(self._text).lower() in THEY
        for said in reversed(self._said[-2:]):
            if not 0 <= here - said.sentence <= 1:
                continue
            entity = said.speaker.entity
            if entity is None:
                step = CoreferenceStep(source, said.span, "pronoun:unnamed-speaker")
                return Speaker(SpeakerKind.UNNAMED, None, (step,))
            if self._entities[entity].type is EntityType.PERSON and not plural:
                continue
            if self._entities[entity].type is EntityType.PERSON:
                break
            step = CoreferenceStep(source, said.span, "pronoun:last-speaker")
            mention = Mention(source, MentionKind.PRONOUN, entity, 0.7)
            return Speaker(SpeakerKind.NAMED, entity, (step,), mention=mention)
        return Speaker(SpeakerKind.UNNAMED, None)

    def _resolve_relative(self, source: Span) -> Speaker:
        """Resolve "who" to the name right before it, across one apposition between commas."""
        sentence = self._sentences[self._sentence_of(source.start)] if self._sentences else source
        before = self._mentions_in(Span(min(sentence.start, source.start), source.start))
        who = source.of(self._text).lower() == "who"
        for mention in reversed(before):
            person = self._entities[mention.entity].type is EntityType.PERSON
            if who and not person:
                continue
            gap = self._text[mention.span.end : source.start]
            if re.fullmatch(r"[\s,—–-]*", gap) or (
                gap.startswith(",") and gap.rstrip().endswith(",") and len(gap) < 120
            ):
                step = CoreferenceStep(source, mention.span, "relative")
                found = Mention(source, MentionKind.PRONOUN, mention.entity, 0.9)
                return Speaker(SpeakerKind.NAMED, mention.entity, (step,), mention=found)
            break
        return Speaker(SpeakerKind.UNNAMED, None)

    def _resolve_description(self, source: Span) -> Speaker:
        """Resolve "the senator" when exactly one person was given that role or title before."""
        words = re.findall(r"[\w’'-]+", source.of(self._text).lower())
        if len(words) < 2 or words[0] not in ("the", "this", "that") or len(words) > 4:
            return Speaker(SpeakerKind.UNNAMED, None)
        noun = words[-1]
        if len(words) == 2:
            named = self._named_with(noun, source)
            if named is not None:
                return named
        if noun not in load_name_words()["role-noun"] | load_name_words()["title"]:
            return Speaker(SpeakerKind.UNNAMED, None)
        owners: dict[str, Span] = {}
        for entity in self._entities.values():
            if entity.type is not EntityType.PERSON:
                continue
            for role in entity.roles:
                if role.start < source.start and noun in role.of(self._text).lower().split():
                    owners[entity.key] = role
        if len(owners) == 1:
            key, role = owners.popitem()
            step = CoreferenceStep(source, role, "description:role")
            mention = Mention(source, MentionKind.DESCRIPTION, key, 0.8)
            return Speaker(SpeakerKind.NAMED, key, (step,), mention=mention)
        return Speaker(SpeakerKind.UNNAMED, None)

    def _named_with(self, noun: str, source: Span) -> Speaker | None:
        """Resolve "the commission" to the one organisation named before with that word."""
        owners = {
            mention.entity: mention.span
            for mention in self._mentions
            if mention.span.start < source.start
            and self._entities[mention.entity].type is EntityType.ORGANISATION
            and noun in self._entities[mention.entity].name.lower().split()
        }
        if len(owners) != 1:
            return None
        key, span = owners.popitem()
        step = CoreferenceStep(source, span, "description:word-of-name")
        mention = Mention(source, MentionKind.DESCRIPTION, key, 0.8)
        return Speaker(SpeakerKind.NAMED, key, (step,), mention=mention)

    def _may_be_person(self, span: Span) -> bool:
        """Say whether an unnamed source is one person that "he" or "she" can go on with."""
        sets = load_name_words()
        words = re.findall(r"[\w-]+", span.of(self._text).lower())
        nouns = sets["role-noun"] | sets["title"] | {"man", "woman", "boy", "girl", "person"}
        return any(word in nouns for word in words) and not (
            {"poll", "survey", "report", "study", "s"} & set(words)
        )

    def _sentence_of(self, position: int) -> int:
        return max(bisect_right(self._sentence_starts, position) - 1, 0)

    def _mentions_in(self, span: Span) -> list[Mention]:
        first = bisect_right(self._starts, span.start - 1)
        found = []
        for mention in self._mentions[first:]:
            if mention.span.end > span.end:
                break
            found.append(mention)
        return found

    def _in_quotation(self, span: Span) -> bool:
        at = bisect_right(self._quoted_starts, span.start) - 1
        return at >= 0 and self._quoted[at].contains(span)


def find_gender(text: str, entity: Entity, spans: Sequence[Span]) -> Gender | None:
    """Return a person's gender when a title or a certain given name tells it, else None."""
    words = load_name_words()
    for span in spans:
        title = re.search(r"([A-Za-z]+)\.?\s$", text[max(0, span.start - 16) : span.start])
        if title is not None:
            if title.group(1).lower() in words["female"]:
                return Gender.FEMALE
            if title.group(1).lower() in words["male"]:
                return Gender.MALE
    given = entity.name.split()[0].lower() if " " in entity.name else ""
    if given in words["first-name-male"]:
        return Gender.MALE
    if given in words["first-name-female"]:
        return Gender.FEMALE
    return None


def with_roles(entities: Sequence[Entity], roles: dict[str, list[Span]]) -> tuple[Entity, ...]:
    """Return the entities with their roles filled in, in text order."""
    return tuple(replace(e, roles=tuple(sorted(set(roles.get(e.key, ()))))) for e in entities)


def _candidates(ranked: Sequence[tuple[str, tuple[float, Span, str]]]) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(entity, round(min(score, 1.0), 3), rule)
        for entity, (score, _, rule) in ranked[:5]
    )
