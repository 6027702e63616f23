"""Which lists there are to export: their parameters, their rows and their columns."""

from dataclasses import dataclass

from app.api.articles.parameters import ArticleFilters
from app.api.claims.parameters import ArticleClaimFilters, ClaimFilters
from app.api.cooccurrences.schemas import CooccurrenceFilters
from app.api.counts import ArticleCountFilters, ClaimCountFilters, QuoteCountFilters
from app.api.entities.parameters import ArticleEntityFilters, EntityFilters, MentionFilters
from app.api.exports.openers import (
    Open,
    of_all,
    of_article,
    of_entity,
    open_article_counts,
    open_article_entities,
    open_articles,
    open_claim_counts,
    open_claims,
    open_cooccurrences,
    open_entities,
    open_mentions,
    open_quote_counts,
    open_quotes,
    open_similar,
    open_sources,
    open_unnamed,
    open_unnamed_counts,
)
from app.api.parameters import Parameters
from app.api.quotes.parameters import ArticleQuoteFilters, QuoteFilters
from app.api.sources.schemas import SourceFilters
from app.api.stories.schemas import SimilarArticleFilters
from app.api.unnamed.schemas import (
    UnnamedCountFilters,
    UnnamedSourceFilters,
)

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

_COUNT_COLUMNS = ("value", "label", "period", "count", "first_seen", "last_seen")
_UNNAMED_COLUMNS = (
    *("name", "text", "attribution_count", "quote_count", "claim_count", "article_count"),
    *("first_seen", "last_seen"),
)
_UNNAMED_COUNT_COLUMNS = (
    *("value", "label", "attribution_count", "unnamed_count", "share", "article_count"),
)


def _quotes(
    path: str, name: str, what: str, filters: type[Parameters], opener: Open
) -> ExportedList:
    return ExportedList(path, name, what, filters, opener, _QUOTE_COLUMNS, feed=True)


def _claims(
    path: str, name: str, what: str, filters: type[Parameters], opener: Open
) -> ExportedList:
    return ExportedList(path, name, what, filters, opener, _CLAIM_COLUMNS, feed=True)


LISTS = (
    _quotes("/v1/quotes", "Quotes", "quotations", QuoteFilters, of_all(open_quotes)),
    _quotes(
        f"{_ENTITY}/quotes",
        "EntityQuotes",
        "what an entity said",
        QuoteFilters,
        of_entity(open_quotes, "speaker"),
    ),
    _quotes(
        f"{_ARTICLE}/quotes",
        "ArticleQuotes",
        "an article's quotations",
        ArticleQuoteFilters,
        of_article(open_quotes),
    ),
    _claims("/v1/claims", "Claims", "claims", ClaimFilters, of_all(open_claims)),
    _claims(
        f"{_ENTITY}/claims",
        "EntityClaims",
        "what an entity claims",
        ClaimFilters,
        of_entity(open_claims, "claimant"),
    ),
    _claims(
        f"{_ARTICLE}/claims",
        "ArticleClaims",
        "an article's claims",
        ArticleClaimFilters,
        of_article(open_claims),
    ),
    ExportedList(
        "/v1/articles", "Articles", "articles", ArticleFilters, open_articles, _ARTICLE_COLUMNS
    ),
    ExportedList(
        "/v1/entities", "Entities", "entities", EntityFilters, open_entities, _ENTITY_COLUMNS
    ),
    ExportedList(
        "/v1/sources", "Sources", "seed files", SourceFilters, open_sources, _SOURCE_COLUMNS
    ),
    ExportedList(
        f"{_ENTITY}/mentions",
        "EntityMentions",
        "where an entity is mentioned",
        MentionFilters,
        of_entity(open_mentions, "entity"),
        _MENTION_COLUMNS,
    ),
    ExportedList(
        f"{_ARTICLE}/mentions",
        "ArticleMentions",
        "an article's mentions of entities",
        MentionFilters,
        of_article(open_mentions),
        _MENTION_COLUMNS,
    ),
    ExportedList(
        f"{_ARTICLE}/entities",
        "ArticleEntities",
        "an article's entities",
        ArticleEntityFilters,
        open_article_entities,
        (*(f"entity.{name}" for name in _ENTITY_COLUMNS), "mention_count"),
    ),
    ExportedList(
        f"{_ARTICLE}/similar",
        "SimilarArticles",
        "an article's copies and what quotes the same",
        SimilarArticleFilters,
        open_similar,
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
        open_cooccurrences,
        (
            *("entity.id", "entity.type", "entity.name", "article_count", "weight"),
            *("quotes_about", "quotes_from", "articles"),
        ),
    ),
    ExportedList(
        "/v1/quotes/counts",
        "QuoteCounts",
        "counts of quotations",
        QuoteCountFilters,
        of_all(open_quote_counts),
        _COUNT_COLUMNS,
    ),
    ExportedList(
        "/v1/claims/counts",
        "ClaimCounts",
        "counts of claims",
        ClaimCountFilters,
        of_all(open_claim_counts),
        _COUNT_COLUMNS,
    ),
    ExportedList(
        "/v1/articles/counts",
        "ArticleCounts",
        "counts of articles",
        ArticleCountFilters,
        of_all(open_article_counts),
        _COUNT_COLUMNS,
    ),
    ExportedList(
        "/v1/unnamed-sources",
        "UnnamedSources",
        "unnamed sources",
        UnnamedSourceFilters,
        open_unnamed,
        _UNNAMED_COLUMNS,
    ),
    ExportedList(
        "/v1/unnamed-sources/counts",
        "UnnamedSourceCounts",
        "counts of unnamed sources",
        UnnamedCountFilters,
        open_unnamed_counts,
        _UNNAMED_COUNT_COLUMNS,
    ),
)
