"""From a parsed article to its table rows: a pure mapping, with no session and no clock.

Keys come from what a thing is, never from where it stands in a list, so that links survive a
second reading: an article is its URL (or its file and its key in there), and a quotation, a claim
or an attribution is its words within the article, counted where the same words come again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Table

from app.db import plain, tables
from app.db.fold import fold
from app.db.ids import ARTICLE, SOURCE, to_key
from app.db.rank import words_row
from app.ingest.said import GlobalEntity, SaidMapper, to_json
from app.parsing.types import ParsedArticle, RawArticle, Span
from app.records import make_records


@dataclass(frozen=True, slots=True)
class ArticleRows:
    """Everything that one article puts into the database, apart from entities and their aliases.

    Rows may be inserted in the order of the fields: none refers to a later one.
    """

    article: tables.Article
    authors: tuple[tables.ArticleAuthor, ...]
    entities: tuple[tables.ArticleEntity, ...]
    roles: tuple[tables.EntityRole, ...]
    mentions: tuple[tables.Mention, ...]
    attributions: tuple[tables.Attribution, ...]
    quotes: tuple[tables.Quote, ...]
    quote_abouts: tuple[tables.QuoteAbout, ...]
    claims: tuple[tables.Claim, ...]
    claim_abouts: tuple[tables.ClaimAbout, ...]
    unnamed: tuple[tables.UnnamedSource, ...]


def to_source_key(path: str) -> int:
    """Return the key of a file's row."""
    return to_key(SOURCE, path)


def to_article_key(raw: RawArticle, *, source_name: str) -> int:
    """Return the key of an article: by its URL if it states one, else by its file and its key.

    Args:
        raw: The article as read.
        source_name: The seed file's name, as `sources.path` holds it.
    """
    if raw.url is not None:
        return to_key(ARTICLE, "url", raw.url)
    return to_key(ARTICLE, "file", source_name, raw.key)


def to_rows(
    parsed: ParsedArticle,
    *,
    source_key: int,
    source_name: str,
    entities: Mapping[str, GlobalEntity],
    article_key: int | None = None,
) -> ArticleRows:
    """Return the rows of one article.

    Args:
        parsed: The article; each of its spans is taken as it is.
        source_key: Key of the row of the file that it came from.
        source_name: The file's name, part of the identity of an article without a URL.
        entities: For each `Entity.key` of the article, the entity over all articles. Two of the
            article's entities may be the same one there.
        article_key: The article's key where it is known; else it is found by `to_article_key`.

    Returns:
        The rows, each kind in text order.

    Raises:
        KeyError: An entity that the article speaks of is not in `entities`, or a quotation or
            claim names an attribution or quotation that the article does not have.
    """
    if article_key is None:
        article_key = to_article_key(parsed.raw, source_name=source_name)
    return _Mapper(
        parsed, source_key=source_key, article_key=article_key, entities=entities
    ).to_rows()


class _Mapper:
    """One article on its way to rows: what the several kinds of row look up in each other."""

    def __init__(
        self,
        parsed: ParsedArticle,
        *,
        source_key: int,
        article_key: int,
        entities: Mapping[str, GlobalEntity],
    ) -> None:
        self.parsed = parsed
        self.raw = parsed.raw
        self.text = parsed.raw.text
        self.source_key = source_key
        self.entities = entities
        self.article_key = article_key
        self.said = SaidMapper(parsed, article_key=self.article_key, entities=entities)

    def to_about(self, about: Iterable[str]) -> list[int]:
        return list(dict.fromkeys(self.entities[key].key for key in about))

    def to_rows(self) -> ArticleRows:
        """Return all rows of the article."""
        mentions = self.to_mentions()
        links = self.to_entities(mentions)
        dated = self.raw.published_at
        return ArticleRows(
            article=self.to_article(entity_count=len(links), mention_count=len(mentions)),
            authors=self.to_authors(),
            entities=links,
            roles=self.to_roles(),
            mentions=mentions,
            attributions=tuple(self.said.to_attribution(a) for a in self.parsed.attributions),
            quotes=tuple(self.said.to_quote(q) for q in self.parsed.quotations),
            quote_abouts=tuple(
                plain.QuoteAbout(
                    quote_key=key, entity_key=entity, position=position, published_at=dated
                )
                for quotation in self.parsed.quotations
                for key in [self.said.quote_keys[quotation.key]]
                for position, entity in enumerate(self.to_about(quotation.about))
            ),
            claims=tuple(self.said.to_claim(c) for c in self.parsed.claims),
            claim_abouts=tuple(
                plain.ClaimAbout(
                    claim_key=key, entity_key=entity, position=position, published_at=dated
                )
                for claim in self.parsed.claims
                for key in [self.said.claim_keys[claim.key]]
                for position, entity in enumerate(self.to_about(claim.about))
            ),
            unnamed=tuple(self.said.list_unnamed()),
        )

    def to_article(self, *, entity_count: int, mention_count: int) -> tables.Article:
        raw = self.raw
        return plain.Article(
            key=self.article_key,
            source_key=self.source_key,
            title=raw.title,
            title_derived=raw.title_derived,
            authors=list(raw.authors),
            outlet=raw.outlet,
            published_at=raw.published_at,
            language=raw.language,
            url=raw.url,
            meta=raw.meta,
            text=raw.text,
            paragraphs=to_json(self.parsed.paragraphs),
            sentences=to_json(self.parsed.sentences),
            word_count=self.parsed.word_count,
            quote_count=len(self.parsed.quotations),
            claim_count=len(self.parsed.claims),
            entity_count=entity_count,
            mention_count=mention_count,
        )

    def to_authors(self) -> tuple[tables.ArticleAuthor, ...]:
        return tuple(
            plain.ArticleAuthor(
                article_key=self.article_key, position=position, name=name, folded=fold(name)
            )
            for position, name in enumerate(self.raw.authors)
        )

    def to_mentions(self) -> tuple[tables.Mention, ...]:
        # Two of the article's entities that are one over all articles may meet on one span; the
        # first of them is kept.
        rows: dict[tuple[Span, int], tables.Mention] = {}
        for mention in self.parsed.mentions:
            entity = self.entities[mention.entity]
            rows.setdefault(
                (mention.span, entity.key),
                plain.Mention(
                    article_key=self.article_key,
                    start=mention.span.start,
                    end=mention.span.end,
                    entity_key=entity.key,
                    kind=plain.plain_word(mention.kind),
                    text=mention.span.of(self.text),
                    confidence=mention.confidence,
                ),
            )
        return tuple(rows.values())

    def to_entities(self, mentions: tuple[tables.Mention, ...]) -> tuple[tables.ArticleEntity, ...]:
        counts = Counter({self.entities[entity.key].key: 0 for entity in self.parsed.entities})
        counts.update(mention.entity_key for mention in mentions)
        return tuple(
            plain.ArticleEntity(article_key=self.article_key, entity_key=key, mention_count=count)
            for key, count in counts.items()
        )

    def to_roles(self) -> tuple[tables.EntityRole, ...]:
        rows = {
            (self.entities[entity.key].key, span): plain.EntityRole(
                entity_key=self.entities[entity.key].key,
                article_key=self.article_key,
                start=span.start,
                end=span.end,
                text=span.of(self.text),
            )
            for entity in self.parsed.entities
            for span in entity.roles
        }
        return tuple(rows.values())


def to_row_values(rows: ArticleRows) -> dict[str, list[dict[str, Any]]]:
    """Return an article's rows as `insert_rows` takes them, by the name of their table.

    They may be inserted in this order; a table without rows is left out.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for some in ((rows.article,), *(getattr(rows, one.name) for one in fields(rows)[1:])):
        if some:
            found[some[0].__table__.name] = [to_values(row) for row in some]
    return found


def to_records(
    rows: ArticleRows, *, entities: Iterable[GlobalEntity]
) -> dict[str, list[dict[str, Any]]]:
    """Return the answers that are kept of an article, see `app.records`, as rows by table.

    Args:
        rows: The article's.
        entities: Those that it names.
    """
    slugs = {entity.key: entity.slug for entity in entities}
    abouts: dict[int, list[str]] = {}
    for quote_about in rows.quote_abouts:
        abouts.setdefault(quote_about.quote_key, []).append(slugs[quote_about.entity_key])
    for claim_about in rows.claim_abouts:
        abouts.setdefault(claim_about.claim_key, []).append(slugs[claim_about.entity_key])
    return make_records(
        text=rows.article.text,
        quotes=rows.quotes,
        claims=rows.claims,
        attributions=rows.attributions,
        abouts=abouts,
        slugs=slugs,
    )


def to_words(rows: ArticleRows) -> dict[str, list[dict[str, Any]]]:
    """Return what a search's hits are put in order by (`tables.QuoteWords`), as rows by table."""
    return {
        f"{what}_words": [
            words_row(what, key=one.key, text=one.text, published_at=one.published_at)
            for one in said
        ]
        for what, said in (("quote", rows.quotes), ("claim", rows.claims))
    }


def to_values(row: Any) -> dict[str, Any]:
    """Return a row as column name -> value, as SQLAlchemy's `insert` takes it."""
    names, take = _list_columns(row.__table__)
    return dict(zip(names, take(row), strict=True))


@cache
def _list_columns(table: Table) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """Return the names of a table's columns, and what takes their values from a row."""
    names = tuple(column.key for column in table.columns)
    return names, attrgetter(*names)
