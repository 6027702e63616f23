"""Entities as JSON, ready made, on SQLite.

What is told of an entity comes from three tables, and whoever is quoted is told of with each of his
quotations (`app.records.entities`). Ingest makes the records; whatever changes one of the rows that
an entity's is made of drops it here, whoever does it.
"""

from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels = None
depends_on = None

TABLE = """
    CREATE TABLE entity_records (
        entity_key INTEGER NOT NULL,
        record BLOB NOT NULL,
        CONSTRAINT pk_entity_records PRIMARY KEY (entity_key),
        CONSTRAINT fk_entity_records_entity_key_entities
            FOREIGN KEY (entity_key) REFERENCES entities (key) ON DELETE CASCADE
    )
"""
# An entity that goes takes its record along; its aliases and roles go with it too.
TRIGGERS = {
    "entity_records_entity_update": ("UPDATE ON entities", "new.key"),
    "entity_records_alias_insert": ("INSERT ON entity_aliases", "new.entity_key"),
    "entity_records_alias_update": ("UPDATE ON entity_aliases", "new.entity_key"),
    "entity_records_alias_delete": ("DELETE ON entity_aliases", "old.entity_key"),
    "entity_records_role_insert": ("INSERT ON entity_roles", "new.entity_key"),
    "entity_records_role_update": ("UPDATE ON entity_roles", "new.entity_key, old.entity_key"),
    "entity_records_role_delete": ("DELETE ON entity_roles", "old.entity_key"),
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute(TABLE)
    for name, (what, keys) in TRIGGERS.items():
        # Names of our own, and no value from outside.
        op.execute(
            f"CREATE TRIGGER {name} AFTER {what} BEGIN "  # nosec B608
            f"DELETE FROM entity_records WHERE entity_key IN ({keys}); END"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for name in TRIGGERS:
        op.execute(f"DROP TRIGGER {name}")
    op.execute("DROP TABLE entity_records")
