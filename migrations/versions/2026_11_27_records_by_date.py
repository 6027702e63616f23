"""Records of all side by side in the order of their dates, on SQLite.

A page of all quotations or claims, at any depth, is read from one place of an index that holds the
records themselves, as a speaker's is since 0009.
"""

from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels = None
depends_on = None

WHO = {"quote": "speaker_key", "claim": "claimant_key"}


def upgrade() -> None:
    for what, who in WHO.items():
        if op.get_bind().dialect.name == "sqlite":
            columns = ["published_at", f"{what}_key", who, "record"]
            op.create_index(_name(what, who), f"{what}_records", columns)


def downgrade() -> None:
    for what, who in WHO.items():
        if op.get_bind().dialect.name == "sqlite":
            op.drop_index(_name(what, who), f"{what}_records")


def _name(what: str, who: str) -> str:
    return str(op.f(f"ix_{what}_records_published_at_{what}_key_{who}_record"))
