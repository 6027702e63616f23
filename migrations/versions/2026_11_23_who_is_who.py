"""What each article says of its entities, so that who is who is one question over all articles.

Articles that are there already have none of this; the parser's version is raised with it, so that
the next ingest reads them again.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.db.tables import UtcDateTime

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "entity_clusters",
        sa.Column(
            "key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("group_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("slug", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("base", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("entity_key", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("founded_at", UtcDateTime(), nullable=True),
        sa.Column("founder_article", sa.BigInteger(), nullable=False),
        sa.Column("founder_local", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("place", sa.JSON(), nullable=True),
        sa.Column("suffix", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_entity_clusters")),
    )
    op.create_index(op.f("ix_entity_clusters_base"), "entity_clusters", ["base"], unique=False)
    op.create_index(
        op.f("ix_entity_clusters_entity_key"), "entity_clusters", ["entity_key"], unique=False
    )
    op.create_index(
        op.f("ix_entity_clusters_group_key"), "entity_clusters", ["group_key"], unique=False
    )
    op.create_table(
        "entity_corrections",
        sa.Column("source_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("slug", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_key"],
            ["sources.key"],
            name=op.f("fk_entity_corrections_source_key_sources"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("source_key", "slug", name=op.f("pk_entity_corrections")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "entity_redirects",
        sa.Column("slug", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("entity_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_key"],
            ["entities.key"],
            name=op.f("fk_entity_redirects_entity_key_entities"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_entity_redirects")),
    )
    op.create_index(
        op.f("ix_entity_redirects_entity_key"), "entity_redirects", ["entity_key"], unique=False
    )
    op.create_table(
        "article_parses",
        sa.Column("article_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("parsed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_key"],
            ["articles.key"],
            name=op.f("fk_article_parses_article_key_articles"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_key", name=op.f("pk_article_parses")),
    )
    op.create_table(
        "local_entities",
        sa.Column("article_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("local_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("group_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("short", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("base", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("calls", sa.JSON(), nullable=False),
        sa.Column("cluster_key", sa.BigInteger(), nullable=False),
        sa.Column("entity_key", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_key"],
            ["articles.key"],
            name=op.f("fk_local_entities_article_key_articles"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("article_key", "local_key", name=op.f("pk_local_entities")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_local_entities_cluster_key"), "local_entities", ["cluster_key"], unique=False
    )
    op.create_index(
        op.f("ix_local_entities_group_key_article_key"),
        "local_entities",
        ["group_key", "article_key"],
        unique=False,
    )
    op.create_table(
        "local_entity_calls",
        sa.Column("call", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("group_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("article_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("local_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_key"],
            ["articles.key"],
            name=op.f("fk_local_entity_calls_article_key_articles"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint(
            "call", "group_key", "article_key", "local_key", name=op.f("pk_local_entity_calls")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_local_entity_calls_article_key"),
        "local_entity_calls",
        ["article_key"],
        unique=False,
    )
    op.create_table(
        "unnamed_sources",
        sa.Column("attribution_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("folded", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("outlet", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("quote_count", sa.Integer(), nullable=False),
        sa.Column("claim_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_key"],
            ["articles.key"],
            name=op.f("fk_unnamed_sources_article_key_articles"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["attribution_key"],
            ["attributions.key"],
            name=op.f("fk_unnamed_sources_attribution_key_attributions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("attribution_key", name=op.f("pk_unnamed_sources")),
    )
    op.create_index(
        op.f("ix_unnamed_sources_article_key"), "unnamed_sources", ["article_key"], unique=False
    )
    op.create_index(
        op.f("ix_unnamed_sources_folded_article_key"),
        "unnamed_sources",
        ["folded", "article_key"],
        unique=False,
    )


def downgrade() -> None:

    op.drop_index(op.f("ix_unnamed_sources_folded_article_key"), table_name="unnamed_sources")
    op.drop_index(op.f("ix_unnamed_sources_article_key"), table_name="unnamed_sources")
    op.drop_table("unnamed_sources")
    op.drop_index(op.f("ix_local_entity_calls_article_key"), table_name="local_entity_calls")
    op.drop_table("local_entity_calls")
    op.drop_index(op.f("ix_local_entities_group_key_article_key"), table_name="local_entities")
    op.drop_index(op.f("ix_local_entities_cluster_key"), table_name="local_entities")
    op.drop_table("local_entities")
    op.drop_table("article_parses")
    op.drop_index(op.f("ix_entity_redirects_entity_key"), table_name="entity_redirects")
    op.drop_table("entity_redirects")
    op.drop_table("entity_corrections")
    op.drop_index(op.f("ix_entity_clusters_group_key"), table_name="entity_clusters")
    op.drop_index(op.f("ix_entity_clusters_entity_key"), table_name="entity_clusters")
    op.drop_index(op.f("ix_entity_clusters_base"), table_name="entity_clusters")
    op.drop_table("entity_clusters")
