"""The first tables, and the full-text index over them.

The index tables hold no text of their own ("external content"): triggers keep them in step with
the tables that do, also when a row goes by a cascade. https://www.sqlite.org/fts5.html#external_content_tables
A later migration that builds one of those tables anew loses its triggers and must make them again;
`app.db.search.check_search` says when one is missing.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.db.tables import UtcDateTime

revision: str = "0001"
down_revision: str | None = None
branch_labels = None
depends_on = None


# Letters and digits are words, everything else parts them; case and accents are folded. No prefix
# indexes: they cost space on every write, and no measurement has asked for them.
TOKENIZER = "unicode61 remove_diacritics 2"

# The index table, the table whose words it holds, and the columns.
INDEXED = (
    ("article_search", "articles", ("title", "text")),
    ("quote_search", "quotes", ("text",)),
    ("claim_search", "claims", ("text",)),
)

# An alias is found as it is written and as `app.db.fold.fold` has it, which knows letters that the
# tokenizer takes for letters of their own ("Walesa" finds "Wałęsa"). Where both are the same words
# one is enough.
ALIAS_WORDS = """
    CASE WHEN folded = lower(text) THEN text ELSE text || char(10) || folded END
"""

ENTITY_SEARCH = (
    # An entity is found by any of its forms, so that all of them are one document: its key, its
    # name, and its aliases line by line. The order of the aliases is fixed, because the integrity
    # check compares positions.
    f"""
    CREATE VIEW entity_search_documents AS
    SELECT entities.key AS key, entities.name AS name,
           (SELECT group_concat(words, char(10)) FROM (
               SELECT {ALIAS_WORDS} AS words FROM entity_aliases
               WHERE entity_aliases.entity_key = entities.key ORDER BY text
           )) AS aliases
    FROM entities
    """,
    f"""
    CREATE VIRTUAL TABLE entity_search USING fts5(
        name, aliases, content='entity_search_documents', content_rowid='key',
        tokenize='{TOKENIZER}'
    )
    """,
    """
    CREATE TRIGGER entity_search_insert AFTER INSERT ON entities BEGIN
        INSERT INTO entity_search (rowid, name, aliases)
        SELECT key, name, aliases FROM entity_search_documents WHERE key = new.key;
    END
    """,
    # Before the row goes, while the cascade has not yet taken its aliases.
    """
    CREATE TRIGGER entity_search_delete BEFORE DELETE ON entities BEGIN
        INSERT INTO entity_search (entity_search, rowid, name, aliases)
        SELECT 'delete', key, name, aliases FROM entity_search_documents WHERE key = old.key;
    END
    """,
    """
    CREATE TRIGGER entity_search_update AFTER UPDATE OF name ON entities BEGIN
        INSERT INTO entity_search (entity_search, rowid, name, aliases)
        SELECT 'delete', key, old.name, aliases FROM entity_search_documents WHERE key = new.key;
        INSERT INTO entity_search (rowid, name, aliases)
        SELECT key, name, aliases FROM entity_search_documents WHERE key = new.key;
    END
    """,
    # An alias that comes or goes rewrites its entity's document. Taking the old one out needs its
    # words, in any order. AFTER and not BEFORE, which would also fire for an INSERT that turns
    # into an UPDATE by ON CONFLICT.
    f"""
    CREATE TRIGGER entity_search_alias_insert AFTER INSERT ON entity_aliases BEGIN
        INSERT INTO entity_search (entity_search, rowid, name, aliases)
        SELECT 'delete', entities.key, entities.name, (
            SELECT group_concat({ALIAS_WORDS}, char(10)) FROM entity_aliases
            WHERE entity_key = new.entity_key AND text <> new.text
        ) FROM entities WHERE key = new.entity_key;
        INSERT INTO entity_search (rowid, name, aliases)
        SELECT key, name, aliases FROM entity_search_documents WHERE key = new.entity_key;
    END
    """,
    # When the alias goes with its entity, there is no entity left to select, and nothing to do.
    f"""
    CREATE TRIGGER entity_search_alias_delete AFTER DELETE ON entity_aliases BEGIN
        INSERT INTO entity_search (entity_search, rowid, name, aliases)
        SELECT 'delete', key, name, coalesce(aliases || char(10), '') || (
            SELECT {ALIAS_WORDS} FROM (SELECT old.text AS text, old.folded AS folded)
        ) FROM entity_search_documents WHERE key = old.entity_key;
        INSERT INTO entity_search (rowid, name, aliases)
        SELECT key, name, aliases FROM entity_search_documents WHERE key = old.entity_key;
    END
    """,
    """
    CREATE TRIGGER entity_search_alias_update
    BEFORE UPDATE OF entity_key, text, folded ON entity_aliases
    WHEN (old.entity_key, old.text, old.folded) <> (new.entity_key, new.text, new.folded) BEGIN
        SELECT RAISE(ABORT, 'an alias is changed by deleting it and inserting another');
    END
    """,
    """
    CREATE TRIGGER entity_search_key_update BEFORE UPDATE OF key ON entities
    WHEN old.key <> new.key BEGIN
        SELECT RAISE(ABORT, 'the key of an entity does not change');
    END
    """,
)


def create_search() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return  # a later migration has PostgreSQL's
    for index, table, columns in INDEXED:
        names = ", ".join(columns)
        new = ", ".join(f"new.{column}" for column in ("key", *columns))
        old = ", ".join(f"old.{column}" for column in ("key", *columns))
        insert = f"INSERT INTO {index} (rowid, {names}) VALUES ({new});"
        delete = f"INSERT INTO {index} ({index}, rowid, {names}) VALUES ('delete', {old});"
        op.execute(
            f"CREATE VIRTUAL TABLE {index} USING fts5({names}, content='{table}', "
            f"content_rowid='key', tokenize='{TOKENIZER}')"
        )
        op.execute(f"CREATE TRIGGER {index}_insert AFTER INSERT ON {table} BEGIN {insert} END")
        op.execute(f"CREATE TRIGGER {index}_delete AFTER DELETE ON {table} BEGIN {delete} END")
        op.execute(
            f"CREATE TRIGGER {index}_update AFTER UPDATE OF key, {names} ON {table} "
            f"BEGIN {delete} {insert} END"
        )
    for statement in ENTITY_SEARCH:
        op.execute(statement)


def drop_search() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute("DROP TABLE entity_search")
    for trigger in ("alias_insert", "alias_delete", "alias_update"):
        op.execute(f"DROP TRIGGER entity_search_{trigger}")
    for trigger in ("insert", "delete", "update", "key_update"):
        op.execute(f"DROP TRIGGER entity_search_{trigger}")
    op.execute("DROP VIEW entity_search_documents")
    for index, _, _ in INDEXED:
        for trigger in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER {index}_{trigger}")
        op.execute(f"DROP TABLE {index}")


def upgrade() -> None:
    op.create_table(
        "dataset",
        sa.Column("pk", sa.Integer(), nullable=False),
        sa.Column("checksum", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("parser_version", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("model_version", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("first_ingest_done", sa.Boolean(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("files_total", sa.Integer(), nullable=False),
        sa.Column("files_done", sa.Integer(), nullable=False),
        sa.Column("ingest_started_at", UtcDateTime(), nullable=True),
        sa.Column("ingest_ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("pk", name="pk_dataset"),
    )
    op.create_table(
        "entities",
        sa.Column(
            "key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("slug", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("external_ids", sa.JSON(), nullable=False),
        sa.Column("country", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("article_count", sa.Integer(), nullable=False),
        sa.Column("mention_count", sa.Integer(), nullable=False),
        sa.Column("quote_count", sa.Integer(), nullable=False),
        sa.Column("claim_count", sa.Integer(), nullable=False),
        sa.Column("first_seen", UtcDateTime(), nullable=True),
        sa.Column("last_seen", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_entities"),
        sa.UniqueConstraint("slug", name="uq_entities_slug"),
    )
    op.create_index("ix_entities_mention_count_key", "entities", ["mention_count", "key"])
    op.create_index("ix_entities_name_key", "entities", ["name", "key"])
    op.create_index("ix_entities_type", "entities", ["type"])
    op.create_table(
        "sources",
        sa.Column(
            "key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("format", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_field", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("article_count", sa.Integer(), nullable=False),
        sa.Column("parser_version", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("model_version", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sources"),
        sa.UniqueConstraint("path", name="uq_sources_path"),
    )
    op.create_table(
        "articles",
        sa.Column(
            "key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("source_key", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("title_derived", sa.Boolean(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("outlet", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("meta", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("paragraphs", sa.JSON(), nullable=False),
        sa.Column("sentences", sa.JSON(), nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.Column("quote_count", sa.Integer(), nullable=False),
        sa.Column("claim_count", sa.Integer(), nullable=False),
        sa.Column("entity_count", sa.Integer(), nullable=False),
        sa.Column("mention_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_key"],
            ["sources.key"],
            name="fk_articles_source_key_sources",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name="pk_articles"),
    )
    op.create_index(
        "ix_articles_outlet_published_at_key", "articles", ["outlet", "published_at", "key"]
    )
    op.create_index("ix_articles_published_at_key", "articles", ["published_at", "key"])
    op.create_index("ix_articles_source_key", "articles", ["source_key"])
    op.create_table(
        "entity_aliases",
        sa.Column("entity_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_key"],
            ["entities.key"],
            name="fk_entity_aliases_entity_key_entities",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("entity_key", "text", name="pk_entity_aliases"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_entity_aliases_folded", "entity_aliases", ["folded"])
    op.create_table(
        "article_authors",
        sa.Column("article_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("folded", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_key"],
            ["articles.key"],
            name="fk_article_authors_article_key_articles",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_key", "position", name="pk_article_authors"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_article_authors_folded", "article_authors", ["folded"])
    op.create_table(
        "article_entities",
        sa.Column("article_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entity_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mention_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_key"],
            ["articles.key"],
            name="fk_article_entities_article_key_articles",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["entity_key"],
            ["entities.key"],
            name="fk_article_entities_entity_key_entities",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_key", "entity_key", name="pk_article_entities"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_article_entities_entity_key_article_key",
        "article_entities",
        ["entity_key", "article_key"],
    )
    op.create_table(
        "attributions",
        sa.Column(
            "key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("article_key", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("source", sa.JSON(), nullable=False),
        sa.Column("cue", sa.JSON(), nullable=False),
        sa.Column("cue_text", sa.Text(), nullable=True),
        sa.Column("cue_lemma", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("speaker_key", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("speaker_kind", sa.Text(), nullable=False),
        sa.Column("speaker_name", sa.Text(), nullable=True),
        sa.Column("role", sa.JSON(), nullable=False),
        sa.Column("recipient", sa.JSON(), nullable=False),
        sa.Column("medium", sa.JSON(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hedges", sa.JSON(), nullable=False),
        sa.Column("negated", sa.Boolean(), nullable=False),
        sa.Column("method", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("coreference", sa.JSON(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_key"],
            ["articles.key"],
            name="fk_attributions_article_key_articles",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["speaker_key"],
            ["entities.key"],
            name="fk_attributions_speaker_key_entities",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name="pk_attributions"),
    )
    op.create_index("ix_attributions_article_key", "attributions", ["article_key"])
    op.create_index("ix_attributions_speaker_key", "attributions", ["speaker_key"])
    op.create_table(
        "entity_roles",
        sa.Column("entity_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_key"],
            ["articles.key"],
            name="fk_entity_roles_article_key_articles",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["entity_key"],
            ["entities.key"],
            name="fk_entity_roles_entity_key_entities",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "entity_key", "article_key", "start", "end", name="pk_entity_roles"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_entity_roles_article_key", "entity_roles", ["article_key"])
    op.create_table(
        "mentions",
        sa.Column("article_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("entity_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_key"],
            ["articles.key"],
            name="fk_mentions_article_key_articles",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["entity_key"],
            ["entities.key"],
            name="fk_mentions_entity_key_entities",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_key", "start", "end", "entity_key", name="pk_mentions"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_mentions_entity_key_article_key_start_end",
        "mentions",
        ["entity_key", "article_key", "start", "end"],
    )
    op.create_table(
        "quotes",
        sa.Column(
            "key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("article_key", sa.BigInteger(), nullable=False),
        sa.Column("attribution_key", sa.BigInteger(), nullable=True),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("speaker_key", sa.BigInteger(), nullable=True),
        sa.Column("speaker_kind", sa.Text(), nullable=False),
        sa.Column("speaker_name", sa.Text(), nullable=True),
        sa.Column("speaker_role", sa.Text(), nullable=True),
        sa.Column("cue_lemma", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("outlet", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_key"],
            ["articles.key"],
            name="fk_quotes_article_key_articles",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["attribution_key"],
            ["attributions.key"],
            name="fk_quotes_attribution_key_attributions",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["speaker_key"], ["entities.key"], name="fk_quotes_speaker_key_entities"
        ),
        sa.PrimaryKeyConstraint("key", name="pk_quotes"),
    )
    op.create_index("ix_quotes_article_key_start", "quotes", ["article_key", "start"])
    op.create_index("ix_quotes_attribution_key", "quotes", ["attribution_key"])
    op.create_index(
        "ix_quotes_cue_lemma_published_at_key", "quotes", ["cue_lemma", "published_at", "key"]
    )
    op.create_index(
        "ix_quotes_outlet_published_at_key", "quotes", ["outlet", "published_at", "key"]
    )
    op.create_index("ix_quotes_published_at_key", "quotes", ["published_at", "key"])
    op.create_index(
        "ix_quotes_speaker_key_published_at_key", "quotes", ["speaker_key", "published_at", "key"]
    )
    op.create_table(
        "claims",
        sa.Column(
            "key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("article_key", sa.BigInteger(), nullable=False),
        sa.Column("attribution_key", sa.BigInteger(), nullable=True),
        sa.Column("quote_key", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("claimant_key", sa.BigInteger(), nullable=True),
        sa.Column("claimant_kind", sa.Text(), nullable=False),
        sa.Column("claimant_name", sa.Text(), nullable=True),
        sa.Column("claimant_role", sa.Text(), nullable=True),
        sa.Column("cue_lemma", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("hedges", sa.JSON(), nullable=False),
        sa.Column("negated", sa.Boolean(), nullable=False),
        sa.Column("hedged", sa.Boolean(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("has_number", sa.Boolean(), nullable=False),
        sa.Column("dates", sa.JSON(), nullable=False),
        sa.Column("check_worthiness", sa.Float(), nullable=False),
        sa.Column("method", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("outlet", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_key"],
            ["articles.key"],
            name="fk_claims_article_key_articles",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["attribution_key"],
            ["attributions.key"],
            name="fk_claims_attribution_key_attributions",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["claimant_key"], ["entities.key"], name="fk_claims_claimant_key_entities"
        ),
        sa.ForeignKeyConstraint(
            ["quote_key"], ["quotes.key"], name="fk_claims_quote_key_quotes", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("key", name="pk_claims"),
    )
    op.create_index("ix_claims_article_key_start", "claims", ["article_key", "start"])
    op.create_index("ix_claims_attribution_key", "claims", ["attribution_key"])
    op.create_index("ix_claims_check_worthiness_key", "claims", ["check_worthiness", "key"])
    op.create_index(
        "ix_claims_claimant_key_published_at_key", "claims", ["claimant_key", "published_at", "key"]
    )
    op.create_index(
        "ix_claims_outlet_published_at_key", "claims", ["outlet", "published_at", "key"]
    )
    op.create_index("ix_claims_published_at_key", "claims", ["published_at", "key"])
    op.create_index("ix_claims_quote_key", "claims", ["quote_key"])
    op.create_table(
        "quote_about",
        sa.Column("quote_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entity_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_key"],
            ["entities.key"],
            name="fk_quote_about_entity_key_entities",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["quote_key"],
            ["quotes.key"],
            name="fk_quote_about_quote_key_quotes",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("quote_key", "entity_key", name="pk_quote_about"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_quote_about_entity_key_quote_key", "quote_about", ["entity_key", "quote_key"]
    )
    op.create_table(
        "claim_about",
        sa.Column("claim_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entity_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_key"],
            ["claims.key"],
            name="fk_claim_about_claim_key_claims",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["entity_key"],
            ["entities.key"],
            name="fk_claim_about_entity_key_entities",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("claim_key", "entity_key", name="pk_claim_about"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_claim_about_entity_key_claim_key", "claim_about", ["entity_key", "claim_key"]
    )
    create_search()


def downgrade() -> None:
    drop_search()
    op.drop_index("ix_claim_about_entity_key_claim_key", "claim_about")
    op.drop_table("claim_about")
    op.drop_index("ix_quote_about_entity_key_quote_key", "quote_about")
    op.drop_table("quote_about")
    op.drop_index("ix_claims_quote_key", "claims")
    op.drop_index("ix_claims_published_at_key", "claims")
    op.drop_index("ix_claims_outlet_published_at_key", "claims")
    op.drop_index("ix_claims_claimant_key_published_at_key", "claims")
    op.drop_index("ix_claims_check_worthiness_key", "claims")
    op.drop_index("ix_claims_attribution_key", "claims")
    op.drop_index("ix_claims_article_key_start", "claims")
    op.drop_table("claims")
    op.drop_index("ix_quotes_speaker_key_published_at_key", "quotes")
    op.drop_index("ix_quotes_published_at_key", "quotes")
    op.drop_index("ix_quotes_outlet_published_at_key", "quotes")
    op.drop_index("ix_quotes_cue_lemma_published_at_key", "quotes")
    op.drop_index("ix_quotes_attribution_key", "quotes")
    op.drop_index("ix_quotes_article_key_start", "quotes")
    op.drop_table("quotes")
    op.drop_index("ix_mentions_entity_key_article_key_start_end", "mentions")
    op.drop_table("mentions")
    op.drop_index("ix_entity_roles_article_key", "entity_roles")
    op.drop_table("entity_roles")
    op.drop_index("ix_attributions_speaker_key", "attributions")
    op.drop_index("ix_attributions_article_key", "attributions")
    op.drop_table("attributions")
    op.drop_index("ix_article_entities_entity_key_article_key", "article_entities")
    op.drop_table("article_entities")
    op.drop_index("ix_article_authors_folded", "article_authors")
    op.drop_table("article_authors")
    op.drop_index("ix_entity_aliases_folded", "entity_aliases")
    op.drop_table("entity_aliases")
    op.drop_index("ix_articles_source_key", "articles")
    op.drop_index("ix_articles_published_at_key", "articles")
    op.drop_index("ix_articles_outlet_published_at_key", "articles")
    op.drop_table("articles")
    op.drop_table("sources")
    op.drop_index("ix_entities_type", "entities")
    op.drop_index("ix_entities_name_key", "entities")
    op.drop_index("ix_entities_mention_count_key", "entities")
    op.drop_table("entities")
    op.drop_table("dataset")
