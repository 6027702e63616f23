"""Whom a quotation or claim names, with its date, in an index by name and date.

What was said about somebody is listed with the newest first. Without the date here, all of it was
read and sorted for ten of it: among a million articles 340 blocks of the file for a list, and more
for those of whom more is said.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels = None
depends_on = None

WHAT = ("quote", "claim")


def upgrade() -> None:
    for what in WHAT:
        table, key = f"{what}_about", f"{what}_key"
        op.add_column(table, sa.Column("published_at", sa.DateTime(timezone=True), nullable=True))
        # Names of our own, and no value from outside.
        op.execute(
            f"UPDATE {table} SET published_at = said.published_at "  # nosec B608
            f"FROM {what}s AS said WHERE said.key = {key}"
        )
        op.drop_index(op.f(f"ix_{table}_entity_key_{key}"), table)
        columns = ["entity_key", "published_at", key]
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)
        if op.get_bind().dialect.name == "postgresql":  # read backwards, see 0006
            op.execute(
                f"CREATE INDEX ix_{table}_entity_key_newest "
                f"ON {table} (entity_key, published_at NULLS FIRST, {key})"
            )


def downgrade() -> None:
    for what in WHAT:
        table, key = f"{what}_about", f"{what}_key"
        if op.get_bind().dialect.name == "postgresql":
            op.drop_index(f"ix_{table}_entity_key_newest", table)
        op.drop_index(op.f(f"ix_{table}_entity_key_published_at_{key}"), table)
        op.create_index(op.f(f"ix_{table}_entity_key_{key}"), table, ["entity_key", key])
        op.drop_column(table, "published_at")
