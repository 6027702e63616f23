"""From a parsed article to what it says of each of its entities."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

from app.db.fold import fold, fold_words
from app.ingest.resolve.keys import find_declared, to_calls, to_company_key, to_group
from app.ingest.resolve.local import Evidence, Local
from app.ingest.resolve.names import load_name_words, read_lexicon
from app.ingest.resolve.places import link_article_places, to_json, to_place_id
from app.ingest.resolve.slugs import to_slug
from app.parsing.types import Entity, Mention, ParsedArticle, Span
from app.vocabulary import EntityType, MentionKind

_TITLE = re.compile(r"\b(Mr|Mrs|Ms|Miss|Dr|Sir|Dame|Lord|Lady|Rev|Prof)\.?\s+$")
_GENDERS = {"mr": "m", "sir": "m", "lord": "m", "mrs": "f", "ms": "f", "miss": "f"}
_GENDERS |= {"dame": "f", "lady": "f", "he": "m", "his": "m", "him": "m", "she": "f", "her": "f"}
# "John Smith, 34," and "34-year-old John Smith".
_AGE_AFTER = re.compile(r",\s+(?:aged\s+)?(\d{1,2}|10\d)\s*[,.;)]")
_AGE_BEFORE = re.compile(r"\b(\d{1,3})-year-old\s+(?:\w+\s+){0,3}$")
# What a word before a name says of its bearer: "Mayor John Smith", "striker John Smith".
_BEFORE_NAME = re.compile(r"(?:[\w’'-]+\s+){1,3}$")
_AFTER_NAME = re.compile(r"^,\s+(?P<role>(?:an?|the|who|whose)\s[^,.;:()]{3,90})")
_MOST_COMPANY, _MOST_TOPICS = 24, 40


@cache
def load_walks() -> dict[str, tuple[str, ...]]:
    """Return for each word of a role the walks of life that it belongs to."""
    found: dict[str, list[str]] = {}
    for line in read_lexicon("domains.tsv"):
        walk, _, words = line.partition("\t")
        for word in words.split():
            found.setdefault(word, []).append(walk)
    return {word: tuple(dict.fromkeys(walks)) for word, walks in found.items()}


def list_locals(parsed: ParsedArticle, *, article_key: int) -> tuple[Local, ...]:
    """Return what an article says of each of its entities, in the order of `parsed.entities`."""
    raw = parsed.raw
    links, spoken = link_article_places(parsed)
    mentions: dict[str, list[Mention]] = {}
    for mention in parsed.mentions:
        mentions.setdefault(mention.entity, []).append(mention)
    countries = Counter(spoken)
    for linked in links.values():
        if linked.place.country:
            countries[linked.place.country] += 2
    most = [country for country, _ in sorted(countries.items(), key=lambda x: (-x[1], x[0]))][:4]
    around = sorted(
        parsed.entities, key=lambda entity: (-len(mentions.get(entity.key, ())), entity.key)
    )
    found = []
    for entity in parsed.entities:
        link = links.get(entity.key)
        group, short = to_group(
            entity.name, entity.type, place_id=None if link is None else to_place_id(link)
        )
        evidence, declared = _collect(parsed, entity, mentions.get(entity.key, []))
        others = [other for other in around if other.key != entity.key]
        own = to_company_key(entity.name, entity.type)
        company = dict.fromkeys(
            to_company_key(other.name, other.type)
            for other in others
            if other.type != EntityType.PLACE
        )
        places = dict.fromkeys(
            to_place_id(links[other.key])
            if other.key in links
            else to_company_key(other.name, other.type)
            for other in others
            if other.type == EntityType.PLACE
            and (other.key not in links or links[other.key].place.kind != "country")
        )
        found.append(
            Local(
                article_key=article_key,
                key=entity.key,
                name=entity.name,
                type=entity.type,
                base=to_slug(entity.name),
                group=group,
                short=short,
                published_at=raw.published_at,
                evidence=Evidence(
                    **evidence,
                    company=tuple(key for key in company if key != own)[:_MOST_COMPANY],
                    places=tuple(places)[:_MOST_COMPANY],
                    countries=tuple(most),
                    outlet=fold(raw.outlet or ""),
                    place=None if link is None else to_json(link),
                ),
                calls=()
                if entity.type == EntityType.PLACE
                else to_calls(entity.name, entity.type, declared=declared),
            )
        )
    return tuple(found)


def _collect(
    parsed: ParsedArticle, entity: Entity, mentions: list[Mention]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    text = parsed.raw.text
    named = [mention.span for mention in mentions if mention.kind == MentionKind.NAME]
    forms = tuple(dict.fromkeys(" ".join(span.of(text).split()) for span in named))
    after = [text[span.end : span.end + 60] for span in named]
    declared = find_declared(entity.name, entity.type, forms=forms, texts_after=after)
    evidence: dict[str, Any] = {"forms": tuple(sorted({fold(form) for form in forms}))}
    if entity.type == EntityType.PLACE:
        return evidence, declared
    roles = [span.of(text) for span in entity.roles]
    if entity.type == EntityType.PERSON:
        titles = [
            match[1].lower()
            for span in named
            if (match := _TITLE.search(text, max(0, span.start - 8), span.start))
        ]
        evidence["title"] = titles[0] if titles else ""
        words = [m.span.of(text).lower() for m in mentions if m.kind == MentionKind.PRONOUN]
        evidence["gender"] = _find_gender([*titles, *words])
        evidence["born"] = _find_birth(parsed, named)
        roles += [
            match["role"]
            for span in named
            if (match := _AFTER_NAME.match(text[span.end : span.end + 100]))
        ]
    role_words = _list_words(roles)
    walks = load_walks()
    before = _list_words(
        match[0]
        for span in named
        if (match := _BEFORE_NAME.search(text, max(0, span.start - 50), span.start))
    )
    role_words += tuple(word for word in before if word in walks and word not in role_words)
    evidence["roles"] = role_words
    evidence["walks"] = tuple(
        sorted({walk for word in role_words for walk in walks.get(word, walks.get(word[:-1], ()))})
    )
    own = {word for form in forms for word in _list_words([form])}
    topics = Counter(
        word
        for sentence in _list_sentences(parsed, named)
        for word in _list_words([sentence.of(text)])
        if word not in own
    )
    evidence["topics"] = tuple(
        word for word, _ in sorted(topics.items(), key=lambda x: (-x[1], x[0]))[:_MOST_TOPICS]
    )
    return evidence, declared


def _find_gender(words: Iterable[str]) -> str:
    found = Counter(_GENDERS[word] for word in words if word in _GENDERS)
    return found.most_common(1)[0][0] if len(found) == 1 else ""


def _find_birth(parsed: ParsedArticle, named: list[Span]) -> int | None:
    if parsed.raw.published_at is None:
        return None
    text = parsed.raw.text
    for span in named:
        age = _AGE_AFTER.match(text, span.end) or _AGE_BEFORE.search(
            text, max(0, span.start - 60), span.start
        )
        if age:
            return parsed.raw.published_at.year - int(age[1])
    return None


def _list_words(texts: Iterable[str]) -> tuple[str, ...]:
    small = load_name_words()["text"]
    words = (word for text in texts for word in fold_words(text))
    return tuple(dict.fromkeys(word for word in words if len(word) > 2 and word not in small))


def _list_sentences(parsed: ParsedArticle, named: list[Span]) -> list[Span]:
    starts = sorted({span.start for span in named})
    found, index = [], 0
    for sentence in parsed.sentences:
        while index < len(starts) and starts[index] < sentence.start:
            index += 1
        if index < len(starts) and starts[index] < sentence.end:
            found.append(sentence)
    return found
