"""What a search's hits are put in order by, side by side.

Dates and numbers of words stood beside records, each hit's in another block of the file, and what
is found is put in order before a page of it is read.
"""

import sqlalchemy as sa
from alembic import op

from app.db.rank import words_row
from app.db.tables import UtcDateTime

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels = None
depends_on = None

WHAT = ("quote", "claim")
AT_ONCE = 10_000


def upgrade() -> None:
    for what in WHAT:
        table = op.create_table(
            f"{what}_words",
            sa.Column(
                f"{what}_key",
                sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
                autoincrement=False,
                nullable=False,
            ),
            sa.Column("published_at", UtcDateTime(), nullable=True),
            sa.Column("words", sa.Integer(), nullable=False),
            sa.Column("repeated", sa.Text(), nullable=True),
            sa.ForeignKeyConstraint(
                [f"{what}_key"],
                [f"{what}s.key"],
                name=op.f(f"fk_{what}_words_{what}_key_{what}s"),
                ondelete="CASCADE",
            ),
            sa.PrimaryKeyConstraint(f"{what}_key", name=op.f(f"pk_{what}_words")),
        )
        fill(table, what)


def downgrade() -> None:
    for what in WHAT:
        op.drop_table(f"{what}_words")


def fill(table: sa.Table, what: str) -> None:
    """Count the words of all that is stored."""
    said = sa.table(
        f"{what}s", sa.column("key"), sa.column("text"), sa.column("published_at", UtcDateTime())
    )
    last = sa.bindparam("last", type_=sa.BigInteger())
    some = sa.select(said).where(said.c.key > last).order_by(said.c.key).limit(AT_ONCE)
    rows = op.get_bind().execute(some, {"last": -1}).all()
    while rows:
        op.bulk_insert(
            table,
            [
                words_row(what, key=row.key, text=row.text, published_at=row.published_at)
                for row in rows
            ],
        )
        rows = op.get_bind().execute(some, {"last": rows[-1].key}).all()
