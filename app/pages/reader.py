"""The view model of the reader: an article's text with its marks, and a record for each of them.

It is filled from what the API answers about an article, and from nothing else. `onrecord parse
--html` makes the same answers from an article that is in no database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice

from app.api.articles.annotations import Annotations
from app.api.articles.schemas import Article, ArticleText
from app.api.attributions import ArticleAttribution
from app.api.entities.mentions import Mention
from app.api.entities.schemas import ArticleEntity
from app.api.spans import Span
from app.pages.marks import Layer, Mark, Paragraph, cut_text
from app.pages.records import (
    Record,
    describe_attribution,
    describe_claim,
    describe_entity,
    describe_quote,
    entity_record_id,
    mention_anchor,
    to_json_path,
)
from app.pages.voices import Voice, list_voices
from app.vocabulary import EntityType

# Of a text with more marks than any newspaper prints, the page holds so many records of
# quotations, claims and attributions; what the others are, the API tells, and their marks link
# there. A thousand cost a browser 0.2 s more than these.
MAX_TOLD = 500

# Scripts that run from right to left, by the first subtag of a BCP 47 language.
RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi"}
)

LAYER_OF = {
    EntityType.PERSON: Layer.PEOPLE,
    EntityType.ORGANISATION: Layer.ORGANISATIONS,
    EntityType.PLACE: Layer.PLACES,
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Everything that the reader page shows of an article.

    Attributes:
        paragraphs: The text, cut at the borders of its marks.
        voices: Who speaks, in the order of the text.
        records: What the marks open, in the order of the text; entities last. See `MAX_TOLD`.
        told: The ids of those records.
        counts: How many things each layer marks.
        linked: True when there is a server to link to.
    """

    id: str
    title: str
    authors: tuple[str, ...]
    outlet: str | None
    published_at: datetime | None
    language: str
    url: str | None
    word_count: int
    paragraphs: tuple[Paragraph, ...]
    voices: tuple[Voice, ...]
    records: tuple[Record, ...]
    told: frozenset[str]
    counts: Mapping[Layer, int]
    linked: bool

    @property
    def direction(self) -> str:
        """The way the article's language is written: ltr or rtl."""
        return "rtl" if self.language.partition("-")[0].lower() in RIGHT_TO_LEFT else "ltr"

    @property
    def is_cut(self) -> bool:
        """Say whether some marks have no record on the page."""
        return sum(self.counts.values()) > len(self.records)

    def link_mark(self, record_id: str) -> str | None:
        """Return what a mark links to: its record, or the API; None where there is neither."""
        if record_id in self.told:
            return f"#r-{record_id}"
        return to_json_path(record_id, article_id=self.id) if self.linked else None


def make_reader(
    article: Article,
    *,
    text: ArticleText,
    annotations: Annotations,
    entities: Sequence[ArticleEntity],
    linked: bool = True,
) -> Reader:
    """Return the view of an article.

    Args:
        article: What the API answers for it.
        text: Its text with paragraphs.
        annotations: Everything that was found in it.
        entities: The entities that it names.
        linked: False for a page that stands alone, without a server behind its links.
    """
    mentions: dict[str, list[Mention]] = {}
    for mention in annotations["mentions"]:
        mentions.setdefault(mention["entity_id"], []).append(mention)
    names = {one["entity"]["id"]: one["entity"]["name"] for one in entities}
    layers = {one["entity"]["id"]: LAYER_OF[one["entity"]["type"]] for one in entities}
    marks = [
        *_mark_mentions(annotations["mentions"], layers),
        *(
            Mark(quote["id"], Layer.QUOTATIONS, _spans(quote["parts"]), anchor=quote["id"])
            for quote in annotations["quotes"]
        ),
        *(
            Mark(claim["id"], Layer.CLAIMS, _spans(claim["parts"]), anchor=claim["id"])
            for claim in annotations["claims"]
        ),
        *_mark_attributions(annotations["attributions"]),
    ]
    records = [
        *islice(
            chain(
                (describe_quote(quote, names=names) for quote in annotations["quotes"]),
                (describe_claim(claim, names=names) for claim in annotations["claims"]),
                (describe_attribution(one) for one in annotations["attributions"]),
            ),
            MAX_TOLD,
        ),
        *(
            describe_entity(
                one["entity"],
                article_id=article["id"],
                layer=LAYER_OF[one["entity"]["type"]],
                mentions=mentions.get(one["entity"]["id"], ()),
            )
            for one in entities
        ),
    ]
    counts = dict.fromkeys(Layer, 0)
    counts[Layer.QUOTATIONS] = len(annotations["quotes"])
    counts[Layer.CLAIMS] = len(annotations["claims"])
    counts[Layer.ATTRIBUTIONS] = len(annotations["attributions"])
    for one in entities:
        counts[LAYER_OF[one["entity"]["type"]]] += 1
    paragraphs = [(span["start"], span["end"]) for span in text["paragraphs"]]
    return Reader(
        id=article["id"],
        title=article["title"] or "Without a headline",
        authors=tuple(article["authors"]),
        outlet=article["source"],
        published_at=article["published_at"],
        language=article["language"],
        url=article["url"],
        word_count=article["word_count"],
        paragraphs=tuple(cut_text(text["text"], marks, paragraphs=paragraphs)),
        voices=tuple(list_voices(annotations)),
        records=tuple(records),
        told=frozenset(record.id for record in records),
        counts=counts,
        linked=linked,
    )


def _mark_mentions(mentions: Iterable[Mention], layers: Mapping[str, Layer]) -> Iterable[Mark]:
    for mention in mentions:
        span, slug = mention["span"], mention["entity_id"]
        layer = layers.get(slug)
        if layer is not None:
            yield Mark(
                entity_record_id(slug),
                layer,
                ((span["start"], span["end"]),),
                anchor=mention_anchor(mention),
            )


def _mark_attributions(attributions: Iterable[ArticleAttribution]) -> Iterable[Mark]:
    for one in attributions:
        for part in ("content", "source", "cue"):
            spans = one[part]
            if spans is not None:
                anchor = one["id"] if part == "content" else ""
                yield Mark(
                    one["id"], Layer.ATTRIBUTIONS, _spans(spans["parts"]), part=part, anchor=anchor
                )


def _spans(parts: Iterable[Span]) -> tuple[tuple[int, int], ...]:
    return tuple((part["start"], part["end"]) for part in parts)
