"""What the API answers of quotations and claims, stored; and counts by month, kept.

A database that has articles already has neither: `records_version` is empty, and the next ingest
makes both of what is stored, without parsing anything again.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for what in ("quote", "claim"):
        op.create_table(
            f"{what}_records",
            sa.Column(
                f"{what}_key",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                autoincrement=False,
                nullable=False,
            ),
            sa.Column("record", sa.Text(), nullable=False),
            sa.ForeignKeyConstraint(
                [f"{what}_key"],
                [f"{what}s.key"],
                name=op.f(f"fk_{what}_records_{what}_key_{what}s"),
                ondelete="CASCADE",
            ),
            sa.PrimaryKeyConstraint(f"{what}_key", name=op.f(f"pk_{what}_records")),
        )
    op.create_table(
        "monthly_counts",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("of", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("what", "of", "month", name=op.f("pk_monthly_counts")),
        sqlite_with_rowid=False,
    )
    op.add_column(
        "dataset",
        sa.Column(
            "records_version",
            sqlmodel.sql.sqltypes.AutoString(),
            nullable=False,
            server_default="",
        ),
    )


def downgrade() -> None:
    op.drop_column("dataset", "records_version")
    op.drop_table("monthly_counts")
    op.drop_table("claim_records")
    op.drop_table("quote_records")
