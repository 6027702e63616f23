"""Sketches of articles, so that copies of one story are found, and keys of what quotations say.

And names of entities are parted, so that no phrase is found across two of them.

Articles that are there already have none of this; the version of what is read is raised with it, so
that the next ingest reads them again.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels = None
depends_on = None

# Names stand in the index line by line; a private-use character between them is a word to FTS5, so
# that "Lindqvist Mara" is not found where "Lindqvist" stands before "Mara Lindqvist".
LINE = "char(10)"
PARTED = "char(10, 57344, 10)"
WITH_NAMES = (
    ("view", "entity_search_documents"),
    ("trigger", "entity_search_alias_insert"),
    ("trigger", "entity_search_alias_delete"),
)


def part_names(old: str, new: str) -> None:
    """Write what joins names anew, with another thing between them, and the index with it."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return  # a later migration has PostgreSQL's index
    for kind, name in WITH_NAMES:
        found = sa.text("SELECT sql FROM sqlite_master WHERE type = :kind AND name = :name")
        sql = connection.scalar(found, {"kind": kind, "name": name})
        op.execute(f"DROP {kind} {name}")
        connection.exec_driver_sql(sql.replace(old, new))
    op.execute("INSERT INTO entity_search (entity_search) VALUES ('rebuild')")


def upgrade() -> None:
    part_names(LINE, PARTED)
    op.create_table(
        "article_sketches",
        sa.Column("article_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("shingle_count", sa.Integer(), nullable=False),
        sa.Column("story_key", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_key"],
            ["articles.key"],
            name="fk_article_sketches_article_key_articles",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_key", name="pk_article_sketches"),
    )
    op.create_index(
        "ix_article_sketches_story_key_article_key",
        "article_sketches",
        ["story_key", "article_key"],
        unique=False,
    )
    op.create_table(
        "article_bands",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_key"],
            ["articles.key"],
            name="fk_article_bands_article_key_articles",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("band", "article_key", name="pk_article_bands"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_article_bands_article_key", "article_bands", ["article_key"], unique=False)
    for table in ("quotes", "claims"):
        # Without a batch, which would build the table anew and lose its triggers.
        op.add_column(table, sa.Column("words_key", sa.BigInteger(), nullable=True))
        op.create_index(
            f"ix_{table}_words_key_article_key", table, ["words_key", "article_key"], unique=False
        )


def downgrade() -> None:
    part_names(PARTED, LINE)
    for table in ("claims", "quotes"):
        op.drop_index(f"ix_{table}_words_key_article_key", table_name=table)
        op.drop_column(table, "words_key")
    op.drop_index("ix_article_bands_article_key", table_name="article_bands")
    op.drop_table("article_bands")
    op.drop_index("ix_article_sketches_story_key_article_key", table_name="article_sketches")
    op.drop_table("article_sketches")
