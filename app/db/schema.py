"""The state of the tables: bringing a database up to date, and asking whether it is.

Migrations are Alembic's (`migrations/`); nothing else creates or changes tables.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from app.db.engine import DatabaseMissingError, make_writer_engine

# The newest migration's revision. It stands here so that a server whose database is up to date
# knows so from one row, without loading Alembic (0.2 s) or looking for its files; a test holds it
# to the files.
HEAD = "0016"

_SEARCH_SUFFIX = "_search"
_ONE_DATABASES_SUFFIXES = ("_newest", "_trgm", "_record")
_STAGED_PREFIX = "staged_"
_SQLITES_TABLE = "entity_records"


class MigrationsMissingError(Exception):
    """The `migrations` folder is not where the program looks for it.

    Args:
        looked_in: The folders that were tried.
    """

    def __init__(self, looked_in: tuple[Path, ...]) -> None:
        """See the class."""
        self.looked_in = looked_in
        places = " or ".join(str(folder) for folder in looked_in)
        super().__init__(
            f"the database needs its tables made or changed and there is no {places}; "
            "start the program in the folder that holds `migrations`"
        )


def get_revision(connection: Connection) -> str | None:
    """Return the revision of the database's tables, or None when it has none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def is_current(engine: Engine) -> bool:
    """Say whether the tables are those that this version of the program reads and writes.

    A reader's missing file is not current.
    """
    try:
        with engine.connect() as connection:
            return get_revision(connection) == HEAD
    except DatabaseMissingError:
        return False


def find_migrations() -> Path:
    """Return the `migrations` folder: beside the package, else in the working folder.

    Raises:
        MigrationsMissingError: There is none.
    """
    places = (Path(__file__).parents[2] / "migrations", Path.cwd() / "migrations")
    for folder in places:
        if (folder / "env.py").is_file():
            return folder
    raise MigrationsMissingError(places)


def upgrade(url: str) -> bool:
    """Bring the database at `url` up to date, creating it where it is missing.

    All pending migrations are one transaction: killed anywhere, the file is as it was. Of several
    processes that try at once, one works and the others wait for it.

    Returns:
        True when something was changed.

    Raises:
        ValueError: The URL is refused, see `app.db.engine.database_path`, or the server is, see
            `app.db.postgresql.check_server`.
        MigrationsMissingError: There is work and no `migrations` folder.
        alembic.util.CommandError: The database comes from a newer version of the program.
    """
    # Cascades must be off while tables are dropped and built anew.
    engine = make_writer_engine(url, foreign_keys=False)
    try:
        if is_current(engine):
            return False
        from alembic import command

        with engine.connect() as connection:
            command.upgrade(make_config(connection), "head")
        return True
    finally:
        engine.dispose()


def make_config(connection: Connection) -> Any:
    """Return the Alembic configuration (`alembic.config.Config`) that works on `connection`.

    Raises:
        MigrationsMissingError: There is no `migrations` folder.
    """
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(find_migrations()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def is_ours(name: str | None, kind: str, parent_names: Any) -> bool:  # noqa: ARG001
    """Say whether Alembic compares a table or an index: not what only one database has.

    Those are full-text indexes, PostgreSQL's own (for the newest first, of trigrams), SQLite's of
    records and its table of entities' records. Migrations write them by hand, since our tables have
    no words for them. Nor what a run of ingest makes for itself.
    """
    if name is None:
        return True
    return not (
        (
            kind == "table"
            and (
                _SEARCH_SUFFIX in name or name.startswith(_STAGED_PREFIX) or name == _SQLITES_TABLE
            )
        )
        or (kind == "index" and name.endswith(_ONE_DATABASES_SUFFIXES))
    )


def render_type(kind: str, item: Any, context: Any) -> str | bool:
    """Render our timestamp type in a migration, with its import."""
    if kind == "type" and type(item).__name__ == "UtcDateTime":
        context.imports.add("from app.db.tables import UtcDateTime")
        return "UtcDateTime()"
    return False
