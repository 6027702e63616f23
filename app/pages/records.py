"""What a mark opens: everything that is known of a quotation, claim, attribution or entity."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote as quote_path

from app.api.attributions import ArticleAttribution, Attribution, Candidate, Speaker
from app.api.claims.schemas import Claim
from app.api.entities.mentions import Mention
from app.api.entities.schemas import Entity, Role
from app.api.quotes.schemas import Quote
from app.db.ids import ATTRIBUTION, QUOTE
from app.pages.marks import Layer
from app.vocabulary import SpeakerKind

# The first mentions of an entity are listed one by one; the API lists the others.
MAX_MENTIONS = 40
SHORT = 90  # characters of an utterance in a list
# Words that stand for somebody and say nothing of him (English, as the reader of articles is).
_PRONOUN = re.compile(
    r"i|me|my|mine|you|yours?|he|him|his|she|hers?|it|its|we|us|ours?|they|them|theirs?"
    r"|who|whom|whose|which|th(?:at|is|ese|ose)|one|another",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a record.

    Attributes:
        href: What the value links to: an address on this server, or "#anchor"; or None.
        note: More, in small print; or None.
    """

    label: str
    value: str
    href: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that is known of one thing on the text.

    Attributes:
        anchor: The HTML id of its mark in the text, or None.
        confidence: In [0, 1]; None for an entity, whose mentions have their own.
        method: Which rule or model found it, or None.
        json: The path of the API that tells the same.
        page: A page about it, or None.
        attribution: The attribution that a quotation or claim is the content of, or None.
    """

    id: str
    layer: Layer
    kind: str
    words: str
    anchor: str | None
    facts: tuple[Fact, ...]
    candidates: tuple[Candidate, ...]
    confidence: float | None
    method: str | None
    json: str
    page: str | None = None
    attribution: str | None = None


def entity_record_id(slug: str) -> str:
    """Return the id of the record of an entity."""
    return f"e-{slug}"


def mention_anchor(mention: Mention) -> str:
    """Return the HTML id of the mark of a mention; mentions that begin at one place share it."""
    return f"m-{mention['span']['start']}"


def speaker_path(slug: str) -> str:
    """Return the path of the page about an entity."""
    return f"/speakers/{quote_path(slug)}"


def shorten(words: str, *, limit: int = SHORT) -> str:
    """Return the first words, at most `limit` characters and an ellipsis; white space is one space.

    Args:
        words: Any text.
        limit: From 2.
    """
    words = " ".join(words.split())
    if len(words) <= limit:
        return words
    head = words[:limit]
    return (head.rpartition(" ")[0] or head).rstrip(" …") + "…"


def is_pronoun(words: str) -> bool:
    """Say whether a speaker's words are a pronoun alone, so that nobody knows who is meant."""
    return _PRONOUN.fullmatch(words) is not None


def to_json_path(record_id: str, *, article_id: str) -> str:
    """Return the path of the API that tells what the record of a mark (not an entity's) tells."""
    kind = record_id.partition("_")[0]
    if kind == ATTRIBUTION:
        return f"/v1/articles/{article_id}/annotations"
    return f"/v1/{'quotes' if kind == QUOTE else 'claims'}/{record_id}"


def describe_quote(quote: Quote, *, names: Mapping[str, str]) -> Record:
    """Return the record of a quotation; `names` are those of entities by id."""
    attribution = quote["attribution"]
    facts = [*_say_who("Speaker", quote["speaker"]), Fact("Form", quote["form"])]
    facts += _list_attribution(attribution)
    facts += [Fact("About", names.get(slug, slug), speaker_path(slug)) for slug in quote["about"]]
    return Record(
        id=quote["id"],
        layer=Layer.QUOTATIONS,
        kind="Quotation",
        words=quote["text"],
        anchor=quote["id"],
        facts=tuple(facts),
        candidates=tuple(attribution["candidates"]) if attribution else (),
        confidence=quote["confidence"],
        method=attribution["method"] if attribution else None,
        json=to_json_path(quote["id"], article_id=quote["article_id"]),
        attribution=attribution["id"] if attribution else None,
    )


def describe_claim(claim: Claim, *, names: Mapping[str, str]) -> Record:
    """Return the record of a claim; `names` are those of entities by id."""
    attribution = claim["attribution"]
    facts = [*_say_who("Claimant", claim["claimant"]), Fact("Kind", claim["kind"])]
    facts.append(Fact("Check-worthiness", f"{claim['check_worthiness']:.2f}"))
    facts += _list_attribution(attribution)
    if claim["negated"]:
        facts.append(Fact("Negated", "yes"))
    if attribution is None:
        facts += [Fact("Hedge", hedge["text"]) for hedge in claim["hedges"]]
    facts += [
        Fact("Number", number["span"]["text"], note=f"{number['value']:g} {number['unit'] or ''}")
        for number in claim["numbers"]
    ]
    facts += [Fact("Date", date["span"]["text"], note=date["value"]) for date in claim["dates"]]
    if claim["quote_id"] is not None:
        facts.append(Fact("Said verbatim", "the quotation", f"#{claim['quote_id']}"))
    facts += [Fact("About", names.get(slug, slug), speaker_path(slug)) for slug in claim["about"]]
    return Record(
        id=claim["id"],
        layer=Layer.CLAIMS,
        kind="Claim",
        words=claim["text"],
        anchor=claim["id"],
        facts=tuple(facts),
        candidates=tuple(attribution["candidates"]) if attribution else (),
        confidence=claim["confidence"],
        method=claim["method"],
        json=to_json_path(claim["id"], article_id=claim["article_id"]),
        attribution=attribution["id"] if attribution else None,
    )


def describe_attribution(attribution: ArticleAttribution) -> Record:
    """Return the record of an attribution."""
    facts = [*_say_who("Source", attribution["speaker"]), Fact("Kind", attribution["kind"])]
    facts += _list_attribution(attribution)
    return Record(
        id=attribution["id"],
        layer=Layer.ATTRIBUTIONS,
        kind="Attribution",
        words=attribution["content"]["text"],
        anchor=attribution["id"],
        facts=tuple(facts),
        candidates=tuple(attribution["candidates"]),
        confidence=attribution["confidence"],
        method=attribution["method"],
        json=to_json_path(attribution["id"], article_id=attribution["article_id"]),
    )


def describe_entity(
    entity: Entity, *, article_id: str, layer: Layer, mentions: Sequence[Mention]
) -> Record:
    """Return the record of an entity in one article.

    Args:
        entity: With its counts over all articles.
        article_id: The article's.
        layer: That of the entity's type.
        mentions: Its mentions in the article, in text order.
    """
    facts = [Fact("Role", role["text"]) for role in _own_roles(entity, article_id)]
    facts += [
        Fact(
            "Mentioned",
            shorten(mention["span"]["text"]),
            f"#{mention_anchor(mention)}",
            note=f"{mention['kind']}, {mention['confidence']:.0%} sure",
        )
        for mention in mentions[:MAX_MENTIONS]
    ]
    if len(mentions) > MAX_MENTIONS:
        facts.append(Fact("Mentioned", f"{len(mentions) - MAX_MENTIONS} times more"))
    return Record(
        id=entity_record_id(entity["id"]),
        layer=layer,
        kind=str(entity["type"]).capitalize(),
        words=entity["name"],
        anchor=mention_anchor(mentions[0]) if mentions else None,
        facts=tuple(facts),
        candidates=(),
        confidence=None,
        method=None,
        json=f"/v1/articles/{article_id}/mentions?entity={entity['id']}",
        page=speaker_path(entity["id"]),
    )


def _own_roles(entity: Entity, article_id: str) -> list[Role]:
    return [role for role in entity["roles"] if role["article_id"] == article_id]


def _say_who(label: str, speaker: Speaker | None) -> list[Fact]:
    if speaker is None:
        return [Fact(label, "nobody is given")]
    if speaker["kind"] == SpeakerKind.OWN_VOICE:
        return [Fact(label, "the article itself")]
    slug, name = speaker["entity_id"], speaker["name"] or "?"
    if slug is None:
        return [Fact(label, name, note="unclear who" if is_pronoun(name) else "not named")]
    return [Fact(label, name, speaker_path(slug), note=speaker["role"])]


def _list_attribution(attribution: Attribution | None) -> list[Fact]:
    if attribution is None:
        return []
    facts = []
    source, cue = attribution["source"], attribution["cue"]
    if source is not None:
        facts.append(Fact("Source’s words", source["text"]))
    if cue is not None:
        facts.append(Fact("Cue", cue["text"], note=cue["lemma"]))
    for label, span in (("Said to", attribution["recipient"]), ("Said on", attribution["medium"])):
        if span is not None:
            facts.append(Fact(label, span["text"]))
    facts += [Fact("Hedge", hedge["text"]) for hedge in attribution["hedges"]]
    if attribution["negated"]:
        facts.append(Fact("Negated", "yes"))
    for step in attribution["coreference"]:
        antecedent = step["antecedent"]
        meant = "" if antecedent is None else f" → {antecedent['text']}"
        facts.append(Fact("Read as", f"{step['span']['text']}{meant}", note=step["rule"]))
    return facts
