"""Every table, in the order of the way of an article. The migrations are made from these.

Keys are the 63-bit hashes of `app.db.ids`. Spans are stored as JSON ``[[start, end], …]`` of code
points into `Article.text`. What lists filter and sort by (date, outlet, language, speaker) is
repeated on quotes and claims, so that one index answers a page. Every foreign key is the beginning
of an index, without which deleting an article would read whole tables.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Text,
    TypeDecorator,
)
from sqlmodel import Field, SQLModel

from app.vocabulary import ClaimKind, EntityType, MentionKind, QuoteForm, SourceStatus, SpeakerKind

SpanList = list[list[int]]

# A table whose key is several columns is kept in the order of that key, in one tree instead of a
# table and an index over it. https://www.sqlite.org/withoutrowid.html
_IN_KEY_ORDER = {"sqlite_with_rowid": False}

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata
# A table's model checks nothing, so what would check it is not built.
SQLModel.model_config["defer_build"] = True


class UtcDateTime(TypeDecorator[datetime]):
    """A time zone aware timestamp, stored and read as UTC (SQLite forgets zones by itself)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a naive time; store UTC."""
        return None if value is None else _to_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Write what SQLite stores in one step, and once for the rows of an article."""
        if dialect.name == "sqlite":
            return _write_utc
        return super().bind_processor(dialect)

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], datetime | None] | None:
        """Read what SQLite stores in one step instead of three: they were a sixth of a count."""
        if dialect.name == "sqlite":
            return read_utc
        return super().result_processor(dialect, coltype)


def _to_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a timestamp needs a time zone")
    return value.astimezone(UTC)


@lru_cache(maxsize=256)
def _write_utc(value: datetime | None) -> str | None:
    if value is None:
        return None
    return _to_utc(value).replace(tzinfo=None).isoformat(" ", "microseconds")


def read_utc(stored: str | None) -> datetime | None:
    """Return a time as SQLite stores it; None for none."""
    return None if stored is None else datetime.fromisoformat(stored + "+00:00")


def _key() -> Any:
    # SQLite takes only the very word INTEGER for its own row number; with it a look-up by key is
    # one search in one tree, and full-text tables can point at rows.
    integer = BigInteger().with_variant(Integer, "sqlite")
    return Field(sa_column=Column(integer, primary_key=True, autoincrement=False))


def _to(target: str, *, nullable: bool = False, primary_key: bool = False) -> Any:
    column = Column(
        BigInteger,
        ForeignKey(target, ondelete="CASCADE"),
        nullable=nullable,
        primary_key=primary_key,
        autoincrement=False,
    )
    return Field(sa_column=column)


def _key_of(target: str) -> Any:
    # As `_key`, for a row that belongs to one of another table and goes with it.
    integer = BigInteger().with_variant(Integer, "sqlite")
    link = ForeignKey(target, ondelete="CASCADE")
    return Field(sa_column=Column(integer, link, primary_key=True, autoincrement=False))


def _json() -> Any:
    return Field(sa_column=Column(JSON, nullable=False))


def _text(*, nullable: bool = False) -> Any:
    return Field(sa_column=Column(Text, nullable=nullable))


def _time(*, nullable: bool = False) -> Any:
    return Field(sa_column=Column(UtcDateTime, nullable=nullable))


class Dataset(SQLModel, table=True):
    """The one row that says what the database holds and what ingest is doing.

    `checksum` is the sum over all sources of the hash of path, content and versions, modulo 2^63:
    the same files read by the same software give the same dataset version in any order, and every
    committed change gives another.
    """

    __tablename__ = "dataset"

    pk: int = Field(default=1, primary_key=True)
    checksum: int = Field(sa_column=Column(BigInteger, nullable=False))
    changed_at: datetime = _time()
    parser_version: str
    model_version: str
    records_version: str
    first_ingest_done: bool
    state: str
    files_total: int
    files_done: int
    ingest_started_at: datetime | None = _time(nullable=True)
    ingest_ended_at: datetime | None = _time(nullable=True)


class Source(SQLModel, table=True):
    """One seed file: what it held when it was last read, and what was wrong with it."""

    __tablename__ = "sources"

    key: int = _key()
    path: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    sha256: str
    size: int
    format: str | None
    status: SourceStatus = _text()
    error: str | None = _text(nullable=True)
    error_field: str | None
    warnings: list[str] = _json()
    article_count: int
    parser_version: str
    model_version: str
    read_at: datetime = _time()


class Article(SQLModel, table=True):
    """One article. `paragraphs` and `sentences` are span lists, in text order."""

    __tablename__ = "articles"
    __table_args__ = (
        Index(None, "published_at", "key"),
        Index(None, "outlet", "published_at", "key"),
    )

    key: int = _key()
    source_key: int = Field(
        sa_column=Column(
            BigInteger, ForeignKey("sources.key", ondelete="CASCADE"), nullable=False, index=True
        )
    )
    title: str | None = _text(nullable=True)
    title_derived: bool
    authors: list[str] = _json()
    outlet: str | None
    published_at: datetime | None = _time(nullable=True)
    language: str
    url: str | None = _text(nullable=True)
    meta: dict[str, Any] = _json()
    text: str = _text()
    paragraphs: SpanList = _json()
    sentences: SpanList = _json()
    word_count: int
    quote_count: int
    claim_count: int
    entity_count: int
    mention_count: int


class ArticleSketch(SQLModel, table=True):
    """What an article's words are like, so that copies of it are found; see `app.ingest.stories`.

    Attributes:
        signature: See `app.db.sketch`.
        shingle_count: How many runs of words it was made of.
        story_key: Of the earliest article of its story; None for an article without copies.
    """

    __tablename__ = "article_sketches"
    __table_args__ = (Index(None, "story_key", "article_key"),)

    article_key: int = _to("articles.key", primary_key=True)
    signature: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    shingle_count: int
    story_key: int | None = Field(sa_column=Column(BigInteger, nullable=True))


class ArticleBand(SQLModel, table=True):
    """A part of an article's signature: only articles that share one are compared."""

    __tablename__ = "article_bands"
    __table_args__ = (Index(None, "article_key"), _IN_KEY_ORDER)

    band: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    article_key: int = _to("articles.key", primary_key=True)


class RemovedArticle(SQLModel, table=True):
    """The key of an article that was here once and is no more."""

    __tablename__ = "removed_articles"

    key: int = _key()


class ArticleAuthor(SQLModel, table=True):
    """A writer of an article; `folded` is the name for look-ups (case and accents folded)."""

    __tablename__ = "article_authors"
    __table_args__ = _IN_KEY_ORDER

    article_key: int = _to("articles.key", primary_key=True)
    position: int = Field(primary_key=True)
    name: str
    folded: str = Field(index=True)


class Entity(SQLModel, table=True):
    """A person, organisation or place, one over all articles. Counts are kept by ingest."""

    __tablename__ = "entities"
    __table_args__ = (Index(None, "mention_count", "key"), Index(None, "name", "key"))

    key: int = _key()
    slug: str = Field(unique=True)
    name: str
    type: EntityType = Field(sa_column=Column(Text, nullable=False, index=True))
    external_ids: dict[str, str] = _json()
    country: str | None
    latitude: float | None
    longitude: float | None
    article_count: int
    mention_count: int
    quote_count: int
    claim_count: int
    first_seen: datetime | None = _time(nullable=True)
    last_seen: datetime | None = _time(nullable=True)


class EntityAlias(SQLModel, table=True):
    """A form of an entity's name as articles write it, and how often.

    `count` may be updated; another `text` or `folded` (`app.db.fold.fold`) is a row deleted and one
    inserted, which is what keeps the search index in step.
    """

    __tablename__ = "entity_aliases"
    __table_args__ = _IN_KEY_ORDER

    entity_key: int = _to("entities.key", primary_key=True)
    text: str = Field(sa_column=Column(Text, primary_key=True))
    folded: str = Field(sa_column=Column(Text, nullable=False, index=True))
    count: int


class EntityRole(SQLModel, table=True):
    """A description that an article ties to an entity, where it stands."""

    __tablename__ = "entity_roles"
    __table_args__ = (Index(None, "article_key"), _IN_KEY_ORDER)

    entity_key: int = _to("entities.key", primary_key=True)
    article_key: int = _to("articles.key", primary_key=True)
    start: int = Field(primary_key=True)
    end: int = Field(primary_key=True)
    text: str = _text()


class ArticleEntity(SQLModel, table=True):
    """Which entities an article names, and how often."""

    __tablename__ = "article_entities"
    __table_args__ = (Index(None, "entity_key", "article_key"), _IN_KEY_ORDER)

    article_key: int = _to("articles.key", primary_key=True)
    entity_key: int = _to("entities.key", primary_key=True)
    mention_count: int


class Mention(SQLModel, table=True):
    """One place where an article refers to an entity."""

    __tablename__ = "mentions"
    __table_args__ = (Index(None, "entity_key", "article_key", "start", "end"), _IN_KEY_ORDER)

    article_key: int = _to("articles.key", primary_key=True)
    start: int = Field(primary_key=True)
    end: int = Field(primary_key=True)
    entity_key: int = _to("entities.key", primary_key=True)
    kind: MentionKind = _text()
    text: str = _text()
    confidence: float


class Attribution(SQLModel, table=True):
    """Source, cue and content, and who the source is.

    Attributes:
        coreference: ``[{"span": [s, e], "antecedent": [s, e] | null, "rule": str}, …]``.
        candidates: ``[{"entity": slug, "name": str, "score": float, "reason": str}, …]``.
    """

    __tablename__ = "attributions"
    __table_args__ = (Index(None, "article_key"), Index(None, "speaker_key"))

    key: int = _key()
    article_key: int = Field(
        sa_column=Column(BigInteger, ForeignKey("articles.key", ondelete="CASCADE"), nullable=False)
    )
    content: SpanList = _json()
    source: SpanList = _json()
    cue: SpanList = _json()
    cue_text: str | None = _text(nullable=True)
    cue_lemma: str | None
    speaker_key: int | None = _to("entities.key", nullable=True)
    speaker_kind: SpeakerKind = _text()
    speaker_name: str | None = _text(nullable=True)
    role: SpanList = _json()
    recipient: SpanList = _json()
    medium: SpanList = _json()
    kind: ClaimKind = _text()
    hedges: SpanList = _json()
    negated: bool
    method: str
    confidence: float
    coreference: list[dict[str, Any]] = _json()
    candidates: list[dict[str, Any]] = _json()


class Quote(SQLModel, table=True):
    """Words between quotation marks that an attribution gives to a speaker.

    `start` and `end` reach from the first part's start to the last part's end; `text` is the
    parts joined by a space; `words_key` is that of its words (`app.db.near.to_words_key`).
    """

    __tablename__ = "quotes"
    __table_args__ = (
        Index(None, "published_at", "key"),
        Index(None, "speaker_key", "published_at", "key", "outlet", "article_key"),
        Index(
            "ix_quotes_in_article",
            *("article_key", "start", "speaker_key", "speaker_kind", "published_at"),
        ),
        Index(None, "outlet", "published_at", "key"),
        Index(None, "cue_lemma", "published_at", "key"),
        Index(None, "attribution_key"),
        Index(None, "words_key", "article_key"),
    )

    key: int = _key()
    article_key: int = Field(
        sa_column=Column(BigInteger, ForeignKey("articles.key", ondelete="CASCADE"), nullable=False)
    )
    attribution_key: int | None = Field(
        sa_column=Column(
            BigInteger, ForeignKey("attributions.key", ondelete="CASCADE"), nullable=True
        )
    )
    form: QuoteForm = _text()
    text: str = _text()
    words_key: int | None = Field(sa_column=Column(BigInteger, nullable=True))
    start: int
    end: int
    parts: SpanList = _json()
    speaker_key: int | None = Field(
        sa_column=Column(BigInteger, ForeignKey("entities.key"), nullable=True)
    )
    speaker_kind: SpeakerKind = _text()
    speaker_name: str | None = _text(nullable=True)
    speaker_role: str | None = _text(nullable=True)
    cue_lemma: str | None
    confidence: float
    published_at: datetime | None = _time(nullable=True)
    outlet: str | None
    language: str


class QuoteAbout(SQLModel, table=True):
    """An entity that a quotation names; its date is repeated here for the index."""

    __tablename__ = "quote_about"
    __table_args__ = (Index(None, "entity_key", "published_at", "quote_key"), _IN_KEY_ORDER)

    quote_key: int = _to("quotes.key", primary_key=True)
    entity_key: int = _to("entities.key", primary_key=True)
    position: int
    published_at: datetime | None = _time(nullable=True)


class QuoteRecord(SQLModel, table=True):
    """What the API answers of a quotation, as JSON, packed; made by `app.records`.

    A table of its own, so that counting and filtering quotations does not read them. Speaker and
    date are repeated here for SQLite's indexes (migrations 0009 and 0010), in which a speaker's
    records lie side by side, and all in the order of their dates.
    """

    __tablename__ = "quote_records"

    quote_key: int = _key_of("quotes.key")
    speaker_key: int | None = Field(sa_column=Column(BigInteger, nullable=True))
    published_at: datetime | None = _time(nullable=True)
    record: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class QuoteWords(SQLModel, table=True):
    """What a search's hits are put in order by, side by side: of a quotation's words and its date.

    Attributes:
        words: How many the full-text index has of its text.
        repeated: Those that stand in it more than once, folded, each as often as it stands there
            again, with spaces between; None where there are none.
    """

    __tablename__ = "quote_words"

    quote_key: int = _key_of("quotes.key")
    published_at: datetime | None = _time(nullable=True)
    words: int
    repeated: str | None = _text(nullable=True)


class Claim(SQLModel, table=True):
    """A proposition that somebody could check; `text` is the content's parts joined by a space.

    Attributes:
        words_key: Of its words (`app.db.near.to_words_key`).
        numbers: ``[{"span": [s, e], "value": float, "unit": str | null}, …]``.
        dates: ``[{"span": [s, e], "value": str | null}, …]``.
    """

    __tablename__ = "claims"
    __table_args__ = (
        Index(None, "published_at", "key"),
        Index(None, "claimant_key", "published_at", "key", "outlet"),
        Index(None, "article_key", "start"),
        Index(None, "outlet", "published_at", "key"),
        Index(None, "check_worthiness", "key"),
        Index(None, "attribution_key"),
        Index(None, "words_key", "article_key"),
        Index(None, "quote_key"),
    )

    key: int = _key()
    article_key: int = Field(
        sa_column=Column(BigInteger, ForeignKey("articles.key", ondelete="CASCADE"), nullable=False)
    )
    attribution_key: int | None = Field(
        sa_column=Column(
            BigInteger, ForeignKey("attributions.key", ondelete="CASCADE"), nullable=True
        )
    )
    quote_key: int | None = Field(
        sa_column=Column(BigInteger, ForeignKey("quotes.key", ondelete="SET NULL"), nullable=True)
    )
    kind: ClaimKind = _text()
    text: str = _text()
    words_key: int | None = Field(sa_column=Column(BigInteger, nullable=True))
    start: int
    end: int
    content: SpanList = _json()
    claimant_key: int | None = Field(
        sa_column=Column(BigInteger, ForeignKey("entities.key"), nullable=True)
    )
    claimant_kind: SpeakerKind = _text()
    claimant_name: str | None = _text(nullable=True)
    claimant_role: str | None = _text(nullable=True)
    cue_lemma: str | None
    hedges: SpanList = _json()
    negated: bool
    hedged: bool
    numbers: list[dict[str, Any]] = _json()
    has_number: bool
    dates: list[dict[str, Any]] = _json()
    check_worthiness: float
    method: str
    confidence: float
    published_at: datetime | None = _time(nullable=True)
    outlet: str | None
    language: str


class ClaimAbout(SQLModel, table=True):
    """An entity that a claim names, as `QuoteAbout`."""

    __tablename__ = "claim_about"
    __table_args__ = (Index(None, "entity_key", "published_at", "claim_key"), _IN_KEY_ORDER)

    claim_key: int = _to("claims.key", primary_key=True)
    entity_key: int = _to("entities.key", primary_key=True)
    position: int
    published_at: datetime | None = _time(nullable=True)


class ClaimRecord(SQLModel, table=True):
    """What the API answers of a claim, as `QuoteRecord`."""

    __tablename__ = "claim_records"

    claim_key: int = _key_of("claims.key")
    claimant_key: int | None = Field(sa_column=Column(BigInteger, nullable=True))
    published_at: datetime | None = _time(nullable=True)
    record: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class ClaimWords(SQLModel, table=True):
    """What a search's hits are put in order by, as `QuoteWords`."""

    __tablename__ = "claim_words"

    claim_key: int = _key_of("claims.key")
    published_at: datetime | None = _time(nullable=True)
    words: int
    repeated: str | None = _text(nullable=True)


class MonthlyCount(SQLModel, table=True):
    """How many articles, quotations or claims a month has, kept by ingest.

    What charts ask for is then as quick over a million articles as over ten.

    Attributes:
        what: The table that is counted: articles, quotes or claims.
        of: An entity's key (named by the article, speaker or claimant), an outlet's
            (`app.db.ids.to_outlet_key`), or 0 for all.
        month: Its first day, ``YYYY-MM-01``, in UTC; empty for what has no date.
    """

    __tablename__ = "monthly_counts"
    __table_args__ = _IN_KEY_ORDER

    what: str = Field(sa_column=Column(Text, primary_key=True))
    of: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    month: str = Field(sa_column=Column(Text, primary_key=True))
    count: int


def _to_later(target: str) -> Any:
    # What an article says of its entities is written before the article itself, which needs it.
    column = Column(
        BigInteger,
        ForeignKey(target, ondelete="CASCADE", deferrable=True, initially="DEFERRED"),
        primary_key=True,
        autoincrement=False,
    )
    return Field(sa_column=column)


class LocalEntity(SQLModel, table=True):
    """What one article says of one of its entities, and which entity it was found to be.

    Attributes:
        group_key: What all entities of the name share; only these are compared.
        short: The name alone does not say who it is.
        base: The slug of the name.
        evidence: See `app.ingest.resolve.local.Evidence`.
        cluster_key: Of the row of `entity_clusters` that it belongs to.
        entity_key: Of the entity that it is; no foreign key, since ingest writes this row first.
        score: How likely it is that it is that entity, in [0, 1]; None for the founder.
        reasons: ``[[words, weight in log-odds], ...]``.
    """

    __tablename__ = "local_entities"
    __table_args__ = (
        Index(None, "group_key", "article_key"),
        Index(None, "cluster_key"),
        _IN_KEY_ORDER,
    )

    article_key: int = _to_later("articles.key")
    local_key: str = Field(primary_key=True)
    group_key: str
    short: bool
    name: str = _text()
    base: str
    type: EntityType = _text()
    published_at: datetime | None = _time(nullable=True)
    evidence: dict[str, Any] = _json()
    calls: list[str] = _json()
    cluster_key: int = Field(sa_column=Column(BigInteger, nullable=False))
    entity_key: int = Field(sa_column=Column(BigInteger, nullable=False))
    score: float | None
    reasons: list[Any] = _json()


class LocalEntityCall(SQLModel, table=True):
    """A shorter name that an article's entity can be called by, for look-ups from that name."""

    __tablename__ = "local_entity_calls"
    __table_args__ = (Index(None, "article_key"), _IN_KEY_ORDER)

    call: str = Field(primary_key=True)
    group_key: str = Field(primary_key=True)
    article_key: int = _to_later("articles.key")
    local_key: str = Field(primary_key=True)


class EntityCluster(SQLModel, table=True):
    """Locals that were found to be one. Several are one entity where a user says so.

    Attributes:
        slug: The one that its name and its place in line give it; `entity_key` is that of the
            entity, another one where a user joined them.
        founded_at: With the next two, the local that is first in line.
        place: What the gazetteer says of it, or None.
        suffix: What tells it from others of its name.
    """

    __tablename__ = "entity_clusters"
    __table_args__ = (
        Index(None, "base"),
        Index(None, "group_key"),
        Index(None, "entity_key"),
    )

    key: int = _key()
    group_key: str
    slug: str
    base: str
    entity_key: int = Field(sa_column=Column(BigInteger, nullable=False))
    name: str = _text()
    type: EntityType = _text()
    founded_at: datetime | None = _time(nullable=True)
    founder_article: int = Field(sa_column=Column(BigInteger, nullable=False))
    founder_local: str
    place: dict[str, Any] | None = Field(sa_column=Column(JSON, nullable=True))
    suffix: str


class EntityRedirect(SQLModel, table=True):
    """An id that an entity had before it was found to be another one.

    What is here depends on what was loaded before: links that were given out are remembered.
    """

    __tablename__ = "entity_redirects"
    __table_args__ = (Index(None, "entity_key"),)

    slug: str = Field(primary_key=True)
    entity_key: int = _to("entities.key")


class ArticleParse(SQLModel, table=True):
    """What parsing found in an article, so that who is who can change without parsing again.

    `parsed` is zlib-compressed JSON, see `app.ingest.kept`.
    """

    __tablename__ = "article_parses"

    article_key: int = _to("articles.key", primary_key=True)
    parsed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class EntityCorrection(SQLModel, table=True):
    """An id that a file of corrections speaks of."""

    __tablename__ = "entity_corrections"
    __table_args__ = _IN_KEY_ORDER

    source_key: int = _to("sources.key", primary_key=True)
    slug: str = Field(primary_key=True)


class UnnamedSource(SQLModel, table=True):
    """An attribution whose source is described and not named.

    Attributes:
        folded: What the source is called, for grouping: case, accents and determiners folded.
        words: The same as it stands in the text.
    """

    __tablename__ = "unnamed_sources"
    __table_args__ = (Index(None, "folded", "article_key"), Index(None, "article_key"))

    attribution_key: int = _to("attributions.key", primary_key=True)
    article_key: int = _to("articles.key")
    folded: str
    words: str = _text()
    outlet: str | None
    published_at: datetime | None = _time(nullable=True)
    quote_count: int
    claim_count: int
