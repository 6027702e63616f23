"""Which lists there are to export: their parameters, their rows and their columns."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.api.articles.build import build_article_list
from app.api.articles.parameters import ArticleFilters
from app.api.articles.queries import find_articles
from app.api.articles.router import check_article
from app.api.claims.build import build_claims
from app.api.claims.parameters import ArticleClaimFilters, ClaimFilters
from app.api.claims.queries import find_claims
from app.api.cooccurrences.queries import build_cooccurrences, find_cooccurrences
from app.api.cooccurrences.schemas import CooccurrenceFilters
from app.api.deps import Call
from app.api.entities.build import build_article_entities, build_entity_list
from app.api.entities.mentions import mention_from_row
from app.api.entities.parameters import ArticleEntityFilters, EntityFilters, MentionFilters
from app.api.entities.queries import find_article_entities, find_entities, find_mentions
from app.api.entities.router import check_entity
from app.api.exports.stream import Opened
from app.api.parameters import Parameters, split_words
from app.api.quotes.build import build_quotes
from app.api.quotes.parameters import ArticleQuoteFilters, QuoteFilters
from app.api.quotes.queries import find_quotes
from app.api.search import read_query
from app.api.sources.queries import find_sources
from app.api.sources.schemas import SourceFilters, source_from_row
from app.api.stories.queries import build_similar, find_similar, list_telling_words
from app.api.stories.schemas import SimilarArticleFilters
from app.api.unnamed.queries import find_counts, find_unnamed
from app.api.unnamed.schemas import (
    UnnamedCountFilters,
    UnnamedSourceFilters,
    count_from_row,
    unnamed_from_row,
)

Open = Callable[[Call, Any, str], Opened]

_ARTICLE = "/v1/articles/{article_id}"
_ENTITY = "/v1/entities/{entity_id}"


@dataclass(frozen=True, slots=True)
class ExportedList:
    """A list that can be had as a file.

    Attributes:
        path: The list's own.
        name: Its part of the operations' names: "ArticleQuotes" makes exportArticleQuotesCsv.
        what: What it lists, in words.
        parameters: Its filters and sort.
        open: Checks the parameters and the path's id (empty where the path has none).
        columns: Those of the CSV, as `app.api.exports.table.to_cells` takes them.
        feed: True when there is an Atom feed of it.
    """

    path: str
    name: str
    what: str
    parameters: type[Parameters]
    open: Open
    columns: tuple[str, ...]
    feed: bool = False

    @property
    def tag(self) -> str:
        """The tag of its operations."""
        return self.path.split("/")[2]


_WHO = ("kind", "entity_id", "name", "role")
_GIVEN = ("source.text", "cue.text", "cue.lemma", "recipient.text", "medium.text", "method")
_QUOTE_COLUMNS = (
    *("id", "article_id", "form", "text", "span.start", "span.end"),
    *(f"speaker.{name}" for name in _WHO),
    *(f"attribution.{name}" for name in _GIVEN),
    *("about", "confidence", "source", "language", "published_at"),
)
_CLAIM_COLUMNS = (
    *("id", "article_id", "quote_id", "kind", "text", "span.start", "span.end"),
    *(f"claimant.{name}" for name in _WHO),
    *(f"attribution.{name}" for name in _GIVEN),
    *("hedges", "negated", "numbers", "dates", "about", "check_worthiness", "method"),
    *("confidence", "source", "language", "published_at"),
)
_ARTICLE_COLUMNS = (
    *("id", "title", "title_derived", "authors", "source", "published_at", "language", "url"),
    *("word_count", "counts.quotes", "counts.claims", "counts.entities", "counts.mentions"),
    *("source_file.id", "source_file.path"),
)
_ENTITY_COLUMNS = (
    *("id", "type", "name", "aliases", "roles", "external_ids", "country"),
    *("location.latitude", "location.longitude"),
    *("article_count", "mention_count", "quote_count", "claim_count", "first_seen", "last_seen"),
)
_MENTION_COLUMNS = (
    *("article_id", "entity_id", "kind", "span.text", "span.start", "span.end", "confidence"),
)
_SOURCE_COLUMNS = (
    *("id", "path", "sha256", "size", "format", "status", "articles", "warnings", "errors"),
    *("parser_version", "model_version", "read_at"),
)

_UNNAMED_COLUMNS = (
    *("name", "text", "attribution_count", "quote_count", "claim_count", "article_count"),
    *("first_seen", "last_seen"),
)
_UNNAMED_COUNT_COLUMNS = (
    *("value", "label", "attribution_count", "unnamed_count", "share", "article_count"),
)


def _open_quotes(
    filters: QuoteFilters, *, article_key: int | None = None, speaker: str | None = None
) -> Opened:
    query = read_query(filters.q)
    listing = find_quotes(filters=filters, query=query, article_key=article_key, speaker=speaker)
    include = split_words(filters.include)
    return Opened(
        listing, lambda session, rows: build_quotes(session, rows, include=include, query=query)
    )


def _open_claims(
    filters: ClaimFilters, *, article_key: int | None = None, claimant: str | None = None
) -> Opened:
    query = read_query(filters.q)
    listing = find_claims(filters=filters, query=query, article_key=article_key, claimant=claimant)
    include = split_words(filters.include)
    return Opened(
        listing, lambda session, rows: build_claims(session, rows, include=include, query=query)
    )


def _open_articles(call: Call, filters: ArticleFilters, owner: str) -> Opened:  # noqa: ARG001
    query = read_query(filters.q)
    listing = find_articles(filters=filters, query=query)
    return Opened(listing, lambda session, rows: build_article_list(session, rows, query=query))


def _open_entities(call: Call, filters: EntityFilters, owner: str) -> Opened:  # noqa: ARG001
    query = read_query(filters.q)
    listing = find_entities(filters=filters, query=query)
    return Opened(listing, lambda session, rows: build_entity_list(session, rows, query=query))


def _open_sources(call: Call, filters: SourceFilters, owner: str) -> Opened:  # noqa: ARG001
    listing = find_sources(filters=filters)
    return Opened(listing, lambda session, rows: [source_from_row(row) for row in rows])  # noqa: ARG005


def _open_unnamed(call: Call, filters: UnnamedSourceFilters, owner: str) -> Opened:  # noqa: ARG001
    listing = find_unnamed(filters=filters)
    return Opened(listing, lambda session, rows: [unnamed_from_row(row) for row in rows])  # noqa: ARG005


def _open_unnamed_counts(call: Call, filters: UnnamedCountFilters, owner: str) -> Opened:  # noqa: ARG001
    by = filters.group_by
    return Opened(
        find_counts(filters=filters),
        lambda session, rows: [count_from_row(row, group_by=by) for row in rows],  # noqa: ARG005
    )


def _open_article_entities(call: Call, filters: ArticleEntityFilters, owner: str) -> Opened:
    listing = find_article_entities(check_article(call, owner), filters=filters)
    return Opened(listing, build_article_entities)


def _open_similar(call: Call, filters: SimilarArticleFilters, owner: str) -> Opened:  # noqa: ARG001
    key = check_article(call, owner)
    with call.session() as session:
        words_keys = list_telling_words(session, key)
    return Opened(
        find_similar(key, words_keys=words_keys),
        lambda session, rows: build_similar(session, rows, article_key=key, words_keys=words_keys),
    )


def _open_cooccurrences(call: Call, filters: CooccurrenceFilters, owner: str) -> Opened:
    check_entity(call, owner)
    return Opened(find_cooccurrences(owner, filters=filters), build_cooccurrences)


def _open_mentions(
    filters: MentionFilters, *, article_key: int | None = None, entity: str | None = None
) -> Opened:
    listing = find_mentions(filters=filters, article_key=article_key, entity=entity)
    return Opened(listing, lambda session, rows: [mention_from_row(row) for row in rows])  # noqa: ARG005


def _of_article(open_list: Callable[..., Opened]) -> Open:
    def open_one(call: Call, filters: Any, owner: str) -> Opened:
        return open_list(filters, article_key=check_article(call, owner))

    return open_one


def _of_entity(open_list: Callable[..., Opened], name: str) -> Open:
    def open_one(call: Call, filters: Any, owner: str) -> Opened:
        check_entity(call, owner)
        return open_list(filters, **{name: owner})

    return open_one


def _of_all(open_list: Callable[..., Opened]) -> Open:
    def open_one(call: Call, filters: Any, owner: str) -> Opened:  # noqa: ARG001
        return open_list(filters)

    return open_one


def _quotes(
    path: str, name: str, what: str, filters: type[Parameters], opener: Open
) -> ExportedList:
    return ExportedList(path, name, what, filters, opener, _QUOTE_COLUMNS, feed=True)


def _claims(
    path: str, name: str, what: str, filters: type[Parameters], opener: Open
) -> ExportedList:
    return ExportedList(path, name, what, filters, opener, _CLAIM_COLUMNS, feed=True)


LISTS = (
    _quotes("/v1/quotes", "Quotes", "quotations", QuoteFilters, _of_all(_open_quotes)),
    _quotes(
        f"{_ENTITY}/quotes",
        "EntityQuotes",
        "what an entity said",
        QuoteFilters,
        _of_entity(_open_quotes, "speaker"),
    ),
    _quotes(
        f"{_ARTICLE}/quotes",
        "ArticleQuotes",
        "an article's quotations",
        ArticleQuoteFilters,
        _of_article(_open_quotes),
    ),
    _claims("/v1/claims", "Claims", "claims", ClaimFilters, _of_all(_open_claims)),
    _claims(
        f"{_ENTITY}/claims",
        "EntityClaims",
        "what an entity claims",
        ClaimFilters,
        _of_entity(_open_claims, "claimant"),
    ),
    _claims(
        f"{_ARTICLE}/claims",
        "ArticleClaims",
        "an article's claims",
        ArticleClaimFilters,
        _of_article(_open_claims),
    ),
    ExportedList(
        "/v1/articles", "Articles", "articles", ArticleFilters, _open_articles, _ARTICLE_COLUMNS
    ),
    ExportedList(
        "/v1/entities", "Entities", "entities", EntityFilters, _open_entities, _ENTITY_COLUMNS
    ),
    ExportedList(
        "/v1/sources", "Sources", "seed files", SourceFilters, _open_sources, _SOURCE_COLUMNS
    ),
    ExportedList(
        f"{_ENTITY}/mentions",
        "EntityMentions",
        "where an entity is mentioned",
        MentionFilters,
        _of_entity(_open_mentions, "entity"),
        _MENTION_COLUMNS,
    ),
    ExportedList(
        f"{_ARTICLE}/mentions",
        "ArticleMentions",
        "an article's mentions of entities",
        MentionFilters,
        _of_article(_open_mentions),
        _MENTION_COLUMNS,
    ),
    ExportedList(
        f"{_ARTICLE}/entities",
        "ArticleEntities",
        "an article's entities",
        ArticleEntityFilters,
        _open_article_entities,
        (*(f"entity.{name}" for name in _ENTITY_COLUMNS), "mention_count"),
    ),
    ExportedList(
        f"{_ARTICLE}/similar",
        "SimilarArticles",
        "an article's copies and what quotes the same",
        SimilarArticleFilters,
        _open_similar,
        (
            *("same_story", "resemblance", "shared_quote_count", "shared_quotes"),
            *(f"article.{name}" for name in _ARTICLE_COLUMNS),
        ),
    ),
    ExportedList(
        f"{_ENTITY}/cooccurrences",
        "EntityCooccurrences",
        "who is named together with an entity",
        CooccurrenceFilters,
        _open_cooccurrences,
        (
            *("entity.id", "entity.type", "entity.name", "article_count", "weight"),
            *("quotes_about", "quotes_from", "articles"),
        ),
    ),
    ExportedList(
        "/v1/unnamed-sources",
        "UnnamedSources",
        "unnamed sources",
        UnnamedSourceFilters,
        _open_unnamed,
        _UNNAMED_COLUMNS,
    ),
    ExportedList(
        "/v1/unnamed-sources/counts",
        "UnnamedSourceCounts",
        "counts of unnamed sources",
        UnnamedCountFilters,
        _open_unnamed_counts,
        _UNNAMED_COUNT_COLUMNS,
    ),
)
