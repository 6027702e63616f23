"""An article's places, linked to the gazetteer with what the article says around them."""

import re
from collections import Counter
from typing import Any

from app.parsing.places import LinkedPlace, PlaceQuery, is_demonym, link_places
from app.parsing.types import Entity, ParsedArticle
from app.vocabulary import EntityType, MentionKind

# "Paris, Texas": what stands behind the comma, up to three words that begin with a capital.
_AFTER = re.compile(r",\s+(?P<area>[A-Z][\w.’'-]*(?:\s[A-Z][\w.’'-]*){0,2})")
# "the Ukrainian city of Pokrovsk", "Texas town of Paris", "the state of Georgia".
_BEFORE = re.compile(
    r"(?:(?P<area>[A-Z][\w’'-]+)\s+)?(?P<kind>city|town|village|state|province|region|country|"
    r"republic|nation)\s+of\s+(?:the\s+)?$"
)
_STATE_AFTER = re.compile(r"\s+(?P<kind>state|province|region|oblast)\b")
_WORDS = re.compile(r"[A-Z][a-z]+(?:ns?|sh|ese|ch|is?|ks?)\b")
_KINDS: dict[str, Any] = {
    "city": "city",
    "town": "city",
    "village": "city",
    "state": "region",
    "province": "region",
    "region": "region",
    "oblast": "region",
    "country": "country",
    "republic": "country",
    "nation": "country",
}


def link_article_places(
    parsed: ParsedArticle,
) -> tuple[dict[str, LinkedPlace], Counter[str]]:
    """Find what the places of an article are.

    Returns:
        For each `Entity.key` of a place that is certain enough its link, and the countries (ISO
        3166-1) that the article speaks of by demonym, with how often.
    """
    text = parsed.raw.text
    places = [entity for entity in parsed.entities if entity.type == EntityType.PLACE]
    spoken = Counter(
        country
        for word, count in Counter(_WORDS.findall(text)).items()
        if (country := is_demonym(word)) is not None
        for _ in range(count)
    )
    linked = link_places(
        [_to_query(entity, parsed) for entity in places],
        context={country: float(count) for country, count in spoken.items()},
    )
    return (
        {entity.key: link for entity, link in zip(places, linked, strict=True) if link is not None},
        spoken,
    )


def _to_query(entity: Entity, parsed: ParsedArticle) -> PlaceQuery:
    text = parsed.raw.text
    spans = [
        mention.span
        for mention in parsed.mentions
        if mention.entity == entity.key and mention.kind == MentionKind.NAME
    ]
    within: list[str] = []
    kind = None
    for span in spans:
        if after := _AFTER.match(text, span.end):
            within.append(after["area"].rstrip("."))
        elif later := _STATE_AFTER.match(text, span.end):
            kind = _KINDS[later["kind"]]
        if before := _BEFORE.search(text, max(0, span.start - 60), span.start):
            kind = _KINDS[before["kind"]]
            if before["area"]:
                within.append(before["area"])
    return PlaceQuery(
        name=entity.name,
        count=max(1, len(spans)),
        within=tuple(dict.fromkeys(within)),
        kind=kind,
    )


def to_json(link: LinkedPlace) -> dict[str, Any]:
    """Return what is kept of a link: ids, country, degrees, score and reason."""
    place = link.place
    return {
        "name": place.name,
        "kind": place.kind,
        "geonames": place.geonames_id,
        "iso3166": place.iso3166,
        "country": place.country,
        "region": place.region,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "score": link.score,
        "reason": link.reason,
    }


def to_place_id(link: LinkedPlace) -> str:
    """Return what tells the place from all others of the gazetteer."""
    return link.place.iso3166 or link.place.geonames_id or link.place.name
