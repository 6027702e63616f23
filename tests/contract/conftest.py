"""The same application on the same invented corpus as in tests/api, on both databases."""

from tests.api.conftest import app, client, database, database_kind

__all__ = ["app", "client", "database", "database_kind"]
