"""Records of quotations and claims, packed.

Those that a database has are dropped: `records_version` says that there are none, and the next
ingest makes all anew of what is stored, without parsing anything again.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_anew(sa.LargeBinary())


def downgrade() -> None:
    _make_anew(sa.Text())


def _make_anew(type_: sa.types.TypeEngine[bytes] | sa.types.TypeEngine[str]) -> None:
    for what in ("quote", "claim"):
        op.drop_table(f"{what}_records")
        op.create_table(
            f"{what}_records",
            sa.Column(
                f"{what}_key",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                autoincrement=False,
                nullable=False,
            ),
            sa.Column("record", type_, nullable=False),
            sa.ForeignKeyConstraint(
                [f"{what}_key"],
                [f"{what}s.key"],
                name=op.f(f"fk_{what}_records_{what}_key_{what}s"),
                ondelete="CASCADE",
            ),
            sa.PrimaryKeyConstraint(f"{what}_key", name=op.f(f"pk_{what}_records")),
        )
    op.execute("UPDATE dataset SET records_version = ''")
