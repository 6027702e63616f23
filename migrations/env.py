"""Alembic's entry: hands our tables and a connection to it.

From inside the program (`app.db.schema.upgrade`) the connection comes in
``config.attributes["connection"]``; from Alembic's own command it is made from the settings.
"""

from alembic import context
from sqlalchemy import Connection, text

from app.db.engine import make_writer_engine
from app.db.postgresql import check_server, lock_migrations, set_binary_order
from app.db.schema import is_ours, render_type
from app.db.tables import metadata
from app.settings import Settings


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        # SQLite changes a table by building it anew.
        render_as_batch=True,
        render_item=render_type,
        include_name=is_ours,
        # All migrations are one transaction: one that is interrupted leaves the file as it was.
        transactional_ddl=True,
        transaction_per_migration=False,
    )
    is_sqlite = connection.dialect.name == "sqlite"
    with context.begin_transaction():
        if not is_sqlite:
            check_server(connection)
            lock_migrations(connection)
        context.run_migrations()
        if not is_sqlite:
            set_binary_order(connection)
            return
        broken = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
        if broken:
            raise RuntimeError(f"a migration broke references, for instance {tuple(broken[0])}")


def run() -> None:
    if context.is_offline_mode():
        raise RuntimeError("migrations run against a database; there is no SQL to print")
    given = context.config.attributes.get("connection")
    if given is not None:
        migrate(given)
        return
    engine = make_writer_engine(Settings().database_url, foreign_keys=False)
    try:
        with engine.connect() as connection:
            migrate(connection)
    finally:
        engine.dispose()


run()
