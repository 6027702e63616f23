"""What a speaker's page counts, in the index by speaker and date.

Which outlets quote somebody, and in which articles, was read from one block of the file for each
quotation: 3,315 blocks were read for a page about somebody among a million articles, and 2,617 are.
"""

from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels = None
depends_on = None

WHO = {"quotes": "speaker_key", "claims": "claimant_key"}
MORE = {"quotes": ["outlet", "article_key"], "claims": ["outlet"]}


def upgrade() -> None:
    for table, who in WHO.items():
        columns = [who, "published_at", "key"]
        op.drop_index(_name(table, columns), table)
        op.create_index(_name(table, columns + MORE[table]), table, columns + MORE[table])


def downgrade() -> None:
    for table, who in WHO.items():
        columns = [who, "published_at", "key"]
        op.drop_index(_name(table, columns + MORE[table]), table)
        op.create_index(_name(table, columns), table, columns)


def _name(table: str, columns: list[str]) -> str:
    return str(op.f(f"ix_{table}_{'_'.join(columns)}"))
