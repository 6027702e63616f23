"""Pages of the full-text indexes as large as those of the file, on SQLite.

FTS5 keeps the rows of a word in pages of its own, of 4050 bytes unless it is told, each read by a
query of its own. In a file with pages of 8 KiB they can be twice as large.
https://www.sqlite.org/fts5.html#the_pgsz_configuration_option

Pages that are there already stay as they are until FTS5 merges them.
"""

from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels = None
depends_on = None

INDEXES = ("article_search", "quote_search", "claim_search", "entity_search")
USUAL = 4050
# What is left of a file's page for one of the index: as with SQLite's own 4096 and 4050.
BESIDES = 4096 - USUAL


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        of_file = op.get_bind().exec_driver_sql("PRAGMA page_size").scalar_one()
        set_page_size(max(USUAL, of_file - BESIDES))


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        set_page_size(USUAL)


def set_page_size(size: int) -> None:
    for index in INDEXES:
        # Names and numbers of our own, and no value from outside.
        op.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('pgsz', {size})")  # nosec B608
