"""Words of short texts by trigrams, on PostgreSQL: what unnamed sources are called, and file names.

Their lists have no index of words of their own (`app.db.tsquery.matches_text`), so that every row
was parted into words for each search. The names of entities have one, and gain nothing: of 200,000
the tsvector finds a phrase of two common words in 1.3 ms, in 3.0 ms with trigrams of 67 bytes a
name beside it. Nor do quotations that are nearly the same, which are asked for in such phrases.

pg_trgm is a trusted extension, so that whoever may create things in the database may create it.
Where it is not there, or may not be created, all is found as before, only by reading every row.
https://www.postgresql.org/docs/current/pgtrgm.html
"""

import logging

from alembic import op
from sqlalchemy.exc import DBAPIError

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels = None
depends_on = None

_LOG = logging.getLogger("app.db.trigrams")
# Of 200,000 descriptions of 55 bytes, words unevenly common, two busy cores: a rare word or the
# beginning of one in 0.9 ms where reading all took 1,979; a pair of common words in 5; one that
# every fifth has in 323. 63 bytes an entry.
INDEXES = {
    "ix_unnamed_sources_words_trgm": ("unnamed_sources", "words"),
    "ix_sources_path_trgm": ("sources", "path"),
}


def to_statement(name: str) -> str:
    table, column = INDEXES[name]
    return f"CREATE INDEX {name} ON {table} USING gin (onrecord_words({column}) gin_trgm_ops)"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    try:
        with connection.begin_nested():
            op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DBAPIError as error:
        reason = str(error.orig).partition("\n")[0]
        _LOG.warning(
            "searching the names of files and of unnamed sources will read all of them, since the "
            "extension pg_trgm cannot be created here (%s); once somebody who may has done so, "
            "run: %s",
            reason,
            "; ".join(map(to_statement, INDEXES)),
        )
        return
    for name in INDEXES:
        op.execute(to_statement(name))


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    # The extension stays: others may use it.
    for name in INDEXES:
        op.execute(f"DROP INDEX IF EXISTS {name}")
